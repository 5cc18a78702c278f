"""Embed the K best, spread-out faces of each track.

python scripts/embed_faces.py --video v.mp4 --faces faces.parquet --embedder dlib \
    --model resources/models/dlib...dat resources/models/shape...dat --sha256 ... ... \
    --output embeddings.parquet
"""

import argparse
from pathlib import Path

import numpy as np
import pandas as pd

from corpus.core.batching import batches
from corpus.core.devices import DEVICES, torch_device
from corpus.core.errors import run
from corpus.core.progress import with_progress
from corpus.faces.embedders import EMBEDDERS
from corpus.faces.embedding_networks import load_embedder
from corpus.inputs.model_catalogue import verify
from corpus.tables import parquet, provenance
from corpus.video.reader import Reader


def pick(faces: pd.DataFrame, best: int) -> pd.DataFrame:
    """Up to `best` faces of each track: the track's time is cut into `best` equal parts and the
    face of highest quality taken from each, so that they are not all of one moment; where a part
    is empty, the best faces left over make up the number."""
    chosen = []
    for _, face in faces.groupby("track", sort=True):
        if len(face) > best:
            elapsed = face["time_s"] - face["time_s"].min()
            # A broken clock may stand still.
            part = (elapsed / max(elapsed.max(), 1e-9) * best).astype(int).clip(upper=best - 1)
            ranked = face.assign(part=part).sort_values(
                ["quality", "frame"], ascending=[False, True]
            )
            first = ~ranked.duplicated("part")
            face = pd.concat([ranked[first], ranked[~first]]).head(best).drop(columns="part")
        chosen.append(face.sort_values("frame"))
    return pd.concat(chosen) if chosen else faces


def embed(reader: Reader, faces: pd.DataFrame, embedder, batch: int) -> np.ndarray:
    """Embeddings (n, d) of `faces`, which are sorted by frame."""
    by_frame = dict(tuple(faces.groupby("frame")))
    wanted = (
        (frame.image, row[["x1", "y1", "x2", "y2"]].to_numpy(dtype=np.float64))
        for frame in reader
        if frame.image is not None
        for _, row in by_frame[frame.number].iterrows()
    )
    found = []
    for group in batches(with_progress(wanted, "embed_faces", len(faces), unit="faces"), batch):
        found.append(embedder([image for image, _ in group], [box for _, box in group]))
    return np.concatenate(found)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--video", required=True, type=Path)
    parser.add_argument("--faces", required=True, type=Path, help="table of detect_faces")
    parser.add_argument("--output", required=True, type=Path, help="table of embeddings")
    parser.add_argument("--embedder", choices=EMBEDDERS, required=True)
    parser.add_argument("--model", required=True, type=Path, nargs="+", help="its files")
    parser.add_argument("--sha256", required=True, nargs="+", help="their checksums, in order")
    parser.add_argument("--best", type=int, default=6, help="faces embedded a track")
    parser.add_argument("--batch-size", type=int, default=16)
    parser.add_argument("--device", choices=DEVICES, default="auto")
    arguments = parser.parse_args()

    checked = zip(arguments.model, arguments.sha256, strict=True)
    models = {file.name: verify(file, digest) for file, digest in checked}
    faces = parquet.read(arguments.faces)
    chosen = pick(faces, arguments.best).sort_values(["frame", "track"])
    used = provenance.parameters(arguments, ("device", "model", "sha256")) | {"device": None}
    size = EMBEDDERS[arguments.embedder].dimensions
    vectors = np.zeros((0, size), dtype=np.float32)
    # Loading PyTorch takes long; a video without faces needs none, and dlib neither.
    if len(chosen):
        device = None if arguments.embedder == "dlib" else torch_device(arguments.device)
        used["device"] = device.type if device else "cpu"
        embedder = load_embedder(arguments.embedder, arguments.model, device)
        reader = Reader(arguments.video, set(chosen["frame"].tolist()))
        vectors = embed(reader, chosen, embedder, arguments.batch_size)
    chosen = chosen[["track", "frame", "time_s"]].assign(embedding=list(vectors))
    tools = ("dlib-bin",) if arguments.embedder == "dlib" else ("facenet-pytorch", "torch")
    made_by = provenance.describe("embed_faces", used, (*tools, "av"), models)
    parquet.write(
        arguments.output, "embeddings", chosen.sort_values(["track", "frame"]), made_by, vector=size
    )


if __name__ == "__main__":
    run(main)
