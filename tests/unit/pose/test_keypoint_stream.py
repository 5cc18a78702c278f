"""Keypoints are read frame by frame, with the same result for any size of the batches."""

import numpy as np
import pytest

import processed_video
from corpus.pose import keypoint_stream
from corpus.pose.keypoint_stream import align_to_frames, people_by_frame

processed = processed_video.processed


def read_all(path) -> list:
    """(frame, track, part, bytes of the points) of everything in a table."""
    return [
        (frame, track, part, points.tobytes())
        for frame, people in people_by_frame(path)
        for track, parts in people.items()
        for part, points in parts.items()
    ]


@pytest.mark.parametrize("rows_per_batch", [1, 7, 75, 150, 151, 1000])
def test_the_size_of_the_batches_does_not_matter(processed, monkeypatch, rows_per_batch):
    expected = read_all(processed.path("keypoints"))
    assert sorted({row[0] for row in expected}) == list(range(20))
    monkeypatch.setattr(keypoint_stream, "ROWS_PER_BATCH", rows_per_batch)
    assert read_all(processed.path("keypoints")) == expected


def test_points_equal_those_of_the_table(processed):
    frame, people = list(people_by_frame(processed.path("keypoints")))[4]
    expected = processed.people_in(4)
    assert frame == 4 and people.keys() == expected.keys()
    for track, parts in expected.items():
        assert people[track].keys() == parts.keys()
        for part, points in parts.items():
            assert people[track][part][:, :3] == pytest.approx(points.points, abs=0.006)
    assert np.isnan(people[0]["left_hand"][:, keypoint_stream.VISIBILITY]).all(), "hands have none"


def test_frames_without_people_are_included():
    people = [(1, {0: {}}), (4, {1: {}})]
    assert list(align_to_frames(range(6), people)) == [
        (0, {}), (1, {0: {}}), (2, {}), (3, {}), (4, {1: {}}), (5, {}),
    ]  # fmt: skip
    assert list(align_to_frames([0, 4], people)) == [(0, {}), (4, {1: {}})]


def test_an_empty_table_has_no_frames(processed):
    processed.empty("keypoints")
    assert list(people_by_frame(processed.path("keypoints"))) == []
