"""Write a Praat TextGrid: shots, who is on screen, and what each hand does.

python scripts/export_textgrid.py --video v.mp4 --status status.parquet --shots shots.parquet \
    --phases phases.parquet --tracks tracks.parquet --people people.parquet --output v.TextGrid

Times are those of a player, which shows the file's first picture or sound as 0. The format
has no place for what made the file.
"""

import argparse
from pathlib import Path

import pandas as pd
from pympi.Praat import TextGrid

from corpus import cast, tables
from corpus.errors import run
from corpus.files import completed
from corpus.intervals import Interval, hand_phases, one_at_a_time, presence
from corpus.tables import HANDS
from corpus.video import player_zero

SHOWN = ("movement", "hold")
"""Phases with an interval; at rest the tier is empty."""
EMPTY_S = 1.0
"""Length of the TextGrid of a video without frames; Praat reads none of length 0."""
DIGITS = 6
"""Decimals that the file holds."""


def tiers(
    shots: pd.DataFrame, phases: pd.DataFrame, who: cast.Cast
) -> list[tuple[str, list[Interval]]]:
    """(name, intervals) of every tier, seconds on the container's clock.

    Every person has three tiers. Bodies whose face was not found have tiers for the hands that
    do something.
    """
    rows = shots[["start_s", "end_s", "shot"]].itertuples(index=False, name=None)
    found = [("shots", [(start, end, str(shot)) for start, end, shot in rows])]
    hands = hand_phases(phases, who, SHOWN)
    for person, spans in presence(who).items():
        name = who.label(person)
        found.append((name, [(start, end, name) for start, end in spans]))
        found += [(f"{name}: {hand} hand", hands.pop((person, hand), [])) for hand in HANDS]
    for (track, hand), intervals in sorted(
        hands.items(), key=lambda item: (-int(item[0][0]), item)
    ):
        found.append((f"body {track}: {hand} hand", intervals))
    return found


def text_grid(found: list[tuple[str, list[Interval]]], zero_s: float, fallback: str) -> TextGrid:
    """The tiers on the player's clock. Without anything in them, a tier says what is wrong."""
    ends = [end for _, intervals in found for _, end, _ in intervals]
    length = round(max(ends) - zero_s, DIGITS) if ends else EMPTY_S
    grid = TextGrid(xmin=0, xmax=length)
    for name, intervals in found if ends else [("status", [(0.0, EMPTY_S, fallback)])]:
        # pympi doubles quotes in texts, as Praat wants, but not in names.
        tier = grid.add_tier(name.replace('"', '""'))
        shift = zero_s if ends else 0.0
        moved = [
            (max(round(start - shift, DIGITS), 0.0), round(end - shift, DIGITS), text)
            for start, end, text in intervals
        ]
        for start, end, text in one_at_a_time(moved):
            tier.add_interval(start, end, text, check=False)
    return grid


def main() -> None:
    """Read the options and tables, write the TextGrid."""
    options = parse_arguments()
    shots, phases = tables.read(options.shots), tables.read(options.phases)
    [status] = tables.read(options.status).itertuples()
    who = cast.read(options.tracks, options.people, status.video_id)
    zero_s = player_zero(options.video) if len(shots) else 0.0
    grid = text_grid(tiers(shots, phases, who), zero_s, status.status)
    with completed(options.output) as partial:
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
