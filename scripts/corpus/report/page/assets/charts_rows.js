// Plots with one row per group: single values, their middle and spread, and stacked bars.

const MIN_FOR_QUARTILES = 6;
/** More points than this would cover each other: a histogram is drawn instead. */
const MAX_POINTS = 200;
/** Rows that a plot draws; tables and files have all. */
const MAX_ROWS = 30;

const [LABEL_HEIGHT, STRIP_HEIGHT, ROW_GAP] = [34, 40, 12];

/** The quantile of sorted numbers, with linear interpolation (type 7 of Hyndman and Fan 1996, doi:10.1080/00031305.1996.10473566). */
function quantile(sorted, share) {
  if (!sorted.length) return NaN;
  const position = (sorted.length - 1) * share;
  const below = Math.floor(position);
  const above = Math.min(below + 1, sorted.length - 1);
  return sorted[below] + (sorted[above] - sorted[below]) * (position - below);
}

/**
 * Number, least, quartiles and largest of values.
 *
 * Quartiles are null below 6 values: with fewer, not even the range from the least to the largest value contains the median
 * of the population with a probability of 95 % (it does with 1 - 2 * 0.5^n; order statistics, e.g. Conover 1999, Practical
 * Nonparametric Statistics, section 3.2). Then only the single values are shown.
 */
function summaryOf(values) {
  const sorted = Float64Array.from(values).sort();
  const enough = sorted.length >= MIN_FOR_QUARTILES;
  const at = (share) => (enough ? quantile(sorted, share) : null);
  return { n: sorted.length, least: sorted.length ? sorted[0] : null, first: at(0.25), median: at(0.5), third: at(0.75), largest: sorted.length ? sorted[sorted.length - 1] : null };
}

/**
 * A plot of rows. Each row has `label`, `note` (such as n), and optionally `colour`, `target` (a link),
 *
 * - `points`: {value, colour, radius, hollow, text, target}; above 200 points, a histogram
 * - `summary`: see `summaryOf`; a band from quartile to quartile, and a line at the median
 * - `mark`: {value, text}, a line at one value such as a pooled rate
 * - `interval`: [low, high], a line
 * - `segments`: {value, colour, text}, parts of a bar from 0 on
 * - `ends`: {value, text}: letters on a line from the first to the last value
 */
function rowPlot({ rows, title, limits, width, format, description }) {
  const shown = rows.slice(0, MAX_ROWS);
  const beside = width >= 620;
  const left = beside ? Math.min(210, width * 0.3) : 10;
  const right = width - 20;
  const scale = linearScale(limits, [left + 4, right]);
  const rowHeight = (beside ? STRIP_HEIGHT : LABEL_HEIGHT + STRIP_HEIGHT) + ROW_GAP;
  const bottom = shown.length * rowHeight + 4;
  const parts = shown.map((row, index) => {
    const top = index * rowHeight + 4;
    const strip = beside ? top : top + LABEL_HEIGHT;
    const room = (beside ? left - 14 : width - 20);
    const name = plotText(0, top + 14, shortenText(row.label, room, 13, 600), { size: 13, weight: 600 });
    return svg('g', {}, svg('g', leadsTo(row.target), svg('title', {}, row.label), name),
      wrapText(row.note, room, PLOT_FONT).slice(0, 2).map((text, at) => plotText(0, top + 29 + at * 14, text, { colour: PLOT_FAINT, size: 11.5 })),
      plotLine(left, strip + STRIP_HEIGHT / 2, right, strip + STRIP_HEIGHT / 2),
      rowContent(row, strip + STRIP_HEIGHT / 2, scale));
  });
  const height = bottom + AXIS_HEIGHT + 15 * (wrapText(title, right - left, PLOT_FONT).length - 1);
  return drawingOf(width, height, description,
    horizontalAxis({ limits, scale, top: 0, bottom, left, right, title, format }), parts);
}

function rowContent(row, middle, scale) {
  const colour = row.colour || 'var(--accent)';
  const parts = [];
  const { summary } = row;
  if (row.segments) parts.push(stackedBar(row.segments, middle, scale));
  if (row.points && row.points.length > MAX_POINTS) parts.push(rowHistogram(row.points, middle + 18, scale, colour));
  if (summary && summary.median !== null) {
    const [from, to] = [scale(summary.first), scale(summary.third)];
    parts.push(svg('rect', { x: from, y: middle - 15, width: Math.max(to - from, 1), height: 30, rx: 3, style: { fill: colour, 'fill-opacity': 0.16 } }));
  }
  if (row.interval) parts.push(plotLine(scale(row.interval[0]), middle, scale(row.interval[1]), middle, PLOT_INK, 2));
  if (row.points && row.points.length <= MAX_POINTS) parts.push(plotDots(row.points, middle, scale, colour));
  if (summary && summary.median !== null) parts.push(plotLine(scale(summary.median), middle - 17, scale(summary.median), middle + 17, PLOT_INK, 2));
  if (row.mark) parts.push(svg('g', {}, svg('title', {}, row.mark.text), plotLine(scale(row.mark.value), middle - 17, scale(row.mark.value), middle + 17, PLOT_INK, 2)));
  if (row.ends && row.ends.length) parts.push(plotLetters(row.ends, middle, scale));
  return parts;
}

/** Dots that move up and down where they would cover each other; the order of the values decides how, so that it stays the same. */
function plotDots(points, middle, scale, colour) {
  const columns = new Map();
  const sorted = points.map((point, index) => ({ ...point, index })).sort((a, b) => a.value - b.value || a.index - b.index);
  for (const point of sorted) {
    const column = Math.round(scale(point.value) / 7);
    columns.set(column, [...(columns.get(column) || []), point]);
  }
  const parts = [];
  for (const column of columns.values()) {
    const step = Math.min(7, 30 / Math.max(column.length - 1, 1));
    column.forEach((point, place) => {
      const y = middle + (place - (column.length - 1) / 2) * step;
      const style = point.hollow ? { fill: 'none', stroke: point.colour || colour, 'stroke-width': 1.5 } : { fill: point.colour || colour, 'fill-opacity': 0.75 };
      parts.push(svg('circle', { cx: scale(point.value), cy: y, r: point.radius || 3.5, style, ...leadsTo(point.target) }, svg('title', {}, point.text)));
    });
  }
  return parts;
}

/** Numbers of points in bins of 10 pixels. */
function rowHistogram(points, bottom, scale, colour) {
  const counts = new Map();
  let highest = 1;
  for (const point of points) {
    const bin = Math.floor(scale(point.value) / 10);
    counts.set(bin, (counts.get(bin) || 0) + 1);
    highest = Math.max(highest, counts.get(bin));
  }
  const d = [...counts].sort((a, b) => a[0] - b[0]).map(([bin, count]) => {
    const height = (36 * count) / highest;
    return `M${bin * 10} ${bottom}v${-height.toFixed(2)}h9v${height.toFixed(2)}z`;
  }).join('');
  return svg('path', { d, style: { fill: colour, 'fill-opacity': 0.6 } });
}

function stackedBar(segments, middle, scale) {
  let from = 0;
  return segments.filter((segment) => segment.value > 0).map((segment) => {
    const [x, end] = [scale(from), scale(from + segment.value)];
    from += segment.value;
    const fits = textWidth(segment.text, PLOT_FONT, 600) + 8 <= end - x;
    return svg('g', leadsTo(segment.target), svg('title', {}, segment.title),
      svg('rect', { x, y: middle - 12, width: Math.max(end - x - 1, 0.5), height: 24, style: { fill: segment.colour } }),
      fits && plotText((x + end) / 2, middle + 4, segment.text, { anchor: 'middle', weight: 600, colour: segment.ink || 'var(--panel)' }));
  });
}

function plotLetters(ends, middle, scale) {
  const values = ends.map((end) => end.value);
  const parts = [plotLine(scale(Math.min(...values)), middle, scale(Math.max(...values)), middle, 'var(--edge)', 2)];
  const overlap = ends.length > 1 && scale(Math.max(...values)) - scale(Math.min(...values)) < 18;
  for (const [index, { value, text, title, colour, ink }] of ends.entries()) {
    const y = overlap ? middle + (index - (ends.length - 1) / 2) * 19 : middle;
    parts.push(svg('g', {}, svg('title', {}, title), svg('circle', { cx: scale(value), cy: y, r: 9, style: { fill: colour } }),
      plotText(scale(value), y + 4, text, { anchor: 'middle', weight: 700, colour: ink || 'var(--panel)' })));
  }
  return parts;
}

/** The sentence about rows that a plot leaves out, or an empty text. */
const leftOutRows = (rows) => (rows.length > MAX_ROWS ? ` Shown are the ${MAX_ROWS} rows with the most gestures; ${formatCount(rows.length - MAX_ROWS)} more are in the table.` : '');
