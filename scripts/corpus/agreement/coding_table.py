"""coders.tsv: which tiers of people's ELAN files are compared.

A table in one of the forms of corpus.inputs.text_tables, in the folder of annotations. One row is a
tier of a coder. docs/agreement.md describes the columns.

The rules import this module: use only the standard library.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from fnmatch import fnmatchcase
from pathlib import Path

from corpus.core.errors import InputError
from corpus.elan import eaf_reader
from corpus.inputs import text_tables
from corpus.inputs.faults import Fault, raise_faults

NAME = "coders.tsv"
REQUIRED = ("coder", "file", "tier")
COLUMNS = (*REQUIRED, "content", "hand", "person", "labels", "start_s", "end_s")
VIDEO = "{video}"
"""Stands for the id of each video in the name of a file."""
WORKFLOW = "workflow"
"""Name of the workflow among the coders."""
CONTENTS = ("gestures", "phases")
CODED_HANDS = ("left", "right", "both")
LEAVE_OUT = "none"
"""Category of texts that are not compared."""
MOST_NAMES = 12
"""Number of names that a message lists."""

PHASE_OF_LABEL = {
    **dict.fromkeys(
        ("movement", "preparation", "prep", "stroke", "retraction", "partial retraction"),
        "movement",
    ),
    **dict.fromkeys(("recovery", "liberation", "location preparation"), "movement"),
    **dict.fromkeys(
        ("hold", "pre stroke hold", "post stroke hold", "independent hold", "dependent hold"),
        "hold",
    ),
    **dict.fromkeys(("rest", "rest position", LEAVE_OUT), LEAVE_OUT),
}
"""The workflow's phase, or `none`, for the usual texts of coders: Kita, van Gijn and van der Hulst
(1998); Kendon (2004). Case, hyphens and underscores do not matter."""


@dataclass(frozen=True)
class CodedTier:
    """A row of the table for one file."""

    coder: str
    path: Path
    video: str
    tier: str
    """Name of the tier; * stands for any text."""
    content: str
    hand: str
    person: str
    """Name or id of the person; empty if the tier or the video says it."""
    categories: Mapping[str, str]
    """Category by text, from the column labels."""
    start_s: float | None
    end_s: float | None
    """The time that was coded, seconds on the clock of the video; None for the whole video."""
    line: int
    """Line in the table."""

    def has_tier(self, name: str) -> bool:
        """Whether the row means the tier with this name."""
        return name == self.tier or fnmatchcase(name, self.tier)

    def category(self, text: str) -> str | None:
        """Category of an annotation's text; `none` if it is left out, None if it is unknown."""
        if text in self.categories:
            return self.categories[text]
        if self.content == "phases":
            return PHASE_OF_LABEL.get(normalise(text))
        return text


def normalise(text: str) -> str:
    """A text without differences of case, hyphens, underscores and spaces."""
    return " ".join(text.casefold().replace("-", " ").replace("_", " ").split())


def read(path: Path, videos: Iterable[str], files: Iterable[Path]) -> list[CodedTier]:
    """Read the table, one item for each row and file.

    Parameters
    ----------
    path
        The table, in the folder of annotations.
    videos
        Ids of the videos in the manifest.
    files
        The ELAN files in the folder.

    Raises InputError with one line per fault.
    """
    videos, paths = list(videos), {file.name: file for file in files}
    header, *rows = text_tables.read(path, COLUMNS)
    faults = list(_header_faults(path, header.cells))
    raise_faults(faults)
    coded: list[CodedTier] = []
    for row in rows:
        cells = dict(zip(header.cells, row.cells, strict=False))
        try:
            coded += _coded_tiers(cells, row.line, videos, paths)
        except ValueError as error:
            faults.append(Fault(str(path), str(error), row.line))
    if not rows:
        faults.append(Fault(str(path), "no rows; add one for each tier of each coder"))
    seen: dict[tuple, int] = {}
    for each in coded:
        key = (each.coder, each.path, each.tier)
        if key in seen:
            message = f"tier {each.tier!r} of {each.path.name} is also in line {seen[key]}"
            faults.append(Fault(str(path), message, each.line))
        seen.setdefault(key, each.line)
    faults += _similar_names(path, coded)
    raise_faults(faults)
    return coded


def _similar_names(path: Path, coded: Iterable[CodedTier]) -> Iterator[Fault]:
    """Yield a fault for each coder with a name that differs from another one only in its case."""
    first: dict[str, CodedTier] = {}
    for each in coded:
        same = first.setdefault(each.coder.casefold(), each)
        if same.coder != each.coder:
            message = f"coder {each.coder!r} is written {same.coder!r} in line {same.line}"
            yield Fault(str(path), message, each.line)


def _header_faults(path: Path, header: list[str]) -> Iterator[Fault]:
    for name in header:
        if name not in COLUMNS:
            similar = get_close_matches(name, COLUMNS, 1)
            hint = f"did you mean {similar[0]}?" if similar else f"known are {', '.join(COLUMNS)}"
            yield Fault(str(path), f"unknown column {name!r}; {hint}", 1)
        elif header.count(name) > 1:
            yield Fault(str(path), f"the column {name} occurs twice", 1)
    if missing := [name for name in REQUIRED if name not in header]:
        yield Fault(str(path), f"no column {', '.join(missing)}", 1)


def _coded_tiers(
    cells: Mapping[str, str], line: int, videos: list[str], paths: Mapping[str, Path]
) -> Iterator[CodedTier]:
    """The items of one row. Raises ValueError that says what to change."""
    for name in REQUIRED:
        if not cells.get(name):
            raise ValueError(f"the cell {name} is empty")
    if cells["coder"] == WORKFLOW:
        raise ValueError(f"{WORKFLOW!r} is the name of the workflow; give the coder another name")
    content = _choice(cells, "content", CONTENTS, "gestures")
    hand = _choice(cells, "hand", CODED_HANDS, "both")
    categories = _categories(cells.get("labels", ""), content)
    start_s, end_s = (_seconds(cells, name) for name in ("start_s", "end_s"))
    if start_s is not None and end_s is not None and end_s <= start_s:
        raise ValueError(f"end_s {end_s:g} is not after start_s {start_s:g}")
    for video, path in _files(cells["file"], videos, paths):
        yield CodedTier(
            cells["coder"],
            path,
            video,
            cells["tier"],
            content,
            hand,
            cells.get("person", ""),
            categories,
            start_s,
            end_s,
            line,
        )


def _choice(cells: Mapping[str, str], name: str, choices: tuple[str, ...], default: str) -> str:
    value = cells.get(name) or default
    if value not in choices:
        raise ValueError(f"{name} is {value!r}; it must be {' or '.join(choices)}")
    return value


def _seconds(cells: Mapping[str, str], name: str) -> float | None:
    text = cells.get(name, "")
    try:
        value = float(text.replace(",", ".")) if text else None
    except ValueError:
        value = float("nan")
    if value is not None and not 0 <= value < float("inf"):
        raise ValueError(f"{name} is {text!r}; it must be seconds on the clock of the video")
    return value


def _categories(text: str, content: str) -> dict[str, str]:
    """Categories by text from a cell such as `S=movement, H=hold, X=none`."""
    categories = {}
    for part in filter(None, (part.strip() for part in text.split(","))):
        label, equals, category = (piece.strip() for piece in part.partition("="))
        if not equals or not category:
            raise ValueError(f"labels has {part!r}; write text=category, separated by commas")
        if content == "phases" and category not in ("movement", "hold", LEAVE_OUT):
            raise ValueError(
                f"labels has {part!r}; the category of a phase is movement, hold or {LEAVE_OUT}"
            )
        categories[label] = category
    return categories


def _files(name: str, videos: list[str], paths: Mapping[str, Path]) -> list[tuple[str, Path]]:
    """Video and path of each file that a cell names. Raises ValueError if there are none."""
    if VIDEO in name:
        names = {video: name.replace(VIDEO, video) for video in videos}
        if found := [(video, paths[n]) for video, n in names.items() if n in paths]:
            return found
        example = next(iter(names.values()), name)
        raise ValueError(f"no file {name} for any video; it would be {example}, for example")
    if name not in paths:
        similar = get_close_matches(name, paths, 1)
        hint = f"did you mean {similar[0]}?" if similar else "save it in the folder of this table"
        raise ValueError(f"no file {name}; {hint}")
    video = name.partition(".")[0]
    if video not in videos:
        raise ValueError(f"{name}: the manifest has no video {video}")
    return [(video, paths[name])]


def check_tiers(path: Path, coded: Iterable[CodedTier]) -> None:
    """Raise InputError for rows with a tier that their file lacks, naming its tiers.

    `path` is the table.
    """
    names: dict[Path, list[str]] = {}
    faults = []
    for each in coded:
        if each.path not in names:
            names[each.path] = [tier.name for tier in eaf_reader.read(each.path).tiers]
        if not any(each.has_tier(name) for name in names[each.path]):
            existing = ", ".join(names[each.path][:MOST_NAMES]) or "none"
            message = f"{each.path.name} has no tier {each.tier!r}; its tiers are: {existing}"
            faults.append(Fault(str(path), message, each.line))
    raise_faults(faults)


def describe_missing(path: Path, files: Iterable[Path]) -> str:
    """Message for a corpus without the table, with a table to start from."""
    return (
        f"{path}: no such file. Save a table with the tiers to compare there, such as this, with "
        f"tabs between the columns (docs/agreement.md):\n{example(files)}"
    )


def example(files: Iterable[Path]) -> str:
    """Text of a table with all tiers of some files, to start from.

    The coder is the part of the name after the video; the hand is guessed from the tier.
    """
    lines = ["\t".join(("coder", "file", "tier", "content", "hand"))]
    for file in files:
        try:
            tiers = eaf_reader.read(file).tiers
        except InputError:
            continue
        video, _, rest = file.name.partition(".")
        coder = rest.rpartition(".")[0] or "me"
        for tier in tiers:
            if tier.kind not in ("shots", "presence") and tier.annotations:
                phases = {PHASE_OF_LABEL.get(normalise(a.value)) for a in tier.annotations}
                content = "gestures" if None in phases else "phases"
                row = (coder, file.name, tier.name, content, _guessed_hand(tier.name))
                lines.append("\t".join(row))
    return "\n".join(lines)


def _guessed_hand(tier: str) -> str:
    words = normalise(tier).split()
    for hand, short in (("left", "lh"), ("right", "rh")):
        if hand in words or short in words:
            return hand
    return "both"
