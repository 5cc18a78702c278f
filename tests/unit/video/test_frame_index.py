"""The frame index holds the times, the shots and the condition of any video file."""

import itertools
import json

import numpy as np
import pyarrow.parquet as pq
import pytest

import filmed_scenes
import index_frames
import synthetic_videos as videos
from corpus.tables import parquet, schemas
from corpus.video import frame_index
from script_runs import default_flags, run_script

RECORD = {"video_id": "clip", "source": "clip.mp4", "sha256": "00", "status": "ok", "reason": None}


def index_file(path, threshold=10.0, min_length_s=0.5, **record):
    """Index a file; return the columns of frames and shots, and the status row as a dict."""
    frames, shots, status = frame_index.index_file(path, RECORD | record, threshold, min_length_s)
    assert set(frames) == set(schemas.SCHEMAS["frames"].names)
    assert set(shots) == set(schemas.SCHEMAS["shots"].names)
    return frames, shots, {name: value for name, (value,) in status.items()}


@pytest.mark.fault(
    "media", "a video is cut, in each format", "status truncated, with the frames before the cut"
)
@pytest.mark.parametrize("suffix", videos.CODECS)
def test_complete_file_is_ok_and_shortened_file_is_truncated(tmp_path, suffix):
    path = videos.plain(tmp_path / f"clip.{suffix}")
    frames, shots, status = index_file(path)
    all_times = list(frames["time_s"])
    assert (status["status"], status["reason"]) == ("ok", None)
    assert status["n_frames"] == len(all_times) == 50
    assert status["start_s"] == all_times[0]
    assert status["duration_s"] == pytest.approx(2, abs=0.05)
    assert (status["width"], status["height"]) == (160, 120)
    assert list(shots["end_s"]) == [status["start_s"] + status["duration_s"]]

    frames, _, status = index_file(videos.shortened(path))
    remaining_times = list(frames["time_s"])
    assert status["status"] == "truncated"
    assert status["reason"]
    assert 10 < len(remaining_times) < 40
    assert set(remaining_times) <= set(all_times)


@pytest.mark.fault("media", "a fragmented MP4 is cut", "status truncated")
def test_fragmented_file_is_ok_and_shortened_file_is_truncated(tmp_path):
    path = videos.fragmented(tmp_path / "clip.mp4")
    assert index_file(path)[2]["status"] == "ok"
    assert index_file(videos.shortened(path))[2]["status"] == "truncated"


@pytest.mark.fault("media", "the second half of a video is zeros", "status truncated")
@pytest.mark.parametrize("suffix", ["mp4", "mkv"])
def test_file_padded_with_zeros_is_truncated(tmp_path, suffix):
    _, _, status = index_file(videos.blanked(videos.plain(tmp_path / f"clip.{suffix}", seconds=4)))
    assert status["status"] == "truncated"
    assert "before its declared end" in status["reason"]


@pytest.mark.fault("media", "the picture starts late, or the sound lasts longer", "status ok")
@pytest.mark.parametrize("suffix", ["mp4", "mkv"])
def test_late_start_edit_list_and_longer_sound_are_ok(tmp_path, suffix):
    late = index_file(videos.late(tmp_path / f"late.{suffix}", 0.8))[2]
    assert (late["status"], late["reason"]) == ("ok", None)
    assert late["start_s"] == pytest.approx(0.8, abs=0.001)
    edited = index_file(videos.edited(tmp_path / f"edited.{suffix}", tmp_path, 0.7))[2]
    assert (edited["status"], edited["reason"]) == ("ok", None)
    sound = (
        *videos.pattern(seconds=1),
        *videos.tone(4),
        *videos.CODECS[suffix],
    )
    videos.ffmpeg(*sound, tmp_path / f"sound.{suffix}")
    assert index_file(tmp_path / f"sound.{suffix}")[2]["status"] == "ok"


@pytest.mark.fault(
    "media",
    "packets inside a video are damaged",
    "the other frames are kept, and the reason is recorded",
)
def test_damage_inside_the_file_is_reported_with_status_ok(tmp_path):
    path = videos.damaged(videos.silent(tmp_path / "clip.mp4", *videos.X264, seconds=2), [14, 15])
    _, _, status = index_file(path)
    assert status["status"] == "ok"
    assert "damaged" in status["reason"] or "not decoded" in status["reason"]


@pytest.mark.fault(
    "media",
    "a file is empty, a text, a page, only sound, or an MP4 without its index",
    "status no_video, and valid empty tables",
)
@pytest.mark.parametrize(
    "write_file",
    [
        videos.only_sound,
        videos.cover_art,
        lambda path: path.write_text("hello") and path,
        lambda path: path.touch() or path,
        lambda path: videos.without_index(path, path.parent),
        lambda path: videos.blanked(
            videos.silent(path, *videos.X264, "-movflags", "+faststart"), 0.15
        ),
    ],
)
def test_file_without_video_gets_status_no_video_and_empty_tables(tmp_path, write_file):
    frames, shots, status = index_file(write_file(tmp_path / "clip.mp4"))
    assert status["status"] == "no_video"
    assert status["reason"].startswith("clip.mp4: ")
    assert not any(len(column) for column in (*frames.values(), *shots.values()))
    assert status["n_frames"] == 0


def test_media_file_of_an_unavailable_video_is_not_opened(tmp_path):
    frames, _, status = index_file(
        tmp_path / "nothing.mp4", status="unavailable", reason="Private video", sha256=None
    )
    assert (status["status"], status["reason"]) == ("unavailable", "Private video")
    assert status["sha256"] is None
    assert frames["frame"] == []


@pytest.mark.parametrize("suffix", ["mp4", "mkv", "ts"])
@pytest.mark.parametrize("rate", [25, "30000/1001", 24, 60])
def test_constant_rate_is_not_vfr_with_any_clock_resolution(tmp_path, suffix, rate):
    path = tmp_path / f"clip.{suffix}"
    videos.ffmpeg(*videos.pattern("64x48", rate, 1), *videos.X264, path)
    assert index_file(path)[2]["is_vfr"] is False


@pytest.mark.parametrize("suffix", ["mp4", "mkv"])
def test_varying_rate_is_vfr(tmp_path, suffix):
    path = videos.from_shots(tmp_path / f"clip.{suffix}", [6], times=[0, 40, 80, 120, 165, 205])
    _, _, status = index_file(path)
    assert status["is_vfr"] is True
    assert status["start_s"] == 0


@pytest.mark.fault(
    "media", "a frame is missing in a video of constant rate", "recorded as a varying rate"
)
def test_skipped_frame_is_vfr_even_if_a_tick_is_a_frame_long():
    assert frame_index.is_vfr(np.array([0, 1, 2, 4, 5]) / 25, tick_s=1 / 25)
    assert not frame_index.is_vfr(np.arange(5) / 25, tick_s=1 / 25)
    assert not frame_index.is_vfr(np.array([1.0]), tick_s=1 / 25)


@pytest.mark.parametrize("suffix", ["mp4", "mkv"])
def test_cut_is_the_first_frame_of_the_new_shot(tmp_path, suffix):
    lengths = [20, 13, 30, 1, 15, 1]
    path = videos.from_shots(tmp_path / f"clip.{suffix}", lengths)
    frames, shots, status = index_file(path, min_length_s=0.0)
    starts = [0, *itertools.accumulate(lengths[:-1])]
    assert list(shots["start_frame"]) == starts
    assert list(shots["end_frame"]) == [*starts[1:], 80]
    assert list(shots["start_s"]) == pytest.approx([start / 25 for start in starts])
    assert list(shots["end_s"][:-1]) == list(shots["start_s"][1:])
    expected = [shot for shot, length in enumerate(lengths) for _ in range(length)]
    assert list(frames["shot"]) == expected
    assert status["n_shots"] == len(starts)


@pytest.mark.fault("media", "a video has a single frame", "status ok")
def test_video_of_one_frame_is_ok(tmp_path):
    path = videos.from_shots(tmp_path / "clip.mkv", [1])
    _, shots, status = index_file(path)
    assert (status["status"], status["n_frames"], status["n_shots"]) == ("ok", 1, 1)
    assert list(shots["start_frame"]) == [0]
    assert status["is_vfr"] is False


def run_index_frames(monkeypatch, directory, media, record):
    directory.mkdir()
    (directory / "record.json").write_text(json.dumps(record))
    options = ["--media", media, "--record", directory / "record.json"]
    for table in ("frames", "shots", "status"):
        options += [f"--{table}", directory / f"{table}.parquet"]
    run_script(monkeypatch, index_frames, *default_flags("index_frames"), *options)
    return [directory / f"{table}.parquet" for table in ("frames", "shots", "status")]


def test_script_writes_the_schemas_and_is_reproducible(tmp_path, monkeypatch):
    media = videos.from_shots(tmp_path / "clip.mp4", [15, 15])
    first = run_index_frames(monkeypatch, tmp_path / "first", media, RECORD)
    second = run_index_frames(monkeypatch, tmp_path / "second", media, RECORD)
    assert [path.read_bytes() for path in first] == [path.read_bytes() for path in second]
    for path in first:
        assert pq.read_schema(path).equals(schemas.SCHEMAS[path.stem])
    provenance = parquet.read_provenance(first[0])
    assert provenance["parameters"] == {
        "deinterlace": True,
        "min_length_s": 0.5,
        "threshold": 10.0,
    }
    assert {"av", "opencv-python-headless"} <= set(provenance["tools"])
    unavailable = RECORD | {"status": "unavailable", "reason": "removed", "sha256": None}
    empty = run_index_frames(monkeypatch, tmp_path / "empty", tmp_path / "none.mp4", unavailable)
    assert [len(parquet.read(path)) for path in empty] == [0, 0, 1]


def test_gradual_transition_starts_a_shot_in_its_middle(tmp_path):
    first, second = (
        filmed_scenes.film(filmed_scenes.room(name), 30) for name in ("collins", "hopper")
    )
    pictures = filmed_scenes.joined(first, second, n_mixed=10)
    path = videos.from_pictures(tmp_path / "clip.mp4", pictures, range(0, 2000, 40))
    frames, shots, status = index_file(path)
    assert shots["transition"] == ["start", "dissolve"]
    assert status["n_shots"] == 2
    assert abs(shots["start_frame"][1] - 25) <= 2
    assert list(np.bincount(frames["shot"])) == list(shots["end_frame"] - shots["start_frame"])
