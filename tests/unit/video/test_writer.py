"""Written videos keep the times, the colours and the sound of the original."""

import av
import numpy as np
import pytest

import synthetic_videos as videos
from corpus.video.reader import Reader
from corpus.video.stream_info import describe_stream, player_zero
from corpus.video.writer import VideoWriter
from unusual_videos import appended, part


def frame_times(path) -> list[float]:
    return [frame.time_s for frame in Reader(path)]


def copy_video(source, output, sound: bool) -> None:
    """Write all frames of a video unchanged."""
    with VideoWriter(output, source, describe_stream(source), sound, {}) as writer:
        for frame in Reader(source):
            writer.write(frame.image, frame.time_s)


@pytest.mark.parametrize(
    ("write_source", "name", "sound"),
    [
        (lambda path: videos.late(path, 0.6), "late.mkv", True),
        (lambda path: videos.late(path, 0.6), "late.mkv", False),
        (lambda path: videos.late(path, 0.6), "late.mov", True),
        (videos.plain, "from_1.4_s.ts", True),
        (videos.plain, "from_1.4_s.ts", False),
        (lambda path: videos.plain(path, rate="30000/1001"), "ntsc.mp4", True),
        (videos.plain, "dts_only.avi", True),
        (videos.plain, "mp2_sound.mpg", True),
        (videos.plain, "opus_sound.webm", True),
    ],
)
def test_times_are_those_that_players_show(tmp_path, write_source, name, sound):
    """This holds even if the original's sound starts before its frames and is left out."""
    source, output = write_source(tmp_path / name), tmp_path / "out.mp4"
    copy_video(source, output, sound)
    expected = [time - player_zero(source) for time in frame_times(source)]
    times = frame_times(output)
    assert player_zero(output) == pytest.approx(0, abs=0.025), "at most one AAC frame"
    has_black_frame = not sound and expected[0] > 0.01
    assert len(times) == len(expected) + has_black_frame
    assert times[-len(expected) :] == pytest.approx(expected, abs=2e-5)
    if has_black_frame:
        first = next(iter(Reader(output)))
        assert first.time_s == 0
        assert first.image.max() < 20


def test_frame_that_is_not_later_is_written_one_tick_later(tmp_path):
    source = videos.plain(tmp_path / "a.mp4", seconds=0.2)
    with VideoWriter(tmp_path / "out.mp4", source, describe_stream(source), False, {}) as writer:
        for time_s in (0.0, 0.04, 0.04, 0.02, 0.08):
            writer.write(np.zeros((48, 64, 3), np.uint8), time_s)
    times = frame_times(tmp_path / "out.mp4")
    assert np.all(np.diff(times) > 0)
    assert times == pytest.approx([0, 0.04, 0.04, 0.04, 0.08], abs=1e-3)


def beep_time(path) -> float:
    """Return when the first loud sample is heard, in seconds on the clock of players."""
    with av.open(path) as container:
        rate = container.streams.audio[0].rate
        frames = list(container.decode(audio=0))
    samples = np.concatenate(
        [frame.to_ndarray().reshape(len(frame.layout.channels), -1)[0] for frame in frames]
    )
    start_s = float(frames[0].pts * frames[0].time_base)
    is_loud = np.abs(samples) > 0.2 * np.abs(samples).max()
    return start_s + np.flatnonzero(is_loud)[0] / rate - player_zero(path)


@pytest.mark.parametrize("name", ["a.mp4", "a.ts", "a.mpg", "a.webm", "a.avi"])
def test_sound_stays_synchronous(tmp_path, name):
    """A beep has the same time in the original and in the written video, copied or re-encoded."""
    source, output = tmp_path / name, tmp_path / "out.mp4"
    beep = "sine=f=440:d=2,volume='if(between(t,1,1.2),1,0)':eval=frame"
    codecs = videos.CODECS[source.suffix[1:]]
    videos.ffmpeg(*videos.pattern(), "-f", "lavfi", "-i", beep, *codecs, "-shortest", source)
    copy_video(source, output, sound=True)
    assert beep_time(output) == pytest.approx(beep_time(source), abs=0.03)
    with av.open(output) as container:
        assert container.streams.audio[0].codec_context.name == "aac"


@pytest.mark.fault("media", "the clock starts again, with sound", "sound and picture stay in step")
@pytest.mark.parametrize("suffix", ["ts", "mpg"])
def test_sound_follows_a_clock_that_starts_again(tmp_path, suffix):
    """The beep is in the second part, whose clock starts where that of the first one did."""
    beep = ("-af", "volume='if(between(t,0.5,0.7),1,0)':eval=frame")
    silence = ("-af", "volume=0")
    parts = [part(suffix, *silence), part(suffix, *beep)]
    source, output = tmp_path / f"source.{suffix}", tmp_path / "out.mp4"
    copy_video(appended(source, *parts), output, sound=True)
    times = np.array(frame_times(output))
    start_of_part = times[25]
    start_of_sound = beep_time(appended(tmp_path / f"part.{suffix}", parts[1]))
    part_zero = frame_times(tmp_path / f"part.{suffix}")[0] - player_zero(
        tmp_path / f"part.{suffix}"
    )
    assert len(times) == 50 and np.diff(times).max() < 0.1
    assert beep_time(output) - start_of_part == pytest.approx(start_of_sound - part_zero, abs=0.03)


def test_size_is_padded_to_even_and_colours_are_kept(tmp_path):
    source, output = videos.plain(tmp_path / "a.mp4", seconds=0.1), tmp_path / "out.mp4"
    colour = np.array([200, 60, 30], np.uint8)
    with VideoWriter(output, source, describe_stream(source), False, {}) as writer:
        writer.write(np.zeros((61, 83, 3), np.uint8) + colour, 0.0)
    picture = videos.ffmpeg_picture(output, 62, 84)
    assert np.abs(picture[20:40, 20:60].mean(axis=(0, 1)) - colour).max() < 4
    image = next(iter(Reader(output))).image
    assert np.abs(image[30, 30].astype(int) - colour).max() < 4
