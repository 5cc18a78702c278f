"""Draw docs/flow.svg, the chart of the rules that the default target runs, from a dry run.

python tools/draw_flow.py
"""

import re
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from html import escape
from itertools import pairwise
from pathlib import Path
from textwrap import shorten

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "scripts"))

from corpus.core.atomic_files import write_text
from corpus.core.wording import join_words

ROOT = Path(__file__).resolve().parents[1]
CHART = ROOT / "docs" / "flow.svg"
USER_FILES = (
    ("videos.tsv", "your list of videos", "fetch_video"),
    ("people.tsv", "names, if you give them", "identify_people"),
)
"""Files that users write: name, description, and the first rule that reads the file."""
PAGE = "report/index.html"
"""The only report that is drawn."""

BOX_WIDTH, BOX_HEIGHT = 218, 50
"""Size of a box. All lengths are in pixels."""
MAX_TEXT = 36
"""Most characters of the text below the name that fit."""
GAP, ROW_GAP, MARGIN, LEGEND_HEIGHT = 24, 36, 8, 36
COLOURS = {
    "file": ("#fff3d6", "#b7791f", "a file that you write"),
    "video": ("#dcebfb", "#2b6cb0", "one job per video"),
    "corpus": ("#dff3e4", "#2f855a", "one job for the corpus"),
}
"""Fill, border and meaning of each kind of box."""
HEAD = """\
<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" \
height="{height}" role="img" aria-labelledby="title desc" text-anchor="middle" \
font-family="-apple-system, BlinkMacSystemFont, Segoe UI, Helvetica, Arial, sans-serif">
<title id="title">The flow of the workflow</title>
<desc id="desc">{description}</desc>
<rect width="{width}" height="{height}" rx="6" fill="#ffffff"/>
<defs><marker id="head" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" \
orient="auto"><path d="M0 0 L8 4 L0 8 z" fill="#7d8590"/></marker></defs>"""


@dataclass
class Box:
    """A rule, or a file that users write. A box without a name is a bend of a longer arrow."""

    name: str
    text: str = ""
    """What the rule writes, or what the file contains."""
    kind: str = "video"
    """A key of `COLOURS`."""
    parents: set[str] = field(default_factory=set)
    row: int = 0
    x: float = 0
    """Horizontal centre."""

    @property
    def width(self) -> int:
        """Width of the box; a bend needs only room for the arrow."""
        return BOX_WIDTH if self.text else GAP


# Reading the plan


def plan(results: Path) -> str:
    """What Snakemake prints for a dry run of the default configuration with a folder of results."""
    command = ["snakemake", "--dry-run", "--cores", "1", "--config", f"results={results}"]
    return subprocess.run(
        [sys.executable, "-m", *command],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
        encoding="utf-8",
    ).stdout


def read_boxes(printed: str, results: Path) -> dict[str, Box]:
    """The rules of a printed plan that are drawn, and the files that users write, by name."""
    jobs: dict[str, list[str]] = {}
    for rule, lines in re.findall(r"^(?:local)?rule (\w+):\n((?:    .*\n)*)", printed, re.M):
        jobs.setdefault(rule, []).append(lines)
    outputs = {rule: files(lines, "output") for rule, lines in jobs.items()}
    boxes = {}
    for rule, lines in jobs.items():
        if names := contents(outputs[rule], results):
            kind = "corpus" if len(lines) == 1 else "video"
            inputs = set(files(lines, "input"))
            parents = {other for other in jobs if inputs & set(outputs[other])}
            boxes[rule] = Box(rule, ", ".join(names), kind, parents)
    for name, text, reader in USER_FILES:
        boxes[name] = Box(name, text, "file")
        boxes[reader].parents.add(name)
    for box in boxes.values():
        box.parents &= boxes.keys()
    # The order of the jobs in a plan depends on the targets.
    return dict(sorted(boxes.items(), key=lambda item: (depth(item[0], boxes), item[0])))


def depth(name: str, boxes: dict[str, Box]) -> int:
    """Number of boxes before a box, on the longest way from the top."""
    return max((depth(parent, boxes) + 1 for parent in boxes[name].parents), default=0)


def files(jobs: Iterable[str], kind: str) -> list[str]:
    """All inputs or outputs of the jobs of a rule."""
    found = re.findall(rf"^    {kind}: (.*)$", "".join(jobs), re.MULTILINE)
    return [file.removesuffix(" (update)") for line in found for file in line.split(", ")]


def contents(outputs: Iterable[str], results: Path) -> list[str]:
    """What a rule writes: names of tables, folders and other files.

    Empty for a rule that is not drawn: one that writes nothing, models, or only reports and texts
    that another rule publishes.
    """
    names: dict[str, None] = {}
    for path in map(Path, outputs):
        inside = path.relative_to(results) if path.is_relative_to(results) else Path("report")
        if str(inside) == PAGE or inside.parts[0] not in ("report", "unedited"):
            folder = len(inside.parts) > 1 and str(inside) != PAGE
            names[inside.parts[0] if folder else str(inside).removesuffix(".parquet")] = None
    return list(names)


# Layout


def reduce_arrows(boxes: dict[str, Box]) -> None:
    """Remove each arrow from a box to another that a longer way connects as well."""

    def ancestors(name: str) -> set[str]:
        parents = boxes[name].parents
        return parents.union(*(ancestors(parent) for parent in parents))

    indirect = {
        name: set().union(*(ancestors(parent) for parent in box.parents))
        for name, box in boxes.items()
    }
    for name, box in boxes.items():
        box.parents -= indirect[name]


def arrange_rows(boxes: dict[str, Box]) -> list[list[Box]]:
    """Put each box one row below the last of its parents, and each file above its reader.

    An arrow that passes a row gets a bend there, so that boxes leave room for it.
    """
    for name, box in boxes.items():
        box.row = depth(name, boxes)
    for name, _, reader in USER_FILES:
        boxes[name].row = boxes[reader].row - 1
    for box in list(boxes.values()):
        for parent in sorted(box.parents):
            _bend(boxes, box, boxes[parent])
    n_rows = 1 + max(box.row for box in boxes.values())
    return [[box for box in boxes.values() if box.row == row] for row in range(n_rows)]


def _bend(boxes: dict[str, Box], box: Box, parent: Box) -> None:
    """Replace an arrow that passes rows by arrows from row to row."""
    box.parents.remove(parent.name)
    origin = parent.name
    for row in range(parent.row + 1, box.row):
        # All arrows from the same box share the bend.
        bend = Box(f"{origin}, row {row}", parents={parent.name}, row=row)
        parent = boxes.setdefault(bend.name, bend)
    box.parents.add(parent.name)


def place_rows(rows: list[list[Box]], boxes: dict[str, Box]) -> None:
    """Place each box near the middle of its parents, from the top to the bottom."""
    for row in rows:
        for box in row:
            rules = [boxes[name] for name in box.parents if boxes[name].kind != "file"]
            box.x = sum(parent.x for parent in rules) / max(1, len(rules))
        # Files of users are on the left of the flow.
        row.sort(key=lambda box: (box.kind != "file", box.x))
        flow = [box for box in row if box.kind != "file"] or row
        middle = sum(box.x for box in flow) / len(flow)
        for left, right in pairwise(row):
            right.x = max(right.x, left.x + (left.width + right.width) / 2 + GAP)
        shift = middle - sum(box.x for box in flow) / len(flow)
        for box in row:
            box.x += shift


# Drawing


def draw(printed: str, results: Path) -> str:
    """The chart of a printed plan, as SVG."""
    boxes = read_boxes(printed, results)
    description = describe(boxes)
    reduce_arrows(boxes)
    rows = arrange_rows(boxes)
    place_rows(rows, boxes)
    left = min(box.x - box.width / 2 for box in boxes.values()) - MARGIN
    right = max(box.x + box.width / 2 for box in boxes.values()) + MARGIN
    for box in boxes.values():
        box.x -= left
    width = max(round(right - left), 3 * BOX_WIDTH)
    height = 2 * MARGIN + len(rows) * (BOX_HEIGHT + ROW_GAP) - ROW_GAP + LEGEND_HEIGHT
    head = HEAD.format(width=width, height=height, description=escape(description))
    arrows = [line for box in boxes.values() for line in _draw_arrows(box, boxes)]
    shapes = [line for box in boxes.values() if box.text for line in _draw_box(box)]
    return "\n".join([head, *arrows, *shapes, *_draw_legend(height), "</svg>"]) + "\n"


def describe(boxes: dict[str, Box]) -> str:
    """The chart in words, for people who cannot see it."""
    sentences = []
    for name, box in boxes.items():
        readers = sorted(reader for reader in boxes if name in boxes[reader].parents)
        meaning = COLOURS[box.kind][2]
        leads = f" It leads to {join_words(readers)}." if readers else ""
        sentences.append(f"{name}, {meaning}: {box.text}.{leads}")
    return " ".join(sentences)


def _top(box: Box) -> int:
    return MARGIN + box.row * (BOX_HEIGHT + ROW_GAP)


def _draw_arrows(box: Box, boxes: dict[str, Box]) -> Iterator[str]:
    """The arrows that lead to a box."""
    for name in sorted(box.parents):
        parent = boxes[name]
        start = _top(parent) + BOX_HEIGHT if parent.text else _top(parent)
        straight = f"V{_top(parent) + BOX_HEIGHT} " if not parent.text else ""
        end, middle = _top(box), _top(parent) + BOX_HEIGHT + ROW_GAP / 2
        head = ' marker-end="url(#head)"' if box.text else ""
        yield (
            f'<path d="M{parent.x:.1f} {start} {straight}'
            f'C{parent.x:.1f} {middle:.1f} {box.x:.1f} {middle:.1f} {box.x:.1f} {end}" '
            f'fill="none" stroke="#7d8590" stroke-width="1.8"{head}/>'
        )


def _draw_box(box: Box) -> Iterator[str]:
    """The box of a rule or file: its name, and below what it contains."""
    fill, border, _ = COLOURS[box.kind]
    dashes = ' stroke-dasharray="4 3"' if box.kind == "file" else ""
    yield (
        f'<rect x="{box.x - BOX_WIDTH / 2:.1f}" y="{_top(box)}" width="{BOX_WIDTH}" '
        f'height="{BOX_HEIGHT}" rx="6" fill="{fill}" stroke="{border}" stroke-width="1.5"{dashes}/>'
    )
    for offset, text, style in (
        (21, box.name, 'font-size="14" font-weight="600" fill="#1a202c"'),
        (39, shorten(box.text, MAX_TEXT, placeholder=" ..."), 'font-size="12" fill="#2d3748"'),
    ):
        yield f'<text x="{box.x:.1f}" y="{_top(box) + offset}" {style}>{escape(text)}</text>'


def _draw_legend(height: int) -> Iterator[str]:
    """The meaning of the colours, in one line at the bottom."""
    x, y = MARGIN, height - MARGIN - 14
    for fill, border, meaning in COLOURS.values():
        yield (
            f'<rect x="{x}" y="{y}" width="18" height="14" rx="3" fill="{fill}" stroke="{border}"/>'
            f'<text x="{x + 25}" y="{y + 12}" font-size="12" fill="#2d3748" '
            f'text-anchor="start">{meaning}</text>'
        )
        x += 50 + 7 * len(meaning)


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        write_text(CHART, draw(plan(Path(folder)), Path(folder)))


if __name__ == "__main__":
    main()
