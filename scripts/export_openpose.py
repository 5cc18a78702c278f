"""Write keypoints in OpenPose's JSON format, one file per frame, in one ZIP archive.

python scripts/export_openpose.py --video-id=v --frames frames.parquet \
    --keypoints keypoints.parquet --tracks tracks.parquet --people people.parquet --output v.zip

scripts/corpus/export/openpose.py describes the format.
"""

import argparse
from pathlib import Path

from corpus.core.arguments import with_distinct_files
from corpus.core.errors import run
from corpus.core.progress import with_progress
from corpus.export.openpose import frame_documents, write_archive
from corpus.identity import track_people
from corpus.pose.keypoint_stream import people_by_frame
from corpus.tables import parquet, provenance


def main() -> None:
    """Read the options and tables, and write the archive."""
    options = parse_arguments()
    frames = parquet.read(options.frames, ["frame"])["frame"].tolist()
    people = track_people.read(options.tracks, options.people, options.video_id)
    made_by = provenance.describe("export_openpose", {}, ("pandas",))
    documents = frame_documents(
        options.video_id, frames, people_by_frame(options.keypoints), people.person_of
    )
    write_archive(options.output, with_progress(documents, "export_openpose", len(frames)), made_by)


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    add = parser.add_argument
    add("--video-id", required=True, help="id of the video, with which the file names begin")
    add("--frames", required=True, type=Path, help="frames table written by index_frames")
    add("--keypoints", required=True, type=Path, help="table written by extract_keypoints")
    add("--tracks", required=True, type=Path, help="tracks table written by identify_people")
    add("--people", required=True, type=Path, help="people table written by identify_people")
    add("--output", required=True, type=Path, help="ZIP archive to write")
    return with_distinct_files(parser.parse_args())


if __name__ == "__main__":
    run(main)
