"""Detect the faces of a video in sampled frames, join them into tracks, and embed the best faces.

python scripts/detect_faces.py --video v.mp4 --status status.parquet --frames frames.parquet \
    --shots shots.parquet --detector fast-mtcnn --embedder dlib --sha256 ... ... \
    --model resources/models/dlib...dat resources/models/shape...dat \
    --output faces.parquet --embeddings embeddings.parquet
"""

import argparse
from pathlib import Path

import numpy as np
import pandas as pd

from corpus.core.devices import DEVICES, choose_device
from corpus.core.errors import run
from corpus.core.progress import with_progress
from corpus.faces import detectors, embedders
from corpus.faces.embedders import EMBEDDERS
from corpus.faces.embedding_networks import load_embedder
from corpus.faces.face_search import FaceNetworks, FoundFaces, detect_face_tracks
from corpus.faces.kinds.decision import add_kinds
from corpus.faces.kinds.records import KindRecords
from corpus.faces.selection import best_embeddings
from corpus.faces.track_filter import TrackLimits, drop_chance_tracks
from corpus.faces.track_matching import matched_tracks
from corpus.faces.track_splitting import person_boundary
from corpus.faces.tracking import Tracker
from corpus.inputs.model_catalogue import verify
from corpus.privacy import erased_heads
from corpus.privacy.erased_faces import drop_erased_tracks
from corpus.tables import parquet, provenance, schemas
from corpus.video.frame_sampling import sample_frames, shown_until
from corpus.video.picture_format import read_picture_format, stored_pixel_scales
from corpus.video.reader import Reader


def main(argv: list[str] | None = None) -> None:
    arguments = parse_arguments(argv)
    expected = zip(arguments.model, arguments.sha256, strict=True)
    models = {file.name: verify(file, sha256) for file, sha256 in expected}
    frames = parquet.read(arguments.frames)
    not_recorded = ("device", "threads", "covers", "kept_ids", "model", "sha256")
    parameters = provenance.parameters(arguments, not_recorded) | {"device": None}
    faces = pd.DataFrame(columns=schemas.SCHEMAS["faces"].names)
    dimensions = EMBEDDERS[arguments.embedder].dimensions
    embeddings = np.zeros((0, dimensions), np.float32)
    device = "cpu"
    # Models take time to load; a video without frames does not need them.
    if len(frames):
        device = parameters["device"] = choose_device(arguments.device)
        until_s = shown_until(frames, parquet.read(arguments.shots))
        samples = sample_frames(frames.assign(shown_until_s=until_s), arguments.samples_per_second)
        records = KindRecords()
        found = search(arguments, samples, device, records)
        faces = drop_chance_tracks(found.table, samples, limits(arguments))
        faces = without_erased(arguments, frames, faces)
        same_person = EMBEDDERS[arguments.embedder].same_person
        faces = add_kinds(faces, records.collected(), found.embeddings, same_person)
        embeddings = found.embeddings
    tools = (*detectors.packages(arguments.detector, device), "av")
    tools += embedders.packages(arguments.embedder, device)
    made_by = provenance.describe("detect_faces", parameters, tools, models)
    best = best_embeddings(faces, embeddings, arguments.best)
    parquet.write(arguments.output, "faces", faces, made_by)
    parquet.write(arguments.embeddings, "embeddings", best, made_by, vector=dimensions)


def search(
    arguments: argparse.Namespace, samples: pd.DataFrame, device: str, records: KindRecords
) -> FoundFaces:
    """All faces of a video with their tracks. `device` is "cpu" or "cuda"."""
    sampled = set(samples["frame"].tolist())
    reader = Reader(arguments.video, sampled, picture=read_picture_format(arguments.status))
    decoded = with_progress(reader, "detect_faces", max(sampled) + 1)
    return detect_face_tracks(
        decoded,
        samples,
        load_networks(arguments, device),
        Tracker(
            arguments.max_gap_s,
            person_boundary(arguments.embedder),
            1 / arguments.samples_per_second,
        ),
        arguments.batch_size,
        (records,),
    )


def load_networks(arguments: argparse.Namespace, device: str) -> list[FaceNetworks]:
    """The networks for each thread; on a GPU there is one thread."""
    detection = arguments.detector, device, arguments.min_size, arguments.min_score
    embedding = arguments.embedder, arguments.model, device
    return [
        FaceNetworks(
            detectors.load_detector(*detection, thread=thread),
            load_embedder(*embedding, thread=thread),
        )
        for thread in range(1 if device == "cuda" else arguments.threads)
    ]


def limits(arguments: argparse.Namespace) -> TrackLimits:
    """What a track needs so that it is not discarded."""
    rate, min_s = arguments.samples_per_second, arguments.min_track_s
    return TrackLimits(rate, min_s, arguments.min_track_score)


def without_erased(
    arguments: argparse.Namespace, frames: pd.DataFrame, faces: pd.DataFrame
) -> pd.DataFrame:
    """The faces table without the people who were erased from this video."""
    if not arguments.covers:
        return faces
    heads = erased_heads.read(arguments.covers, arguments.video, frames, arguments.status)
    others: set[int] = set()
    if arguments.kept_ids:
        best_faces = parquet.read(arguments.kept_ids)
        best_faces = best_faces[best_faces["video_id"] == arguments.covers.stem]
        others = matched_tracks(faces, best_faces, stored_pixel_scales(arguments.status))
    return drop_erased_tracks(faces, heads, others)


def parse_arguments(argv: list[str] | None = None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    add = parser.add_argument
    add("--video", required=True, type=Path, help="video file")
    add("--status", required=True, type=Path, help="status table written by index_frames")
    add("--frames", required=True, type=Path, help="frames table written by index_frames")
    add("--shots", required=True, type=Path, help="shots table written by index_frames")
    add("--output", required=True, type=Path, help="faces table to write")
    add("--embeddings", required=True, type=Path, help="embeddings table to write")
    add("--embedder", choices=EMBEDDERS, required=True, help="network that embeds the faces")
    add("--model", required=True, type=Path, nargs="+", help="model files of the embedder")
    add("--sha256", required=True, nargs="+", help="checksums of the model files, in order")
    add("--detector", choices=detectors.DETECTORS, required=True, help="detector of the faces")
    add("--samples-per-second", required=True, type=float, help="frames to search per second")
    add("--min-size", required=True, type=float, help="smallest face / shorter side of the image")
    add("--min-score", required=True, type=float, help="lowest score of a detection")
    add("--max-gap-s", required=True, type=float, help="longest gap in seconds within a track")
    add("--min-track-s", required=True, type=float, help="shortest track in seconds")
    add("--min-track-score", required=True, type=float, help="lowest score of a track's best face")
    add("--best", required=True, type=int, help="most faces of a track whose embedding is written")
    add("--batch-size", required=True, type=int, help="images per batch")
    add("--covers", type=Path, help="table covers of the video: the heads of erased people")
    add("--kept-ids", type=Path, help="table clusters of the people who were not erased")
    add("--device", required=True, choices=DEVICES, help="where the networks run")
    add("--threads", type=int, default=1, help="cores that may be used")
    return parser.parse_args(argv)


if __name__ == "__main__":
    run(main)
