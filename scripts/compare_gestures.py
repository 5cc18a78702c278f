"""Find the most similar gestures of each gesture, and place all gestures on a map.

python scripts/compare_gestures.py --results results --videos config/videos.tsv \
    --neighbours results/gesture_neighbours.parquet --map results/gesture_map.parquet
"""

import argparse
import logging
from pathlib import Path

from corpus.core.errors import run
from corpus.core.progress import with_progress
from corpus.core.side_files import FOLDER
from corpus.inputs import manifest
from corpus.similarity.comparison import compare_all, neighbour_rows, read_paths
from corpus.similarity.gesture_files import write_gestures_of_video, write_map
from corpus.tables import parquet, provenance


def main() -> None:
    """Read the paths of all videos, compare them, write both tables and the page's side files."""
    options = parse_arguments()
    videos = manifest.read(options.videos, check_files=False)
    shown = with_progress(videos, "paths", len(videos), "videos")
    paths = read_paths(options.results, shown)
    similar, gesture_map = compare_all(paths, with_progress)
    made_by = provenance.describe("compare_gestures", {}, ("torch", "scipy", "pandas"))
    positions = paths.gestures[["video_id", "gesture"]].assign(
        x=gesture_map.positions[:, 0], y=gesture_map.positions[:, 1]
    )
    folder = options.results / "report" / FOLDER
    with parquet.Writer(options.neighbours, "gesture_neighbours", made_by) as table:
        for video in with_progress(videos, "thumbnails", len(videos), "videos"):
            rows = neighbour_rows(paths, similar, video)
            table.append(rows)
            write_gestures_of_video(options.results, folder, video, rows)
    write_map(folder, positions, gesture_map.shares)
    parquet.write(options.map, "gesture_map", positions, made_by)
    shares = " and ".join(f"{share:.0%}" for share in gesture_map.shares)
    logging.info("%d gestures; the axes of the map have %s of the variance", len(positions), shares)


def parse_arguments() -> argparse.Namespace:
    """Parse the options of this script."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    add = parser.add_argument
    help_text = "results folder; reads phases, gesture_measures, faces, kinematics and keypoints"
    add("--results", required=True, type=Path, help=help_text)
    add("--videos", required=True, type=Path, help="manifest of the videos")
    add("--neighbours", required=True, type=Path, help="table of similar gestures to write")
    add("--map", required=True, type=Path, help="table of the map to write")
    return parser.parse_args()


if __name__ == "__main__":
    run(main)
