"""Segment who makes which gesture, and when: merge each video's phases into gestures.

python scripts/segment_gestures.py --results results --videos config/videos.tsv \
    --tracks results/tracks.parquet
"""

import argparse
import logging
from pathlib import Path

from corpus.core.errors import run
from corpus.core.progress import with_progress
from corpus.inputs import manifest
from corpus.movement.gestures import merge_phases
from corpus.tables import parquet, provenance


def main() -> None:
    """Read the options, the tracks and each video's phases; write the gestures of each video."""
    options = parse_arguments()
    videos = manifest.read(options.videos, check_files=False)
    tracks = parquet.read(options.tracks, ["video_id", "track", "person"])
    people = {
        video: dict(zip(rows["track"], rows["person"], strict=True))
        for video, rows in tracks.groupby("video_id")
    }
    made_by = provenance.describe("segment_gestures", {}, ("pandas",))
    folder = options.results / "gestures"
    folder.mkdir(parents=True, exist_ok=True)
    n_gestures = 0
    for video in with_progress(videos, "gestures", len(videos), "videos"):
        phases = parquet.read(options.results / "phases" / f"{video}.parquet")
        gestures = merge_phases(phases, people.get(video, {}))
        n_gestures += len(gestures)
        parquet.write(folder / f"{video}.parquet", "gestures", gestures, made_by)
    logging.info("%d gestures in %d videos", n_gestures, len(videos))


def parse_arguments() -> argparse.Namespace:
    """Parse the options of this script."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    add = parser.add_argument
    add("--results", required=True, type=Path, help="results folder; reads phases, adds gestures")
    add("--videos", required=True, type=Path, help="manifest of the videos")
    add("--tracks", required=True, type=Path, help="tracks table of the corpus")
    return parser.parse_args()


if __name__ == "__main__":
    run(main)
