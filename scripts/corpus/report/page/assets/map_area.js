// A rectangle on the map of gestures: drawn with the mouse, or what is in view. It leads to the list of the gestures inside.

/** The limits of the rectangle between two corners, with three decimals, so that a query can state them: [left, right, bottom, top]. */
function areaBetween(a, b) {
  const ordered = (first, second) => [Math.floor(Math.min(first, second) * 1000) / 1000, Math.ceil(Math.max(first, second) * 1000) / 1000];
  return [...ordered(a.x, b.x), ...ordered(a.y, b.y)];
}

/** The number of points in an area; the fields of `mapFields` round in the same way. */
function countInArea({ n, x, y }, [left, right, bottom, top]) {
  let count = 0;
  for (let index = 0; index < n; index += 1) {
    const [atX, atY] = [round3(x[index]), round3(y[index])];
    if (left <= atX && atX <= right && bottom <= atY && atY <= top) count += 1;
  }
  return count;
}

/** The query that selects the gestures of an area in the list. */
function areaQuery([left, right, bottom, top]) {
  const limit = (value) => value.toFixed(3);
  return `map_x:${limit(left)}..${limit(right)} map_y:${limit(bottom)}..${limit(top)}`;
}

/** The fields map_x and map_y, for `gestureFields`; gestures that are not on the map have no place, and without `points` none has one. */
function mapFields(points) {
  if (!points) return ['map_x', 'map_y'].map((name) => [name, { type: 'number', get: () => NaN }]);
  const places = (values) => {
    const place = new Float32Array(points.gestures.n).fill(NaN);
    points.rows.forEach((row, index) => { place[row] = values[index]; });
    return place;
  };
  const [x, y] = [places(points.x), places(points.y)];
  return [['map_x', { type: 'number', get: (row) => round3(x[row]) }], ['map_y', { type: 'number', get: (row) => round3(y[row]) }]];
}

const needsMap = (text) => Boolean(corpus.similar) && /\bmap_[xy]\b/i.test(text);
/** A promise of the points of the map if a query needs them, or else of null. */
const pointsForQuery = async (text) => (needsMap(text) ? mapPoints() : null);

/** Buttons that choose an area of the map, and what is inside. `map` is from `createMap`. */
function areaTools(points, map) {
  const found = h('p', { class: 'area-found', hidden: true });
  const drag = h('button', { type: 'button', 'aria-pressed': 'false', onclick: () => setDragging(drag.getAttribute('aria-pressed') !== 'true') }, 'Choose an area');
  function setDragging(isOn) {
    drag.setAttribute('aria-pressed', String(isOn));
    map.chooseArea(isOn);
    if (isOn) announce('Drag on the map to choose an area.');
  }
  function clear() {
    map.setArea(null);
    found.hidden = true;
  }
  function show(area) {
    setDragging(false);
    map.setArea(area);
    const count = countInArea(points, area);
    const text = `${countNoun(count, 'gesture')} in this area`;
    found.replaceChildren(h('span', {}, `${text}. `), ...(count ? [h('a', { href: href(['gestures'], { q: areaQuery(area) }) }, 'List them'), ' · ', h('a', { href: href(['numbers'], { q: areaQuery(area) }) }, 'Numbers'), ' '] : []),
      h('button', { type: 'button', class: 'quiet', onclick: () => { clear(); drag.focus(); } }, 'Clear'));
    found.hidden = false;
    announce(text);
  }
  map.onarea = show;
  const inView = h('button', { type: 'button', onclick: () => show(map.viewArea()) }, 'Choose what is in view');
  return { buttons: h('div', { class: 'buttons area-buttons' }, drag, inView), found };
}
