"""Figures on the page: speed curves of the hands, and quality concerns."""

import json
import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import page_corpus
from corpus.inputs import manifest
from corpus.report import coverage
from corpus.report.page import movement, quality
from corpus.report.page.values import milliseconds
from corpus.tables import parquet

# Movement and time --------------------------------------------------------------------------------


def write_kinematics(path: Path, rows: list[tuple]) -> Path:
    """Write a table kinematics; rows have time_s, track, point and speed."""
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
    curves = movement.speed_curves(
        write_kinematics(tmp_path / "k.parquet", rows), 5.0, 1.0, {0: 4, 1: 2, 2: 4}
    )
    assert [curve["cluster"] for curve in curves] == [2, 4]
    assert curves[0]["hands"][0] is None and curves[0]["hands"][1]["max"] == 200
    left = curves[1]["hands"][0]
    assert left["max"] == 400
    assert left["mean"] == f"{movement.LEVELS[round(61 / 2)]}.z......{movement.LEVELS[15]}"
    assert level(left["peak"][0]) == round(61 * 3 / 4)
    assert movement.speed_curves(write_kinematics(tmp_path / "none.parquet", []), 0, 0, {}) == []


@pytest.mark.parametrize("length_s", [0, 0.04, 5, 59.99, 3600, 40000])
def test_few_bins_cover_the_video(length_s):
    n_bins, bin_ms = movement.bin_video(length_s)
    assert 1 <= n_bins <= movement.MAX_BINS
    assert n_bins * bin_ms >= length_s * 1000 > (n_bins - 1) * bin_ms - 1


def test_hands_at_rest_have_level_zero_without_division_by_zero(tmp_path):
    path = write_kinematics(tmp_path / "k.parquet", [(0.0, 0, "left_hand", 0.0)])
    [curve] = movement.speed_curves(path, 0.0, 0.1, {0: 0})
    assert curve["hands"][0] == {"max": 0, "mean": "0", "peak": "0"}


def test_times_are_rounded_up():
    assert milliseconds(1.0010009) == 1002
    assert milliseconds(0.1 + 0.2) == 300, "but not because of rounding errors of floats"
    assert milliseconds(None) is milliseconds(float("nan")) is None


# Quality ------------------------------------------------------------------------------------------


def measure(times, scores=(), tracks=(), doubtful=frozenset()) -> dict:
    frames = pd.DataFrame({"time_s": times})
    faces = pd.DataFrame({"score": scores}, dtype=float)
    tracks = pd.DataFrame(tracks, columns=["start_s", "end_s"], dtype=float)
    return quality.measure_quality(frames, faces, tracks, doubtful)


def test_quality_figures():
    times = np.arange(50) / 25
    figures = measure(times, [0.99, 0.9, 0.99, 0.9], [(0, 1), (0, 3)], {0, 7})
    assert figures == {"low_score": 0.5, "unsure": 0.25, "backwards": 0, "gap_ms": 40}
    broken = [0, 0.04, 0.04, 0.03, 2.5]
    assert measure(broken)["backwards"] == 2 and measure(broken)["gap_ms"] == 2470
    assert measure([])["low_score"] is None


def test_frames_that_were_not_searched_for_bodies_are_not_counted(tmp_path):
    """With 5 of 25 frames per second searched, four in five frames have no body by design."""
    results, videos = page_corpus.write_corpus(tmp_path, 1, 1)
    [name] = manifest.read(videos, check_files=False)
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
    shares = coverage.read(page_corpus.write_coverage(results, videos))
    figures = quality.coverage_figures(shares.loc[name])
    assert figures == {"nobody": 0, "faceless_frames": 0, "faceless_bodies": 0.75}
    text = page_corpus.write_html(results, videos).read_text("utf-8")
    columns = json.loads(re.findall('id="corpus">(.*?)</script>', text)[0])["videos"]
    assert {name: columns[name] for name in figures} == {n: [v] for n, v in figures.items()}
    assert "nobody" not in columns["concerns"][0]


def save(results: Path, table: str, video: str, columns: dict, **parameters: float) -> None:
    path = results / f"{table}/{video}.parquet"
    provenance = parquet.read_provenance(path)
    parquet.write(path, table, columns, provenance | {"parameters": parameters})


def test_a_video_without_frames_has_no_shares():
    kinds = ("face", "body", "body_without_face")
    assert set(quality.coverage_figures(pd.Series(dict.fromkeys(kinds, np.nan))).values()) == {None}


def test_video_ids_that_look_like_missing_values(tmp_path):
    table = pd.DataFrame({"video_id": ["NA", "007"], "face": [1, None]})
    table.reindex(columns=coverage.COLUMNS).to_csv(tmp_path / "coverage.tsv", sep="\t", index=False)
    shares = coverage.read(tmp_path / "coverage.tsv")["face"]
    assert shares["NA"] == 1 and np.isnan(shares["007"])


def test_more_serious_concerns_have_more_weight():
    fine = {"status": "ok", "reason": None, "vfr": False}
    orders = [
        fine | {"status": "unavailable"}, fine | {"status": "truncated"},
        fine | {"reason": "damaged"}, fine | {"nobody": 1.0}, fine | {"nobody": 0.5},
        fine | {"vfr": True}, fine,
    ]  # fmt: skip
    weights = [quality.find_concerns(row)[1] for row in orders]
    assert weights == sorted(weights, reverse=True) and len(set(weights)) == len(weights)
    assert quality.find_concerns(fine) == ([], 0)
    assert quality.find_concerns(fine | {"unsure": 0.0, "twice_ms": 0}) == ([], 0)
    assert quality.find_concerns(fine | {"unsure": 0.01, "twice_ms": 40})[0] == ["twice", "unsure"]
    assert quality.find_concerns(fine | {"late_ms": 40})[0] == []
    assert quality.find_concerns(fine | {"late_ms": 41, "gap_ms": 1001})[0] == ["gap", "late"]
