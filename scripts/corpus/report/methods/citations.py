"""Citations by author and year, and a list of references, from BibTeX entries.

The form follows the style of the American Psychological Association (7th edition): in the text the
authors' family names and the year, in the list all authors, year, title and where it was published.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping

from corpus.report.methods.bibliography import Entry

ACCENTS = {'"': "\u0308", "'": "\u0301", "`": "\u0300", "^": "\u0302", "~": "\u0303"}
"""LaTeX's accents, and the combining characters that Unicode has for them."""
_ACCENT = re.compile(r"\{?\\([\"'`^~])\{?(\w)\}?\}?")
NO_YEAR = "n.d."
MAX_AUTHORS = 20
"""Number of authors up to which the list of references names all of them."""


def plain_text(value: str) -> str:
    """A value of a BibTeX field as text: accents as letters, without braces and line breaks."""
    text = _ACCENT.sub(lambda match: match[2] + ACCENTS[match[1]], value)
    for escaped, character in ((r"\&", "&"), (r"\$", "$"), ("--", "–"), ("{", ""), ("}", "")):
        text = text.replace(escaped, character)
    return unicodedata.normalize("NFC", " ".join(text.split()))


def authors(entry: Entry) -> list[tuple[str, str]]:
    """Family name and other names of each author. An organization has no other names."""
    value = entry.fields.get("author", "")
    if value.startswith("{") and not value.startswith("{\\"):
        return [(plain_text(value), "")]
    names = [" ".join(name.split()) for name in re.split(r"\s+and\s+", value) if name]
    parts = [name.partition(", ") for name in names]
    return [(plain_text(family), plain_text(given)) for family, _, given in parts]


def labels(entries: Iterable[Entry]) -> dict[str, str]:
    """The citation of each entry by key: "Zhang et al., 2016", "Craven and Wahba, 1979".

    Works with the same label get letters after the year, in the order of their keys.
    """
    ordered = sorted(entries, key=lambda entry: entry.key)
    plain = {entry.key: _label(entry) for entry in ordered}
    n_equal, n_before = Counter(plain.values()), Counter()
    for key, label in plain.items():
        if n_equal[label] > 1:
            plain[key] = f"{label}{'abcdefghijklmnopqrstuvwxyz'[n_before[label]]}"
            n_before[label] += 1
    return plain


def _label(entry: Entry) -> str:
    families = [family for family, _ in authors(entry)] or [entry.key]
    names = " and ".join(families) if len(families) < 3 else f"{families[0]} et al."
    return f"{names}, {entry.fields.get('year', NO_YEAR)}"


def reference(entry: Entry, label: str) -> str:
    """The entry as a line of a list of references, with the year of its `label`."""
    fields = {name: plain_text(value) for name, value in entry.fields.items()}
    year = label.rpartition(", ")[2]
    start = [f"{_author_list(entry)} ({year})", fields.get("title", entry.key)]
    return " ".join(_sentence(part) for part in [*start, *_published(fields)]) + _address(fields)


def sorted_references(entries: Mapping[str, Entry]) -> list[tuple[str, str]]:
    """Key and line of each entry, in alphabetical order of the lines."""
    label_of = labels(entries.values())
    lines = [(key, reference(entry, label_of[key])) for key, entry in entries.items()]
    return sorted(lines, key=lambda line: (_sort_key(line[1]), line[0]))


def _sort_key(text: str) -> str:
    """Letters without accents and case."""
    letters = unicodedata.normalize("NFD", text.casefold())
    return "".join(letter for letter in letters if not unicodedata.combining(letter))


def _author_list(entry: Entry) -> str:
    """All authors with initials, or the first ones and the last one of very many."""
    names = [_author(family, given) for family, given in authors(entry)] or [entry.key]
    if len(names) > MAX_AUTHORS:
        return f"{', '.join(names[: MAX_AUTHORS - 1])}, … {names[-1]}"
    return " & ".join([", ".join(names[:-1]) + ",", names[-1]]) if len(names) > 1 else names[0]


def _author(family: str, given: str) -> str:
    """An author: "Grimm, E. C.", "Rueda-Toicen, A.", or an organization."""
    parts = ["-".join(f"{part[0]}." for part in name.split("-") if part) for name in given.split()]
    return f"{family}, {' '.join(parts)}" if parts else family


def _published(fields: Mapping[str, str]) -> list[str]:
    """Where a work was published: journal with volume and pages, book, publisher, or version."""
    if journal := fields.get("journal"):
        number = f"({fields['number']})" if "number" in fields else ""
        volume = f"{fields.get('volume', '')}{number}"
        return [", ".join(part for part in (journal, volume, fields.get("pages")) if part)]
    parts = []
    if book := fields.get("booktitle"):
        pages = f" (pp. {fields['pages']})" if "pages" in fields else ""
        parts.append(f"In {book}{pages}")
    others = ("publisher", "howpublished", "note")
    return parts + [fields[name] for name in others if name in fields]


def _sentence(text: str) -> str:
    return text if text.endswith(".") else f"{text}."


def _address(fields: Mapping[str, str]) -> str:
    """The address of a work after a space: that of its DOI, or its URL."""
    if doi := fields.get("doi"):
        return f" https://doi.org/{doi}"
    return f" {fields['url']}" if "url" in fields else ""
