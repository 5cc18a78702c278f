// The points of the map of gestures: their data, their colours, and the search for the nearest one.

const MAP_COLOURS = 8;
const CELLS = 64;
const MAP_HAND_COLOURS = { left: 0, right: 1 };

/** A promise of the points: n, x and y (Float32Array), `rows` in allGestures (Int32Array), `shares`; null without the side files. */
const mapPoints = memoize(async () => {
  const [content, gestures] = await Promise.all([loadJsonSideFile('gesture_map'), allGestures()]);
  forgetSideFile('gesture_map');
  if (!content || !gestures) return null;
  const mapVideos = content.videos.map((id) => videoById.get(id));
  const rowOf = mapVideos.map((video) => {
    if (!video) return new Map();
    const [from, to] = gestures.rangeOf(video);
    return new Map(Array.from({ length: to - from }, (_, index) => [gestures.columns.gesture[from + index], from + index]));
  });
  // Gestures that the page does not list are left out.
  const rows = content.gesture.map((number, index) => rowOf[content.video[index]].get(number) ?? -1);
  const kept = rows.map((row, index) => index).filter((index) => rows[index] >= 0);
  return {
    n: kept.length, gestures, shares: content.shares,
    rows: Int32Array.from(kept, (index) => rows[index]),
    x: Float32Array.from(kept, (index) => content.x[index] / content.unit),
    y: Float32Array.from(kept, (index) => content.y[index] / content.unit),
  };
});

/** By what points can be coloured: pairs of key and text. The manifest's own columns count as far as they have few values. */
function colourChoices() {
  const own = Object.keys(corpus.manifest_columns).filter((name) => new Set(corpus.manifest_columns[name]).size > 1);
  return [['person', 'person'], ['hand', 'hand'], ['region', 'region of gesture space'], ...own.map((name) => [`own:${name}`, name])];
}

/** The category of each gesture row as a text, for a key of colourChoices, with the CSS colour if the category has one of its own. */
function categoriesOf(gestures, key) {
  const { columns, values } = gestures;
  if (key === 'person') {
    const persons = clusters.map((cluster) => cluster.person);
    return (row) => {
      const person = columns.cluster[row] < 0 ? null : persons[columns.cluster[row]];
      return person ? { text: names.label(person), colour: colourOf(person), shape: person } : { text: 'No face found' };
    };
  }
  if (key.startsWith('own:')) {
    const column = corpus.manifest_columns[key.slice(4)];
    return (row) => ({ text: column[columns.video[row]] || 'no value' });
  }
  const texts = values[key];
  return (row) => {
    const text = texts[columns[key][row]] || 'unknown';
    return { text, colour: key === 'hand' && text in MAP_HAND_COLOURS ? `var(--p${MAP_HAND_COLOURS[text]})` : null };
  };
}

/**
 * Group the points by category: a list of {text, colour, points (indices), shape}, the largest first. The largest categories get colours; all
 * others are joined as one grey category.
 */
function groupPoints(points, key) {
  const category = categoriesOf(points.gestures, key);
  const groups = new Map();
  for (let index = 0; index < points.n; index += 1) {
    const found = category(points.rows[index]);
    if (!groups.has(found.text)) groups.set(found.text, { ...found, points: [] });
    groups.get(found.text).points.push(index);
  }
  const sorted = [...groups.values()].sort((a, b) => b.points.length - a.points.length || (a.text < b.text ? -1 : 1));
  const coloured = sorted.slice(0, MAP_COLOURS).map((group, index) => ({ ...group, colour: group.colour || (key === 'person' ? 'var(--soft)' : `var(--p${index})`) }));
  const others = sorted.slice(MAP_COLOURS);
  if (!others.length) return coloured;
  const rest = { text: countNoun(others.length, 'other'), colour: 'var(--soft)', points: others.flatMap((group) => group.points) };
  return [...coloured, rest];
}

/** A grid of the points for quick searches: `nearest(x, y, radius)` gives the index of the nearest point, or -1. */
function pointGrid({ n, x, y }) {
  const bounds = { left: Infinity, right: -Infinity, bottom: Infinity, top: -Infinity };
  for (let index = 0; index < n; index += 1) {
    bounds.left = Math.min(bounds.left, x[index]);
    bounds.right = Math.max(bounds.right, x[index]);
    bounds.bottom = Math.min(bounds.bottom, y[index]);
    bounds.top = Math.max(bounds.top, y[index]);
  }
  const [width, height] = [Math.max(bounds.right - bounds.left, 1e-6), Math.max(bounds.top - bounds.bottom, 1e-6)];
  const cellOf = (value, start, extent) => Math.min(Math.max(Math.floor(((value - start) / extent) * CELLS), 0), CELLS - 1);
  const column = (value) => cellOf(value, bounds.left, width);
  const row = (value) => cellOf(value, bounds.bottom, height);
  const cells = Array.from({ length: CELLS * CELLS }, () => []);
  for (let index = 0; index < n; index += 1) cells[row(y[index]) * CELLS + column(x[index])].push(index);
  function nearest(atX, atY, radius) {
    let [best, bestDistance] = [-1, radius];
    for (let r = row(atY - radius); r <= row(atY + radius); r += 1) {
      for (let c = column(atX - radius); c <= column(atX + radius); c += 1) {
        for (const index of cells[r * CELLS + c]) {
          const distance = Math.hypot(x[index] - atX, y[index] - atY);
          if (distance < bestDistance || (distance === bestDistance && best < 0)) [best, bestDistance] = [index, distance];
        }
      }
    }
    return best;
  }
  return { bounds, nearest };
}

/** The nearest point in a direction ([1, 0] is to the right) from a point, or -1. Points within 45 degrees of the direction count. */
function nextPoint({ n, x, y }, from, [directionX, directionY]) {
  let [best, bestDistance] = [-1, Infinity];
  for (let index = 0; index < n; index += 1) {
    const [dx, dy] = [x[index] - x[from], y[index] - y[from]];
    const along = dx * directionX + dy * directionY;
    const across = Math.abs(dx * directionY) + Math.abs(dy * directionX);
    if (along <= 0 || across > along) continue;
    const distance = along + across;
    if (distance < bestDistance) [best, bestDistance] = [index, distance];
  }
  return best;
}
