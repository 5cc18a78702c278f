// Marks and notes on gestures. This browser keeps them; they can be saved as a file.
//
// A mark belongs to a gesture by video, number, hand, start and end. A later run may number gestures in another way or move their limits a
// little: each view matches the marks with the gestures of the present run before it shows them, and a mark whose gesture is gone stays as "no
// longer found". A gesture never gets the mark of another gesture because of its number alone.

const MARK_TOLERANCE_MS = 200;

// What the current view does after marks were changed in another tab; the next view begins with none.
let markListeners = [];
const whenMarksChange = (update) => markListeners.push(update);

/** Both marks of one gesture as one: marked if either is, with the first note and those parts of the other one that it lacks. */
function joinMarks(entry, other) {
  const parts = entry.note.split('; ');
  const added = other.note.split('; ').filter((part) => part && !parts.includes(part));
  return { ...entry, marked: entry.marked || other.marked, note: [entry.note, ...added].filter(Boolean).join('; ') };
}

/** Whether a value is a mark as `describe` makes them: what the browser keeps can be damaged. */
const isMark = (value) => Boolean(value) && [value.video, value.hand, value.person, value.note].every((each) => typeof each === 'string')
  && [value.gesture, value.start, value.end].every(Number.isFinite);

/** Of gestures {hand, start, end} of a video, those of the same hand and times as a mark, the most similar first. */
function gesturesOfMark(entry, gestures) {
  const distance = (gesture) => Math.max(Math.abs(gesture.start - entry.start), Math.abs(gesture.end - entry.end));
  const isSimilar = (gesture) => gesture.hand === entry.hand && distance(gesture) <= MARK_TOLERANCE_MS;
  return gestures.filter(isSimilar).sort((a, b) => distance(a) - distance(b));
}

/** What marks need to know of the gesture in one row of `allGestures`: less than `gestureAt`, and quicker. */
function markedGestureAt(gestures, row) {
  const { columns, values } = gestures;
  return { video: videos[columns.video[row]], gesture: columns.gesture[row], person: personOfRow(gestures, row), hand: values.hand[columns.hand[row]], start: columns.start[row], end: columns.end[row] };
}

/** All gestures of a video, of those of `allGestures`. */
function gesturesOfVideo(gestures, video) {
  const [from, to] = gestures.rangeOf(video);
  return Array.from({ length: to - from }, (_, index) => markedGestureAt(gestures, from + index));
}

const marks = (() => {
  const keyOf = ({ gesture, hand, start, end }) => `${gesture} ${hand} ${start} ${end}`;
  const lostKeyOf = (entry) => [entry.video, entry.hand, entry.person, entry.start, entry.end].join(' ');
  const kept = browserList('marks of', {
    keyOf: (entry) => (entry.lost ? `lost ${lostKeyOf(entry)}` : `${entry.video} ${keyOf(entry)}`),
    isEntry: isMark,
    onother() {
      read();
      markListeners.forEach((update) => update());
    },
    what: 'your marks and notes',
    save: ['Save marks as CSV', () => downloadText(corpusFileName('marks.csv'), marksCsv(all()))],
  });
  // Marks by video and then by gesture, and marks whose gesture is gone by hand and times.
  const entries = new Map();
  const lost = new Map();
  const all = () => [...[...entries.values()].flatMap((ofVideo) => [...ofVideo.values()]), ...lost.values()];
  const store = () => kept.write(all());

  function put(entry) {
    if (entry.lost) lost.set(lostKeyOf(entry), entry);
    else if (entries.has(entry.video)) entries.get(entry.video).set(keyOf(entry), entry);
    else entries.set(entry.video, new Map([[keyOf(entry), entry]]));
  }

  function remove(entry) {
    const ofVideo = entries.get(entry.video);
    if (ofVideo && ofVideo.delete(keyOf(entry)) && !ofVideo.size) entries.delete(entry.video);
  }

  /** Take over what the browser keeps, also marks that were set in another tab since. */
  function read() {
    entries.clear();
    lost.clear();
    kept.read().forEach(put);
  }

  /** The mark of a gesture {video, gesture, hand, start, end}, if it has one. */
  function get(gesture) {
    const ofVideo = entries.get(gesture.video.id);
    return ofVideo && ofVideo.get(keyOf(gesture));
  }
  const personOf = (gesture) => (gesture.person ? gesture.person.id : '');
  const describe = (gesture) => ({ video: gesture.video.id, gesture: gesture.gesture, person: personOf(gesture), hand: gesture.hand, start: gesture.start, end: gesture.end, lost: false });

  /** Change the mark or the note of a gesture {video, gesture, person, hand, start, end}. */
  function set(gesture, change) {
    read();
    const entry = { marked: false, note: '', ...get(gesture), ...describe(gesture), ...change };
    if (entry.marked || entry.note) put(entry);
    else remove(entry);
    store();
  }

  /** Keep these entries, at the gestures that `gesturesOf(video)` gives; null keeps the marks of a video as they are. */
  function assign(known, gesturesOf) {
    entries.clear();
    lost.clear();
    const putFound = (entry, gesture) => {
      const old = get(gesture);
      put({ ...(old ? joinMarks(old, entry) : entry), ...describe(gesture) });
    };
    const others = [];
    for (const entry of known) {
      const video = videoById.get(entry.video);
      const gestures = video ? gesturesOf(video) : [];
      if (!gestures) {
        put(entry);
        continue;
      }
      const found = gesturesOfMark(entry, gestures);
      const same = found.find((gesture) => personOf(gesture) === entry.person);
      if (same) putFound(entry, same);
      else others.push([entry, found]);
    }
    // The ids of people may have changed. A gesture that has a mark already is not given the mark of somebody else.
    for (const [entry, found] of others) {
      const free = found.find((gesture) => !get(gesture));
      const old = lost.get(lostKeyOf(entry));
      if (free) putFound(entry, free);
      else put({ ...(old ? joinMarks(old, entry) : entry), lost: true });
    }
    store();
    return [...lost.values()];
  }

  /** `gesturesOfVideo` for `assign`, which asks for each mark. */
  function gesturesByVideo(gestures) {
    const known = new Map();
    return (video) => {
      if (!known.has(video)) known.set(video, gesturesOfVideo(gestures, video));
      return known.get(video);
    };
  }

  /** Move marks to the gestures of this run that have the same hand and times; returns the entries whose gesture is gone. */
  function match(gestures) {
    read();
    return assign(all(), gesturesByVideo(gestures));
  }

  /** As `match` for the marks of one video, of which these are all gestures. */
  function matchVideo(video, gestures) {
    read();
    assign(all(), (each) => (each === video ? gestures : null));
  }

  /** Add entries of a file as `match` does. If a gesture has a mark already, both notes are kept. */
  function add(added, gestures) {
    read();
    return assign([...all(), ...added], gesturesByVideo(gestures));
  }

  /** Remove marks that match no gesture; returns the marks of this kind that are left. `add` undoes it. */
  function removeLost(removed) {
    read();
    removed.forEach((entry) => lost.delete(lostKeyOf(entry)));
    store();
    return [...lost.values()];
  }

  read();
  return {
    set, removeLost, lost: () => [...lost.values()], match, matchVideo, add, all,
    isMarked: (gesture) => Boolean((get(gesture) || {}).marked),
    note: (gesture) => (get(gesture) || {}).note || '',
  };
})();
