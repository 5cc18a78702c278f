// Marks and notes on gestures. This browser keeps them; they can be saved as a file.
//
// A mark belongs to a gesture by video and number. A later run may number gestures in another way, so
// person, hand, start and end are kept as well: a mark whose gesture is gone stays as "no longer found".

const MARK_TOLERANCE_MS = 200;

const marks = (() => {
  const storageKey = `marks of ${corpus.key} at ${location.pathname}`;
  const entries = new Map();
  const keyOf = (videoId, gesture) => `${videoId} ${gesture}`;
  let isKept = true;

  function store() {
    try {
      if (entries.size) localStorage.setItem(storageKey, JSON.stringify([...entries.values()]));
      else localStorage.removeItem(storageKey);
      isKept = true;
    } catch { isKept = false; }
  }

  function read() {
    try {
      for (const entry of JSON.parse(localStorage.getItem(storageKey) || '[]')) entries.set(keyOf(entry.video, entry.gesture), entry);
    } catch { /* nothing was stored */ }
  }

  const get = (video, gesture) => entries.get(keyOf(video.id, gesture));

  /** Change the mark or the note of a gesture (an object of `gestureAt`). */
  function set(gesture, change) {
    const key = keyOf(gesture.video.id, gesture.gesture);
    const entry = { marked: false, note: '', ...entries.get(key), ...describe(gesture), ...change };
    if (entry.marked || entry.note) entries.set(key, entry);
    else entries.delete(key);
    store();
  }

  const describe = (gesture) => ({ video: gesture.video.id, gesture: gesture.gesture, person: gesture.person ? gesture.person.id : '', hand: gesture.hand, start: gesture.start, end: gesture.end });

  const fits = (entry, gesture) => gesture.hand === entry.hand && Math.abs(gesture.start - entry.start) <= MARK_TOLERANCE_MS && Math.abs(gesture.end - entry.end) <= MARK_TOLERANCE_MS;

  /** Move marks to the gestures of this run that have the same hand and times; returns the entries whose gesture is gone. */
  function match(gestures) {
    const kept = [...entries.values()];
    const lost = [];
    entries.clear();
    for (const entry of kept) {
      const video = videoById.get(entry.video);
      const [from, to] = video ? gestures.rangeOf(video) : [0, 0];
      const row = video ? gestures.find(video, entry.gesture) : -1;
      const candidates = [row, ...Array.from({ length: to - from }, (_, index) => from + index)].filter((each) => each >= 0).map((each) => gestureAt(gestures, each)).filter((gesture) => fits(entry, gesture));
      const found = candidates.find((gesture) => (gesture.person ? gesture.person.id : '') === entry.person) || candidates[0];
      if (found && !entries.has(keyOf(entry.video, found.gesture))) entries.set(keyOf(entry.video, found.gesture), { ...entry, ...describe(found) });
      else lost.push(entry);
    }
    for (const entry of lost) entries.set(`lost ${keyOf(entry.video, entry.gesture)} ${entry.start}`, entry);
    store();
    return lost;
  }

  /** Add entries of a file; those of the file win. */
  function add(added) {
    for (const entry of added) entries.set(keyOf(entry.video, entry.gesture), entry);
    store();
  }

  read();
  return {
    set, match, add,
    isMarked: (video, gesture) => Boolean((get(video, gesture) || {}).marked),
    note: (video, gesture) => (get(video, gesture) || {}).note || '',
    all: () => [...entries.values()],
    get isKept() { return isKept; },
  };
})();

const MARK_COLUMNS = ['video_id', 'gesture', 'person', 'hand', 'start_s', 'end_s', 'marked', 'note'];

/** A cell of a CSV file. A text that a spreadsheet would run as a formula begins with an apostrophe. */
function markCell(value) {
  const text = /^[=+\-@\t\r]/.test(value) && Number.isNaN(Number(value)) ? `'${value}` : String(value);
  return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** The marks as CSV. It begins with a byte order mark, without which Excel does not read UTF-8. */
function marksCsv(entries) {
  const rows = entries.map((entry) => [entry.video, entry.gesture, entry.person, entry.hand, (entry.start / 1000).toFixed(3), (entry.end / 1000).toFixed(3), entry.marked ? 'yes' : 'no', entry.note]);
  return `\ufeff${[MARK_COLUMNS, ...rows].map((row) => row.map(markCell).join(',')).join('\r\n')}\r\n`;
}

/** The rows of a CSV file; the separator is a comma, or the semicolon of some spreadsheets. */
function parseCsv(text) {
  const content = text.replace(/^\ufeff/, '');
  const separator = content.split('\n', 1)[0].includes(';') ? ';' : ',';
  const rows = [[]];
  const cell = new RegExp(`(?:"((?:[^"]|"")*)"|([^"${separator}\\r\\n]*))(${separator}|\\r?\\n|$)`, 'y');
  while (cell.lastIndex < content.length) {
    const match = cell.exec(content);
    if (!match) throw new Error('This file is not a CSV file.');
    rows[rows.length - 1].push(match[1] !== undefined ? match[1].replaceAll('""', '"') : match[2]);
    if (match[3] !== separator) rows.push([]);
  }
  return rows.filter((row) => row.length);
}

/** Marks from a CSV file that `marksCsv` wrote. Throws an Error with what is wrong. */
function readMarks(text) {
  const [head = [], ...rows] = parseCsv(text);
  const missing = MARK_COLUMNS.filter((name) => !head.includes(name));
  if (missing.length) throw new Error(`This file is not a list of marks, because it has no column ${missing.join(', ')}.`);
  return rows.map((row) => {
    const cells = Object.fromEntries(head.map((name, index) => [name, row[index] || '']));
    const note = cells.note.replace(/^'(?=[=+\-@\t\r])/, '');
    const entry = { video: cells.video_id, gesture: Number(cells.gesture), person: cells.person, hand: cells.hand, start: Math.round(Number(cells.start_s) * 1000), end: Math.round(Number(cells.end_s) * 1000), marked: cells.marked === 'yes', note };
    if (![entry.gesture, entry.start, entry.end].every(Number.isFinite)) throw new Error(`The row of ${entry.video || 'a video'} has no valid number or times.`);
    return entry;
  });
}
