"""Extents of face tracks in time."""

import pandas as pd
import pytest

from corpus.faces.track_extents import track_extents


def test_a_track_ends_one_sample_after_its_last_face_but_not_after_its_shot():
    faces = pd.DataFrame(
        [(0, 0, 0.5, 0), (1, 0, 0.5, 0), (0, 10, 0.9, 0), (2, 20, 1.6, 1)],
        columns=["track", "frame", "time_s", "shot"],
    )
    shots = pd.DataFrame({"shot": [0, 1], "end_s": [1.0, 1.7]})
    extents = track_extents(faces, shots, 5)
    assert extents["shot"].tolist() == [0, 0, 1]
    assert extents["start_s"].tolist() == [0.5, 0.5, 1.6]
    assert extents["end_s"].tolist() == pytest.approx([1.0, 0.7, 1.7])
    assert extents["n_faces"].tolist() == [2, 1, 1]
