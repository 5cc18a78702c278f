"""Draw the tiers of an ELAN file as ELAN's timeline shows them.

python tools/draw_tiers.py --eaf results/laptop/elan/hands.eaf --output docs/elan.svg
"""

import argparse
import sys
from collections.abc import Iterator, Sequence
from html import escape
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "scripts"))

from corpus.core.atomic_files import write_text
from corpus.core.errors import run
from corpus.elan import eaf_reader
from corpus.elan.document import Annotation, Tier

WIDTH = 894
"""Width of the picture. All lengths are in pixels."""
NAMES_WIDTH = 150
"""Width of the column with the names of tiers."""
TIER_HEIGHT = 30
RULER_HEIGHT = 30
MARGIN = 10
STEPS_MS = (100, 200, 500, 1000, 2000, 5000, 10_000, 30_000, 60_000, 300_000, 600_000)
"""Possible distances between labels of the ruler."""
MAX_STEPS = 8
"""Most steps between labels that fit."""
COLOURS = ("#5a6472", "#2b6cb0", "#2f855a", "#b7791f", "#8b4a9e")
"""Colours of tiers without a parent; tiers below have the colour of the tier at the top."""


def draw(tiers: Sequence[Tier]) -> str:
    """Text of the picture, SVG, with tiers in the given order."""
    end_ms = max((each.end for tier in tiers for each in tier.annotations), default=1000)
    pixels_per_ms = (WIDTH - NAMES_WIDTH - 2 * MARGIN) / end_ms
    height = 2 * MARGIN + RULER_HEIGHT + TIER_HEIGHT * len(tiers)
    lines = [*_draw_frame(tiers, height), *_draw_ruler(end_ms, pixels_per_ms, height)]
    parents = {tier.name: tier.parent for tier in tiers}
    top_tiers = [name for name, parent in parents.items() if parent is None]
    for row, tier in enumerate(tiers):
        y = MARGIN + RULER_HEIGHT + row * TIER_HEIGHT
        if row % 2 == 0:
            lines.append(
                f'<rect x="1" y="{y}" width="{WIDTH - 2}" height="{TIER_HEIGHT}" fill="#eef1f4"/>'
            )
        ancestors = _ancestors(tier.name, parents)
        colour = COLOURS[top_tiers.index([tier.name, *ancestors][-1]) % len(COLOURS)]
        weight = "" if tier.parent else ' font-weight="600"'
        lines.append(
            f'<text x="{MARGIN + 14 * len(ancestors)}" y="{y + 20}" fill="{colour}"{weight}>'
            f"{escape(tier.name)}</text>"
        )
        for annotation in tier.annotations:
            lines += _draw_annotation(annotation, y, pixels_per_ms, colour)
    return "\n".join([*lines, "</svg>"]) + "\n"


def _draw_frame(tiers: Sequence[Tier], height: int) -> list[str]:
    """The opening tag, a description for screen readers, and the background."""
    return [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" '
        f'height="{height}" role="img" aria-labelledby="title" font-size="12" '
        'font-family="-apple-system, BlinkMacSystemFont, Segoe UI, Helvetica, Arial, sans-serif">',
        f'<title id="title">{escape(describe(tiers))}</title>',
        f'<rect x="0.5" y="0.5" width="{WIDTH - 1}" height="{height - 1}" rx="6" fill="#fbfbf9" '
        'stroke="#b9bfc7"/>',
    ]


def describe(tiers: Sequence[Tier]) -> str:
    """The picture in one sentence, for people who cannot see it."""
    counts = [f"{tier.name}, {len(tier.annotations)} annotations" for tier in tiers]
    return "Tiers in ELAN: " + "; ".join(counts)


def _ancestors(name: str, parents: dict[str, str | None]) -> list[str]:
    """Names of the tiers above a tier, from its parent to the top."""
    parent = parents[name]
    return [] if parent is None else [parent, *_ancestors(parent, parents)]


def _draw_ruler(end_ms: int, pixels_per_ms: float, height: int) -> Iterator[str]:
    """Times at the top, and for each a vertical line through all tiers."""
    step_ms = next((step for step in STEPS_MS if end_ms / step <= MAX_STEPS), STEPS_MS[-1])
    for time_ms in range(0, end_ms + 1, step_ms):
        x = MARGIN + NAMES_WIDTH + time_ms * pixels_per_ms
        yield f'<path d="M{x:.1f} {MARGIN + 20}V{height - MARGIN}" stroke="#d4d9df"/>'
        # The first and last labels would otherwise extend beyond the timeline.
        anchor = "end" if x > WIDTH - 50 else "middle" if time_ms else "start"
        yield (
            f'<text x="{x:.1f}" y="{MARGIN + 14}" font-size="11" fill="#5a6472" '
            f'text-anchor="{anchor}">{format_time(time_ms)}</text>'
        )


def format_time(ms: int) -> str:
    """A time as ELAN writes it: 00:00:02.500."""
    return f"{ms // 3_600_000:02d}:{ms // 60_000 % 60:02d}:{ms // 1000 % 60:02d}.{ms % 1000:03d}"


def _draw_annotation(
    annotation: Annotation, y: int, pixels_per_ms: float, colour: str
) -> list[str]:
    """A horizontal line with bars at its ends, and the value above it, shortened to fit."""
    left = MARGIN + NAMES_WIDTH
    x1, x2 = left + annotation.start * pixels_per_ms, left + annotation.end * pixels_per_ms
    line_y = y + 21
    path = f"M{x1:.1f} {line_y - 6}v12M{x2:.1f} {line_y - 6}v12M{x1:.1f} {line_y}H{x2:.1f}"
    max_letters = int((x2 - x1 - 6) / 7.5)
    label = annotation.value
    if len(label) > max_letters:
        label = label[: max(0, max_letters - 1)] + ("…" if max_letters > 0 else "")
    return [
        f'<path d="{path}" stroke="{colour}" stroke-width="1.5" fill="none"/>',
        f'<text x="{x1 + 5:.1f}" y="{y + 15}" fill="#1a202c">{escape(label)}</text>',
    ]


def main() -> None:
    """Read the options and the file, write the picture."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--eaf", required=True, type=Path, help="ELAN file")
    parser.add_argument("--output", required=True, type=Path, help="SVG to write")
    options = parser.parse_args()
    write_text(options.output, draw(eaf_reader.read(options.eaf).tiers))


if __name__ == "__main__":
    run(main)
