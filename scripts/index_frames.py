"""List every frame of a video with its time and shot, its shots, and the condition of the file.

The file is read once. Times are the container's presentation timestamps, so streams that start late
or have a variable frame rate are handled correctly. A hard cut belongs to the first frame of
the new shot, a gradual transition to the frame in its middle. See corpus.video.frame_index for
videos that are unavailable, truncated or damaged.
"""

import argparse
from pathlib import Path

from corpus.core.errors import run
from corpus.core.file_records import note_record
from corpus.tables import parquet, provenance
from corpus.video.frame_index import index_file
from corpus.video.record import read_record


def main(argv: list[str] | None = None) -> None:
    """Read the options, index the video, write its three tables."""
    options = parse_arguments(argv)
    record = read_record(options.record)
    note_record(options.record)
    tables = index_file(
        options.media, record, options.threshold, options.min_length_s, options.deinterlace
    )
    made_by = provenance.describe(
        "index_frames",
        provenance.parameters(options, leave_out=()),
        ("av", "opencv-python-headless"),
    )
    for table, columns in zip(("frames", "shots", "status"), tables, strict=True):
        parquet.write(getattr(options, table), table, columns, made_by)


def parse_arguments(argv: list[str] | None = None) -> argparse.Namespace:
    """Return the options of this script."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    add = parser.add_argument
    add("--media", type=Path, required=True, help="media file that fetch_video wrote")
    add("--record", type=Path, required=True, help="JSON record that fetch_video wrote")
    add("--frames", type=Path, required=True, help="table to write, one row per frame")
    add("--shots", type=Path, required=True, help="table to write, one row per shot")
    add("--status", type=Path, required=True, help="table to write, one row")
    add(
        "--threshold",
        type=float,
        required=True,
        help="smallest mean change of red, green and blue from one shot to the next, 0 to 255",
    )
    add("--min-length-s", type=float, required=True, help="shortest shot before a cut, seconds")
    deinterlace = "deinterlace frames that consist of two fields, in all stages"
    add("--deinterlace", required=True, action=argparse.BooleanOptionalAction, help=deinterlace)
    return parser.parse_args(argv)


if __name__ == "__main__":
    run(main)
