"""Extract the keypoints of bodies and hands, for each face track in every frame it is on screen.

python scripts/extract_keypoints.py --video v.mp4 --status status.parquet --frames frames.parquet \
    --shots shots.parquet --faces faces.parquet --samples-per-second 5 --pose-model pose.task \
    --hand-model hand.task --sha256 POSE HAND --output keypoints.parquet
"""

import argparse
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path

from corpus.core.devices import DEVICES
from corpus.core.errors import run
from corpus.core.progress import with_progress
from corpus.faces.track_boxes import TrackBoxes
from corpus.faces.track_extents import track_extents
from corpus.inputs.model_catalogue import verify
from corpus.pose.extractor import Extractor, extract_keypoints
from corpus.pose.keypoint_rows import keypoint_rows
from corpus.pose.landmarkers import Landmarkers
from corpus.privacy import erased_heads
from corpus.tables import parquet, provenance
from corpus.video.frame_sampling import sample_frames
from corpus.video.picture_format import read_picture_format
from corpus.video.reader import Frame, Reader


def main(argv: list[str] | None = None) -> None:
    arguments = parse_arguments(argv)
    model_files = (arguments.pose_model, arguments.hand_model)
    expected = zip(model_files, arguments.sha256, strict=True)
    models = {file.name: verify(file, sha256) for file, sha256 in expected}
    frames = parquet.read(arguments.frames)
    erased = None
    if arguments.covers:
        erased = erased_heads.read(arguments.covers, arguments.video, frames, arguments.status)
    if arguments.frames_per_second:
        frames = sample_frames(frames, arguments.frames_per_second)
    shot_of_frame = dict(zip(frames["frame"], frames["shot"], strict=True))
    faces, shots = parquet.read(arguments.faces), parquet.read(arguments.shots)
    track_boxes = TrackBoxes(faces, track_extents(faces, shots, arguments.samples_per_second))
    landmarkers = Landmarkers(*model_files, arguments.device, arguments.min_confidence)
    parameters = provenance.parameters(arguments, ("device", "sha256", "covers"))
    # Every frame is recorded as 0, which is also in the tables of earlier versions.
    parameters["frames_per_second"] = arguments.frames_per_second or 0.0
    parameters["device"] = landmarkers.delegate
    made_by = provenance.describe("extract_keypoints", parameters, ("mediapipe", "av"), models)
    extractor = Extractor(landmarkers, track_boxes, arguments.full_frame, erased)
    with closing(extractor), parquet.Writer(arguments.output, "keypoints", made_by) as table:
        decoded = decode(arguments, frozenset(shot_of_frame))
        for frame in extract_keypoints(decoded, shot_of_frame, extractor):
            # Pieces without rows would accumulate in memory until there are rows to write.
            if frame.people:
                table.append(keypoint_rows(frame))


def decode(arguments: argparse.Namespace, frame_numbers: frozenset[int]) -> Iterable[Frame]:
    """The frames with these numbers; a video without frames is not opened."""
    if not frame_numbers:
        return []
    picture = read_picture_format(arguments.status)
    reader = Reader(arguments.video, frame_numbers, picture=picture)
    return with_progress(reader, "extract_keypoints", max(frame_numbers) + 1)


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
    return parser.parse_args(argv)


if __name__ == "__main__":
    run(main)
