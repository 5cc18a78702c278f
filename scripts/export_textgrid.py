"""Write a Praat TextGrid: shots, who is on screen, and what each hand does.

python scripts/export_textgrid.py --video v.mp4 --status status.parquet --shots shots.parquet \
    --phases phases.parquet --tracks tracks.parquet --people people.parquet --output v.TextGrid

The tiers and their times are the same as in the video's ELAN file.
"""

import argparse
from pathlib import Path

from corpus.core.arguments import with_distinct_files
from corpus.core.atomic_files import atomic_path
from corpus.core.errors import run
from corpus.elan.tiers import build_tiers
from corpus.export.textgrid import text_grid
from corpus.identity import track_people
from corpus.tables import parquet
from corpus.video.stream_info import player_zero


def main() -> None:
    """Read the options and tables, and write the TextGrid."""
    options = parse_arguments()
    shots, phases = parquet.read(options.shots), parquet.read(options.phases)
    [status] = parquet.read(options.status).itertuples()
    people = track_people.read(options.tracks, options.people, status.video_id)
    zero_s = player_zero(options.video) if len(shots) else 0.0
    tiers = build_tiers(shots, people.tracks, phases, people.names, zero_s)
    grid = text_grid(tiers, status.status)
    with atomic_path(options.output) as partial:
        grid.to_file(partial)


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    add = parser.add_argument
    add("--video", required=True, type=Path, help="video file; its clock gives the times")
    add("--status", required=True, type=Path, help="status table written by index_frames")
    add("--shots", required=True, type=Path, help="shots table written by index_frames")
    add("--phases", required=True, type=Path, help="phases table written by measure_movement")
    add("--tracks", required=True, type=Path, help="tracks table written by identify_people")
    add("--people", required=True, type=Path, help="people table written by identify_people")
    add("--output", required=True, type=Path, help="TextGrid to write")
    return with_distinct_files(parser.parse_args())


if __name__ == "__main__":
    run(main)
