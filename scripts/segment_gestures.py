"""Segment who makes which gesture, and when: merge each video's phases into gestures.

python scripts/segment_gestures.py --results results --videos config/videos.tsv \
    --tracks results/tracks.parquet
"""

import argparse
import logging
from contextlib import ExitStack
from pathlib import Path

import pandas as pd

from corpus.core.errors import run
from corpus.core.progress import with_progress
from corpus.inputs import manifest
from corpus.movement.gestures import add_measures, merge_phases
from corpus.movement.hand_use import hand_use
from corpus.movement.person_units import merge_hands, number_units
from corpus.tables import parquet, provenance
from corpus.tables.schemas import all_tables

CORPUS_TABLES = ("corpus_gestures", "gesture_units", "hand_use")


def main() -> None:
    """Read the options, the tracks, and each video's phases and measures; write all tables."""
    options = parse_arguments()
    videos = manifest.read(options.videos, check_files=False)
    columns = ["video_id", "track", "person", "start_s", "end_s", "kind"]
    tracks = dict(iter(parquet.read(options.tracks, columns).groupby("video_id")))
    no_tracks = pd.DataFrame(columns=columns)
    made_by = provenance.describe("segment_gestures", {}, ("pandas",))
    folder = options.results / "gestures"
    folder.mkdir(parents=True, exist_ok=True)
    n_gestures = 0
    with ExitStack() as files:
        writers = {
            table: files.enter_context(
                parquet.Writer(options.results / all_tables()[table].file, table, made_by)
            )
            for table in CORPUS_TABLES
        }
        for video in with_progress(videos, "gestures", len(videos), "videos"):
            phases, measures = (
                parquet.read(options.results / table / f"{video}.parquet")
                for table in ("phases", "gesture_measures")
            )
            tables = tables_of_video(phases, measures, tracks.get(video, no_tracks))
            gestures = tables["corpus_gestures"]
            n_gestures += len(gestures)
            parquet.write(folder / f"{video}.parquet", "gestures", gestures, made_by)
            for table, rows in tables.items():
                writers[table].append(rows.assign(video_id=video))
    logging.info("%d gestures in %d videos", n_gestures, len(videos))


def tables_of_video(
    phases: pd.DataFrame, measures: pd.DataFrame, tracks: pd.DataFrame
) -> dict[str, pd.DataFrame]:
    """Return the rows of one video in each table of the corpus, without the column video_id.

    `phases` and `measures` are the video's tables of phases and gesture_measures, `tracks` its rows
    of the table tracks.
    """
    kind = tracks["kind"].astype(object).fillna("person")
    gestures = merge_phases(phases, dict(zip(tracks["track"], tracks["person"], strict=True)))
    gestures = add_measures(gestures, measures)
    gestures["unit"] = number_units(gestures, set(tracks.loc[kind != "person", "track"]))
    units = merge_hands(gestures)
    use = hand_use(phases, units, tracks[kind == "person"])
    return {"corpus_gestures": gestures, "gesture_units": units, "hand_use": use}


def parse_arguments() -> argparse.Namespace:
    """Parse the options of this script."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    add = parser.add_argument
    help_text = "results folder; reads phases and gesture_measures, adds gestures"
    add("--results", required=True, type=Path, help=help_text)
    add("--videos", required=True, type=Path, help="manifest of the videos")
    add("--tracks", required=True, type=Path, help="tracks table of the corpus")
    return parser.parse_args()


if __name__ == "__main__":
    run(main)
