// All gestures of the corpus, from the side file `gestures` that gesture_list.py describes.
//
// The columns are typed arrays of the same length. Rows are sorted by video and start.

/** A column of the side file: integers as they are, texts as indices of `values`, scaled numbers as Float64Array with NaN for missing ones. */
function decodeColumn(content, base, n, { type, at, scale }) {
  const Type = { Int8: Int8Array, Int16: Int16Array, Int32: Int32Array }[type];
  const integers = new Type(content, base + at, n);
  const missing = -(2 ** (8 * Type.BYTES_PER_ELEMENT - 1));
  // Loops: the method `from` of typed arrays takes ten times as long.
  if (scale) {
    const numbers = new Float64Array(n);
    for (let row = 0; row < n; row += 1) numbers[row] = integers[row] === missing ? NaN : integers[row] / scale;
    return numbers;
  }
  for (let row = 0; row < n; row += 1) if (integers[row] === missing) integers[row] = -1;
  return integers;
}

function decodeGestures(content) {
  const headerLength = new DataView(content).getUint32(0, true);
  const header = JSON.parse(new TextDecoder().decode(new Uint8Array(content, 4, headerLength)));
  const columns = {};
  const values = {};
  for (const column of header.columns) {
    columns[column.name] = decodeColumn(content, 4 + headerLength, header.n, column);
    if (column.values) values[column.name] = column.values;
  }
  return { n: header.n, columns, values, ...gestureIndex(header.n, columns) };
}

/** Functions that find rows: `rangeOf(video)` gives the first row of a video and the one after its last; `find(video, gesture)` the row of a gesture, or -1. */
function gestureIndex(n, columns) {
  const first = new Int32Array(videos.length + 1);
  for (let row = 0; row < n; row += 1) first[columns.video[row] + 1] += 1;
  for (let index = 0; index < videos.length; index += 1) first[index + 1] += first[index];
  const rangeOf = (video) => [first[video.index], first[video.index + 1]];
  const find = (video, gesture) => {
    const [from, to] = rangeOf(video);
    const row = columns.gesture.subarray(from, to).indexOf(gesture);
    return row < 0 ? -1 : from + row;
  };
  return { rangeOf, find };
}

/**
 * A promise of all gestures, or of null if the side file is missing: `n`, `columns` by name, `values` (the texts of columns of indices),
 * `rangeOf(video)`, `find(video, gesture)`, and `annotations`, the fields of tiers that people added in ELAN.
 *
 * Columns have the names of the table gestures, except: `video` (index), `cluster` (index, or -1 for a body without a face), and `start`
 * and `end` (ms on the clock of the tables), `start_side` (-1, 0 or 1: before, at or after `start`) and `length_s`. Numbers that are no
 * thousandths stand in the middle between two, see gesture_list.py. Integers and booleans are -1 where they are missing, other numbers NaN.
 */
const allGestures = memoize(async () => {
  const content = await loadSideFile('gestures');
  forgetSideFile('gestures');
  if (!content) return content;
  const gestures = decodeGestures(content);
  return { ...gestures, annotations: await loadAnnotationFields(gestures) };
});

/** The gesture in one row as an object: its columns, with `video`, `person` (or null) and texts in place of indices. */
function gestureAt(gestures, row) {
  const gesture = { index: row };
  for (const [name, column] of Object.entries(gestures.columns)) {
    const values = gestures.values[name];
    gesture[name] = values ? (values[column[row]] ?? null) : column[row];
  }
  gesture.video = videos[gesture.video];
  gesture.person = gesture.cluster < 0 ? null : clusters[gesture.cluster].person;
  return gesture;
}
