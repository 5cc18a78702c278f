"""Write keypoints as a .pose file, for tools of sign language processing.

python scripts/export_pose.py --status status.parquet --frames frames.parquet \
    --keypoints keypoints.parquet --tracks tracks.parquet --people people.parquet --output v.pose

scripts/corpus/export/pose_format.py describes the format.
"""

import argparse
import logging
from pathlib import Path

from corpus.core.arguments import with_distinct_files
from corpus.core.atomic_files import atomic_path
from corpus.core.errors import run
from corpus.export.pose_format import build_pose
from corpus.identity import track_people
from corpus.tables import parquet


def main() -> None:
    """Read the options and tables, and write the .pose file."""
    options = parse_arguments()
    status = parquet.read_row(options.status)
    people = track_people.read(options.tracks, options.people, status["video_id"])
    times = parquet.read(options.frames, ["time_s"])["time_s"].to_numpy()
    frame_size = status["width"] or 0, status["height"] or 0
    is_vfr = bool(status["is_vfr"])
    pose = build_pose(options.keypoints, times, is_vfr, frame_size, people)
    if is_vfr:
        logging.warning(
            "the frame rate is variable; converted to %.3f frames per second", pose.body.fps
        )
    with atomic_path(options.output) as partial, partial.open("wb") as file:
        pose.write(file)


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    add = parser.add_argument
    add("--status", required=True, type=Path, help="status table written by index_frames")
    add("--frames", required=True, type=Path, help="frames table written by index_frames")
    add("--keypoints", required=True, type=Path, help="table written by extract_keypoints")
    add("--tracks", required=True, type=Path, help="tracks table written by identify_people")
    add("--people", required=True, type=Path, help="people table written by identify_people")
    add("--output", required=True, type=Path, help=".pose file to write")
    return with_distinct_files(parser.parse_args())


if __name__ == "__main__":
    run(main)
