"""Keypoints frame by frame: the same whatever the pieces in which a table is read."""

import numpy as np
import pytest

import exported_video
from corpus.pose import keypoint_stream
from corpus.pose.keypoint_stream import align_to_frames, people_by_frame
from corpus.tables import schemas

found = exported_video.found


def listed(path) -> list:
    return [
        (frame, track, part, points.tobytes())
        for frame, people in people_by_frame(path)
        for track, parts in people.items()
        for part, points in parts.items()
    ]


@pytest.mark.parametrize("rows", [1, 7, 75, 150, 151, 1000])
def test_pieces_make_no_difference(found, monkeypatch, rows):
    whole = listed(found.path("keypoints"))
    assert sorted({row[0] for row in whole}) == list(range(20))
    monkeypatch.setattr(keypoint_stream, "ROWS", rows)
    assert listed(found.path("keypoints")) == whole


def test_points_are_those_of_the_table(found):
    frame, people = list(people_by_frame(found.path("keypoints")))[4]
    known = found.people_in(4)
    assert frame == 4 and people.keys() == known.keys()
    for track, parts in known.items():
        assert people[track].keys() == parts.keys()
        for part, points in parts.items():
            assert people[track][part][:, :3] == pytest.approx(points.points, abs=0.006)
    assert np.isnan(people[0]["left_hand"][:, keypoint_stream.VISIBILITY]).all(), "hands have none"


def test_frames_without_people_come_too():
    people = [(1, {0: {}}), (4, {1: {}})]
    assert list(align_to_frames(range(6), people)) == [
        (0, {}), (1, {0: {}}), (2, {}), (3, {}), (4, {1: {}}), (5, {}),
    ]  # fmt: skip
    assert list(align_to_frames([0, 4], people)) == [(0, {}), (4, {1: {}})]


def test_an_empty_table(found):
    found.write("keypoints", {name: [] for name in schemas.SCHEMAS["keypoints"].names})
    assert list(people_by_frame(found.path("keypoints"))) == []
