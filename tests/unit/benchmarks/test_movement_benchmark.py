"""The benchmark movement.py, and the facts that docs/gestures.md states."""

import json
import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml

import movement
import movement_demo
import movement_marks
import movement_sensitivity
from halves import HALVES
from movement_marks import TRUTH, read_truth
from movement_workflow import default_values
from moving_bodies import frame_times, minimum_jerk_path, moving_body, write_results
from repository import ROOT

PAGE = (ROOT / "docs" / "gestures.md").read_text(encoding="utf-8")
RAISED_HAND = minimum_jerk_path(
    (0, -0.6, -1.7), (1, -0.6, -1.7), (1.5, 0, -0.2), (2.0, -0.6, -1.7), (3, -0.6, -1.7)
)


@pytest.fixture(scope="module")
def results(tmp_path_factory) -> Path:
    """Results of a clip with one gesture, from 1 to 2 s."""
    times = frame_times(30, 3)
    body = moving_body(times, right=RAISED_HAND)
    return write_results(tmp_path_factory.mktemp("clip"), times, body)


@pytest.mark.parametrize(
    ("detected", "intersection_over_union"),
    [
        ([(1.0, 2.0)], 1.0),
        ([(1.0, 1.5)], 0.5),
        ([(0.5, 1.5)], 1 / 3),
        ([(1.0, 1.5), (1.25, 2.0)], 1.0),
        ([(2.0, 3.0)], 0.0),
        ([], 0.0),
    ],
)
def test_overlap_is_intersection_over_union(detected, intersection_over_union):
    overlap = movement_marks.overlap(detected, (1.0, 2.0))
    assert overlap == pytest.approx(intersection_over_union, abs=0.002)


def test_the_report_compares_gestures_and_other_segments_with_the_marks(results, tmp_path):
    truth = pd.DataFrame(
        {"video_id": ["v", "absent"], "start_s": [1.0, None], "end_s": [2.0, None]}
    )
    segments = "start_time,end_time,label,labelid,duration,model\n1.5,2.0,Gesture,1,0.5,CNN\n"
    (tmp_path / "v.mp4_segments.csv").write_text(segments)
    lines = list(movement.report(results, truth, [tmp_path]))
    cells = [cell.strip() for cell in lines[2].split("|")]
    assert cells[1:3] == ["v", "1.00 to 2.00"]
    assert float(cells[4]) > 0.85 and abs(int(cells[5])) < 100 and abs(int(cells[6])) < 100
    rows = [[cell.strip() for cell in line.split("|")[1:-1]] for line in lines]
    assert [tmp_path.name, "1 of 1", "0.50", "0.50", "1.00", "500 (≤ 500)", "0 (≤ 0)"] in rows
    assert lines[-1] == "Gestures where nothing moves: 0 in 0 clips."


def test_the_figure_of_the_demo_is_compared_with_its_truth(results, tmp_path, monkeypatch):
    monkeypatch.setattr(movement_demo, "CLIP", "v")
    hand = {"movements": [{"start_s": 1.0, "end_s": 2.0, "path_length": 3.2311}]}
    truth = tmp_path / "truth.json"
    truth.write_text(json.dumps({"clips": {"v": {"hands": {"right": hand}}}}))
    row = list(movement_demo.demo_rows(results, truth))[-1]
    side, found, starts, ends, paths = [cell.strip() for cell in row.strip("|").split("|")]
    assert (side, found) == ("right", "1 of 1")
    assert 0 <= int(starts.split(" to ")[0]) < 100 and -100 < int(ends.split(" to ")[0]) <= 34
    assert 0.95 < float(paths.split(" to ")[0]) < 1.02
    hand["movements"] *= 2
    truth.write_text(json.dumps({"clips": {"v": {"hands": {"right": hand}}}}))
    assert list(movement_demo.demo_rows(results, truth))[-1] == "| right | 1 of 2 |"


def test_the_plot_has_no_date(results, tmp_path):
    paths = [tmp_path / "a.svg", tmp_path / "b.svg"]
    for path in paths:
        movement.plot(results, "v", path)
    assert paths[0].read_bytes() == paths[1].read_bytes()
    assert b"<dc:date>" not in paths[0].read_bytes()


def test_each_unit_of_length_changes_the_apparent_speed_of_resting_hands(results, monkeypatch):
    monkeypatch.setattr(movement_sensitivity, "CLIPS_AT_REST", ("v",))
    rows = [
        line.strip("| ").split(" | ") for line in list(movement_sensitivity.scales(results))[2:]
    ]
    still, zoomed = np.array([row[1:] for row in rows], float).T
    assert np.allclose(still, 0, atol=0.01), "synthetic hands have no jitter"
    assert zoomed[1] > 0.1, "a constant unit mistakes the zoom for movement"
    assert np.allclose(zoomed[[0, 2, 3]], 0, atol=0.02)


def test_the_page_gives_each_setting_with_its_value():
    table = PAGE.partition("| setting | value | why |")[2].partition("\n\n")[0]
    documented = {}
    for row in table.splitlines()[2:]:
        names, values = row.split("|")[1:3]
        names = re.findall(r"`(\w+)`", names)
        values = re.findall(r"-?[\d.]+|true|false", values)
        documented |= {
            name: yaml.safe_load(value) for name, value in zip(names, values, strict=True)
        }
    configured = yaml.safe_load((ROOT / "config" / "config.yaml").read_text("utf-8"))["movement"]
    assert documented.keys() >= default_values().keys()
    assert documented == {name: configured[name] for name in documented}


def test_links_of_the_page_have_targets():
    targets = re.findall(r"\]\(([^)#]+)", PAGE)
    local_links = [target for target in targets if not target.startswith("http")]
    assert "gestures.svg" in local_links
    assert [target for target in local_links if not (ROOT / "docs" / target).exists()] == []


def test_each_marked_movement_ends_after_its_start():
    truth = read_truth(TRUTH, None)
    assert truth["video_id"].is_unique
    moving = truth.dropna(subset=["start_s"])
    assert len(moving) == 20 and (moving["start_s"] < moving["end_s"]).all()
    for side in ("right", "left"):
        marked = moving.dropna(subset=[f"{side}_start_s"])
        assert (marked[f"{side}_start_s"] < marked[f"{side}_end_s"]).all()
        assert set(marked[f"{side}_start"]) | set(marked[f"{side}_end"]) <= {"seen", "out", "clip"}


def test_the_interval_of_a_clip_spans_those_of_its_hands():
    moving = read_truth(TRUTH, None).dropna(subset=["start_s"])
    first = moving[["right_start_s", "left_start_s"]].min(axis=1)
    last = moving[["right_end_s", "left_end_s"]].max(axis=1)
    assert (first == moving["start_s"]).all() and (last == moving["end_s"]).all()


def test_the_marks_are_divided_into_a_half_to_choose_on_and_a_half_to_report():
    halves = [read_truth(TRUTH, half)["video_id"] for half in HALVES]
    assert set(halves[0]).isdisjoint(halves[1])
    assert len(halves[0]) + len(halves[1]) == len(read_truth(TRUTH, None))
