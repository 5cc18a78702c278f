// Where one gesture lies among all gestures of the corpus: its length, highest speed, size and height.

const STRIP_MEASURES = {
  length: { name: 'Length', more: 'longer', less: 'shorter' }, peak_speed: { name: 'Highest speed', more: 'faster', less: 'slower' },
  extent: { name: 'Size', more: 'larger', less: 'smaller' }, height_max: { name: 'Highest point', more: 'higher', less: 'lower' },
};
const STRIP_PX = 44;
/** Among fewer gestures, a percentage would state more than is known. */
const MIN_FOR_PERCENT = 20;

const sortedMeasures = new Map();
/** Values of a measure for all gestures, where they are known, in ascending order; kept for the next gesture. */
function knownValues(name, { n, columns }) {
  if (!sortedMeasures.has(name)) {
    const values = [];
    for (let row = 0; row < n; row += 1) {
      const value = measureOf(name, columns, row);
      if (!Number.isNaN(value)) values.push(value);
    }
    sortedMeasures.set(name, Float64Array.from(values).sort());
  }
  return sortedMeasures.get(name);
}

/** The number of sorted values that are smaller than a value. */
function countSmaller(values, value) {
  let [low, high] = [0, values.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (values[middle] < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The share of other values that are smaller, or their number if there are few, as a sentence. */
function rankText(value, values, { more, less }, isShort = false) {
  const [others, smaller] = [values.length - 1, countSmaller(values, value)];
  if (others < 1) return 'There is no other gesture to compare with.';
  if (others < MIN_FOR_PERCENT) return `${smaller} of ${countNoun(others, 'other')} ${smaller === 1 ? 'is' : 'are'} ${less}`;
  const share = `${more} than ${formatPercent(smaller / others)}`;
  return isShort ? `${share} of n = ${formatCount(others)} others` : `${share} of the other gestures (n = ${formatCount(others)})`;
}

/** The picture: a dot for each gesture, or a histogram if they are many, and this gesture as a line. */
function stripPicture(values, value, limits, width, colour) {
  const scale = linearScale(limits, [8, width - 8]);
  const isMany = values.length > MAX_POINTS;
  const points = Array.from(values, (each) => ({ value: each, text: isMany ? '' : formatValue(each), radius: 2.5 }));
  const at = scale(value);
  return drawingOf(width, STRIP_PX + 20, `${formatValue(value)}, on an axis from ${formatTick(limits[0])} to ${formatTick(limits[1])} with all gestures`,
    horizontalAxis({ limits, scale, top: 0, bottom: STRIP_PX, left: 0, right: width, title: '' }),
    isMany ? rowHistogram(points, STRIP_PX, scale, PLOT_FAINT) : plotDots(points, STRIP_PX / 2, scale, PLOT_FAINT),
    plotLine(at, 0, at, STRIP_PX, colour, 3), svg('path', { d: `M${at - 6} 0h12l-6 8z`, style: { fill: colour } }));
}

function featureStrip(gestures, gesture, name) {
  const { name: title } = STRIP_MEASURES[name];
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
    h('span', { class: 'soft' }, `: ${rankText(value, values, STRIP_MEASURES[name])}${missing ? `; unknown for ${formatCount(missing)}` : ''}`)), picture);
}

/** The card that shows one gesture (an object of `gestureAt`) among all gestures of the corpus. */
function amongAllGestures(gestures, gesture) {
  return h('section', { class: 'card', 'aria-labelledby': 'among-title' }, h('h2', { id: 'among-title' }, 'Among all gestures'),
    h('p', { class: 'soft' }, `Each dot or bar stands for gestures of one hand, of everyone in this corpus; the line is this gesture.${gestureDoubts(gesture).length ? ' It is not seen whole or not reliable, so its values may be wrong.' : ''}`),
    h('div', { class: 'feature-strips' }, Object.keys(STRIP_MEASURES).map((name) => featureStrip(gestures, gesture, name))));
}

const [MINI_WIDTH, MINI_HEIGHT, MINI_BIN] = [112, 18, 4];

/** A small picture of all values in bins, and of one value as a line. Hidden from screen readers, because the text beside it says the same. */
function miniStrip(values, value) {
  const scale = linearScale(niceLimits(values), [2, MINI_WIDTH - 2]);
  const counts = new Uint32Array(Math.ceil(MINI_WIDTH / MINI_BIN));
  for (const each of values) counts[Math.floor(scale(each) / MINI_BIN)] += 1;
  const most = counts.reduce((a, b) => Math.max(a, b), 1);
  const d = Array.from(counts, (count, bin) => (count ? `M${bin * MINI_BIN} ${MINI_HEIGHT}v${-Math.max((count / most) * (MINI_HEIGHT - 3), 1).toFixed(1)}h${MINI_BIN - 1}V${MINI_HEIGHT}z` : '')).join('');
  return svg('svg', { class: 'mini-strip', width: MINI_WIDTH, height: MINI_HEIGHT, 'aria-hidden': 'true' },
    svg('path', { d, style: { fill: PLOT_FAINT, 'fill-opacity': 0.5 } }), plotLine(scale(value), 0, scale(value), MINI_HEIGHT, 'var(--accent)', 3));
}

/** The same for a card beside a player: a line for each measure, which can be folded; small windows begin with it folded. */
function amongAllInShort(gestures, gesture) {
  const lines = Object.entries(STRIP_MEASURES).map(([name, { name: title, ...words }]) => {
    const value = measureOf(name, gestures.columns, gesture.index);
    const values = knownValues(name, gestures);
    return h('li', {}, h('span', {}, h('b', { title: MEASURES[name].unit }, title), ` ${Number.isNaN(value) ? 'not known' : formatValue(value)}${name === 'length' ? ' s' : ''}`), ...(Number.isNaN(value) ? [] : [miniStrip(values, value), h('small', { class: 'soft' }, rankText(value, values, words, true))]));
  });
  return h('details', { class: 'mini-strips', open: window.matchMedia('(min-width: 60rem) and (min-height: 40rem)').matches }, h('summary', {}, 'Among all gestures'), h('ul', {}, lines));
}

/** An element that is filled with `amongAllInShort` when the gestures are loaded; it stays empty without their file. */
function amongAllWhenLoaded(video, number) {
  const element = h('div', {});
  allGestures().then((gestures) => {
    const row = gestures ? gestures.find(video, number) : -1;
    if (row >= 0) element.append(amongAllInShort(gestures, gestureAt(gestures, row)));
  });
  return element;
}
