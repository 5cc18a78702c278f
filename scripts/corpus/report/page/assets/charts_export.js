// Downloads of plots: a picture that needs nothing else, and the table behind it.

/** Colours of the light scheme by name, for pictures on paper: {'--ink': '#22262b', ...}. */
const lightColours = memoize(() => {
  const colours = {};
  const rules = [...document.styleSheets].flatMap((sheet) => [...sheet.cssRules]);
  for (const rule of rules.filter((each) => each.selectorText === ':root')) {
    for (const name of rule.style) if (name.startsWith('--')) colours[name] = rule.style.getPropertyValue(name).trim();
  }
  return colours;
});

const canvasContext = memoize(() => document.createElement('canvas').getContext('2d'));
/** The width of a text in pixels, in the generic font of plots. */
function textWidth(text, size, weight = 400) {
  canvasContext().font = `${weight} ${size}px sans-serif`;
  return canvasContext().measureText(text).width;
}

/** The text, or its beginning with an ellipsis if it is wider than `width`. */
function shortenText(text, width, size, weight) {
  if (textWidth(text, size, weight) <= width) return text;
  const letters = [...text];
  while (letters.length && textWidth(`${letters.join('')}…`, size, weight) > width) letters.pop();
  return `${letters.join('').trimEnd()}…`;
}

function wrapText(text, width, size, weight) {
  const lines = [''];
  for (const word of text.split(/\s+/)) {
    const longer = `${lines[lines.length - 1]} ${word}`.trim();
    if (textWidth(longer, size, weight) > width && lines[lines.length - 1]) lines.push(word);
    else lines[lines.length - 1] = longer;
  }
  return lines;
}

const EXPORT_WIDTH = 760;
const EXPORT_MARGIN = 20;

/**
 * The text of an SVG file with title, plot and caption. `drawing` is an SVG element with width and height.
 * Fonts are generic, and colours are written as numbers: not all programs know variables.
 */
function svgFile({ title, caption, drawing }) {
  const width = Number(drawing.getAttribute('width'));
  const lines = [
    ...wrapText(title, width, 18, 600).map((text) => ({ text, size: 18, weight: 600, colour: 'var(--ink)' })),
  ];
  let y = EXPORT_MARGIN;
  const texts = [];
  const add = ({ text, size, weight, colour }) => {
    y += size * 1.35;
    texts.push(svg('text', { x: EXPORT_MARGIN, y, 'font-size': size, 'font-weight': weight, style: { fill: colour } }, text));
  };
  lines.forEach(add);
  y += 14;
  drawing.setAttribute('x', EXPORT_MARGIN);
  drawing.setAttribute('y', y);
  y += Number(drawing.getAttribute('height')) + 8;
  wrapText(caption, width, 12, 400).forEach((text) => add({ text, size: 12, weight: 400, colour: 'var(--soft)' }));
  const [fullWidth, height] = [width + 2 * EXPORT_MARGIN, Math.ceil(y + EXPORT_MARGIN)];
  const picture = svg('svg', { width: fullWidth, height, viewBox: `0 0 ${fullWidth} ${height}`, 'font-family': 'sans-serif' },
    svg('title', {}, title), svg('desc', {}, caption),
    svg('rect', { width: fullWidth, height, style: { fill: '#ffffff' } }), texts, drawing);
  for (const element of picture.querySelectorAll('[class]')) element.removeAttribute('class');
  const text = new XMLSerializer().serializeToString(picture)
    .replace(/var\((--[\w-]+)\)/g, (_, name) => lightColours()[name] || '#000000')
    // Characters that XML does not allow, even escaped.
    .replace(/[^\t\n\r\x20-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu, '\uFFFD');
  return `<?xml version="1.0" encoding="UTF-8"?>\n${text}\n`;
}

const CSV_FORMULA = /^[' \t\r\n]*[=+\-@\t\r\n＝＋－＠]/;

/**
 * A CSV file of UTF-8 with a byte order mark, which spreadsheets need. Numbers have at most six decimals. An apostrophe
 * stands before texts that a spreadsheet could run as a formula, as in scripts/corpus/core/safe_text.py.
 */
function csvFile({ columns, rows }) {
  const cell = (value) => {
    if (value === null || value === undefined || Number.isNaN(value)) return '';
    if (typeof value === 'number') return String(Number(value.toFixed(6)));
    const text = CSV_FORMULA.test(value) ? `'${value}` : String(value);
    return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  };
  return `\uFEFF${[columns, ...rows].map((row) => row.map(cell).join(',')).join('\r\n')}\r\n`;
}
