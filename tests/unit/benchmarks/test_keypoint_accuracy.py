"""Films, sums and tables of the benchmark keypoint_accuracy.py."""

import argparse
import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from PIL import Image

import keypoint_accuracy as benchmark
import keypoint_films as films
import keypoint_report as report
import keypoint_scores as scoring
from corpus.core.errors import InputError
from corpus.tables.schemas import POSE_KEYPOINTS
from keypoint_report import Score
from labelled_bodies import LabelledPicture
from placed_bodies import body, person, rows
from repository import ROOT


def test_only_the_head_is_pixelated() -> None:
    noise = np.random.default_rng(0).integers(0, 255, (160, 160, 3), dtype=np.uint8)
    points = body()
    points[: films.HEAD_POINTS] = (50, 20)
    points[7] = (45, 20)
    points[8] = (55, 20)
    [covered] = films.pixelate_heads([noise], {0: [points]})
    side = films.HEAD_SIDE * 10
    changed = np.argwhere((covered != noise).any(axis=2))
    assert changed.min(axis=0).tolist() == [20 - side / 2, 50 - side / 2]
    assert changed.max(axis=0).tolist() == [19 + side / 2, 49 + side / 2]
    inside = covered[9:31, 39:61].reshape(-1, 3)
    assert len(np.unique(inside, axis=0)) <= films.BLOCKS**2


def test_a_head_that_is_not_found_is_covered_where_it_was() -> None:
    picture = np.random.default_rng(0).integers(0, 255, (160, 160, 3), dtype=np.uint8)
    covered = list(films.pixelate_heads([picture] * 3, {1: [body()]}))
    assert all((one == covered[1]).all() for one in covered)
    assert (covered[0] != picture).any()


def test_a_square_outside_the_picture_changes_nothing() -> None:
    picture = np.full((20, 20, 3), 9, np.uint8)
    assert (films.pixelate(picture, np.array([-50.0, 5.0]), 10) == picture).all()


def test_the_person_of_a_clip_is_followed() -> None:
    bodies = {0: [body()], 1: [body(300), body(3)], 2: [body(300)], 4: [body(5)]}
    followed = films.follow_one(bodies)
    assert [frame for frame in followed] == [0, 1, 4]
    assert followed[1][0][0].tolist() == [53, 50]


def test_pictures_have_an_even_size(tmp_path: Path) -> None:
    Image.new("RGB", (31, 21)).save(tmp_path / "a.png")
    assert films.read_still(tmp_path / "a.png").shape == (20, 30, 3)


def test_counts_of_films_are_added_and_values_pooled() -> None:
    table = report.add_up(
        [
            Score("people", "choose", "people found", "now", 1, 2),
            Score("people", "report", "people found", "now", 3, 3),
            Score("signers", "report", "jitter of hands, px", "now", pd.Series([1.0, 2.0, 9.0])),
        ]
    ).set_index(["set", "half", "measure"])
    found = table.loc[("people", "all", "people found")]
    assert (found["value"], found["n"], found["result"]) == (4, 5, 0.8)
    assert table.loc[("people", "choose", "people found"), "result"] == 0.5
    assert table.loc[("signers", "all", "jitter of hands, px"), "result"] == 2


def test_the_table_has_one_column_per_version() -> None:
    scores = [
        Score("people", "report", "people found", "MediaPipe", 1, 4),
        Score("people", "report", "people found", "now", 3, 4),
        Score("people", "report", "mean error, torsos", "now", 0.5, 4),
    ]
    lines = report.markdown(report.add_up(scores)).splitlines()
    assert lines[0] == "| films | half | measure | MediaPipe | now |"
    assert "| people | report | people found | 1 of 4 (25 %) | 3 of 4 (75 %) |" in lines
    assert "| people | report | mean error, torsos |  | 0.125 |" in lines


def test_scores_of_a_labelled_picture() -> None:
    pictures = {"v": LabelledPicture(Path("v.jpg"), [person(), person(500)])}
    table = pd.concat([rows(frame, 0, body()) for frame in range(10)])
    scores = scoring.people_scores(pictures, {"now": {"v": table}}, "now")
    results = {score.measure: (score.value, score.of) for score in scores}
    assert results["people found"] == (1, 2)
    assert results["joints within 0.2 torsos"] == (8, 16)
    assert results["mean error, torsos"] == (0, 80)


def test_signers_and_their_pixelated_copies() -> None:
    still = pd.concat([rows(frame, 0, body()) for frame in range(4)])
    hands = pd.concat([rows(frame, 0, np.zeros((21, 2)), "left_hand") for frame in range(4)])
    keypoints = {
        "MediaPipe": {"v": still},
        "before": {"v": still[still["frame"] < 3]},
        "now": {"v": pd.concat([still, hands, rows(0, 1, body(300))])},
    }
    scores = scoring.signer_scores({"v": "report"}, keypoints, ["before", "now"])
    results = report.add_up(scores).set_index(["half", "measure", "version"])["result"]
    of_report = results.loc["report"]
    assert of_report[("frames with the body", "before")] == 0.75
    assert of_report[("hands", "now")] == 0.5
    assert of_report[("bodies elsewhere per frame", "now")] == 0.25
    assert of_report[("jitter of arms, px", "now")] == 0
    scores = scoring.pixelated_scores({"v": "report"}, keypoints, keypoints["MediaPipe"])
    results = report.add_up(scores).set_index(["half", "measure", "version"])["result"]
    assert results[("report", "frames with the body", "before")] == 0.75


def test_halves_are_those_of_the_labelled_people(tmp_path: Path) -> None:
    for name in ("a.mp4", "b.mp4", "c.mp4"):
        (tmp_path / name).touch()
    (tmp_path / "LABELS.csv").write_text("clip,person\na.mp4,Ada\nb.mp4,Ada\n")
    halves = benchmark.signer_halves(tmp_path)
    assert halves["a"] == halves["b"] == benchmark.half_of("Ada")
    assert halves["c"] == benchmark.half_of("c.mp4")


def demo_truth() -> dict:
    """A portrait that moves to the right by 2 pixels per frame at half size."""
    moving = [{"ada": [[0.5, 0, 2.0 * frame], [0, 0.5, 0]]} for frame in range(4)]
    return {
        "portraits": {"ada": {"width": 400, "height": 400}},
        "clips": {"c": {"cuts": [], "n_frames": 4, "frames": moving}},
    }


def test_keypoints_that_move_with_the_portrait_have_no_error() -> None:
    truth = demo_truth()
    exact = pd.concat([rows(frame, 0, body(2 * frame)) for frame in range(4)])
    late = pd.concat([rows(frame, 0, body(2 * frame - 4 * (frame == 3))) for frame in range(4)])
    scores = report.demo_scores(truth, {"exact": {"c": exact}, "late": {"c": late}})
    by_version = {(score.version, score.measure): score for score in scores}
    assert by_version[("exact", "people in frames")][4:] == (4, 4)
    assert by_version[("exact", "error of bodies, 1/1000 portrait")].value.max() == 0
    # 4 pixels of the film are 8 of the portrait, whose height is 400.
    errors = by_version[("late", "error of bodies, 1/1000 portrait")].value
    assert errors.max() == pytest.approx(20)
    assert (errors > 0).mean() == pytest.approx(0.25)


def test_a_clip_without_bodies_has_no_errors() -> None:
    empty = rows(0, 0, body()).iloc[:0]
    errors, n_bodies, n_people = report.motion_errors(
        empty, demo_truth()["clips"]["c"], demo_truth()["portraits"]
    )
    assert (len(errors), n_bodies, n_people) == (0, 0, 4)


def test_hands_are_compared_with_the_nearest_true_one() -> None:
    clip = {
        "hands": {"left": {"centre": [[10, 10]]}, "right": {"centre": [[90, 10]]}},
        "shoulder_width": 20.0,
    }
    hand = np.full((21, 2), (84.0, 10.0))
    assert report.hand_errors(rows(0, 0, hand, "left_hand"), clip).tolist() == [0.3]


def test_a_set_needs_its_folder(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="--only people: give the folder of this set"):
        benchmark.main(["--only", "people", "--work", str(tmp_path)])


def test_a_copy_without_a_workflow_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="has no Snakefile"):
        benchmark.main(["--before", str(tmp_path), "--work", str(tmp_path)])


def test_the_program_writes_its_report(tmp_path: Path, monkeypatch, capsys) -> None:
    folder = tmp_path / "pictures"
    folder.mkdir()
    Image.new("RGB", (160, 160)).save(folder / "a.jpg")
    joints = [value for name in POSE_KEYPOINTS for value in (*body()[0], 0)]
    index = 3 * POSE_KEYPOINTS.index("left_shoulder")
    joints[index : index + 3] = [60, 40, 2]
    content = {
        "images": [{"id": 1, "file_name": "a.jpg"}],
        "categories": [{"id": 1, "keypoints": list(POSE_KEYPOINTS)}],
        "annotations": [
            {"image_id": 1, "category_id": 1, "bbox": [30, 10, 40, 120], "keypoints": joints}
        ],
    }
    (folder / "labels.json").write_text(json.dumps(content))
    table = pd.concat([rows(frame, 0, body()) for frame in range(10)])
    asked = []

    def keypoints(name: str, paths: dict, *_: object) -> dict:
        asked.append((name, list(paths)))
        return {"MediaPipe": {"a": table.iloc[:0]}, "now": {"a": table}}

    monkeypatch.setattr(benchmark, "keypoints_of_versions", keypoints)
    monkeypatch.setattr(films, "write_still", lambda path, picture: None)
    work = str(tmp_path / "work")
    benchmark.main(["--people", str(folder), "--only", "people", "--work", work])
    assert asked == [("people", ["a"])]
    printed = capsys.readouterr().out
    assert "| people | all | people found | 0 of 1 (0 %) | 1 of 1 (100 %) |" in printed
    assert (tmp_path / "work" / "keypoint_accuracy.md").read_text() in printed


def test_an_earlier_version_is_measured_first(tmp_path: Path, monkeypatch) -> None:
    given = {}

    def demo(options: argparse.Namespace, versions: dict) -> list:
        given.update(versions)
        return [Score("demo", "all", "hands", "now", 1, 2)]

    monkeypatch.setitem(benchmark.SETS, "demo", demo)
    (tmp_path / "Snakefile").touch()
    benchmark.main(["--before", str(tmp_path), "--work", str(tmp_path / "work")])
    assert list(given.items()) == [("before", tmp_path.resolve()), ("now", ROOT)]
