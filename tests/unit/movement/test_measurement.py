"""Measurement of long and of empty videos, and the command line of measure_movement.py."""

import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml

import measure_movement
from corpus.core.errors import InputError
from corpus.movement import gesture_units, keypoint_blocks
from corpus.movement.body_coordinates import TrackKeypoints
from corpus.movement.kinematics import context_s
from corpus.tables import parquet, schemas
from moving_bodies import (
    RAISED_HAND,
    default_movement,
    frame_times,
    measure,
    measure_people,
    moving_body,
    phase_names,
    read_output,
    table_options,
    write_results,
)
from repository import ROOT
from script_runs import default_flags


@pytest.fixture(scope="module")
def long_video(tmp_path_factory) -> Path:
    """A video of two and a half minutes in one shot, with a gesture every ten seconds."""
    times = frame_times(25, 150)
    moving = moving_body(times, right=lambda t: RAISED_HAND(t % 10), noise=0.01)
    return write_results(tmp_path_factory.mktemp("long"), times, moving)


def test_the_batch_size_does_not_change_the_output_bytes(long_video, monkeypatch):
    contents = []
    for batch_rows in (keypoint_blocks.BATCH_ROWS, 777):
        monkeypatch.setattr(keypoint_blocks, "BATCH_ROWS", batch_rows)
        kinematics, phases = measure(long_video)
        contents.append(
            [(long_video / name / "v.parquet").read_bytes() for name in ("kinematics", "phases")]
        )
    assert contents[0] == contents[1]
    assert len(kinematics) == 150 * 25 * 4
    assert phase_names(phases).count("movement") == 30


def test_the_block_size_does_not_change_the_result(long_video, monkeypatch):
    kinematics, phases = measure(long_video)
    monkeypatch.setattr(keypoint_blocks, "BLOCK_FRAMES", 201)
    kinematics_of_small_blocks, phases_of_small_blocks = measure(long_video)
    for column in ("x", "y", "speed", "acceleration", "world_speed"):
        values, other_values = kinematics[column], kinematics_of_small_blocks[column]
        assert np.allclose(values, other_values, atol=1e-4, equal_nan=True), column
    assert phases["phase"].tolist() == phases_of_small_blocks["phase"].tolist()
    lengths, other_lengths = phases["path_length"], phases_of_small_blocks["path_length"]
    assert np.allclose(lengths, other_lengths, atol=1e-3)


def test_blocks_and_batches_do_not_change_the_measures_of_gestures(long_video, monkeypatch):
    tables = []
    for block_frames, batch_rows in ((keypoint_blocks.BLOCK_FRAMES, 1 << 15), (201, 777)):
        monkeypatch.setattr(keypoint_blocks, "BLOCK_FRAMES", block_frames)
        monkeypatch.setattr(gesture_units, "BATCH_ROWS", batch_rows)
        measure(long_video)
        tables.append(read_output(long_video, "gesture_measures"))
    whole, in_parts = tables
    assert whole["gesture"].tolist() == list(range(len(whole)))
    assert len(whole) == 15
    assert whole["start_seen"].all() and whole["end_seen"].all()
    pd.testing.assert_frame_equal(whole, in_parts, atol=1e-3)


def test_memory_does_not_grow_with_the_length_of_the_video(long_video, monkeypatch):
    sizes = []
    monkeypatch.setattr(keypoint_blocks, "BLOCK_FRAMES", 250)
    monkeypatch.setattr(keypoint_blocks, "BATCH_ROWS", 5000)
    create = TrackKeypoints.__init__

    def record_size(track_keypoints, keypoints, frames):
        sizes.append((len(keypoints), len(frames)))
        create(track_keypoints, keypoints, frames)

    monkeypatch.setattr(TrackKeypoints, "__init__", record_size)
    measure(long_video)
    assert len(sizes) == 15
    margin = 25 * context_s(default_movement())
    n_rows, n_frames = np.max(sizes, axis=0)
    assert n_frames <= 250 + 2 * margin + 1
    assert n_rows <= (n_frames + 1) * (13 + 2 * 21)


@pytest.mark.parametrize("count", [0, 1, 25])
def test_a_video_without_people_gives_empty_tables(tmp_path, count):
    kinematics, phases = measure_people(tmp_path, frame_times(25, count / 25))
    for name, table in (("kinematics", kinematics), ("phases", phases)):
        assert len(table) == 0
        assert table.columns.tolist() == schemas.SCHEMAS[name].names


def test_a_video_that_is_not_available_gives_empty_tables(tmp_path):
    results = write_results(tmp_path, frame_times(25, 0))
    status = {"video_id": ["v"], "status": ["unavailable"]}
    parquet.write(results / "status" / "v.parquet", "status", status, {})
    kinematics, phases = measure(results)
    assert len(kinematics) == len(phases) == 0


def test_a_single_frame_gives_empty_tables(tmp_path):
    times = frame_times(25, 0.04)
    kinematics, phases = measure_people(tmp_path, times, moving_body(times))
    assert len(kinematics) == len(phases) == 0


def test_contradicting_speed_thresholds_are_an_error(tmp_path):
    results = write_results(tmp_path, frame_times(25, 0))
    message = "movement.offset_speed: 2; it must be at most movement.onset_speed"
    with pytest.raises(InputError, match=message):
        measure(results, "--offset-speed", "2")


def test_the_flags_of_the_rule_give_the_script_all_keys_of_the_configuration(monkeypatch):
    flags = [*default_flags("measure_movement"), *table_options(Path("results"))]
    monkeypatch.setattr(sys, "argv", ["measure_movement.py", *flags])
    options = vars(measure_movement.parse_arguments())
    config = yaml.safe_load((ROOT / "config" / "config.yaml").read_text("utf-8"))["movement"]
    # It decides whether another rule runs, and is no flag of this one.
    del config["gesture_score"]
    assert {name: options[name] for name in config} == config
