"""The benchmark that measures jobs and fits the resource model, and its documentation."""

import math

import numpy as np
import pytest

import resources
import synthetic_corpus
from corpus.movement.measurement import VideoMovement
from corpus.planning import resource_model
from corpus.tables import parquet
from moving_bodies import default_movement
from repository import ROOT
from segment_gestures import tables_of_video

DOCS = ROOT / "docs"
POINTS = resources.read_points(DOCS / "resources.tsv")
TASKS = tuple(resource_model.MEMORY)


# Requests compared with measurements


@pytest.mark.parametrize("point", POINTS, ids=lambda p: f"{p['task']}-{p['clip']}")
def test_requests_exceed_measurements_by_a_margin(point):
    row = resources.compare(point)
    assert 1.2 * row["mb"] <= row["mb_requested"]
    assert 2 * row["seconds"] <= row["seconds_requested"]


@pytest.mark.parametrize("task", TASKS)
def test_every_task_was_measured_often_enough_for_its_fit(task):
    measured = [point for point in POINTS if point["task"] == task]
    n_coefficients = max(len(resource_model.MEMORY[task]), len(resource_model.SECONDS[task]))
    assert len(measured) >= n_coefficients


# Fits


def test_a_fit_recovers_the_coefficients_of_synthetic_data():
    random = np.random.default_rng(0)
    rows = [{"base": 1.0, "frames": a, "mpx": b} for a, b in random.uniform(1, 9, (20, 2))]
    measured = [5 + 2 * row["frames"] for row in rows]
    expected = pytest.approx({"base": 5, "frames": 2, "mpx": 0}, abs=1e-6)
    assert resources.fit(rows, measured, {}) == expected
    assert resources.fit(rows, measured, {"frames": 2}) == expected
    assert resources.fit(rows, measured, {"frames": 1})["frames"] == 1
    assert resources.envelope(rows, measured, {}) == expected


def test_no_measured_memory_exceeds_its_fit():
    rows = [{"base": 1.0, "mpx": mpx} for mpx in (1.0, 2, 3, 1, 2, 3)]
    measured = [100.0, 200, 300, 90, 120, 80]
    coefficients = resources.envelope(rows, measured, {})
    fitted = [coefficients["base"] + coefficients["mpx"] * row["mpx"] for row in rows]
    assert all(value >= mb for value, mb in zip(fitted, measured, strict=True))


def test_too_few_jobs_leave_the_coefficients_unchanged():
    similar = [point for point in POINTS if point["task"] == "index_frames"][:1] * 9
    printed = resources.constants(similar)
    assert '"index_frames": ' in printed and "too similar" in printed
    scope = {}
    exec(printed, scope)
    assert scope["MEMORY"] == resource_model.MEMORY and scope["SECONDS"] == resource_model.SECONDS


def test_the_coefficients_are_the_fit_of_the_measured_points():
    scope = {}
    exec(resources.constants(POINTS), scope)
    assert scope["MEMORY"] == resource_model.MEMORY
    assert scope["SECONDS"] == resource_model.SECONDS


# Files


def test_a_benchmark_file_is_converted_to_mb_and_seconds(tmp_path):
    file = tmp_path / "video.tsv"
    file.write_text("s\tmax_rss\tcpu_time\n12.5\t1000.00\t3.0\n")
    assert resources.usage(file) == {"mb": 1048.6, "seconds": 12.5, "threads": 1}
    file.write_text("s\tmax_rss\tthreads\n12.5\t1000.00\t4\n")
    assert resources.usage(file)["threads"] == 4
    file.write_text("s\tmax_rss\tcpu_time\n0.1\tNA\tNA\n")
    assert math.isnan(resources.usage(file)["mb"])


def test_points_are_read_as_they_were_written(tmp_path):
    resources.write_points(tmp_path / "copy.tsv", POINTS)
    assert (tmp_path / "copy.tsv").read_text() == (DOCS / "resources.tsv").read_text()


def test_clips_have_the_size_and_people_of_their_description():
    clip = resources.Clip(360, 2, 4)
    frame = resources.draw_frame(clip, 0.3, list(resources.portraits().values()))
    assert frame.shape == (360, 640, 3)
    cells = np.split(frame, 4, axis=1)
    assert all(cell.std() > 20 for cell in cells)
    empty = resources.draw_frame(resources.Clip(360, 2, 0), 0.3, [])
    assert empty.std(axis=(0, 1)).max() == 0


# Synthetic tables


def test_each_hand_of_a_synthetic_talk_gestures_several_times(tmp_path):
    talk = resources.Talk(minutes=1, people=2)
    resources.write_keypoints(tmp_path, talk)

    def path(table):
        return tmp_path / table / f"{talk.name}.parquet"

    frames, shots = (parquet.read(path(table)) for table in ("frames", "shots"))
    movement = VideoMovement(path("keypoints"), frames, shots, (1280, 720), default_movement())
    path("kinematics").parent.mkdir()
    with parquet.Writer(path("kinematics"), "kinematics", {}) as writer:
        for rows in movement.kinematics():
            writer.append(rows)
    measures = movement.gesture_measures(path("kinematics"))
    hands = list(zip(measures["track"], measures["hand"], strict=True))
    expected = 60 / resources.GESTURE_PERIOD_S
    for hand in ((0, "left"), (0, "right"), (1, "left"), (1, "right")):
        assert expected - 1 <= hands.count(hand) <= expected + 1
    assert {None} != set(measures["picture_peak_speed"])


def test_a_synthetic_corpus_has_the_tables_that_gestures_are_made_of(tmp_path):
    synthetic_corpus.make(tmp_path, n_videos=1, n_people=2)
    phases, measures, gestures = (
        parquet.read(tmp_path / table / f"{synthetic_corpus.video_name(0)}.parquet")
        for table in ("phases", "gesture_measures", "gestures")
    )
    tables = tables_of_video(phases, measures, parquet.read(tmp_path / "tracks.parquet"))
    assert len(tables["corpus_gestures"]) == len(gestures) > 20
    assert tables["corpus_gestures"]["peak_speed"].notna().all()
    assert tables["gesture_units"]["n_right"].sum() > 0
    assert tables["hand_use"]["visible_s"].gt(0).all()


# Documentation


def test_the_documentation_has_the_fits_and_the_points():
    page = (DOCS / "resources.md").read_text(encoding="utf-8")
    command = "python benchmarks/resources.py --points docs/resources.tsv --work /tmp/resources"
    assert resources.fits_table(POINTS) in page, f"run: {command}"
    assert resources.points_table(POINTS) in page, f"run: {command}"
    for name in ("MEMORY_FACTOR", "TIME_FACTOR", "START_MINUTES", "GPU_MB"):
        assert f"`{name}`, {getattr(resource_model, name)}" in page


def test_the_plot_shows_every_task():
    plot = (DOCS / "resources.svg").read_text(encoding="utf-8")
    assert [task for task in TASKS if task not in plot] == []
