"""Tracks that are too short or too doubtful are dropped."""

import numpy as np
import pandas as pd
import pytest

from corpus.faces.track_filter import drop_chance_tracks, min_detections
from face_tables import frames_table


@pytest.mark.parametrize(
    ("times", "samples_per_second", "expected"),
    [
        (np.arange(100) / 25, 5, 2),
        (np.arange(100) * 1.001 / 30, 5, 2),
        (np.arange(100) / 25, 100, 10),
        (np.arange(100) / 4, 10, 2),
        ([0.0], 5, 2),
    ],
)
def test_the_shortest_track_is_counted_in_frames_that_exist(times, samples_per_second, expected):
    assert min_detections(frames_table(times), samples_per_second, 0.4) == expected


def test_chance_tracks_are_dropped_and_the_others_renumbered():
    rows = [
        # frame, shot, track, score
        (0, 0, 0, 0.95),  # two detections, but both with a low score
        (0, 0, 1, 0.99),
        (1, 0, 0, 0.96),
        (1, 0, 1, 0.91),
        (1, 0, 2, 0.99),  # one detection
        (2, 0, 4, 0.99),
        (3, 0, 4, 0.99),
        (4, 1, 3, 0.98),  # one detection, in a shot with one sample
    ]
    faces = pd.DataFrame(rows, columns=["frame", "shot", "track", "score"])
    samples = frames_table(np.arange(5) / 5, [0, 0, 0, 0, 1])
    filtered = drop_chance_tracks(faces, samples, 2, 0.97)
    assert filtered[["frame", "track"]].values.tolist() == [[0, 0], [1, 0], [2, 1], [3, 1], [4, 2]]


def test_a_table_without_faces_stays_empty():
    faces = pd.DataFrame(columns=["frame", "shot", "track", "score"])
    filtered = drop_chance_tracks(faces, frames_table([0.0]), 2, 0.97)
    assert len(filtered) == 0 and list(filtered) == list(faces)
