"""Figures on the page: movement in few numbers, and what about a video needs a look."""

import json
import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import page_corpus
from corpus.inputs import manifest
from corpus.report import coverage
from corpus.report.page import data, movement, quality
from corpus.tables import parquet

# Movement and time --------------------------------------------------------------------------------


def kinematics(path: Path, rows: list[tuple]) -> Path:
    """time_s, track, point, speed in each row."""
    names = ("time_s", "track", "point", "speed")
    columns = dict(zip(names, zip(*rows, strict=True), strict=True)) if rows else {}
    parquet.write(path, "kinematics", columns or {name: [] for name in names}, {})
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


def measured(times, scores=(), tracks=()) -> dict:
    frames = pd.DataFrame({"time_s": times})
    found = pd.DataFrame({"score": scores}, dtype=float)
    who = pd.DataFrame(tracks, columns=["start_s", "end_s", "probability"], dtype=float)
    return quality.measure(frames, found, who)


def test_figures_of_quality():
    times = np.arange(50) / 25
    figures = measured(times, [0.99, 0.9, 0.99, 0.9], [(0, 1, 0.4), (0, 3, 1)])
    assert figures == {"low_score": 0.5, "unsure": 0.25, "backwards": 0, "gap_ms": 40}
    broken = [0, 0.04, 0.04, 0.03, 2.5]
    assert measured(broken)["backwards"] == 2 and measured(broken)["gap_ms"] == 2470
    assert measured([])["low_score"] is None


def test_frames_that_were_not_searched_for_bodies_are_not_counted(tmp_path):
    """At five frames a second of 25 everybody is there, though four in five frames have no body."""
    results, videos = page_corpus.corpus(tmp_path, 1, 1)
    [name] = manifest.read(videos, look=False)
    times = np.arange(100) / 25
    frame = np.arange(0, 100, 5)
    save(results, "frames", name, {"frame": range(100), "time_s": times, "shot": [0] * 100})
    ends = {"start_frame": [0], "end_frame": [100], "start_s": [0.0], "end_s": [4.0]}
    save(results, "shots", name, {"shot": [0]} | ends)
    seen = {"frame": frame, "time_s": times[frame], "shot": [0] * 20, "score": [1.0] * 20}
    save(results, "faces", name, seen | {"track": [0] * 20}, samples_per_second=5)
    bodies = {"frame": frame, "time_s": times[frame], "part": ["pose"] * 20}
    bodies |= {"keypoint": ["nose"] * 20, "track": [0] * 5 + [-1] * 15}
    save(results, "keypoints", name, bodies, frames_per_second=5)
    shares = coverage.read(page_corpus.covered(results, videos))
    figures = quality.covered(shares.loc[name])
    assert figures == {"nobody": 0, "faceless_frames": 0, "faceless_bodies": 0.75}
    text = page_corpus.write(results, videos).read_text("utf-8")
    columns = json.loads(re.findall('id="corpus">(.*?)</script>', text)[0])["videos"]
    assert {name: columns[name] for name in figures} == {n: [v] for n, v in figures.items()}
    assert "nobody" not in columns["concerns"][0]


def save(results: Path, table: str, video: str, columns: dict, **parameters: float) -> None:
    path = results / f"{table}/{video}.parquet"
    made = parquet.read_provenance(path)
    parquet.write(path, table, columns, made | {"parameters": parameters})


def test_a_video_without_frames_has_no_shares():
    kinds = ("face", "body", "body_without_face")
    assert set(quality.covered(pd.Series(dict.fromkeys(kinds, np.nan))).values()) == {None}


def test_ids_that_look_like_nothing_are_ids(tmp_path):
    (tmp_path / "coverage.tsv").write_text("video_id\tface\nNA\t1\n007\t\n")
    shares = coverage.read(tmp_path / "coverage.tsv")["face"]
    assert shares["NA"] == 1 and np.isnan(shares["007"])


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
