"""Videos exported from the demo: masked faces can neither be detected nor recognised."""

from pathlib import Path

import numpy as np

import export_video
from corpus.faces.embedding_networks import Dlib
from corpus.tables import parquet
from noise_video import read_images
from portraits import detector, model_file
from script_runs import default_flags, run_script
from video_exports import INPUT_TABLES

SAME_PERSON_DISTANCE = 0.6
"""Dlib's largest distance between two faces of one person."""


def test_the_detector_finds_no_masked_face_and_the_embedder_recognises_none(
    demo: Path, monkeypatch, tmp_path: Path
) -> None:
    output = tmp_path / "both.mp4"
    tables = [word for t in INPUT_TABLES for word in (f"--{t}", demo / t / "both.parquet")]
    video = ["--video", demo / "videos/both.mp4"]
    kind = [*default_flags("export_video"), "--no-sound", "--kind", "blurred"]
    run_script(monkeypatch, export_video, *kind, *video, *tables, "--output", output)
    images = read_images(output)
    detections = [detector()([image])[0] for image in images[::4]]
    assert sum(len(boxes) for boxes, _, _ in detections) == 0
    dlib = Dlib(model_file("dlib"), model_file("dlib_landmarks"), "cpu")
    embeddings = np.stack(parquet.read(demo / "embeddings/both.parquet")["embedding"])
    faces = parquet.read(demo / "faces/both.parquet")
    for row in faces[faces["frame"] % 20 == 0].itertuples():
        [masked] = dlib([images[row.frame]], [np.array([row.x1, row.y1, row.x2, row.y2])])
        assert np.linalg.norm(embeddings - masked, axis=1).min() > SAME_PERSON_DISTANCE
