"""Draw an ELAN file's tiers as ELAN's timeline shows them.

python tools/draw_tiers.py --eaf results/laptop/elan/both.eaf --output docs/elan.svg

Read back from the file, so that the picture shows what is in it.
"""

import argparse
import sys
from collections.abc import Iterator
from html import escape
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "scripts"))

from corpus.core.atomic_files import write_text
from corpus.core.errors import run
from corpus.elan import eaf_reader
from corpus.elan.eaf_reader import Annotation

WIDTH, NAMES, ROW, RULER, EDGE = 894, 150, 30, 30, 10
"""Pixels: of the picture, of the column of names, of a tier's height, of the ruler, around all."""
STEPS_MS = (100, 200, 500, 1000, 2000, 5000, 10_000, 30_000, 60_000, 300_000, 600_000)
"""Distances that the ruler's labels may have; about eight of them fit."""
COLOURS = ("#5a6472", "#2b6cb0", "#2f855a", "#b7791f", "#8b4a9e")
"""Of a tier that depends on no other, and of all that depend on it."""


def picture(tiers: dict[str, str | None], annotations: list[Annotation]) -> str:
    """Text of the SVG. `tiers` are all names, in the file's order, with the tier above each."""
    end = max((a.end for a in annotations), default=1000)
    scale = (WIDTH - NAMES - 2 * EDGE) / end
    height = 2 * EDGE + RULER + ROW * len(tiers)
    roots = [name for name, parent in tiers.items() if parent is None]
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" '
        f'height="{height}" role="img" aria-labelledby="title" font-size="12" '
        'font-family="-apple-system, BlinkMacSystemFont, Segoe UI, Helvetica, Arial, sans-serif">',
        f'<title id="title">{escape(described(tiers, annotations))}</title>',
        f'<rect x="0.5" y="0.5" width="{WIDTH - 1}" height="{height - 1}" rx="6" fill="#fbfbf9" '
        'stroke="#b9bfc7"/>',
        *ruler(end, scale, height),
    ]
    for number, (name, parent) in enumerate(tiers.items()):
        colour = COLOURS[roots.index(root(name, tiers)) % len(COLOURS)]
        y = EDGE + RULER + number * ROW
        weight = "" if parent else ' font-weight="600"'
        if number % 2 == 0:
            lines.append(f'<rect x="1" y="{y}" width="{WIDTH - 2}" height="{ROW}" fill="#eef1f4"/>')
        lines.append(
            f'<text x="{EDGE + 14 * depth(name, tiers)}" y="{y + 20}" fill="{colour}"{weight}>'
            f"{escape(name)}</text>"
        )
        for a in annotations:
            if a.tier == name:
                lines += segment(a, EDGE + NAMES, y, scale, colour)
    return "\n".join([*lines, "</svg>"]) + "\n"


def described(tiers: dict[str, str | None], annotations: list[Annotation]) -> str:
    """The picture in a sentence, for those who do not see it."""
    counts = [f"{name}, {sum(a.tier == name for a in annotations)} annotations" for name in tiers]
    return "Tiers in ELAN: " + "; ".join(counts)


def root(name: str, tiers: dict[str, str | None]) -> str:
    """The tier at the top of the one that is asked for."""
    above = tiers[name]
    return name if above is None else root(above, tiers)


def depth(name: str, tiers: dict[str, str | None]) -> int:
    """How many tiers are above it."""
    above = tiers[name]
    return 0 if above is None else depth(above, tiers) + 1


def ruler(end: int, scale: float, height: int) -> Iterator[str]:
    """Times at the top, and a line through all tiers at each."""
    step = next((step for step in STEPS_MS if end / step <= 8), STEPS_MS[-1])
    for ms in range(0, end + 1, step):
        x = EDGE + NAMES + ms * scale
        yield f'<path d="M{x:.1f} {EDGE + 20}V{height - EDGE}" stroke="#d4d9df"/>'
        # The last label would leave the picture.
        anchor = "end" if x > WIDTH - 50 else "middle" if ms else "start"
        yield (
            f'<text x="{x:.1f}" y="{EDGE + 14}" font-size="11" fill="#5a6472" '
            f'text-anchor="{anchor}">{clock(ms)}</text>'
        )


def clock(ms: int) -> str:
    """ELAN's way to write a time: 00:00:02.500."""
    return f"{ms // 3_600_000:02d}:{ms // 60_000 % 60:02d}:{ms // 1000 % 60:02d}.{ms % 1000:03d}"


def segment(a: Annotation, left: int, y: int, scale: float, colour: str) -> list[str]:
    """An annotation: a line with bars at its ends, and its value on it."""
    x1, x2, middle = left + a.start * scale, left + a.end * scale, y + 21
    bars = f"M{x1:.1f} {middle - 6}v12M{x2:.1f} {middle - 6}v12M{x1:.1f} {middle}H{x2:.1f}"
    fits = int((x2 - x1 - 6) / 7.5)
    label = a.value if len(a.value) <= fits else a.value[: max(0, fits - 1)] + "…" * (fits > 0)
    return [
        f'<path d="{bars}" stroke="{colour}" stroke-width="1.5" fill="none"/>',
        f'<text x="{x1 + 5:.1f}" y="{y + 15}" fill="#1a202c">{escape(label)}</text>',
    ]


def main() -> None:
    """Read the options and the file, write the picture."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--eaf", required=True, type=Path, help="ELAN file")
    parser.add_argument("--output", required=True, type=Path, help="SVG to write")
    options = parser.parse_args()
    document = eaf_reader.read(options.eaf)
    write_text(options.output, picture(document.tiers, document.annotations))


if __name__ == "__main__":
    run(main)
