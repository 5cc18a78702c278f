"""Text that is safe in spreadsheets and in XML, whatever a name or another text contains.

Every job of the workflow imports this module: use only the standard library.
"""

import re

FORMULA = r"^[' \t\r\n]*[=+\-@\t\r\n＝＋－＠]"
"""Pattern of a cell that a spreadsheet may take for a formula, as listed by OWASP
(https://owasp.org/www-community/attacks/CSV_Injection), and of a cell that begins with a guard.
A pattern of Python and of RE2, which pyarrow uses."""
NUMBER = r"^[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?$"
"""Pattern of a number, which needs no guard."""
GUARD = "'"
"""Put before a cell that could be a formula: spreadsheets then take it for text."""

_FORMULA, _NUMBER = re.compile(FORMULA), re.compile(NUMBER.removesuffix("$") + r"\Z")
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def guard_cell(text: str) -> str:
    """The text of a cell that no spreadsheet runs as a formula; numbers stay numbers.

    `unguard_cell` returns the text.
    """
    return GUARD + text if _FORMULA.match(text) and not _NUMBER.match(text) else text


def unguard_cell(text: str) -> str:
    """The text that `guard_cell` was given; other text is returned unchanged."""
    return text[1:] if text.startswith(GUARD) and _FORMULA.match(text) else text


def xml_json(text: str) -> str:
    """A JSON text with the characters that XML does not allow as escape sequences."""
    return _NOT_XML.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def xml_text(text: str) -> str:
    """Replace characters that XML does not allow, even escaped, by U+FFFD.

    These are most control characters, lone surrogates, U+FFFE and U+FFFF. Without this, one of them
    in a name would make a whole SVG or ELAN file unreadable.
    """
    return _NOT_XML.sub("\ufffd", text)
