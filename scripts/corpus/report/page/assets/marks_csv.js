// Marks and notes as a CSV file.

const MARK_COLUMNS = ['video_id', 'gesture', 'person', 'hand', 'start_s', 'end_s', 'marked', 'note'];
/** What `marked` may be, in small letters: spreadsheets write TRUE and FALSE. */
const MARKED_TEXTS = new Map([['yes', true], ['true', true], ['1', true], ['no', false], ['false', false], ['0', false], ['', false]]);
/** Times beyond this are those of no video: 100 hours. */
const MAX_TIME_S = 360000;

/** The marks as CSV. */
function marksCsv(entries) {
  const rows = entries.map((entry) => [entry.video, entry.gesture, entry.person, entry.hand, (entry.start / 1000).toFixed(3), (entry.end / 1000).toFixed(3), entry.marked ? 'yes' : 'no', entry.note]);
  return csvText([MARK_COLUMNS, ...rows]);
}

/** The mark in the cells of a row by column. `refuse(what)` throws an Error that says what is wrong. */
function readMark(cells, refuse) {
  const numberOf = (name) => {
    const number = cellNumber(cells[name]);
    if (Number.isNaN(number)) refuse(`has no number in the column ${name}`);
    return number;
  };
  const milliseconds = (name) => {
    const seconds = numberOf(name);
    if (Math.abs(seconds) > MAX_TIME_S) refuse(`has “${cells[name]}” in the column ${name}, which is the time of no video`);
    return Math.round(seconds * 1000);
  };
  const gesture = numberOf('gesture');
  if (!Number.isSafeInteger(gesture) || gesture < 0) refuse(`has “${cells.gesture}” in the column gesture, which is the number of no gesture`);
  const hand = cells.hand.trim().toLowerCase();
  if (!HANDS.includes(hand)) refuse(`has “${cells.hand}” in the column hand, which is ${HANDS.join(' or ')}`);
  const [start, end] = [milliseconds('start_s'), milliseconds('end_s')];
  if (end < start) refuse('ends before it starts');
  const marked = MARKED_TEXTS.get(cells.marked.trim().toLowerCase());
  if (marked === undefined) refuse(`has “${cells.marked}” in the column marked, which is yes or no`);
  return { video: cells.video_id, gesture, person: cells.person, hand, start, end, marked, note: cells.note };
}

/** Marks from a CSV file that `marksCsv` wrote, or that a spreadsheet saved again. Throws an Error with what is wrong. */
function readMarks(text) {
  const [head = [], ...rows] = parseCsv(text);
  const columns = head.map((name) => name.trim().toLowerCase());
  const missing = MARK_COLUMNS.filter((name) => !columns.includes(name));
  if (missing.length) throw new Error(`This file is not a list of marks, because it has no column ${missing.join(', ')}.`);
  return rows.map((row, index) => {
    const cells = Object.fromEntries(columns.map((name, column) => [name, unguardCell(row[column] || '')]));
    return readMark(cells, (what) => { throw new Error(`Row ${index + 2} of this file, of ${cells.video_id || 'no video'}, ${what}. No mark was added.`); });
  });
}
