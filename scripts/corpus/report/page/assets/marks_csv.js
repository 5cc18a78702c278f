// Marks and notes as a CSV file.

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
