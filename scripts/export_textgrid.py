"""Write a Praat TextGrid: shots, who is on screen, and what each hand does.

python scripts/export_textgrid.py --video v.mp4 --status status.parquet --shots shots.parquet \
    --phases phases.parquet --tracks tracks.parquet --people people.parquet --output v.TextGrid

The tiers are those of the video's ELAN file, with the same times. The format has no place for what
made the file.
"""

import argparse
from pathlib import Path

from pympi.Praat import TextGrid

from corpus.core.atomic_files import atomic_path
from corpus.core.errors import run
from corpus.elan.document import Annotation, Tier
from corpus.elan.tiers import build_tiers
from corpus.identity import track_people
from corpus.tables import parquet
from corpus.video.stream_info import player_zero

EMPTY_MS = 1000
"""Length of the TextGrid of a video without frames; Praat reads none of length 0."""


def text_grid(found: list[Tier], fallback: str) -> TextGrid:
    """ELAN's tiers as Praat's, where gaps are empty intervals; without any shot, one tier that
    says what is wrong."""
    length = max((note.end for tier in found for note in tier.annotations), default=0)
    if not length:
        found = [Tier("status", "shots", (Annotation(0, EMPTY_MS, fallback),))]
        length = EMPTY_MS
    grid = TextGrid(xmin=0, xmax=length / 1000)
    for tier in found:
        # pympi doubles quotes in texts, as Praat wants, but not in names.
        intervals = grid.add_tier(tier.name.replace('"', '""'))
        for note in tier.annotations:
            intervals.add_interval(note.start / 1000, note.end / 1000, note.value, check=False)
    return grid


def main() -> None:
    """Read the options and tables, write the TextGrid."""
    options = parse_arguments()
    shots, phases = parquet.read(options.shots), parquet.read(options.phases)
    [status] = parquet.read(options.status).itertuples()
    who = track_people.read(options.tracks, options.people, status.video_id)
    zero_s = player_zero(options.video) if len(shots) else 0.0
    found = build_tiers(shots, who.tracks, phases, who.names, zero_s)
    grid = text_grid(found, status.status)
    with atomic_path(options.output) as partial:
        grid.to_file(partial)


def parse_arguments() -> argparse.Namespace:
    """Options of this script."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--video", required=True, type=Path, help="for where its clock starts")
    parser.add_argument("--status", required=True, type=Path, help="table of index_frames")
    parser.add_argument("--shots", required=True, type=Path, help="table of index_frames")
    parser.add_argument("--phases", required=True, type=Path, help="table of measure_movement")
    parser.add_argument("--tracks", required=True, type=Path, help="table of people")
    parser.add_argument("--people", required=True, type=Path, help="table of people")
    parser.add_argument("--output", required=True, type=Path, help="TextGrid to write")
    return parser.parse_args()


if __name__ == "__main__":
    run(main)
