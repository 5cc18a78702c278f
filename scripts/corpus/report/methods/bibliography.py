"""The works that a text cites, out of one BibTeX file.

Citations are pandoc's: `[@zhang2016]`, or `[@campello2013; @mcinnes2017]` for several
(https://pandoc.org/MANUAL.html#citation-syntax).
"""

import re
from dataclasses import dataclass
from pathlib import Path

FILE = Path(__file__).with_name("references.bib")
_START = re.compile(r"^@(\w+)\{([\w-]+),\s*$", re.MULTILINE)
_FIELD = re.compile(r"^  (\w+) = \{(.*?)\},$", re.MULTILINE | re.DOTALL)
_CITED = re.compile(r"(?<=[\[ ])@([\w-]+)(?=[];])")


@dataclass(frozen=True)
class Entry:
    """A work: its kind, such as article, its key, and its fields as BibTeX writes them."""

    kind: str
    key: str
    fields: dict[str, str]

    def render(self) -> str:
        """The entry as BibTeX."""
        lines = [f"  {name} = {{{value}}},\n" for name, value in self.fields.items()]
        return f"@{self.kind}{{{self.key},\n{''.join(lines)}}}\n"


def read(path: Path = FILE) -> dict[str, Entry]:
    """All entries by key. A field starts a line and ends one; an entry ends with a lone brace.

    Raises ValueError where an entry is not written so, or a key is there twice.
    """
    text = path.read_text(encoding="utf-8")
    found: dict[str, Entry] = {}
    for start in _START.finditer(text):
        body, end, _ = text[start.end() :].partition("\n}\n")
        entry = Entry(start[1], start[2], dict(_FIELD.findall(f"{body}\n")))
        if (
            not end
            or entry.key in found
            or entry.render() != text[start.start() :][: len(entry.render())]
        ):
            raise ValueError(f"{path}: {entry.key}: not as it should be written, or there twice")
        found[entry.key] = entry
    return found


def cited(text: str) -> list[str]:
    """Keys that a text cites, in the order of their first mention."""
    return list(dict.fromkeys(_CITED.findall(text)))


def render(entries: dict[str, Entry], keys: list[str]) -> str:
    """BibTeX of these works, sorted by key. Raises KeyError for one that is not known."""
    return "\n".join(entries[key].render() for key in sorted(keys))
