// Marks and notes on gestures. This browser keeps them; they can be saved as a file.
//
// A mark belongs to a gesture by video and number. A later run may number gestures in another way, so
// person, hand, start and end are kept as well: a mark whose gesture is gone stays as "no longer found".

const MARK_TOLERANCE_MS = 200;

// What the current view does after marks were changed in another tab; the next view begins with none.
let markListeners = [];
const whenMarksChange = (update) => markListeners.push(update);

/** Both marks of one gesture as one: marked if either is, with both notes. */
function joinMarks(entry, other) {
  const isKnown = !other.note || entry.note.includes(other.note);
  const note = isKnown ? entry.note : other.note.includes(entry.note) ? other.note : `${entry.note}; ${other.note}`;
  return { ...entry, marked: entry.marked || other.marked, note };
}

/** The rows of a video with gestures of the same hand and times as a mark, the most similar first. */
function rowsOfMark(entry, gestures) {
  const video = videoById.get(entry.video);
  if (!video) return [];
  const { hand, start, end } = gestures.columns;
  const [from, to] = gestures.rangeOf(video);
  const distance = (row) => Math.max(Math.abs(start[row] - entry.start), Math.abs(end[row] - entry.end));
  const rows = [];
  for (let row = from; row < to; row += 1) if (gestures.values.hand[hand[row]] === entry.hand && distance(row) <= MARK_TOLERANCE_MS) rows.push(row);
  return rows.sort((a, b) => distance(a) - distance(b) || a - b);
}

const marks = (() => {
  const kept = browserStore('marks of', () => {
    read();
    markListeners.forEach((update) => update());
  });
  // Marks by gesture, and marks whose gesture is gone by hand and times.
  const entries = new Map();
  const lost = new Map();
  const keyOf = (videoId, gesture) => `${videoId} ${gesture}`;
  const lostKeyOf = (entry) => [entry.video, entry.hand, entry.person, entry.start, entry.end].join(' ');
  const all = () => [...entries.values(), ...lost.values()];
  const store = () => kept.write(entries.size || lost.size ? all() : null);

  function put(entry) {
    const [map, key] = entry.lost ? [lost, lostKeyOf(entry)] : [entries, keyOf(entry.video, entry.gesture)];
    map.set(key, entry);
  }

  /** Take over what the browser keeps, also marks that were set in another tab since. */
  function read() {
    if (!kept.isKept) return;
    entries.clear();
    lost.clear();
    const found = kept.read();
    if (Array.isArray(found)) found.forEach(put);
  }

  const get = (video, gesture) => entries.get(keyOf(video.id, gesture));
  const personOf = (gesture) => (gesture.person ? gesture.person.id : '');
  const describe = (gesture) => ({ video: gesture.video.id, gesture: gesture.gesture, person: personOf(gesture), hand: gesture.hand, start: gesture.start, end: gesture.end, lost: false });

  /** Change the mark or the note of a gesture (an object of `gestureAt`). */
  function set(gesture, change) {
    read();
    const entry = { marked: false, note: '', ...get(gesture.video, gesture.gesture), ...describe(gesture), ...change };
    if (entry.marked || entry.note) put(entry);
    else entries.delete(keyOf(entry.video, entry.gesture));
    store();
  }

  function assign(known, gestures) {
    entries.clear();
    lost.clear();
    const putFound = (entry, gesture) => {
      const old = get(gesture.video, gesture.gesture);
      put({ ...(old ? joinMarks(old, entry) : entry), ...describe(gesture) });
    };
    const others = [];
    for (const entry of known) {
      const found = rowsOfMark(entry, gestures).map((row) => gestureAt(gestures, row));
      const same = found.find((gesture) => personOf(gesture) === entry.person);
      if (same) putFound(entry, same);
      else others.push([entry, found]);
    }
    // The ids of people may have changed. A gesture that has a mark already is not given the mark of somebody else.
    for (const [entry, found] of others) {
      const free = found.find((gesture) => !get(gesture.video, gesture.gesture));
      const old = lost.get(lostKeyOf(entry));
      if (free) putFound(entry, free);
      else put({ ...(old ? joinMarks(old, entry) : entry), lost: true });
    }
    store();
    return [...lost.values()];
  }

  /** Move marks to the gestures of this run that have the same hand and times; returns the entries whose gesture is gone. */
  function match(gestures) {
    read();
    return assign(all(), gestures);
  }

  /** Add entries of a file as `match` does. If a gesture has a mark already, both notes are kept. */
  function add(added, gestures) {
    read();
    return assign([...all(), ...added], gestures);
  }

  read();
  return {
    set, match, add, all,
    isMarked: (video, gesture) => Boolean((get(video, gesture) || {}).marked),
    note: (video, gesture) => (get(video, gesture) || {}).note || '',
    get isKept() { return kept.isKept; },
  };
})();
