"""Write the skeletons of a video into side files, which the page draws over the playing video.

python scripts/write_skeletons.py --keypoints keypoints.parquet --frames frames.parquet \
    --shots shots.parquet --faces faces.parquet --status status.parquet --samples-per-second 5 \
    --index results/report/page/v/skeleton/index.js --output skeletons.parquet

Keypoints are read frame by frame, so that a video of any length needs little memory. The data does
not depend on who is who: the page finds the person of each track.
"""

import argparse
import logging
from pathlib import Path

import pandas as pd

from corpus.core.errors import run
from corpus.core.progress import with_progress
from corpus.faces.track_boxes import TrackBoxes
from corpus.faces.track_extents import track_extents
from corpus.pose.keypoint_stream import align_to_frames, people_by_frame
from corpus.pose.skeleton_chunks import cut_into_chunks, pixels_per_unit
from corpus.pose.skeleton_files import write_chunks
from corpus.tables import parquet, provenance


def main(argv: list[str] | None = None) -> None:
    """Read the options and tables, write one side file after another, then the table of them."""
    options = parse_arguments(argv)
    frames = parquet.read(options.frames, ["time_s", "shot"])
    faces, shots = parquet.read(options.faces), parquet.read(options.shots)
    extents = track_extents(faces, shots, options.samples_per_second)
    status = parquet.read_row(options.status, ["width", "height"])
    width, height = status["width"] or 0, status["height"] or 0
    unit = pixels_per_unit(width, height)
    people = align_to_frames(range(len(frames)), people_by_frame(options.keypoints))
    chunks = cut_into_chunks(
        frames["time_s"].to_numpy(),
        frames["shot"].to_numpy(),
        with_progress(people, "write_skeletons", len(frames)),
        TrackBoxes(faces, extents),
        unit,
    )
    video = options.output.stem
    side_files = options.index.parents[2]
    rows = list(write_chunks(side_files, video, chunks, width, height, unit))
    made_by = provenance.describe("write_skeletons", provenance.parameters(options, ()))
    parquet.write(options.output, "skeletons", pd.DataFrame(rows), made_by)
    size = sum(row["file_size"] for row in rows)
    logging.info("%s: %d files, %.1f MB", video, len(rows), size / 1e6)


def parse_arguments(argv: list[str] | None = None) -> argparse.Namespace:
    """Parse the options of this script."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    add = parser.add_argument
    for table in ("keypoints", "frames", "shots", "faces"):
        add(f"--{table}", required=True, type=Path, help=f"{table} table of the video")
    add("--status", required=True, type=Path, help="status table of the video, for the image size")
    add("--samples-per-second", required=True, type=float, help="as for detect_faces")
    index = "side file to write last: report/page/VIDEO/skeleton/index.js; chunks are beside it"
    add("--index", required=True, type=Path, help=index)
    add("--output", required=True, type=Path, help="table to write, one row per side file")
    return parser.parse_args(argv)


if __name__ == "__main__":
    run(main)
