// Skeletons of a video: side files with a minute each, decoded when they are needed. The format is
// described in skeleton_chunks.py. Times are milliseconds on the clock of the tables.

const SKELETON_CHUNKS_KEPT = 3;
const SKELETON_PREFETCH_MS = 15e3;
const SKELETON_MISSING = -32768;
/** A browser's time of a frame can differ by this much (ms), because `video.zero` is a whole number. */
const FRAME_TIME_TOLERANCE = 2;

/** Read `count` steps of `bytes` bytes each from byte planes at `offset`, and undo the zigzag coding. */
function readSteps(view, offset, count, bytes) {
  const steps = new Int32Array(count);
  for (let plane = 0; plane < bytes; plane += 1) {
    for (let index = 0; index < count; index += 1) steps[index] |= view[offset + plane * count + index] << (8 * plane);
  }
  for (let index = 0; index < count; index += 1) steps[index] = (steps[index] >>> 1) ^ -(steps[index] & 1);
  return steps;
}

/** Decode a chunk: {first, times, series}; a series has {track, part, size, frames, columns}. */
function decodeSkeletons(content) {
  const view = new Uint8Array(content);
  const headerLength = new DataView(content).getUint32(0, true);
  const header = JSON.parse(new TextDecoder().decode(view.subarray(4, 4 + headerLength)));
  let offset = 4 + headerLength;
  const read = (count, bytes) => {
    const steps = readSteps(view, offset, count, bytes);
    offset += count * bytes;
    return steps;
  };
  const times = new Float64Array(header.frames);
  let time = header.start;
  read(header.frames, 4).forEach((step, index) => {
    time += step;
    times[index] = time / 1000;
  });
  const series = header.series.map(([track, part, count, size]) => ({ track, part, size, count }));
  const total = (lengthOf) => series.reduce((length, one) => length + lengthOf(one), 0);
  const frameSteps = read(total((one) => one.count), 4);
  const coordinateSteps = read(total((one) => one.count * one.size * 2), 2);
  let frameAt = 0;
  let coordinateAt = 0;
  for (const one of series) {
    one.frames = new Int32Array(one.count);
    for (let index = 0, frame = 0; index < one.count; index += 1) one.frames[index] = frame += frameSteps[frameAt + index];
    frameAt += one.count;
    // Int16Array keeps the lowest 16 bits, as the steps were computed.
    one.columns = Array.from({ length: one.size * 2 }, () => {
      const column = new Int16Array(one.count);
      for (let index = 0, value = 0; index < one.count; index += 1) column[index] = value += coordinateSteps[coordinateAt + index];
      coordinateAt += one.count;
      return column;
    });
  }
  return { first: header.first, times, series };
}

/** Index of the frame of a chunk at a time: the nearest if `exact`, else the one that is shown then. */
function frameIndexAt(chunk, ms, exact) {
  let index = Math.max(lastAtMost(chunk.times, ms + FRAME_TIME_TOLERANCE), 0);
  const isLater = (time, before) => (exact ? ms - before < time - ms : time - ms > Math.min(FRAME_TIME_TOLERANCE, (time - before) / 5));
  while (index > 0 && isLater(chunk.times[index], chunk.times[index - 1])) index -= 1;
  return index;
}

/** Points of a frame of a chunk: [{track, part, points}], x and y in turn in units, null if not drawn. */
function pointsOfFrame(chunk, index) {
  const shown = [];
  for (const one of chunk.series) {
    const row = lastAtMost(one.frames, index);
    if (row < 0 || one.frames[row] !== index) continue;
    const points = Array.from({ length: one.size }, (_, point) => {
      const x = one.columns[point][row];
      return x === SKELETON_MISSING ? null : [x, one.columns[one.size + point][row]];
    });
    shown.push({ track: one.track, part: one.part, points });
  }
  return shown;
}

/** Times of frames by the number of their chunk. `rangeAround(number)` is the first and the last chunk of those that adjoin it, `between(first, last)` their times. */
function createFrameTimes() {
  const known = new Map();
  return {
    add: (number, times) => known.set(number, times),
    has: (number) => known.has(number),
    rangeAround(number) {
      let [first, last] = [number, number];
      while (known.has(first - 1)) first -= 1;
      while (known.has(last + 1)) last += 1;
      return [first, last];
    },
    between: (first, last) => Float64Array.from(Array.from({ length: last - first + 1 }, (_, index) => [...known.get(first + index)]).flat()),
  };
}

/**
 * The skeletons of a video. `index` is a promise of the side file `index`, or null if there is none.
 *
 * `chunkAt(ms)` returns the decoded chunk, or a promise of it if it is not loaded yet.
 * `ontimes(times, complete)` is called with the times of successive frames at the moment last asked
 * for (ms, sorted) when they become known; `complete` if they are those of all frames of the video.
 */
function openSkeletons(video, ontimes = () => {}) {
  const frameTimes = createFrameTimes();
  let reported = '';
  let current = 0;
  const folder = `${video.id}/skeleton`;
  const loaded = new Map();
  let index = null;
  const indexPromise = loadJsonSideFile(`${folder}/index`).then((value) => { index = value; return value; });

  function reportTimes() {
    if (!frameTimes.has(current)) return;
    const [first, last] = frameTimes.rangeAround(current);
    if (reported === `${first} ${last}`) return;
    reported = `${first} ${last}`;
    ontimes(frameTimes.between(first, last), first === 0 && last === index.chunks.length - 1);
  }
  function load(number) {
    if (!loaded.has(number)) {
      const entry = { chunk: null };
      entry.promise = loadSideFile(`${folder}/${number}`).then((content) => {
        entry.chunk = content && decodeSkeletons(content);
        if (entry.chunk) frameTimes.add(number, entry.chunk.times);
        reportTimes();
        return entry.chunk;
      });
      loaded.set(number, entry);
    }
    const entry = loaded.get(number);
    // The chunk that was used last is the last one in the map.
    loaded.delete(number);
    loaded.set(number, entry);
    for (const other of [...loaded.keys()].slice(0, -SKELETON_CHUNKS_KEPT)) {
      loaded.delete(other);
      forgetSideFile(`${folder}/${other}`);
    }
    return entry;
  }
  function chunkAt(ms) {
    if (!index) return indexPromise.then((value) => (value && value.chunks.length ? chunkAt(ms) : null));
    if (!index.chunks.length) return null;
    const starts = index.chunks.map(([, start]) => start / 1000);
    const number = Math.max(lastAtMost(starts, ms + FRAME_TIME_TOLERANCE), 0);
    if (starts[number + 1] < ms + SKELETON_PREFETCH_MS) load(number + 1);
    const entry = load(number);
    if (current !== number) {
      current = number;
      reportTimes();
    }
    return entry.chunk || entry.promise;
  }
  return { index: indexPromise, chunkAt };
}
