"""Extents of face tracks in time."""

import numpy as np
import pandas as pd
import pytest

from corpus.faces.track_extents import track_extents


def test_a_track_ends_one_sample_after_its_last_face_but_not_after_its_shot():
    faces = pd.DataFrame(
        [(0, 0, 0.5, 0), (1, 0, 0.5, 0), (0, 10, 0.9, 0), (2, 20, 1.6, 1)],
        columns=["track", "frame", "time_s", "shot"],
    ).assign(shown_until_s=np.nan)
    shots = pd.DataFrame({"shot": [0, 1], "end_s": [1.0, 1.7]})
    extents = track_extents(faces, shots, 5)
    assert extents["shot"].tolist() == [0, 0, 1]
    assert extents["start_s"].tolist() == [0.5, 0.5, 1.6]
    assert extents["end_s"].tolist() == pytest.approx([1.0, 0.7, 1.7])
    assert extents["n_faces"].tolist() == [2, 1, 1]


def test_a_face_is_on_screen_as_long_as_its_frame():
    rows = [
        # frame, time, shown until, track
        (0, 0.0, 0.04, 0),
        (5, 0.2, 0.24, 0),
        (6, 0.24, 6.0, 0),  # the recording stands still
        (5, 0.2, 0.24, 1),
        (6, 0.24, 6.0, 2),
        (7, 6.0, 9.5, 2),  # longer than the shot
    ]
    faces = pd.DataFrame(rows, columns=["frame", "time_s", "shown_until_s", "track"])
    shots = pd.DataFrame({"shot": [0], "end_s": [8.0]})
    extents = track_extents(faces.assign(shot=0), shots, 5)
    assert extents["end_s"].tolist() == pytest.approx([6.0, 0.4, 8.0])
    assert list(extents) == ["shot", "start_s", "end_s", "n_faces"]
