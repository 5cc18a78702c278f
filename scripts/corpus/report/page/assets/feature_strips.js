// Where one gesture lies among all gestures of the corpus: its length, highest speed and size.

const STRIP_MEASURES = {
  length: { name: 'Length', more: 'longer' }, peak_speed: { name: 'Highest speed', more: 'faster' }, extent: { name: 'Size', more: 'larger' },
};
const STRIP_PX = 44;

/** Values of a measure for all gestures, where they are known. */
function knownValues(name, { n, columns }) {
  const values = [];
  for (let row = 0; row < n; row += 1) {
    const value = measureOf(name, columns, row);
    if (!Number.isNaN(value)) values.push(value);
  }
  return values;
}

/** The share of other values that are smaller, as a sentence. */
function rankText(value, values, more) {
  const [others, smaller] = [values.length - 1, values.filter((each) => each < value).length];
  if (others < 1) return 'There is no other gesture to compare with.';
  return `${more} than ${formatPercent(smaller / others)} of the other gestures (n = ${formatCount(others)})`;
}

/** The picture: a dot for each gesture, or a histogram if they are many, and this gesture as a line. */
function stripPicture(values, value, limits, width, colour) {
  const scale = linearScale(limits, [8, width - 8]);
  const points = values.map((each) => ({ value: each, text: formatValue(each), radius: 2.5 }));
  const at = scale(value);
  return drawingOf(width, STRIP_PX + 20, `${formatValue(value)}, on an axis from ${formatTick(limits[0])} to ${formatTick(limits[1])} with all gestures`,
    horizontalAxis({ limits, scale, top: 0, bottom: STRIP_PX, left: 0, right: width, title: '' }),
    points.length > MAX_POINTS ? rowHistogram(points, STRIP_PX, scale, PLOT_FAINT) : plotDots(points, STRIP_PX / 2, scale, PLOT_FAINT),
    plotLine(at, 0, at, STRIP_PX, colour, 3), svg('path', { d: `M${at - 6} 0h12l-6 8z`, style: { fill: colour } }));
}

function featureStrip(gestures, gesture, name) {
  const { name: title, more } = STRIP_MEASURES[name];
  const { unit } = MEASURES[name];
  const value = measureOf(name, gestures.columns, gesture.index);
  if (Number.isNaN(value)) return h('div', { class: 'feature-strip' }, h('p', {}, h('b', {}, title), ' not known for this gesture'));
  const values = knownValues(name, gestures);
  const picture = h('div', { class: 'plot-box' });
  const limits = niceLimits(values);
  let drawnWidth = 0;
  new ResizeObserver(() => {
    const width = Math.floor(picture.clientWidth);
    if (!width || width === drawnWidth) return;
    drawnWidth = width;
    picture.replaceChildren(stripPicture(values, value, limits, width, 'var(--accent)'));
  }).observe(picture);
  const missing = gestures.n - values.length;
  return h('div', { class: 'feature-strip' }, h('p', {}, h('b', {}, title), ` ${formatValue(value)} ${unit}`,
    h('span', { class: 'soft' }, `: ${rankText(value, values, more)}${missing ? `; unknown for ${formatCount(missing)}` : ''}`)), picture);
}

/** The card that shows one gesture (an object of `gestureAt`) among all gestures of the corpus. */
function amongAllGestures(gestures, gesture) {
  return h('section', { class: 'card', 'aria-labelledby': 'among-title' }, h('h2', { id: 'among-title' }, 'Among all gestures'),
    h('p', { class: 'soft' }, `Each dot or bar stands for gestures of one hand, of everyone in this corpus; the line is this gesture.${gestureDoubts(gesture).length ? ' It is not seen whole or not reliable, so its values may be wrong.' : ''}`),
    h('div', { class: 'feature-strips' }, Object.keys(STRIP_MEASURES).map((name) => featureStrip(gestures, gesture, name))));
}
