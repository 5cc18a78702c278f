"""Times, shots and the condition of a video, whatever the video."""

import itertools
import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest

import index_frames
import synthetic_videos as odd
from corpus.tables import parquet, schemas

SCRIPT = Path(index_frames.__file__)
RECORD = {"video_id": "clip", "source": "clip.mp4", "sha256": "00", "status": "ok", "reason": None}


def indexed(path, threshold=27.0, min_length_s=0.5, **record):
    """Frames and shots as columns, the status row as one mapping."""
    frames, shots, status = index_frames.index_file(path, RECORD | record, threshold, min_length_s)
    assert set(frames) == set(schemas.SCHEMAS["frames"].names)
    assert set(shots) == set(schemas.SCHEMAS["shots"].names)
    return frames, shots, {name: value for name, (value,) in status.items()}


def takes(path, lengths, step=40, times=None):
    """Still scenes, each so many frames long."""
    pictures = [odd.scene(seed) for seed, length in enumerate(lengths) for _ in range(length)]
    return odd.from_pictures(path, pictures, times or range(0, step * len(pictures), step))


@pytest.mark.parametrize("suffix", odd.CODECS)
def test_a_whole_file_is_ok_and_a_shortened_one_truncated(tmp_path, suffix):
    path = odd.plain(tmp_path / f"clip.{suffix}")
    frames, shots, status = indexed(path)
    whole = list(frames["time_s"])
    assert (status["status"], status["reason"]) == ("ok", None)
    assert status["n_frames"] == len(whole) == 50
    assert status["start_s"] == whole[0]
    assert status["duration_s"] == pytest.approx(2, abs=0.05)
    assert (status["width"], status["height"]) == (160, 120)
    assert list(shots["end_s"]) == [status["start_s"] + status["duration_s"]]

    frames, _, status = indexed(odd.shortened(path))
    kept = list(frames["time_s"])
    assert status["status"] == "truncated"
    assert status["reason"]
    assert 10 < len(kept) < 40
    assert set(kept) <= set(whole)


def test_a_fragmented_file_is_ok_and_a_shortened_one_truncated(tmp_path):
    path = odd.fragmented(tmp_path / "clip.mp4")
    assert indexed(path)[2]["status"] == "ok"
    assert indexed(odd.shortened(path))[2]["status"] == "truncated"


@pytest.mark.parametrize("suffix", ["mp4", "mkv"])
def test_a_download_filled_up_with_zeros_is_truncated(tmp_path, suffix):
    _, _, status = indexed(odd.blanked(odd.plain(tmp_path / f"clip.{suffix}", seconds=4)))
    assert status["status"] == "truncated"
    assert "before its declared end" in status["reason"]


@pytest.mark.parametrize("suffix", ["mp4", "mkv"])
def test_honest_oddities_are_ok(tmp_path, suffix):
    late = indexed(odd.late(tmp_path / f"late.{suffix}", 0.8))[2]
    assert (late["status"], late["reason"]) == ("ok", None)
    assert late["start_s"] == pytest.approx(0.8, abs=0.001)
    edited = indexed(odd.edited(tmp_path / f"edited.{suffix}", tmp_path, 0.7))[2]
    assert (edited["status"], edited["reason"]) == ("ok", None)
    sound = (*odd.pattern(seconds=1), *odd.tone(4), *odd.CODECS[suffix])
    odd.ffmpeg(*sound, tmp_path / f"sound.{suffix}")
    assert indexed(tmp_path / f"sound.{suffix}")[2]["status"] == "ok"


def test_damage_on_the_way_is_told_but_the_file_is_whole(tmp_path):
    path = odd.damaged(odd.silent(tmp_path / "clip.mp4", *odd.X264, seconds=2), [14, 15])
    _, _, status = indexed(path)
    assert status["status"] == "ok"
    assert "damaged" in status["reason"] or "not decoded" in status["reason"]


@pytest.mark.parametrize(
    "make",
    [
        odd.only_sound,
        odd.cover_art,
        lambda path: path.write_text("hello") and path,
        lambda path: path.touch() or path,
        lambda path: odd.without_index(path, path.parent),
        lambda path: odd.blanked(odd.silent(path, *odd.X264, "-movflags", "+faststart"), 0.15),
    ],
)
def test_no_video_is_a_status_and_empty_tables(tmp_path, make):
    frames, shots, status = indexed(make(tmp_path / "clip.mp4"))
    assert status["status"] == "no_video"
    assert status["reason"].startswith("clip.mp4: ")
    assert not any(len(column) for column in (*frames.values(), *shots.values()))
    assert status["n_frames"] == 0


def test_an_unavailable_video_is_not_even_looked_at(tmp_path):
    frames, _, status = indexed(
        tmp_path / "nothing.mp4", status="unavailable", reason="Private video", sha256=None
    )
    assert (status["status"], status["reason"]) == ("unavailable", "Private video")
    assert status["sha256"] is None
    assert frames["frame"] == []


@pytest.mark.parametrize("suffix", ["mp4", "mkv", "ts"])
@pytest.mark.parametrize("rate", [25, "30000/1001", 24, 60])
def test_a_constant_rate_is_not_vfr_however_coarse_the_clock(tmp_path, suffix, rate):
    path = tmp_path / f"clip.{suffix}"
    odd.ffmpeg(*odd.pattern("64x48", rate, 1), *odd.X264, path)
    assert indexed(path)[2]["is_vfr"] is False


@pytest.mark.parametrize("suffix", ["mp4", "mkv"])
def test_a_varying_rate_is_vfr(tmp_path, suffix):
    path = takes(tmp_path / f"clip.{suffix}", [6], times=[0, 40, 80, 120, 165, 205])
    _, _, status = indexed(path)
    assert status["is_vfr"] is True
    assert status["start_s"] == 0


def test_a_skipped_frame_is_vfr_even_where_a_tick_is_a_whole_frame():
    assert index_frames.is_vfr(np.array([0, 1, 2, 4, 5]) / 25, tick_s=1 / 25)
    assert not index_frames.is_vfr(np.arange(5) / 25, tick_s=1 / 25)
    assert not index_frames.is_vfr(np.array([1.0]), tick_s=1 / 25)


@pytest.mark.parametrize("suffix", ["mp4", "mkv"])
def test_cuts_are_on_the_first_frame_of_the_new_shot(tmp_path, suffix):
    lengths = [20, 13, 30, 1, 15, 1]
    path = takes(tmp_path / f"clip.{suffix}", lengths)
    frames, shots, status = indexed(path, min_length_s=0.0)
    starts = [0, *itertools.accumulate(lengths[:-1])]
    assert list(shots["start_frame"]) == starts
    assert list(shots["end_frame"]) == [*starts[1:], 80]
    assert list(shots["start_s"]) == pytest.approx([start / 25 for start in starts])
    assert list(shots["end_s"][:-1]) == list(shots["start_s"][1:])
    expected = [shot for shot, length in enumerate(lengths) for _ in range(length)]
    assert list(frames["shot"]) == expected
    assert status["n_shots"] == len(starts)


def test_the_shortest_shot_is_measured_in_real_time(tmp_path):
    # Ten frames in 0.2 s, ten in 2 s, ten more: by frames or by a mean rate all would be alike.
    times = [*range(0, 200, 20), *range(200, 2200, 200), *range(2200, 4200, 200)]
    path = takes(tmp_path / "clip.mp4", [10, 10, 10], times=times)
    assert list(indexed(path, min_length_s=0.5)[1]["start_frame"]) == [0, 20]
    assert list(indexed(path, min_length_s=0.1)[1]["start_frame"]) == [0, 10, 20]


def test_a_cut_exactly_at_the_shortest_length_counts(tmp_path):
    times = [round(number * 1000 / 30) for number in range(45)]
    path = takes(tmp_path / "clip.mkv", [15, 15, 15], times=times)
    assert list(indexed(path, min_length_s=0.5)[1]["start_frame"]) == [0, 15, 30]


def test_pans_and_zooms_are_not_cuts(tmp_path):
    wide = np.hstack([odd.scene(seed, 192, 128) for seed in range(12)])
    pan = [wide[32:96, start : start + 96] for start in range(0, 2000, 50)]
    still = [wide[32:96, :96]] * 12
    path = odd.from_pictures(tmp_path / "pan.mp4", still + pan, range(0, 40 * 52, 40))
    assert list(indexed(path)[1]["start_frame"]) == [0]


def test_one_frame_is_a_video(tmp_path):
    path = takes(tmp_path / "clip.mkv", [1])
    _, shots, status = indexed(path)
    assert (status["status"], status["n_frames"], status["n_shots"]) == ("ok", 1, 1)
    assert list(shots["start_frame"]) == [0]
    assert status["is_vfr"] is False


def run_script(directory, media, record):
    directory.mkdir()
    (directory / "record.json").write_text(json.dumps(record))
    command = [sys.executable, SCRIPT, "--media", media, "--record", directory / "record.json"]
    for table in ("frames", "shots", "status"):
        command += [f"--{table}", directory / f"{table}.parquet"]
    command += ["--threshold", "27", "--min-length-s", "0.5"]
    subprocess.run(command, check=True, capture_output=True)
    return [directory / f"{table}.parquet" for table in ("frames", "shots", "status")]


def test_the_script_writes_the_contracts_and_the_same_bytes_again(tmp_path):
    media = takes(tmp_path / "clip.mp4", [15, 15])
    first = run_script(tmp_path / "first", media, RECORD)
    second = run_script(tmp_path / "second", media, RECORD)
    assert [path.read_bytes() for path in first] == [path.read_bytes() for path in second]
    for path in first:
        assert pq.read_schema(path).equals(schemas.SCHEMAS[path.stem])
    made_by = parquet.read_provenance(first[0])
    assert made_by["parameters"] == {"min_length_s": 0.5, "threshold": 27.0}
    assert {"av", "scenedetect"} <= set(made_by["tools"])
    gone = RECORD | {"status": "unavailable", "reason": "removed", "sha256": None}
    empty = run_script(tmp_path / "empty", tmp_path / "none.mp4", gone)
    assert [len(parquet.read(path)) for path in empty] == [0, 0, 1]
