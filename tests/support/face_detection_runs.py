"""Command lines of detect_faces, with the tables and models that it reads."""

import hashlib

from corpus.tables import parquet
from face_tables import frames_table, shots_table, status_table
from portraits import model_file
from script_runs import default_flags

DLIB_MODELS = ("dlib", "dlib_landmarks")


def write_tables(folder, times, size):
    """Write the tables of status, frames and shots of a video with one shot; size in pixels."""
    parquet.write(folder / "status.parquet", "status", status_table(*size), {})
    parquet.write(folder / "frames.parquet", "frames", frames_table(times), {})
    shots = shots_table(times[-1] + 0.2) if len(times) else shots_table()
    parquet.write(folder / "shots.parquet", "shots", shots, {})


def sha256_of(file):
    return hashlib.sha256(file.read_bytes()).hexdigest()


def command(folder, video, output, *options):
    """Command line of the script for a video in `folder` with its frames table.

    The embeddings are written beside `output`, as `{stem}_embeddings`.
    """
    arguments = ["--video", folder / video]
    for name in ("status", "frames", "shots"):
        arguments += [f"--{name}", folder / f"{name}.parquet"]
    models = [model_file(name) for name in DLIB_MODELS]
    arguments += ["--model", *models, "--sha256"]
    arguments += map(sha256_of, models)
    arguments += default_flags("detect_faces", embedder="dlib", device="cpu")
    embeddings = output.with_name(f"{output.stem}_embeddings{output.suffix}")
    arguments += ["--output", output, "--embeddings", embeddings, *options]
    return ["x", *map(str, arguments)]
