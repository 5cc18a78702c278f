"""Embed the best faces of each track, spread over its duration.

python scripts/embed_faces.py --video v.mp4 --status status.parquet --faces faces.parquet \
    --embedder dlib --model resources/models/dlib...dat resources/models/shape...dat \
    --sha256 ... ... --output embeddings.parquet
"""

import argparse
from pathlib import Path

import numpy as np

from corpus.core.devices import DEVICES, choose_device
from corpus.core.errors import VideoError, run
from corpus.faces.embedders import EMBEDDERS
from corpus.faces.embedding import embed_faces
from corpus.faces.embedding_networks import load_embedder
from corpus.faces.selection import select_faces
from corpus.inputs.model_catalogue import verify
from corpus.tables import parquet, provenance
from corpus.video.picture_format import read_picture_format
from corpus.video.reader import Reader


def main(argv: list[str] | None = None) -> None:
    arguments = parse_arguments(argv)
    expected = zip(arguments.model, arguments.sha256, strict=True)
    models = {file.name: verify(file, sha256) for file, sha256 in expected}
    faces = select_faces(parquet.read(arguments.faces), arguments.best)
    faces = faces.sort_values(["frame", "track"])
    parameters = provenance.parameters(arguments, ("device", "model", "sha256")) | {"device": None}
    dimensions = EMBEDDERS[arguments.embedder].dimensions
    is_dlib = arguments.embedder == "dlib"
    embeddings = np.zeros((0, dimensions), dtype=np.float32)
    # PyTorch takes seconds to load; dlib and videos without faces do not need it.
    if len(faces):
        device = parameters["device"] = "cpu" if is_dlib else choose_device(arguments.device)
        embedder = load_embedder(arguments.embedder, arguments.model, device)
        picture = read_picture_format(arguments.status)
        frames = Reader(arguments.video, set(faces["frame"].tolist()), picture=picture)
        try:
            embeddings = embed_faces(frames, faces, embedder, arguments.batch_size)
        except VideoError as error:
            raise VideoError(f"{arguments.video}: {error}") from error
    table = faces[["track", "frame", "time_s"]].assign(embedding=list(embeddings))
    table = table.sort_values(["track", "frame"])
    tools = ("dlib-bin", "av") if is_dlib else ("facenet-pytorch", "torch", "av")
    made_by = provenance.describe("embed_faces", parameters, tools, models)
    parquet.write(arguments.output, "embeddings", table, made_by, vector=dimensions)


def parse_arguments(argv: list[str] | None = None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    add = parser.add_argument
    add("--video", required=True, type=Path, help="video file")
    add("--status", required=True, type=Path, help="status table written by index_frames")
    add("--faces", required=True, type=Path, help="faces table written by detect_faces")
    add("--output", required=True, type=Path, help="embeddings table to write")
    add("--embedder", choices=EMBEDDERS, required=True, help="network that embeds the faces")
    add("--model", required=True, type=Path, nargs="+", help="model files of the embedder")
    add("--sha256", required=True, nargs="+", help="checksums of the model files, in order")
    add("--best", required=True, type=int, help="largest number of faces to embed per track")
    add("--batch-size", required=True, type=int, help="faces per batch")
    add("--device", required=True, choices=DEVICES, help="where the network runs")
    return parser.parse_args(argv)


if __name__ == "__main__":
    run(main)
