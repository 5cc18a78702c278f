// The plot of the view Numbers of one measure against another: gestures as points, or how many lie in each square.

/** Above this number, points would cover each other and take long to draw: squares with counts are drawn instead. */
const MAX_PAIR_POINTS = 2000;
const SQUARE_PX = 8;
/** More than any plot has in one direction. */
const MAX_SQUARES = 4096;
const MAX_LEGEND = 12;
const FIELD_UNITS = {
  time: 's', length: 's', hold: 's', speed: 'shoulder widths per second', mean_speed: 'shoulder widths per second',
  size: 'shoulder widths', path: 'shoulder widths', height: 'shoulder widths above the shoulders',
};
const fieldTitle = (name) => (FIELD_UNITS[name] ? `${name.replaceAll('_', ' ')}, ${FIELD_UNITS[name]}` : name.replaceAll('_', ' '));

/** Names of the fields that an axis can have: all numbers, but not the numbers of gestures, and places on the map only if it was loaded. */
const pairFields = ({ fields, points }) => [...fields].filter(([name, { type }]) => type === 'number' && name !== 'gesture' && (points || !needsMap(name))).map(([name]) => name);

/** Round limits of an axis; it begins at 0 unless all values are far from it. */
function pairLimits(values) {
  let [low, high] = [Infinity, -Infinity];
  for (const value of values) {
    if (value < low) low = value;
    if (value > high) high = value;
  }
  if (low > high) return [0, 1];
  if (low > 0 && low < high / 2) low = 0;
  if (high < 0 && high > low / 2) high = 0;
  if (!(low < high)) [low, high] = [low - 0.5, high + 0.5];
  const ticks = niceTicks(low, high, 5);
  const step = ticks.length > 1 ? ticks[1] - ticks[0] : high - low;
  return [Math.floor(low / step + 1e-9), Math.ceil(high / step - 1e-9)].map((count) => Number((count * step).toPrecision(12)));
}

/** Ranks from 0 on; equal values have their mean rank. Sorting numbers without a function of one's own is many times faster. */
function ranksOf(values) {
  const sorted = Float64Array.from(values).sort();
  const rankOf = new Map();
  for (let from = 0; from < sorted.length;) {
    let to = from;
    while (to < sorted.length && sorted[to] === sorted[from]) to += 1;
    rankOf.set(sorted[from], (from + to - 1) / 2);
    from = to;
  }
  return Float64Array.from(values, (value) => rankOf.get(value));
}

/**
 * Spearman's rank correlation: Pearson's of the ranks, with mean ranks for equal values (Spearman 1904, doi:10.2307/1412159). Null if a
 * measure does not vary, and below 6 pairs, as for quartiles.
 */
function rankCorrelation(x, y) {
  if (x.length < MIN_FOR_QUARTILES) return null;
  const [a, b, mean] = [ranksOf(x), ranksOf(y), (x.length - 1) / 2];
  let [xx, yy, xy] = [0, 0, 0];
  for (let index = 0; index < a.length; index += 1) {
    const [dx, dy] = [a[index] - mean, b[index] - mean];
    xx += dx * dx;
    yy += dy * dy;
    xy += dx * dy;
  }
  return xx && yy ? xy / Math.sqrt(xx * yy) : null;
}

/** Both values of the gestures for which they are known: {items: [{row, x, y, person}], nUnknown}. */
function pairItems({ data, rows, fields, x, y }) {
  const items = [];
  for (const row of rows) {
    const [atX, atY] = [fields.get(x).get(row), fields.get(y).get(row)];
    if (!Number.isNaN(atX + atY)) items.push({ row, x: atX, y: atY, person: personOfRow(data.gestures, row) });
  }
  return { items, nUnknown: rows.length - items.length };
}

/** Horizontal grid lines with numbers at their left, and the title of the axis above them. */
function verticalAxis({ limits, scale, left, right, title }) {
  return [
    niceTicks(...limits, 6).map((tick) => [plotLine(left, scale(tick), right, scale(tick)), plotText(left - 8, scale(tick) + 4, formatTick(tick), { anchor: 'end', colour: PLOT_FAINT })]),
    plotText(0, 12, shortenText(title, right, PLOT_FONT), { colour: PLOT_FAINT }),
  ];
}

/** Squares with the number of gestures in each; the opacity grows with the logarithm of the number. Returns the parts and the largest number. */
function pairSquares(items, toX, toY, { left, right, top, bottom }) {
  const counts = new Map();
  const squareOf = (pixel, length) => Math.max(Math.min(Math.floor(pixel / SQUARE_PX), Math.ceil(length / SQUARE_PX) - 1), 0);
  let most = 1;
  for (const item of items) {
    const key = squareOf(toX(item.x) - left, right - left) * MAX_SQUARES + squareOf(toY(item.y) - top, bottom - top);
    counts.set(key, (counts.get(key) || 0) + 1);
    most = Math.max(most, counts.get(key));
  }
  const parts = [...counts].map(([key, count]) => {
    const [column, row] = [Math.floor(key / MAX_SQUARES), key % MAX_SQUARES];
    return svg('rect', { x: left + column * SQUARE_PX, y: top + row * SQUARE_PX, width: SQUARE_PX, height: SQUARE_PX, style: { fill: 'var(--accent)', 'fill-opacity': Math.round((0.15 + (0.85 * Math.log(count)) / Math.log(Math.max(most, 2))) * 100) / 100 } }, svg('title', {}, countNoun(count, 'gesture')));
  });
  return { parts, most };
}

/** The people of the points with their colours, in lines below the plot: {parts, bottom}. */
function pairLegend(items, top, width) {
  const groups = groupBy(items, ({ person }) => ({ key: person ? person.id : '', label: person ? names.label(person) : 'without a face', person }));
  const texts = groups.slice(0, MAX_LEGEND).map((group) => ({ text: `${group.label} (${formatCount(group.items.length)})`, person: group.person }));
  if (groups.length > MAX_LEGEND) texts.push({ text: `and ${formatCount(groups.length - MAX_LEGEND)} more`, person: undefined });
  let [x, y] = [0, top];
  const parts = texts.map(({ text, person }) => {
    const shown = shortenText(text, width - 20, PLOT_FONT);
    const room = textWidth(shown, PLOT_FONT) + 34;
    if (x && x + room > width) [x, y] = [0, y + 18];
    const at = x;
    x += room;
    return svg('g', {}, person !== undefined && personMark(person, at + 5, y - 4, 10), plotText(at + 15, y, shown, { colour: PLOT_FAINT }));
  });
  return { parts, bottom: y + 8 };
}

/** The point of an item, which leads to it. */
function pairMark(item, leads, x, y) {
  const mark = personMark(item.person, x, y, 8, leadsTo(leads.targetOf(item)));
  mark.style.setProperty('fill-opacity', 0.85);
  mark.append(svg('title', {}, leads.textOf(item)));
  return mark;
}

/** The picture for a width in pixels, and the functions from pixels to values: `place` from left to right, `rise` from top to bottom. */
function pairPicture({ items, leads, x, y, width, description }) {
  const [left, right, top] = [52, width - 22, 26];
  const bottom = top + Math.round(Math.min(Math.max(width * 0.5, 240), 420));
  const limitsX = pairLimits(items.map((item) => item.x));
  const limitsY = pairLimits(items.map((item) => item.y));
  const [toX, toY] = [linearScale(limitsX, [left, right]), linearScale(limitsY, [bottom, top])];
  const isDense = items.length > MAX_PAIR_POINTS;
  const { parts } = isDense ? pairSquares(items, toX, toY, { left, right, top, bottom }) : {
    parts: items.map((item) => pairMark(item, leads, toX(item.x), toY(item.y))),
  };
  const legend = isDense ? { parts: [], bottom: bottom + AXIS_HEIGHT } : pairLegend(items, bottom + AXIS_HEIGHT + 14, width);
  const picture = drawingOf(width, legend.bottom, description,
    horizontalAxis({ limits: limitsX, scale: toX, top, bottom, left, right, title: fieldTitle(x) }),
    verticalAxis({ limits: limitsY, scale: toY, left, right, title: fieldTitle(y) }), parts, legend.parts);
  return { picture, place: linearScale([left, right], limitsX), rise: linearScale([bottom, top], limitsY) };
}

/** The plot with its downloads, table, and the choice of an area. `search(conditions)` adds conditions to the search of the view. */
function pairsChart(context, search) {
  const { x, y } = context;
  const { items, nUnknown } = pairItems(context);
  const { columns } = context.data.gestures;
  const whoOf = rememberBy('person', ({ person }) => (person ? names.distinctLabel(person) : 'without a face'));
  const who = (person) => whoOf({ person });
  const videoOf = ({ row }) => videos[columns.video[row]];
  const leads = {
    targetOf: (item) => href(['video', videoOf(item).id], { gesture: columns.gesture[item.row] }),
    textOf: (item) => `${videoOf(item).id}, ${who(item.person)}, ${HAND_NAMES[columns.hand[item.row]]}: ${x} ${formatValue(item.x)}, ${y} ${formatValue(item.y)}`,
  };
  const groups = groupBy(items, ({ person }) => ({ key: person ? person.id : '', label: who(person), person, query: personCondition(person) }));
  const summary = (label, each) => {
    const [atX, atY] = [Float64Array.from(each, (item) => item.x), Float64Array.from(each, (item) => item.y)];
    return [label, each.length, summaryOf(atX).median, summaryOf(atY).median, rankCorrelation(atX, atY)];
  };
  const tableRows = [...(groups.length > 1 ? [summary('all', items)] : []), ...groups.map((group) => summary(group.label, group.items))];
  const title = `${fieldTitle(y).split(',')[0]} against ${fieldTitle(x).split(',')[0]}`;
  const shownTitle = `${title[0].toUpperCase()}${title.slice(1)}`;
  const isDense = items.length > MAX_PAIR_POINTS;
  const area = pairArea(context, items, search);
  const figure = chartFigure({
    name: 'pairs', title: shownTitle,
    caption: `${isDense ? `More than ${formatCount(MAX_PAIR_POINTS)} gestures would cover each other, so each square shows how many gestures it has: the stronger its colour, the more. Search for fewer to see each one.` : 'Each dot is the gesture of one hand, in the colour of the person.'} n = ${countNoun(items.length, 'gesture')} of one hand, ${countPeople(new Set(items.map((item) => item.person)).size)}${nUnknown ? `; at least one of both is unknown for ${formatCount(nUnknown)} more` : ''}. ${context.whole ? 'Gestures that begin or end out of view are left out.' : 'Gestures that begin or end out of view are included as far as they are seen.'} The table has Spearman’s rank correlation, which describes these gestures and tests nothing.${context.notes.gestures}`,
    draw: (width) => area.watch(pairPicture({ items, leads, x, y, width, description: `${shownTitle}. ${tableRows.slice(0, 10).map(([label, n, , , correlation]) => `${label}: n = ${n}, rank correlation ${formatValue(correlation)}`).join('; ')}.` })),
    table: {
      columns: ['person', 'n', `median ${x}`, `median ${y}`, 'rank correlation'], rows: tableRows,
      link: (row) => (row[0] === 'all' && groups.length > 1 ? 'all' : groupLink(context, groups.find((group) => group.label === row[0]))),
    },
    values: () => ({
      columns: ['video_id', 'gesture', 'person', 'hand', ...new Set([x, y])],
      rows: items.map((item) => [videoOf(item).id, columns.gesture[item.row], item.person ? item.person.id : '', HAND_NAMES[columns.hand[item.row]].split(' ')[0], ...(x === y ? [item.x] : [item.x, item.y])]),
    }),
  });
  figure.querySelector('.plot-box').after(area.tools);
  return figure;
}
