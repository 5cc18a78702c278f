"""Render a video with skeletons and a timeline, of skeletons alone, with masked faces, or as is.

python scripts/export_video.py --kind overlay --video v.mp4 --status status.parquet \
    --frames frames.parquet --shots shots.parquet --faces faces.parquet \
    --keypoints keypoints.parquet --phases phases.parquet --tracks tracks.parquet \
    --people people.parquet --samples-per-second 5 --sound --output overlay.mp4

Frames are decoded, drawn and encoded one after another. Each image is shown at the same time as in
the original. The kind `playable` copies the pictures without encoding if every browser plays them.
A video without frames gives an empty file.
"""

import argparse
import logging
from dataclasses import replace
from pathlib import Path

import cv2

from corpus.core.arguments import with_distinct_files
from corpus.core.atomic_files import atomic_path
from corpus.core.errors import run
from corpus.core.progress import with_progress
from corpus.identity import track_people
from corpus.overlay.renderers import VideoTables, render_frames, renderer_of
from corpus.privacy.kept_masks import read_masks
from corpus.tables import parquet, provenance
from corpus.video.picture_copy import copy_pictures, reason_to_encode
from corpus.video.picture_format import read_picture_format
from corpus.video.reader import Reader
from corpus.video.stream_info import describe_stream
from corpus.video.writer import VideoWriter

KINDS = ("overlay", "skeleton", "blurred", "playable")


def main() -> None:
    """Read the options and tables, and write the video."""
    options = parse_arguments()
    cv2.setNumThreads(1)
    with atomic_path(options.output) as partial:
        if parquet.count_rows(options.frames):
            write_video(options, read_tables(options), partial)
        else:
            partial.touch()


def write_video(options: argparse.Namespace, tables: VideoTables, output: Path) -> None:
    stream = describe_stream(options.video)
    parameters = provenance.parameters(options, leave_out=())
    made_by = provenance.describe("export_video", parameters, ("av", "opencv-python-headless"))
    if options.kind == "playable":
        times, status = tables.frames["time_s"].to_numpy(), parquet.read_row(options.status)
        reason = reason_to_encode(options.video, times, status, options.sound)
        if reason is None:
            logging.info("copying the pictures, which every browser plays, without encoding")
            return copy_pictures(output, options.video, stream, options.sound, made_by)
        logging.info("encoding the pictures: %s", reason)
    renderer = renderer_of(options.kind, tables, stream.zero_s)
    label, n_frames = f"export_video {options.kind}", len(tables.frames)
    reader = Reader(options.video, picture=read_picture_format(options.status))
    frames = with_progress(reader, label, n_frames)
    with VideoWriter(output, options.video, stream, options.sound, made_by) as writer:
        for image, time_s in render_frames(frames, tables, renderer):
            writer.write(image, time_s)


def read_tables(options: argparse.Namespace) -> VideoTables:
    tables = VideoTables(
        frames=parquet.read(options.frames),
        shots=parquet.read(options.shots),
        faces=parquet.read(options.faces),
        keypoints=options.keypoints,
        samples_per_second=options.samples_per_second,
    )
    if options.kind == "blurred":
        return (
            replace(tables, covers=read_masks(options.covers, options.status))
            if options.covers
            else tables
        )
    if options.kind == "playable":
        return tables
    video = parquet.read_row(options.status)["video_id"]
    people = track_people.read(options.tracks, options.people, video)
    return replace(tables, people=people, phases=parquet.read(options.phases))


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    add = parser.add_argument
    add("--kind", required=True, choices=KINDS, help="what to draw")
    add("--video", required=True, type=Path, help="video file")
    for table in ("status", "frames", "shots"):
        add(f"--{table}", required=True, type=Path, help=f"{table} table written by index_frames")
    add("--faces", required=True, type=Path, help="faces table written by detect_faces")
    add("--keypoints", required=True, type=Path, help="keypoints table of extract_keypoints")
    add("--phases", type=Path, help="phases table of measure_movement; only to draw skeletons")
    add("--tracks", type=Path, help="tracks table of identify_people; only to draw skeletons")
    add("--people", type=Path, help="people table of identify_people; only to draw skeletons")
    add("--covers", type=Path, help="table covers, with the heads of erased people")
    add("--samples-per-second", required=True, type=float, help="as for detect_faces")
    sound = "keep the sound of the original"
    add("--sound", required=True, action=argparse.BooleanOptionalAction, help=sound)
    add("--output", required=True, type=Path, help="MP4 file to write")
    return with_distinct_files(parser.parse_args())


if __name__ == "__main__":
    run(main)
