// Cells that no spreadsheet runs as a formula, in the form of scripts/corpus/core/safe_text.py.

const FORMULA = /^[' \t\r\n]*[=+\-@\t\r\n＝＋－＠]/;
const PLAIN_NUMBER = /^[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?$/;

/** The text of a cell that no spreadsheet runs as a formula; numbers stay numbers. `unguardCell` returns the text. */
const guardCell = (text) => (FORMULA.test(text) && !PLAIN_NUMBER.test(text) ? `'${text}` : text);

/** The text that `guardCell` was given; other text is returned unchanged. */
const unguardCell = (text) => (text.startsWith("'") && FORMULA.test(text) ? text.slice(1) : text);
