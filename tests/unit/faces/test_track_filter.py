"""Tracks that are too short or too doubtful are dropped."""

import numpy as np
import pandas as pd
import pytest

from corpus.faces.track_filter import TrackLimits, drop_chance_tracks
from face_tables import frames_table


def faces_at(times, shown_s, shot=0, track=0) -> pd.DataFrame:
    """Detections of one track at these times, in frames that are shown for `shown_s` seconds."""
    times = np.asarray(times, float)
    columns = {"frame": np.arange(len(times)), "time_s": times, "shown_until_s": times + shown_s}
    return pd.DataFrame(columns).assign(shot=shot, track=track, score=0.99)


@pytest.mark.parametrize(
    ("times", "shown_s", "samples_per_second", "shortest"),
    [
        (np.arange(0, 100, 5) / 25, 0.04, 5, 2),
        (np.arange(0, 100, 6) * 1.001 / 30, 1.001 / 30, 5, 2),
        (np.arange(0, 24) / 24, 1 / 24, 5, 2),
        (np.arange(100) / 25, 0.04, 100, 10),
        (np.arange(100) / 4, 0.25, 10, 2),
        (np.arange(100) * 2, 2.0, 5, 1),  # half a frame per second
        ([0.0, 0.2, 6.4, 6.6], 0.04, 5, 2),
    ],
)
def test_the_shortest_track_is_counted_in_time_on_screen(
    times, shown_s, samples_per_second, shortest
):
    samples = pd.DataFrame({"shot": [0] * len(times)})
    limits = TrackLimits(samples_per_second, 0.4, 0.97)
    kept = [
        n
        for n in range(1, len(times))
        if len(drop_chance_tracks(faces_at(times[:n], shown_s), samples, limits))
    ]
    assert kept == list(range(shortest, len(times)))


def test_one_detection_in_a_picture_that_stays_on_screen_is_a_track():
    faces = faces_at([0.2], [6.0])
    samples = pd.DataFrame({"shot": [0] * 9})
    assert len(drop_chance_tracks(faces, samples, TrackLimits(5, 0.4, 0.97))) == 1


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
    faces = faces.assign(time_s=faces["frame"] / 5, shown_until_s=faces["frame"] / 5 + 0.04)
    samples = frames_table(np.arange(5) / 5, [0, 0, 0, 0, 1])
    filtered = drop_chance_tracks(faces, samples, TrackLimits(5, 0.4, 0.97))
    assert filtered[["frame", "track"]].values.tolist() == [[0, 0], [1, 0], [2, 1], [3, 1], [4, 2]]


def test_a_table_without_faces_stays_empty():
    faces = pd.DataFrame(columns=["frame", "shot", "track", "score", "time_s", "shown_until_s"])
    filtered = drop_chance_tracks(faces, frames_table([0.0]), TrackLimits(5, 0.4, 0.97))
    assert len(filtered) == 0 and list(filtered) == list(faces)
