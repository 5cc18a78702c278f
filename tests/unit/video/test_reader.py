"""Reader yields the frames, times and images of the ffmpeg program, in every file format."""

import gc
from fractions import Fraction

import av
import numpy as np
import pytest

import synthetic_videos as videos
from corpus.core.errors import MissingFileError, VideoError
from corpus.video.reader import Reader
from corpus.video.stream_info import estimate_frame_count, seconds_per_tick
from synthetic_videos import reader_times
from unusual_videos import packed_b_frames


def is_similar(image, reference):
    """Compare by the median difference: edges differ, since colour has half the resolution."""
    return np.median(np.abs(image.astype(int) - reference)) < 3


@pytest.mark.parametrize("suffix", videos.CODECS)
def test_frame_times_are_those_of_ffmpeg(tmp_path, suffix):
    path = videos.plain(tmp_path / f"clip.{suffix}", seconds=1)
    expected = [float(time) for time in videos.ffmpeg_times(path)]
    assert len(expected) == 25
    assert reader_times(path) == pytest.approx(expected, abs=1e-9)


def test_times_follow_a_varying_frame_rate(tmp_path):
    ticks = [0, 33, 67, 200, 210, 900]
    pictures = [videos.scene(n) for n in range(len(ticks))]
    path = videos.from_pictures(tmp_path / "vfr.mp4", pictures, ticks)
    assert reader_times(path) == pytest.approx([tick / 1000 for tick in ticks], abs=1e-9)


@pytest.mark.parametrize("suffix", ["mp4", "mkv"])
def test_late_video_stream_keeps_its_start_time(tmp_path, suffix):
    path = videos.late(tmp_path / f"late.{suffix}", 0.8)
    assert reader_times(path)[0] == pytest.approx(0.8, abs=0.001)
    assert reader_times(path) == [float(time) for time in videos.ffmpeg_times(path)]


@pytest.mark.fault("media", "an edit list hides the first frames", "they are left out")
def test_frames_hidden_by_an_edit_list_are_left_out(tmp_path):
    path = videos.edited(tmp_path / "edited.mp4", tmp_path, 0.7)
    assert reader_times(path) == [float(time) for time in videos.ffmpeg_times(path)]
    assert len(reader_times(path)) < estimate_frame_count(path)


@pytest.mark.fault("media", "an AVI stores B-frames without presentation times", "times increase")
def test_times_increase_in_avi_with_b_frames(tmp_path):
    path = videos.silent(tmp_path / "b.avi", *videos.X264, seconds=2)
    gaps = np.diff(reader_times(path))
    assert (gaps > 0).all()
    assert len(gaps) == 49


@pytest.mark.fault("media", "an AVI of DivX 5 has packed B-frames", "times are those of ffmpeg")
def test_times_of_packed_b_frames_are_those_of_ffmpeg(tmp_path):
    path = packed_b_frames(tmp_path / "packed.avi")
    expected = [float(time) for time in videos.ffmpeg_times(path)]
    assert reader_times(path) == pytest.approx(expected, abs=1e-9)
    assert np.diff(expected) == pytest.approx(np.full(24, 0.04))


@pytest.mark.fault("media", "a stream has no timestamps", "times follow from the frame rate")
def test_stream_without_timestamps_is_timed_by_its_frame_rate(tmp_path):
    path = videos.silent(tmp_path / "raw.h264", *videos.X264, seconds=0.4)
    assert reader_times(path) == pytest.approx([n / 25 for n in range(10)])


@pytest.mark.fault("media", "a video is turned or mirrored", "frames are upright")
@pytest.mark.parametrize("flip", [None, "h", "v"])
@pytest.mark.parametrize("degrees", [0, 90, 180, 270])
def test_images_are_upright_as_in_ffmpeg(tmp_path, degrees, flip):
    path = videos.turned(tmp_path / "turned.mp4", tmp_path, degrees, flip)
    reader = Reader(path)
    image = next(iter(reader)).image
    assert image.shape == ((64, 48, 3) if degrees % 180 else (48, 64, 3))
    assert reader.pictures.largest == (image.shape[1], image.shape[0])
    assert is_similar(image, videos.ffmpeg_picture(path, *image.shape[:2]))


@pytest.mark.fault("media", "10 bits, 4:4:4 and other pixel formats", "the same image")
@pytest.mark.parametrize(
    "pixels", ["yuv420p", "yuvj420p", "yuv422p10le", "yuv444p", "gray", "yuv420p10le"]
)
def test_every_pixel_format_gives_the_same_image(tmp_path, pixels):
    path = videos.silent(tmp_path / "clip.mkv", "-c:v", "libx264", "-crf", "1", "-pix_fmt", pixels)
    image = next(iter(Reader(path))).image
    assert image.dtype == np.uint8
    assert is_similar(image, videos.ffmpeg_picture(path, *image.shape[:2]))


@pytest.mark.fault("media", "a picture of odd size", "the size stays")
def test_odd_sizes_are_not_changed(tmp_path):
    uneven = ("-vf", "format=yuv444p,scale=61:47,setsar=1", "-c:v", "libx264")
    frames = list(Reader(videos.silent(tmp_path / "odd.mp4", *uneven)))
    assert len(frames) == 10
    assert frames[0].image.shape == (47, 61, 3)


def test_only_requested_frames_have_images_and_reading_stops_after_them(tmp_path):
    path = videos.silent(tmp_path / "clip.mp4", *videos.X264, seconds=1)
    frames = list(Reader(path, {2, 5}))
    assert [frame.number for frame in frames] == list(range(6))
    assert [frame.number for frame in frames if frame.image is not None] == [2, 5]
    all_frames = list(Reader(path))
    assert np.array_equal(frames[5].pixels, all_frames[5].pixels)
    with pytest.raises(ValueError, match="the image of frame 4 was not requested"):
        _ = frames[4].pixels
    assert list(Reader(path, frozenset())) == []


def test_images_are_scaled_to_max_side_but_size_is_not(tmp_path):
    path = videos.turned(tmp_path / "turned.mp4", tmp_path, 90)
    reader = Reader(path, max_side=32)
    assert next(iter(reader)).image.shape == (32, 24, 3)
    assert reader.pictures.largest == (48, 64)
    assert next(iter(Reader(path, max_side=1000))).image.shape == (64, 48, 3)


@pytest.mark.fault("media", "a packet cannot be decoded", "the frames after it are read")
@pytest.mark.parametrize("suffix", ["mp4", "mkv"])
def test_undecodable_packet_does_not_end_the_video(tmp_path, suffix):
    path = videos.silent(tmp_path / f"clip.{suffix}", *videos.X264, seconds=2)
    all_times = reader_times(path)
    reader = Reader(videos.damaged(path, [14, 15]))
    decoded_times = [frame.time_s for frame in reader]
    assert reader.undecodable_packets + reader.damaged_frames >= 2
    assert set(decoded_times) <= set(all_times)
    assert len(decoded_times) >= 48
    assert decoded_times[-1] == all_times[-1]
    assert reader.truncation is None


def test_damaged_images_are_reproducible(tmp_path):
    path = videos.silent(tmp_path / "clip.mp4", *videos.X264, size="320x240", seconds=1)
    data = bytearray(path.read_bytes())
    data[len(data) // 2 : len(data) // 2 + 200] = bytes(200)
    path.write_bytes(data)
    first, second = ([frame.image for frame in Reader(path)] for _ in range(2))
    assert all(np.array_equal(a, b) for a, b in zip(first, second, strict=True))


@pytest.mark.fault(
    "media", "shell, format and protocol characters in the name of a video", "they have no meaning"
)
@pytest.mark.parametrize("name", ["of: colons.mp4", "100 %d.mp4", "-dash 'quote'.mp4"])
def test_special_characters_in_file_names_have_no_meaning(tmp_path, name):
    path = videos.silent(tmp_path / "clip.mp4", *videos.X264).rename(tmp_path / name)
    assert len(reader_times(path)) == 10


@pytest.mark.fault("media", "a playlist with addresses is named like a video", "it is not followed")
def test_playlist_named_like_a_video_is_not_followed(tmp_path):
    path = tmp_path / "clip.mp4"
    path.write_text("#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\nhttp://localhost:9/a.ts\n")
    with pytest.raises(VideoError, match=r"clip\.mp4"):
        list(Reader(path))


@pytest.mark.parametrize(
    ("write_file", "reason"),
    [
        (videos.only_sound, "no picture stream"),
        (videos.cover_art, "no picture stream"),
        (lambda path: path.write_text("hello") and path, "not a video file"),
        (lambda path: path.touch() or path, "empty"),
        (lambda path: videos.without_index(path, path.parent), "moov atom not found"),
    ],
)
def test_file_without_video_raises_video_error_with_the_reason(tmp_path, write_file, reason):
    with pytest.raises(VideoError, match=reason):
        list(Reader(write_file(tmp_path / "clip.mp4")))


def test_unreadable_file_raises_os_error(tmp_path):
    with pytest.raises(FileNotFoundError):
        list(Reader(tmp_path / "clip.mp4"))


def test_tick_is_that_of_the_container(tmp_path):
    path = videos.from_pictures(
        tmp_path / "vfr.mkv", [videos.scene(1)] * 3, [0, 1, 2], Fraction(1, 25)
    )
    assert seconds_per_tick(path) == 0.001


def test_read_error_does_not_contain_the_path(tmp_path):
    class FailingContainer:
        def demux(self):
            raise av.error.InvalidDataError(1, "Input/output error", str(tmp_path / "v.mp4"))

    (tmp_path / "v.mp4").touch()
    reader = Reader(tmp_path / "v.mp4")
    assert list(reader._demux(FailingContainer())) == []
    assert reader.truncation == "reading stopped: Input/output error"


@pytest.mark.fault(
    "media", "a video is moved or deleted while the workflow runs", "one line names the file"
)
def test_a_missing_video_is_named(tmp_path):
    link = tmp_path / "link.mp4"
    link.symlink_to("gone.mp4")
    for path in (tmp_path / "gone.mp4", link):
        with pytest.raises(MissingFileError, match="gone.mp4: no such file.*moved or deleted"):
            list(Reader(path))


def test_decoded_frames_are_freed_at_once(tmp_path):
    """Without the garbage collector, which runs late: a frame of 1080 lines has 3 MB."""
    path = videos.plain(tmp_path / "clip.mp4", seconds=1)
    gc.collect()
    gc.disable()
    try:
        # The images, which are not requested here, would keep frames of their own.
        frames = list(Reader(path, frame_numbers=()))
        alive = [entry for entry in gc.get_objects() if isinstance(entry, av.VideoFrame)]
    finally:
        gc.enable()
    assert len(frames) == 25 and not alive
