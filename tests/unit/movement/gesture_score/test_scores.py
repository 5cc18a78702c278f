"""Scores of gesture units: which windows they contain, and what is averaged."""

from collections.abc import Iterator

import numpy as np
import pandas as pd
import pytest

from corpus.movement.gesture_score import scores
from corpus.movement.gesture_score.classifier import GestureClassifier
from corpus.movement.gesture_score.features import LANDMARKS
from corpus.pose.keypoint_stream import VALUES, FramePeople
from corpus.tables.schemas import POSE_KEYPOINTS

WRIST = LANDMARKS.index("left_wrist")


class MeanHeight(GestureClassifier):
    """Scores a window by the mean height of the left wrist."""

    def __init__(self) -> None:
        pass

    def score(self, windows: np.ndarray) -> np.ndarray:
        """Mean of y over the frames, as a number between 0 and 1."""
        return windows[:, :, WRIST, 1].mean(axis=1)


def people(heights: np.ndarray, track: int = 0) -> Iterator[tuple[int, FramePeople]]:
    """One body; NaN stands for a frame in which it is missing."""
    for frame, height in enumerate(heights):
        points = np.zeros((len(POSE_KEYPOINTS), len(VALUES)), np.float32)
        points[WRIST, VALUES.index("world_y")] = height
        yield frame, {} if np.isnan(height) else {track: {"pose": points}}


def frame_table(n_frames: int, fps: float = 25, cut: int | None = None) -> pd.DataFrame:
    numbers = np.arange(n_frames)
    shots = (numbers >= cut).astype(int) if cut else 0
    return pd.DataFrame({"frame": numbers, "time_s": numbers / fps, "shot": shots})


def phase_table(*rows: tuple) -> pd.DataFrame:
    """Phases from (hand, start, end, gesture); None is rest."""
    table = pd.DataFrame(rows, columns=["hand", "start_s", "end_s", "gesture"])
    return table.assign(shot=0, track=0, gesture=table["gesture"].astype("Int64"))


def score(heights: np.ndarray, *rows: tuple, fps: float = 25, **changes) -> pd.DataFrame:
    frames = frame_table(len(heights), fps, changes.get("cut"))
    found = scores.score_gestures(people(heights), frames, phase_table(*rows), MeanHeight(), 0.2)
    return pd.DataFrame(found)


RISING = np.linspace(0, 1, 101)
"""Four seconds at 25 frames per second: the score of a window is a quarter of its middle's time."""


def test_the_mean_over_the_windows_with_their_middle_in_the_unit() -> None:
    """Middles from 1.0 to before 2.0 s: 25 windows, with scores from 0.25 to 0.49."""
    (row,) = score(RISING, ("left", 0, 1, None), ("left", 1, 2, 0), ("left", 2, 4, None)).to_dict(
        "records"
    )
    assert (row["gesture"], row["track"], row["hand"]) == (0, 0, "left")
    assert (row["start_s"], row["end_s"], row["n_windows"]) == (1, 2, 25)
    assert row["gesture_score"] == pytest.approx(0.37)
    assert row["gesture_share"] == 0


def test_the_share_of_windows_from_the_threshold_on() -> None:
    (row,) = score(RISING, ("left", 0, 1.8, None), ("left", 1.8, 2.6, 0)).to_dict("records")
    # The hand is observed until 2.6 s, so that the last window ends there: middles 1.8 to 2.52.
    assert row["n_windows"] == 19
    assert row["gesture_share"] == pytest.approx(14 / 19)


def test_no_window_reaches_into_time_in_which_the_hand_is_not_observed() -> None:
    """The middle of the first window is 0.08 s after the start of a unit that comes into view."""
    (row,) = score(RISING, ("left", 1, 2, 0)).to_dict("records")
    assert row["n_windows"] == 22
    assert row["gesture_score"] == pytest.approx(np.mean(np.arange(1.08, 1.94, 0.04)) / 4)


def test_another_hand_does_not_show_this_hand() -> None:
    """Each unit is gated by its own hand."""
    both = score(RISING, ("right", 0, 4, 0), ("left", 1, 2, 1))
    assert both["n_windows"].tolist() == [97, 22]


def test_a_unit_without_a_window_has_no_score() -> None:
    (row,) = score(RISING, ("left", 1, 1.12, 0)).to_dict("records")
    assert row["n_windows"] == 0
    assert row["gesture_score"] is None
    assert row["gesture_share"] is None


def test_unknown_landmarks_give_no_score() -> None:
    heights = RISING.copy()
    frames = [(frame, bodies) for frame, bodies in people(heights)]
    for frame, bodies in frames:
        if 25 <= frame < 50:
            bodies[0]["pose"][3] = np.nan
    rows = scores.score_gestures(
        frames, frame_table(101), phase_table(("left", 0, 4, 0)), MeanHeight(), 0.2
    )
    assert rows[0]["n_windows"] == 97 - 29


def test_two_units_of_one_hand_and_their_order() -> None:
    rows = score(
        RISING, ("right", 0, 4, 1), ("left", 0, 1, 0), ("left", 1, 2, None), ("left", 2, 4, 2)
    )
    assert rows["gesture"].tolist() == [0, 1, 2]
    assert rows["hand"].tolist() == ["left", "right", "left"]


@pytest.mark.parametrize("fps", [12.5, 30.0, 60.0])
def test_the_score_does_not_depend_on_the_frame_rate(fps: float) -> None:
    heights = np.arange(0, 4 + 1e-9, 1 / fps) / 4
    (row,) = score(
        heights, ("left", 0, 1, None), ("left", 1, 2, 0), ("left", 2, 4, None), fps=fps
    ).to_dict("records")
    assert row["n_windows"] == 25
    assert row["gesture_score"] == pytest.approx(0.37, abs=1e-6)


@pytest.mark.parametrize("n_frames", [1, 7, 40])
def test_the_size_of_a_step_does_not_matter(n_frames: int, monkeypatch) -> None:
    rows = (("left", 0, 1, None), ("left", 1, 3, 0), ("right", 0.4, 4, 1))
    heights = RISING.copy()
    heights[60:62] = heights[80:90] = np.nan
    expected = score(heights, *rows)
    monkeypatch.setattr(scores, "FRAMES_PER_STEP", n_frames)
    pd.testing.assert_frame_equal(score(heights, *rows), expected, rtol=1e-12)


def test_no_window_crosses_a_cut() -> None:
    """The unit is in shot 0, which ends at 2 s; the body goes on in shot 1."""
    (row,) = score(RISING, ("left", 0, 2, 0), cut=50).to_dict("records")
    assert row["n_windows"] == 50 - 4


@pytest.mark.parametrize("rows", [[], [("left", 0.0, 4.0, None)]])
def test_a_video_without_gestures(rows: list) -> None:
    assert score(RISING, *rows).empty


def test_a_video_without_people() -> None:
    assert score(np.full(20, np.nan)).empty
