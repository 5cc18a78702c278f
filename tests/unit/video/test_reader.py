"""Frames, times and pictures are those that FFmpeg's own program sees, whatever the container."""

from fractions import Fraction

import av
import numpy as np
import pytest

import synthetic_videos as odd
from corpus.core.errors import VideoError
from corpus.video.reader import Reader
from corpus.video.stream_info import expected_frames, time_base

NO_PICTURES = frozenset({10**9})


def times(path):
    return [frame.time_s for frame in Reader(path, NO_PICTURES)]


def is_alike(image, other):
    """But for the edges of colours, which are coded at half the resolution."""
    return np.median(np.abs(image.astype(int) - other)) < 3


@pytest.mark.parametrize("suffix", odd.CODECS)
def test_every_frame_has_the_time_ffmpeg_gives_it(tmp_path, suffix):
    path = odd.plain(tmp_path / f"clip.{suffix}", seconds=1)
    expected = [float(time) for time in odd.ffmpeg_times(path)]
    assert len(expected) == 25
    assert times(path) == pytest.approx(expected, abs=1e-9)


def test_times_follow_a_varying_frame_rate(tmp_path):
    ticks = [0, 33, 67, 200, 210, 900]
    pictures = [odd.scene(number) for number in range(len(ticks))]
    path = odd.from_pictures(tmp_path / "vfr.mp4", pictures, ticks)
    assert times(path) == pytest.approx([tick / 1000 for tick in ticks], abs=1e-9)


@pytest.mark.parametrize("suffix", ["mp4", "mkv"])
def test_a_late_picture_keeps_its_start(tmp_path, suffix):
    path = odd.late(tmp_path / f"late.{suffix}", 0.8)
    assert times(path)[0] == pytest.approx(0.8, abs=0.001)
    assert times(path) == [float(time) for time in odd.ffmpeg_times(path)]


def test_frames_hidden_by_an_edit_list_do_not_count(tmp_path):
    path = odd.edited(tmp_path / "edited.mp4", tmp_path, 0.7)
    assert times(path) == [float(time) for time in odd.ffmpeg_times(path)]
    assert len(times(path)) < expected_frames(path)


def test_times_never_run_backwards_in_avi_with_b_frames(tmp_path):
    path = odd.silent(tmp_path / "b.avi", *odd.X264, seconds=2)
    gaps = np.diff(times(path))
    assert (gaps > 0).all()
    assert len(gaps) == 49


def test_a_stream_without_timestamps_is_counted_at_its_rate(tmp_path):
    path = odd.silent(tmp_path / "raw.h264", *odd.X264, seconds=0.4)
    assert times(path) == pytest.approx([number / 25 for number in range(10)])


@pytest.mark.parametrize("flip", [None, "h", "v"])
@pytest.mark.parametrize("degrees", [0, 90, 180, 270])
def test_pictures_are_upright_as_ffmpeg_shows_them(tmp_path, degrees, flip):
    path = odd.turned(tmp_path / "turned.mp4", tmp_path, degrees, flip)
    reader = Reader(path)
    image = next(iter(reader)).image
    assert image.shape == ((64, 48, 3) if degrees % 180 else (48, 64, 3))
    assert reader.size == (image.shape[1], image.shape[0])
    assert is_alike(image, odd.ffmpeg_picture(path, *image.shape[:2]))


@pytest.mark.parametrize(
    "pixels", ["yuv420p", "yuvj420p", "yuv422p10le", "yuv444p", "gray", "yuv420p10le"]
)
def test_every_pixel_format_gives_the_same_picture(tmp_path, pixels):
    path = odd.silent(tmp_path / "clip.mkv", "-c:v", "libx264", "-crf", "1", "-pix_fmt", pixels)
    image = next(iter(Reader(path))).image
    assert image.dtype == np.uint8
    assert is_alike(image, odd.ffmpeg_picture(path, *image.shape[:2]))


def test_odd_sizes_and_interlaced_pictures_are_left_as_they_are(tmp_path):
    interlaced = ("-c:v", "mpeg2video", "-flags", "+ildct+ilme")
    uneven = ("-vf", "format=yuv444p,scale=61:47", "-c:v", "libx264")
    for name, options, size in (("i.ts", interlaced, "64x48"), ("o.mp4", uneven, "61x47")):
        path = odd.silent(tmp_path / name, *options)
        frames = list(Reader(path))
        assert len(frames) == 10
        assert "{1}x{0}".format(*frames[0].image.shape) == size


def test_only_wanted_frames_have_pictures_and_the_rest_is_not_read(tmp_path):
    path = odd.silent(tmp_path / "clip.mp4", *odd.X264, seconds=1)
    frames = list(Reader(path, {2, 5}))
    assert [frame.number for frame in frames] == list(range(6))
    assert [frame.number for frame in frames if frame.image is not None] == [2, 5]
    whole = list(Reader(path))
    assert np.array_equal(frames[5].image, whole[5].image)
    assert list(Reader(path, frozenset())) == []


def test_pictures_are_scaled_to_the_longer_side_but_size_is_not(tmp_path):
    path = odd.turned(tmp_path / "turned.mp4", tmp_path, 90)
    reader = Reader(path, longest=32)
    assert next(iter(reader)).image.shape == (32, 24, 3)
    assert reader.size == (48, 64)
    assert next(iter(Reader(path, longest=1000))).image.shape == (64, 48, 3)


@pytest.mark.parametrize("suffix", ["mp4", "mkv"])
def test_a_packet_that_does_not_decode_does_not_end_the_video(tmp_path, suffix):
    path = odd.silent(tmp_path / f"clip.{suffix}", *odd.X264, seconds=2)
    whole = times(path)
    reader = Reader(odd.damaged(path, [14, 15]))
    left = [frame.time_s for frame in reader]
    assert reader.undecodable + reader.damaged >= 2
    assert set(left) <= set(whole)
    assert len(left) >= 48
    assert left[-1] == whole[-1]
    assert reader.broken is None


def test_damaged_pictures_are_the_same_every_time(tmp_path):
    path = odd.silent(tmp_path / "clip.mp4", *odd.X264, size="320x240", seconds=1)
    data = bytearray(path.read_bytes())
    data[len(data) // 2 : len(data) // 2 + 200] = bytes(200)
    path.write_bytes(data)
    first, second = ([frame.image for frame in Reader(path)] for _ in range(2))
    assert all(np.array_equal(a, b) for a, b in zip(first, second, strict=True))


@pytest.mark.parametrize("name", ["of: colons.mp4", "100 %d.mp4", "-dash 'quote'.mp4"])
def test_file_names_are_only_names(tmp_path, name):
    path = odd.silent(tmp_path / "clip.mp4", *odd.X264).rename(tmp_path / name)
    assert len(times(path)) == 10


def test_a_playlist_that_poses_as_a_video_reaches_nothing(tmp_path):
    path = tmp_path / "clip.mp4"
    path.write_text("#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\nhttp://localhost:9/a.ts\n")
    with pytest.raises(VideoError, match=r"clip\.mp4"):
        list(Reader(path))


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (odd.only_sound, "no picture stream"),
        (odd.cover_art, "no picture stream"),
        (lambda path: path.write_text("hello") and path, "not a video file"),
        (lambda path: path.touch() or path, "empty"),
        (lambda path: odd.without_index(path, path.parent), "moov atom not found"),
    ],
)
def test_what_is_no_video_is_a_video_error_in_the_decoders_words(tmp_path, make, words):
    with pytest.raises(VideoError, match=words):
        list(Reader(make(tmp_path / "clip.mp4")))


def test_a_file_that_cannot_be_read_is_another_error(tmp_path):
    with pytest.raises(FileNotFoundError):
        list(Reader(tmp_path / "clip.mp4"))


def test_the_clock_is_the_containers(tmp_path):
    path = odd.from_pictures(tmp_path / "vfr.mkv", [odd.scene(1)] * 3, [0, 1, 2], Fraction(1, 25))
    assert time_base(path) == 0.001


def test_a_read_error_tells_no_folder_of_this_machine(tmp_path):
    class Disk:
        def demux(self):
            raise av.error.InvalidDataError(1, "Input/output error", str(tmp_path / "v.mp4"))

    (tmp_path / "v.mp4").touch()
    reader = Reader(tmp_path / "v.mp4")
    assert list(reader._demux(Disk())) == []
    assert reader.broken == "reading stopped: Input/output error"
