"""Parts of a file whose clock starts again or jumps follow one another; real gaps stay."""

from types import SimpleNamespace

import numpy as np
import pytest

import synthetic_videos as videos
from corpus.video.corrections import describe_jumps, describe_sizes, is_damage
from corpus.video.reader import Reader
from corpus.video.timestamps import Clock
from unusual_videos import appended, part, with_gap
from video_status import status_of

TICK_S = 1 / 90_000
PARTS = {
    "twice.ts": [part("ts")] * 2,
    "twice.mpg": [part("mpg")] * 2,
    "three.ts": [part("ts")] * 3,
    "later.ts": [part("ts"), part("ts", offset_s=3600)],
    "earlier.ts": [part("ts", offset_s=3600), part("ts")],
    "half_a_day.ts": [part("ts", offset_s=40_000), part("ts")],
    "mixed.ts": [part("ts"), part("ts", offset_s=500), part("ts"), part("ts", offset_s=20)],
    "camera.mts": [part("ts", "-mpegts_m2ts_mode", "1")] * 2,
}
"""Recordings that are appended to each other, by the name of the file."""


@pytest.mark.fault(
    "media",
    "recordings with clocks of their own are appended to each other",
    "their frames follow one another, at the times of ffmpeg",
)
@pytest.mark.parametrize("name", PARTS)
def test_parts_follow_one_another_as_in_ffmpeg(tmp_path, name):
    path = appended(tmp_path / name, *PARTS[name])
    times = np.array(videos.reader_times(path))
    expected = np.array([float(time) for time in videos.ffmpeg_times(path, as_played=True)])
    assert len(times) == 25 * len(PARTS[name])
    assert times - times[0] == pytest.approx(expected - expected[0], abs=1.5 * TICK_S)
    assert np.diff(times).min() > 0.039 and np.diff(times).max() < 0.2


@pytest.mark.parametrize(("name", "n_jumps"), [("twice.ts", 1), ("three.ts", 2), ("later.ts", 1)])
def test_status_says_that_the_clock_jumps(tmp_path, name, n_jumps):
    status = status_of(appended(tmp_path / name, *PARTS[name]))
    assert status["status"] == "ok"
    assert status["n_clock_jumps"] == n_jumps
    assert status["reason"].startswith("the clock of the file jumps from 2.")
    assert status["duration_s"] == pytest.approx(len(PARTS[name]), abs=0.1)
    assert not is_damage(status["reason"])


@pytest.mark.fault("media", "a WebM is appended to itself", "no frame is before another")
def test_a_timeline_that_runs_back_is_continued(tmp_path):
    path = appended(tmp_path / "twice.webm", *[part("webm")] * 2)
    times = videos.reader_times(path)
    assert np.diff(times) == pytest.approx(np.full(49, 0.04), abs=0.02)
    assert status_of(path)["n_clock_jumps"] == 1


@pytest.mark.fault("media", "a picture is frozen for an hour", "the time stays")
@pytest.mark.parametrize("suffix", ["mp4", "mkv"])
def test_a_long_gap_in_a_continuous_timeline_is_real(tmp_path, suffix):
    path = with_gap(tmp_path / f"gap.{suffix}", 3600)
    status = status_of(path)
    assert status["duration_s"] == pytest.approx(3601, abs=0.1)
    assert (status["n_clock_jumps"], status["reason"], status["is_vfr"]) == (0, None, True)
    assert videos.reader_times(path) == [float(time) for time in videos.ffmpeg_times(path)]


def test_a_gap_below_the_threshold_of_ffmpeg_stays_in_a_transport_stream(tmp_path):
    path = appended(tmp_path / "gap.ts", part("ts"), part("ts", offset_s=6))
    status = status_of(path)
    assert status["n_clock_jumps"] == 0
    assert status["duration_s"] == pytest.approx(7, abs=0.1)


@pytest.mark.fault("media", "a picture is frozen while the sound goes on", "the time stays")
def test_the_sound_tells_a_frozen_picture_from_a_jump(tmp_path):
    frozen = with_gap(tmp_path / "frozen.mkv", 30)
    path = tmp_path / "frozen.ts"
    videos.ffmpeg("-i", frozen, *videos.tone(31), "-c:v", "copy", "-c:a", "mp2", path)
    status = status_of(path)
    assert (status["n_clock_jumps"], status["reason"]) == (0, None)
    assert status["duration_s"] == pytest.approx(31, abs=0.1)


@pytest.mark.fault("media", "a frame has the time of the one before", "it comes one tick later")
def test_no_frame_is_as_early_as_the_one_before(tmp_path):
    with videos.av.open(videos.plain(tmp_path / "clip.mp4", seconds=0.2)) as container:
        clock = Clock(container.streams.video[0])
    ticks = [0, 512, 512, 300, 1024]
    frames = [SimpleNamespace(pts=tick, dts=tick, duration=512) for tick in ticks]
    times = [clock.read(frame)[0] for frame in frames]
    assert np.diff(times).min() > 0
    assert times[-1] == float(1024 * clock.time_base)
    assert clock.n_moved == 2


def test_jumps_are_known_while_a_video_is_read(tmp_path):
    reader = Reader(appended(tmp_path / "twice.ts", *PARTS["twice.ts"]), frozenset({10**9}))
    jumps_after = [len(reader.clock_jumps) for _ in reader]
    assert jumps_after[0] == 0 and jumps_after[-1] == 1


def test_reasons_name_some_jumps_and_all_sizes():
    jumps = [(1.0, 0.0)] * 5
    assert "from 1.0 s to 0.0 s and 2 more" in describe_jumps(jumps)
    assert describe_jumps([]) is None and describe_sizes(["64x48"], "64x48") is None
    reason = describe_sizes(["64x48", "32x24"], "64x48")
    assert "(64x48, 32x24)" in reason
    assert not is_damage(reason) and not is_damage(None)
    assert is_damage(f"frames damaged: 2; {reason}")
