"""Anchors of people.tsv: the person whose face contains a point."""

import pandas as pd
import pytest

from corpus.identity.anchors import person_at
from corpus.inputs.people_file import Anchor


@pytest.fixture
def video() -> tuple[pd.DataFrame, pd.DataFrame]:
    """Tables tracks and faces: two faces that cross, and a third in the next shot."""
    tracks = pd.DataFrame(
        [(0, 0.0, 2.0, "p1"), (1, 0.0, 2.0, "p2"), (2, 2.0, 4.0, "p3")],
        columns=["track", "start_s", "end_s", "person"],
    )
    faces = pd.DataFrame(
        [(0, 0, 0, 100), (0, 1, 100, 200), (1, 0, 60, 160), (1, 1, 60, 160), (2, 2, 60, 160)],
        columns=["track", "time_s", "x1", "x2"],
    )
    return tracks, faces.assign(y1=0.0, y2=50.0)


def test_an_anchor_finds_a_moving_face(video):
    def find(time_s, x):
        return person_at(Anchor("v", time_s, x, 25), *video, slack_s=0.2)

    assert find(0, 50) == "p1"
    assert find(0, 90) == "p2", "the nearer centre"
    assert find(0.9, 185) == "p1", "between two detections"
    assert find(0.9, 65) == "p2"
    assert find(1.9, 120) == "p2"
    assert find(2.0, 130) == "p3", "intervals are half-open"
    assert find(2.1, 195) == "p1", "too late by less than the slack"
    assert find(4.1, 70) == "p3"


def test_the_error_message_describes_the_faces_nearby(video):
    with pytest.raises(LookupError, match=r"the nearest is p3, on screen from 2.000 to 4.000 s"):
        person_at(Anchor("v", 9, 70, 25), *video, slack_s=0.2)
    message = "at 3 s; at this time, p3 is at x 60 to 160, y 0 to 50"
    with pytest.raises(LookupError, match=message):
        person_at(Anchor("v", 3, 500, 25), *video, slack_s=0.2)
