// Marks and notes as a CSV file.

const MARK_COLUMNS = ['video_id', 'gesture', 'person', 'hand', 'start_s', 'end_s', 'marked', 'note'];
/** What `marked` may be, in small letters: spreadsheets write TRUE and FALSE. */
const MARKED_TEXTS = new Map([['yes', true], ['true', true], ['1', true], ['no', false], ['false', false], ['0', false], ['', false]]);

/** A cell of a CSV file. A text that a spreadsheet would run as a formula begins with an apostrophe. */
function markCell(value) {
  const text = guardCell(String(value));
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
  return rows.filter((row) => row.some((each) => each !== ''));
}

/** The number in a cell, also with a decimal comma; NaN if it is empty or no number. */
function cellNumber(text) {
  const number = text.trim().replace(',', '.');
  return PLAIN_NUMBER.test(number) ? Number(number) : NaN;
}

/** Marks from a CSV file that `marksCsv` wrote. Throws an Error with what is wrong. */
function readMarks(text) {
  const [head = [], ...rows] = parseCsv(text);
  const missing = MARK_COLUMNS.filter((name) => !head.includes(name));
  if (missing.length) throw new Error(`This file is not a list of marks, because it has no column ${missing.join(', ')}.`);
  return rows.map((row, index) => {
    const cells = Object.fromEntries(head.map((name, column) => [name, unguardCell(row[column] || '')]));
    const refuse = (what) => { throw new Error(`Row ${index + 2} of this file, of ${cells.video_id || 'no video'}, ${what}. No mark was added.`); };
    const numberOf = (name) => {
      const number = cellNumber(cells[name]);
      if (Number.isNaN(number)) refuse(`has no number in the column ${name}`);
      return number;
    };
    const milliseconds = (name) => Math.round(numberOf(name) * 1000);
    const marked = MARKED_TEXTS.get(cells.marked.trim().toLowerCase());
    if (marked === undefined) refuse(`has “${cells.marked}” in the column marked, which is yes or no`);
    return { video: cells.video_id, gesture: numberOf('gesture'), person: cells.person, hand: cells.hand, start: milliseconds('start_s'), end: milliseconds('end_s'), marked, note: cells.note };
  });
}
