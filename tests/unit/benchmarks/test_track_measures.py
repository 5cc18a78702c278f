"""Purity, switches, breaks and coverage of tracks, with values computed by hand."""

import math

import pandas as pd
import pytest

from track_measures import covered_seconds, track_measures


def face_rows(*rows):
    """Faces of one video: track, true person, and appearance; one per second."""
    columns = ["track", "true", "appearance"]
    return pd.DataFrame(rows, columns=columns).assign(video_id="v", time_s=range(len(rows)))


def intervals(*rows):
    return pd.DataFrame(rows, columns=["video_id", "true", "start_s", "end_s"])


def test_a_track_of_two_people_is_impure_and_switches():
    # Track 0 shows A three times, then B once, then A: 4 of 5 faces are of its main person.
    faces = face_rows((0, "A", 0), (0, "A", 0), (0, "A", 0), (0, "B", 1), (0, "A", 2), (1, "B", 3))
    measures = track_measures(faces)
    assert measures == {"tracks": 2, "purity": pytest.approx(5 / 6), "switches": 2, "breaks": 0}


def test_a_person_with_two_tracks_in_one_appearance_is_a_break():
    faces = face_rows((0, "A", 0), (1, "A", 0), (1, "A", 0), (2, "A", 1))
    measures = track_measures(faces)
    assert measures == {"tracks": 3, "purity": 1, "switches": 0, "breaks": 1}


def test_tracks_of_several_videos_are_different_tracks():
    faces = pd.concat([face_rows((0, "A", 0)), face_rows((0, "B", 0)).assign(video_id="w")])
    assert track_measures(faces)["tracks"] == 2
    assert track_measures(faces)["purity"] == 1
    assert track_measures(faces.sample(frac=1, random_state=1)) == track_measures(faces)


def test_no_faces_have_no_purity():
    measures = track_measures(face_rows())
    assert math.isnan(measures["purity"])
    assert measures["tracks"] == measures["switches"] == measures["breaks"] == 0


def test_overlapping_tracks_cover_a_second_once_and_other_people_cover_none():
    appearances = intervals(("v", "A", 0.0, 10.0), ("v", "B", 0.0, 2.0))
    tracks = intervals(
        ("v", "A", 1.0, 4.0), ("v", "A", 3.0, 5.0), ("v", "A", 9.0, 12.0), ("w", "B", 0.0, 2.0)
    )
    assert covered_seconds(appearances, tracks) == (12, 5)
