"""Detected faces get their true people from the labels, by time and place."""

import pandas as pd

from face_truth import main_true_people, true_appearances
from film_truth import Appearance

SIZE = (100, 50)


def faces(*rows):
    """Faces by time and centre, and half the width of their square boxes; pixels."""
    return pd.DataFrame(
        [(t, x - half, y - half, x + half, y + half) for t, x, y, half in rows],
        columns=["time_s", "x1", "y1", "x2", "y2"],
    )


def test_a_face_belongs_to_the_nearest_person_at_its_time():
    shown = [
        Appearance(0, 1, "A", 0.25, 0.5),
        Appearance(0, 1, "B", 0.75, 0.5),
        Appearance(1, 2, "B", 0.25, 0.5),
        Appearance(1, 2, "A", 0.75, 0.5),
    ]
    table = faces((0.5, 80, 25, 5), (0.5, 20, 25, 9), (1.0, 30, 20, 5), (1.5, 70, 25, 5))
    assert true_appearances(table, shown, *SIZE).tolist() == [1, 0, 2, 3]


def test_faces_outside_all_times_and_further_faces_are_unknown():
    shown = [Appearance(1, 2, "A", 0.25, 0.5)]
    table = faces((0.9, 25, 25, 5), (1.0, 90, 25, 9), (1.0, 26, 25, 5), (2.0, 25, 25, 5))
    assert true_appearances(table, shown, *SIZE).tolist() == [-1, -1, 0, -1]


def test_without_a_place_the_largest_face_is_the_person():
    table = faces((0.0, 90, 25, 5), (0.0, 10, 25, 9), (0.2, 10, 25, 5))
    shown = [Appearance(float("-inf"), float("inf"), "A")]
    assert true_appearances(table, shown, *SIZE).tolist() == [-1, 0, 0]


def test_a_track_stands_for_the_person_of_most_of_its_known_faces():
    rows = [("v", 0, "B"), ("v", 0, "A"), ("v", 0, "A"), ("v", 1, ""), ("w", 0, "B"), ("w", 0, "A")]
    people = main_true_people(pd.DataFrame(rows, columns=["video_id", "track", "true"]))
    assert people[["video_id", "track", "true", "faces"]].to_numpy().tolist() == [
        ["v", 0, "A", 3],
        ["w", 0, "A", 2],
    ]
