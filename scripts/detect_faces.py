"""Detect the faces of a video in sampled frames, and join them into tracks.

python scripts/detect_faces.py --video v.mp4 --frames frames.parquet --output faces.parquet
"""

import argparse
from pathlib import Path

import pandas as pd

from corpus.core.devices import DEVICES
from corpus.core.errors import run
from corpus.core.progress import with_progress
from corpus.core.torch_setup import torch_device
from corpus.faces.detector import FaceDetector, detect_face_tracks
from corpus.faces.track_filter import drop_chance_tracks, min_detections
from corpus.faces.track_matching import matched_tracks
from corpus.privacy import erased_heads
from corpus.privacy.erased_faces import drop_erased_tracks
from corpus.tables import parquet, provenance, schemas
from corpus.video.frame_sampling import sample_frames
from corpus.video.reader import Reader


def main() -> None:
    arguments = parse_arguments()
    frames = parquet.read(arguments.frames)
    parameters = provenance.parameters(arguments, leave_out=("device", "covers", "kept_ids"))
    parameters |= {"device": None}
    faces = pd.DataFrame(columns=schemas.SCHEMAS["faces"].names)
    # PyTorch takes seconds to load; a video without frames does not need it.
    if len(frames):
        device = torch_device(arguments.device)
        parameters["device"] = device.type
        detector = FaceDetector(device, arguments.min_size, arguments.min_score)
        faces = without_erased(arguments, frames, detect(arguments, frames, detector))
    made_by = provenance.describe("detect_faces", parameters, ("facenet-pytorch", "torch", "av"))
    parquet.write(arguments.output, "faces", faces, made_by)


def detect(
    arguments: argparse.Namespace, frames: pd.DataFrame, detector: FaceDetector
) -> pd.DataFrame:
    """The faces table of a video."""
    samples = sample_frames(frames, arguments.samples_per_second)
    sampled = set(samples["frame"].tolist())
    decoded = with_progress(Reader(arguments.video, sampled), "detect_faces", max(sampled) + 1)
    faces = detect_face_tracks(
        decoded, samples, detector, arguments.batch_size, arguments.max_gap_s
    )
    shortest = min_detections(frames, arguments.samples_per_second, arguments.min_track_s)
    return drop_chance_tracks(faces, samples, shortest, arguments.min_track_score)


def without_erased(
    arguments: argparse.Namespace, frames: pd.DataFrame, faces: pd.DataFrame
) -> pd.DataFrame:
    """The faces table without the people who were erased from this video."""
    if not arguments.covers:
        return faces
    heads = erased_heads.read(arguments.covers, arguments.video, frames)
    others: set[int] = set()
    if arguments.kept_ids:
        best_faces = parquet.read(arguments.kept_ids)
        others = matched_tracks(faces, best_faces[best_faces["video_id"] == arguments.covers.stem])
    return drop_erased_tracks(faces, heads, others)


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    add = parser.add_argument
    add("--video", required=True, type=Path, help="video file")
    add("--frames", required=True, type=Path, help="frames table written by index_frames")
    add("--output", required=True, type=Path, help="faces table to write")
    add("--samples-per-second", required=True, type=float, help="frames to search per second")
    add("--min-size", required=True, type=float, help="smallest face / shorter side of the image")
    add("--min-score", required=True, type=float, help="lowest score of a detection")
    add("--max-gap-s", required=True, type=float, help="longest gap in seconds within a track")
    add("--min-track-s", required=True, type=float, help="shortest track in seconds")
    add("--min-track-score", required=True, type=float, help="lowest score of a track's best face")
    add("--batch-size", required=True, type=int, help="images per batch")
    add("--covers", type=Path, help="table covers of the video: the heads of erased people")
    add("--kept-ids", type=Path, help="table clusters of the people who were not erased")
    add("--device", required=True, choices=DEVICES, help="where the networks run")
    return parser.parse_args()


if __name__ == "__main__":
    run(main)
