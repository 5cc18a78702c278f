"""Reads BibTeX entries, and selects those that a text cites.

Citations are pandoc's: `[@zhang2016]` for one work, `[@campello2013; @mcinnes2017]` for several
(https://pandoc.org/MANUAL.html#citation-syntax).
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

FILE = Path(__file__).with_name("references.bib")
WORKFLOW_KEY = "videocorpusworkflow"
"""Key of the entry of this workflow."""
_START = re.compile(r"^@(\w+)\{([\w-]+),\s*$", re.MULTILINE)
_FIELD = re.compile(r"^  (\w+) = \{(.*?)\},$", re.MULTILINE | re.DOTALL)
_BRACKETS = re.compile(r"\[@[\w-]+(?:; @[\w-]+)*\]")
_CITATION = re.compile(r"(?<=[\[ ])@([\w-]+)(?=[];])")


@dataclass(frozen=True)
class Entry:
    """A work: its kind, such as article, its key, and its fields as they stand in BibTeX."""

    kind: str
    key: str
    fields: dict[str, str]

    def render(self) -> str:
        """The entry in BibTeX."""
        lines = [f"  {name} = {{{value}}},\n" for name, value in self.fields.items()]
        return f"@{self.kind}{{{self.key},\n{''.join(lines)}}}\n"


def read(path: Path = FILE) -> dict[str, Entry]:
    """Read all entries of a BibTeX file, by key.

    A field must start and end a line, and an entry must end with a brace on its own line. Raises
    ValueError if an entry does not have this form, or if a key occurs twice.
    """
    return parse(path.read_text(encoding="utf-8"), str(path))


def parse(text: str, source: str = "references") -> dict[str, Entry]:
    """All entries of a text in BibTeX, by key. `source` starts error messages. See `read`."""
    entries: dict[str, Entry] = {}
    for start in _START.finditer(text):
        body, end, _ = text[start.end() :].partition("\n}\n")
        entry = Entry(start[1], start[2], dict(_FIELD.findall(f"{body}\n")))
        if not end or entry.render() != text[start.start() :][: len(entry.render())]:
            raise ValueError(f"{source}: {entry.key}: entry is not in the expected form")
        if entry.key in entries:
            raise ValueError(f"{source}: {entry.key}: the key occurs twice")
        entries[entry.key] = entry
    return entries


def replace_citations(text: str, cite: Callable[[list[str]], str]) -> str:
    """Replace each citation, such as `[@campello2013; @mcinnes2017]`, by `cite` of its keys."""
    return _BRACKETS.sub(lambda match: cite(_CITATION.findall(match[0])), text)


def cited_keys(text: str) -> list[str]:
    """Keys that a text cites, without repetitions, in the order of their first citation."""
    return list(dict.fromkeys(_CITATION.findall(text)))


def render(entries: dict[str, Entry], keys: list[str]) -> str:
    """The entries of these keys in BibTeX, sorted by key. Raises KeyError for an unknown key."""
    return "\n".join(entries[key].render() for key in sorted(keys))


def references(text: str, entries: dict[str, Entry], workflow_version: tuple[str, str]) -> str:
    """The works that a text cites, in BibTeX.

    `workflow_version` is the version and commit of the workflow that analysed the corpus; they are
    added to the entry of the workflow. Raises KeyError if the text cites an unknown key.
    """
    version, commit = workflow_version
    workflow = entries[WORKFLOW_KEY]
    fields = workflow.fields | {"version": version, "note": f"Version {version}, commit {commit}"}
    entries = entries | {WORKFLOW_KEY: replace(workflow, fields=fields)}
    return render(entries, cited_keys(text))
