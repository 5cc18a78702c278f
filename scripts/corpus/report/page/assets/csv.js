// CSV files as spreadsheets write and read them.

/** A cell of a CSV file. A text that a spreadsheet would run as a formula begins with an apostrophe. */
function csvCell(value) {
  const text = guardCell(String(value));
  return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** Rows of values as CSV. It begins with a byte order mark, without which Excel does not read UTF-8. */
const csvText = (rows) => `\ufeff${rows.map((row) => row.map(csvCell).join(',')).join('\r\n')}\r\n`;

/**
 * Decode a file: UTF-8, or UTF-16 with a byte order mark, which is the format "Unicode text" of Excel. Throws an Error for other encodings,
 * because their letters would be read as different ones.
 */
function decodeText(buffer) {
  const [first, second] = new Uint8Array(buffer);
  const encoding = first === 0xff && second === 0xfe ? 'utf-16le' : first === 0xfe && second === 0xff ? 'utf-16be' : 'utf-8';
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(buffer);
  } catch {
    throw new Error('This file is not a text in UTF-8. In Excel, save it as “CSV UTF-8”; in LibreOffice, choose the character set UTF-8.');
  }
}

/** The rows of a CSV file. The separator is a comma, a semicolon or a tab; a first line such as sep=; may say which. */
function parseCsv(text) {
  const named = /^\ufeff?sep=(.)\r?\n/i.exec(text);
  const content = text.slice(named ? named[0].length : 0).replace(/^\ufeff/, '');
  const head = content.split('\n', 1)[0];
  const separator = named ? named[1] : ['\t', ';'].find((each) => head.includes(each)) || ',';
  if (![',', ';', '\t'].includes(separator)) throw new Error(`This file has “${separator}” between its cells. Save it with commas, semicolons or tabs.`);
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
