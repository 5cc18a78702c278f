"""Who makes which gesture, and when: movements and the holds between them, put together.

python scripts/segment_gestures.py --results results --videos config/videos.tsv \
    --tracks results/tracks.parquet
"""

import argparse
import logging
from pathlib import Path

import pandas as pd

from corpus.core.errors import run
from corpus.core.progress import with_progress
from corpus.inputs import manifest
from corpus.tables import parquet, provenance


def gestures(phases: pd.DataFrame, people: dict[int, str]) -> pd.DataFrame:
    """Gestures of one video, a row each in the columns of their table, from its phases.

    `people` says who is in a track; nobody is in those that it lacks, such as negative ones.
    """
    parts = phases[phases["gesture"].notna()].astype({"gesture": int})
    seconds = parts["end_s"] - parts["start_s"]
    held, moved = parts["phase"] == "hold", parts["phase"] == "movement"
    parts = parts.assign(n_movements=moved, hold_s=seconds.where(held, 0.0))
    groups = parts.groupby("gesture", sort=True)
    found = groups.agg(
        track=("track", "first"),
        hand=("hand", "first"),
        shot=("shot", "first"),
        start_s=("start_s", "min"),
        end_s=("end_s", "max"),
        n_movements=("n_movements", "sum"),
        hold_s=("hold_s", "sum"),
        peak_speed=("peak_speed", "max"),
        path_length=("path_length", "sum"),
    )
    found["world_path_length"] = groups["world_path_length"].sum(min_count=1)
    found["mean_speed"] = found["path_length"] / (found["end_s"] - found["start_s"])
    found["person"] = [people.get(number) for number in found["track"]]
    return found.reset_index()


def main() -> None:
    """Read the options and all phases, write the gestures of each video."""
    options = parse_arguments()
    videos = manifest.read(options.videos, look=False)
    known = parquet.read(options.tracks, ["video_id", "track", "person"])
    people = {
        video: dict(zip(own["track"], own["person"], strict=True))
        for video, own in known.groupby("video_id")
    }
    made_by = provenance.describe("segment_gestures", {}, ("pandas",))
    folder = options.results / "gestures"
    folder.mkdir(parents=True, exist_ok=True)
    total = 0
    for video in with_progress(videos, "gestures", len(videos), "videos"):
        phases = parquet.read(options.results / "phases" / f"{video}.parquet")
        found = gestures(phases, people.get(video, {}))
        total += len(found)
        parquet.write(folder / f"{video}.parquet", "gestures", found, made_by)
    logging.info("%d gestures in %d videos", total, len(videos))


def parse_arguments() -> argparse.Namespace:
    """Options of this script."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "--results",
        required=True,
        type=Path,
        help="folder of phases/ and gestures/",
    )
    parser.add_argument("--videos", required=True, type=Path, help="manifest")
    parser.add_argument("--tracks", required=True, type=Path, help="table of people")
    return parser.parse_args()


if __name__ == "__main__":
    run(main)
