// Plots as SVG: scales, axes, and a figure with downloads and a table as its text alternative.

const PLOT_FONT = 12;
const [PLOT_GRID, PLOT_INK, PLOT_FAINT] = ['var(--line)', 'var(--ink)', 'var(--soft)'];

/** Round numbers from `low` to `high`, about `count` of them: steps of 1, 2 or 5 times a power of ten. */
function niceTicks(low, high, count) {
  const raw = (high - low) / Math.max(count, 1) || 1;
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((each) => each >= raw * (1 - 1e-9));
  const first = Math.ceil(low / step - 1e-9);
  const ticks = [];
  for (let index = first; index * step <= high + step * 1e-9; index += 1) ticks.push(Number((index * step).toPrecision(12)));
  return ticks;
}

/** Limits for values, from 0 on (or from a negative number) to a round number. */
function niceLimits(values, { low = null, high = null } = {}) {
  let [least, most] = [0, 0];
  for (const value of values) {
    if (value < least) least = value;
    if (value > most) most = value;
  }
  const ticks = niceTicks(least, most || 1, 5);
  const step = ticks.length > 1 ? ticks[1] - ticks[0] : 1;
  const round = (value, up) => Number(((up ? Math.ceil : Math.floor)(value / step - (up ? 1e-9 : -1e-9)) * step).toPrecision(12));
  return [low ?? round(least, false), high ?? (round(most, true) || step)];
}

/** A function from values to pixels. */
const linearScale = ([low, high], [from, to]) => (value) => from + ((value - low) / (high - low || 1)) * (to - from);

const plotText = (x, y, text, { anchor = 'start', size = PLOT_FONT, weight = 400, colour = PLOT_INK, ...more } = {}) =>
  svg('text', { x, y, 'text-anchor': anchor, 'font-size': size, 'font-weight': weight, style: { fill: colour }, ...more }, text);
const plotLine = (x1, y1, x2, y2, colour = PLOT_GRID, width = 1) =>
  svg('line', { x1, y1, x2, y2, style: { stroke: colour, 'stroke-width': width } });

/** Vertical grid lines with numbers below, and the title of the axis; `bottom` is the y of the axis. */
function horizontalAxis({ limits, scale, top, bottom, left, right, title, format = formatTick }) {
  const ticks = niceTicks(...limits, Math.max(2, Math.floor((right - left) / 80)));
  return [
    ticks.map((tick) => [plotLine(scale(tick), top, scale(tick), bottom), plotText(scale(tick), bottom + 16, format(tick), { anchor: 'middle', colour: PLOT_FAINT })]),
    plotLine(left, bottom, right, bottom, 'var(--edge)'),
    limits[0] < 0 && plotLine(scale(0), top, scale(0), bottom, 'var(--edge)'),
    wrapText(title, right - left, PLOT_FONT).map((text, row) => plotText((left + right) / 2, bottom + 36 + row * 15, text, { anchor: 'middle', colour: PLOT_FAINT })),
  ];
}
const AXIS_HEIGHT = 46;

const formatTick = (value) => (value < 0 ? `−${formatCount(-value)}` : formatCount(value));
// By number of decimals. `toLocaleString` makes such an object at each call, which takes seconds for 100,000 gestures.
const VALUE_FORMATS = [0, 1, 2].map((digits) => new Intl.NumberFormat('en', { minimumFractionDigits: digits, maximumFractionDigits: digits }));
/** A number with as many digits as it needs to be read: 0.42, 3.1, 20.9, 1,204. */
function formatValue(value) {
  if (value === null || value === undefined || Number.isNaN(value)) return '–';
  const digits = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 1 ? 1 : 2;
  const text = VALUE_FORMATS[digits].format(Math.abs(value));
  return value < 0 && Number(text) !== 0 ? `−${text}` : text;
}

/** An SVG element of this size in pixels for a plot. Its text alternative is `description`. */
const drawingOf = (width, height, description, ...children) =>
  svg('svg', { class: 'plot', width, height, viewBox: `0 0 ${width} ${height}`, role: 'img', 'aria-label': description, 'font-family': 'sans-serif' }, children);

/** Attributes of a part of a plot that leads somewhere when it is clicked. The table has the same links for the keyboard. */
const leadsTo = (target) => (target ? { class: 'leads', onclick: () => { location.hash = target; } } : {});

/**
 * A plot with title, caption, downloads, and a table that says the same.
 *
 * `draw(width)` gives the SVG element for a width in pixels. `table` is what the plot shows: `columns` (titles) and `rows`
 * of numbers and texts; `link(row)` gives an element for the first cell. `values()` gives columns and rows of the single values
 * behind the plot, for CSV; without it, the CSV is the table.
 */
function chartFigure({ name, title, caption, draw, table, values }) {
  const picture = h('div', { class: 'plot-box' });
  let drawnWidth = 0;
  const observer = new ResizeObserver(() => {
    const width = Math.floor(picture.clientWidth);
    if (!width || width === drawnWidth) return;
    drawnWidth = width;
    picture.replaceChildren(draw(width));
  });
  observer.observe(picture);
  const save = (suffix, text, type) => () => {
    const fileName = corpusFileName(`${name}.${suffix}`);
    downloadText(fileName, text(), type);
    announce(`Downloaded ${fileName}.`);
  };
  const fileTitle = `${title} (${corpus.title})`;
  const button = (text, what, onclick) => h('button', { type: 'button', class: 'quiet', 'aria-label': `${text}: ${what}`, onclick }, text);
  const summary = () => csvFile(table);
  return h('figure', { class: 'chart', id: `chart-${name}` },
    h('div', { class: 'card-head' }, h('h3', {}, title), h('div', { class: 'chart-buttons' },
      button('SVG', `picture of ${title}`, save('svg', () => svgFile({ title: fileTitle, caption, drawing: draw(EXPORT_WIDTH) }), 'image/svg+xml')),
      button('CSV', `${values ? 'single values' : 'table'} of ${title}`, save('csv', () => (values ? csvFile(values()) : summary()), 'text/csv')))),
    picture, h('figcaption', { class: 'soft' }, caption), chartTable(title, table, values && save('table.csv', summary, 'text/csv')));
}

/** The table of a plot, which opens on demand; long ones grow while they are scrolled. */
function chartTable(title, { columns, rows, link }, onsave) {
  const details = h('details', { class: 'chart-table' }, h('summary', {}, 'Table'));
  details.addEventListener('toggle', () => {
    if (!details.open || details.children.length > 1) return;
    const body = h('tbody');
    const isNumber = columns.map((_, column) => rows.every((row) => row[column] === null || typeof row[column] === 'number'));
    const cells = (row) => h('tr', {}, row.map((value, column) => h(column ? 'td' : 'th', { scope: column ? null : 'row', class: isNumber[column] ? 'number' : null },
      column || !link ? (isNumber[column] ? formatCell(value) : value) : link(row))));
    const more = growingList(body, rows, cells, 'rows');
    details.append(h('div', { class: 'wide', tabindex: 0, role: 'region', 'aria-label': `Table of ${title}` },
      h('table', {}, h('caption', { class: 'visually-hidden' }, title), h('thead', {}, h('tr', {}, columns.map((text, column) => h('th', { scope: 'col', class: isNumber[column] ? 'number' : null }, text)))), body)), more);
    if (onsave) details.append(h('button', { type: 'button', class: 'quiet', onclick: onsave }, 'CSV of this table'));
  });
  return details;
}
const formatCell = (value) => (Number.isInteger(value) ? formatCount(value) : formatValue(value));
