"""Figures on the page: movement in few numbers, and what about a video needs a look."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from corpus import tables
from corpus.page import data, movement, quality

# Movement and time --------------------------------------------------------------------------------


def kinematics(path: Path, rows: list[tuple]) -> Path:
    """time_s, track, point, speed in each row."""
    names = ("time_s", "track", "point", "speed")
    columns = dict(zip(names, zip(*rows, strict=True), strict=True)) if rows else {}
    tables.write(path, "kinematics", columns or {name: [] for name in names}, {})
    return path


def level(letter: str) -> int:
    return movement.LEVELS.index(letter)


def test_speeds_are_binned_by_person_and_hand(tmp_path):
    rows = [
        (5.0, 0, "left_hand", 1.0), (5.05, 0, "left_hand", 3.0), (5.1, 0, "left_hand", None),
        (5.25, 0, "left_hand", 4.0), (5.0, 1, "right_hand", 2.0), (5.0, -1, "left_hand", 99.0),
        (5.0, 0, "left_wrist", 77.0), (6.0, 2, "left_hand", 1.0),
    ]  # fmt: skip
    curves = movement.curves(kinematics(tmp_path / "k.parquet", rows), 5.0, 1.0, {0: 4, 1: 2, 2: 4})
    assert [curve["found"] for curve in curves] == [2, 4]
    assert curves[0]["hands"][0] is None and curves[0]["hands"][1]["max"] == 200
    left = curves[1]["hands"][0]
    assert left["max"] == 400
    assert left["mean"] == f"{movement.LEVELS[round(61 / 2)]}.z......{movement.LEVELS[15]}"
    assert level(left["peak"][0]) == round(61 * 3 / 4)
    assert movement.curves(kinematics(tmp_path / "none.parquet", []), 0, 0, {}) == []


@pytest.mark.parametrize("length_s", [0, 0.04, 5, 59.99, 3600, 40000])
def test_a_curve_has_few_parts_that_cover_the_video(length_s):
    parts, width_ms = movement.parts_of(length_s)
    assert 1 <= parts <= movement.BINS
    assert parts * width_ms >= length_s * 1000 > (parts - 1) * width_ms - 1


def test_still_hands_are_level_zero_and_do_not_divide_by_nothing(tmp_path):
    path = kinematics(tmp_path / "k.parquet", [(0.0, 0, "left_hand", 0.0)])
    [curve] = movement.curves(path, 0.0, 0.1, {0: 0})
    assert curve["hands"][0] == {"max": 0, "mean": "0", "peak": "0"}


def test_moments_are_never_early():
    assert data.milliseconds(1.0010009) == 1002
    assert data.milliseconds(0.1 + 0.2) == 300, "but not late for what floats add"
    assert data.milliseconds(None) is data.milliseconds(float("nan")) is None


# Quality ------------------------------------------------------------------------------------------


def measured(times, faces=(), tracks=(), shots=None) -> dict:
    frames = pd.DataFrame({"frame": range(len(times)), "time_s": times, "shot": 0})
    found = pd.DataFrame(faces, columns=["frame", "score"])
    who = pd.DataFrame(tracks, columns=["start_s", "end_s", "probability"], dtype=float)
    return quality.measure(frames, found, who, 5)


def test_figures_of_quality():
    times = np.arange(50) / 25
    figures = measured(times, [(0, 0.99), (5, 0.9), (5, 0.99), (10, 0.9)], [(0, 1, 0.4), (0, 3, 1)])
    assert figures == {
        "faceless_frames": 0.7, "low_score": 0.5, "unsure": 0.25, "backwards": 0, "gap_ms": 40,
    }  # fmt: skip
    broken = [0, 0.04, 0.04, 0.03, 2.5]
    assert measured(broken)["backwards"] == 2 and measured(broken)["gap_ms"] == 2470
    assert measured([])["faceless_frames"] is None


def test_bodies_are_counted_from_keypoints(tmp_path):
    columns, path = {"frame": [0, 0, 2, 2], "track": [0, -1, -2, -1]}, tmp_path / "k.parquet"
    frames = pd.DataFrame({"frame": range(4), "time_s": np.arange(4) / 4, "shot": 0})
    for per_second, nobody in ((0, 0.5), (2, 0.0)):
        made_by = {"parameters": {"frames_per_second": per_second}}
        tables.write(path, "keypoints", columns, made_by)
        assert quality.bodies(path, frames) == {"nobody": nobody, "bodies": 2}
    assert quality.bodies(path, frames[:0])["nobody"] is None


def test_the_worst_comes_first():
    fine = {"status": "ok", "reason": None, "vfr": False}
    orders = [
        fine | {"status": "unavailable"}, fine | {"status": "truncated"},
        fine | {"reason": "damaged"}, fine | {"nobody": 1.0}, fine | {"nobody": 0.5},
        fine | {"vfr": True}, fine,
    ]  # fmt: skip
    weights = [quality.concerns(row)[1] for row in orders]
    assert weights == sorted(weights, reverse=True) and len(set(weights)) == len(weights)
    assert quality.concerns(fine) == ([], 0)
    assert quality.concerns(fine | {"late_ms": 40})[0] == []
    assert quality.concerns(fine | {"late_ms": 41, "gap_ms": 1001})[0] == ["gap", "late"]
