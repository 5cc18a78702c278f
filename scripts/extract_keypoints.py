"""Extract the keypoints of bodies and hands, for each face track in every frame it is on screen.

python scripts/extract_keypoints.py --video v.mp4 --status status.parquet --frames frames.parquet \
    --shots shots.parquet --faces faces.parquet --samples-per-second 5 --pose-model pose.task \
    --hand-model hand.task --sha256 POSE HAND --output keypoints.parquet
"""

import argparse
from collections.abc import Iterator
from pathlib import Path

import pandas as pd

from corpus.core.devices import DEVICES, choose_device
from corpus.core.errors import run
from corpus.core.progress import Progress
from corpus.faces.track_boxes import TrackBoxes
from corpus.faces.track_extents import track_extents
from corpus.inputs.model_catalogue import verify
from corpus.pose.chunk_joining import join_chunks
from corpus.pose.chunks import cut_into_chunks
from corpus.pose.confirmed_bodies import keep_confirmed_bodies
from corpus.pose.extraction import Extraction, extract_keypoints
from corpus.pose.keypoint_rows import keypoint_rows
from corpus.pose.keypoints import FrameKeypoints
from corpus.privacy import erased_heads
from corpus.tables import parquet, provenance
from corpus.video.frame_sampling import sample_frames
from corpus.video.picture_format import has_one_clock, read_picture_format


def main(argv: list[str] | None = None) -> None:
    arguments = parse_arguments(argv)
    model_files = (arguments.pose_model, arguments.hand_model)
    expected = zip(model_files, arguments.sha256, strict=True)
    models = {file.name: verify(file, sha256) for file, sha256 in expected}
    frames = parquet.read(arguments.frames)
    device = choose_device(arguments.device)
    parameters = provenance.parameters(arguments, ("device", "sha256", "covers", "threads"))
    # Every frame is recorded as 0, which is also in the tables of earlier versions.
    parameters["frames_per_second"] = arguments.frames_per_second or 0.0
    parameters["device"] = device
    tools = ("torch" if device == "cuda" else "ai-edge-litert", "av")
    made_by = provenance.describe("extract_keypoints", parameters, tools, models)
    with parquet.Writer(arguments.output, "keypoints", made_by) as table:
        for frame in extract(arguments, frames, device):
            # Pieces without rows would accumulate in memory until there are rows to write.
            if frame.people:
                table.append(keypoint_rows(frame))


def extract(
    arguments: argparse.Namespace, frames: pd.DataFrame, device: str
) -> Iterator[FrameKeypoints]:
    """The keypoints of the searched frames, in order; a video without frames is not opened."""
    picture = read_picture_format(arguments.status)
    if picture is None or frames.empty:
        return
    extraction = Extraction(
        video=arguments.video,
        times=frames["time_s"].to_numpy(float),
        picture=picture,
        may_seek=has_one_clock(arguments.status),
        models=(arguments.pose_model, arguments.hand_model),
        device=device,
        confidence=arguments.min_confidence,
        full_frame=arguments.full_frame,
        track_boxes=read_track_boxes(arguments),
        erased=read_erased(arguments, frames),
    )
    if arguments.frames_per_second:
        frames = sample_frames(frames, arguments.frames_per_second)
    chunks = cut_into_chunks(frames)
    progress = Progress("extract_keypoints", len(frames))
    extracted = extract_keypoints(extraction, chunks, arguments.threads, progress.add)
    yield from keep_confirmed_bodies(join_chunks(extracted))
    progress.finish()


def read_track_boxes(arguments: argparse.Namespace) -> TrackBoxes:
    """The boxes of the face tracks at any time."""
    faces, shots = parquet.read(arguments.faces), parquet.read(arguments.shots)
    return TrackBoxes(faces, track_extents(faces, shots, arguments.samples_per_second))


def read_erased(
    arguments: argparse.Namespace, frames: pd.DataFrame
) -> erased_heads.ErasedHeads | None:
    """The heads of the people who were erased from the video; None if nobody was."""
    if not arguments.covers:
        return None
    return erased_heads.read(arguments.covers, arguments.video, frames, arguments.status)


def parse_arguments(argv: list[str] | None = None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    add = parser.add_argument
    add("--video", required=True, type=Path, help="video file")
    add("--status", required=True, type=Path, help="status table written by index_frames")
    add("--frames", required=True, type=Path, help="frames table written by index_frames")
    add("--shots", required=True, type=Path, help="shots table written by index_frames")
    add("--faces", required=True, type=Path, help="faces table written by detect_faces")
    add("--samples-per-second", required=True, type=float, help="as for detect_faces")
    add("--pose-model", required=True, type=Path, help="MediaPipe pose landmarker, .task file")
    add("--hand-model", required=True, type=Path, help="MediaPipe hand landmarker, .task file")
    add("--sha256", required=True, nargs=2, help="checksums of the two models")
    add("--output", required=True, type=Path, help="keypoints table to write")
    add("--frames-per-second", type=float, help="frames to search per second; default: all")
    add("--min-confidence", required=True, type=float, help="lowest confidence, 0 to 1")
    full_frame = "search the whole frame for bodies without a face"
    add("--full-frame", required=True, action=argparse.BooleanOptionalAction, help=full_frame)
    add("--covers", type=Path, help="table covers of the video: the heads of erased people")
    add("--device", required=True, choices=DEVICES, help="where the networks run")
    add("--threads", type=int, default=1, help="cores that may be used")
    return parser.parse_args(argv)


if __name__ == "__main__":
    run(main)
