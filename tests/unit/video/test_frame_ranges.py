"""Parts of a video that are read by seeking equal those of reading the complete video."""

import logging
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

import synthetic_videos as videos
from corpus.video import frame_ranges
from corpus.video.frame_ranges import FrameRanges
from corpus.video.pictures import PictureFormat
from corpus.video.reader import Reader
from unusual_videos import VIDEOS_TO_SEEK, interlaced

SEEKABLE = {"mp4", "mkv", "webm", "late", "edited", "fragmented", "open GOP", "anamorphic"}
SEEKABLE |= {"turned", "interlaced", "preview", "several sizes", "shortened", "varying rate"}
"""Kinds of which every part is reached by seeking."""


@pytest.fixture(scope="module", params=VIDEOS_TO_SEEK)
def video(request, tmp_path_factory):
    """The kind of a video, its path, its picture format and all of its frames."""
    path = VIDEOS_TO_SEEK[request.param](tmp_path_factory.mktemp("video"))
    reader = Reader(path)
    for _ in reader:
        pass
    picture = PictureFormat(reader.pictures.largest)
    frames = {frame.number: frame for frame in Reader(path, picture=picture)}
    return request.param, path, picture, frames


def part_is_equal(frames, numbers, expected):
    return [frame.number for frame in frames] == list(numbers) and all(
        frame.time_s == expected[frame.number].time_s
        and np.array_equal(frame.pixels, expected[frame.number].pixels)
        for frame in frames
    )


def test_every_part_equals_that_of_reading_from_the_start(video):
    kind, path, picture, expected = video
    count = len(expected)
    times = [expected[number].time_s for number in range(count)]
    ranges = FrameRanges(path, times, picture)
    for start in range(0, count, 7):
        numbers = range(start, min(start + 7, count))
        assert part_is_equal(list(ranges.read(numbers)), numbers, expected), (kind, start)
    # Overlapping parts, backwards, and with gaps between the frames.
    for start in range(count - 1, 0, -9):
        numbers = range(max(start - 11, 0), start + 1, 3)
        assert part_is_equal(list(ranges.read(numbers)), numbers, expected), (kind, start)
    assert ranges.may_seek == (kind in SEEKABLE)
    ranges.close()


def opened_files(monkeypatch) -> list[Path]:
    """The files that are read from their start, one for each time."""
    opened = []

    class RecordingReader(Reader):
        def __init__(self, path, *arguments, **options):
            opened.append(path)
            super().__init__(path, *arguments, **options)

    monkeypatch.setattr(frame_ranges, "Reader", RecordingReader)
    return opened


def frames_of(path):
    times = videos.reader_times(path)
    return FrameRanges(path, times, PictureFormat((160, 120)))


def test_an_indexed_file_is_not_read_from_its_start(tmp_path, monkeypatch):
    ranges = frames_of(videos.plain(tmp_path / "plain.mp4"))
    opened = opened_files(monkeypatch)
    for numbers in (range(30, 40), range(1, 5), [49]):
        assert [frame.number for frame in ranges.read(numbers)] == list(numbers)
    assert opened == []


def test_a_file_without_an_index_is_decoded_once_for_parts_in_order(tmp_path, monkeypatch):
    ranges = frames_of(videos.plain(tmp_path / "plain.mpg"))
    opened = opened_files(monkeypatch)
    for numbers in (range(5, 9), range(9, 20), range(40, 44)):
        assert [frame.number for frame in ranges.read(numbers)] == list(numbers)
    assert len(opened) == 1
    assert [frame.number for frame in ranges.read([12])] == [12]
    assert len(opened) == 2, "a reader cannot go back"


def test_parts_can_be_read_at_the_same_time(tmp_path):
    for name in ("plain.mp4", "plain.mpg"):
        ranges = frames_of(videos.plain(tmp_path / name))
        parts = zip(ranges.read(range(10, 20)), ranges.read(range(30, 40)), strict=True)
        for first, second in parts:
            assert second.number == first.number + 20


def test_a_file_whose_clock_starts_again_is_not_sought_in(tmp_path, monkeypatch):
    path = videos.plain(tmp_path / "plain.mp4")
    times = videos.reader_times(path)
    ranges = FrameRanges(path, times, PictureFormat((160, 120)), may_seek=False)
    opened = opened_files(monkeypatch)
    assert [frame.number for frame in ranges.read([30])] == [30]
    assert opened == [path]


@pytest.mark.fault(
    "media", "the times after a seek are not those of the table", "the file is read from its start"
)
def test_a_mismatch_in_the_middle_of_a_part_is_noticed(tmp_path, caplog):
    caplog.set_level(logging.INFO)
    path = videos.plain(tmp_path / "plain.mp4")
    times = videos.reader_times(path)
    expected = list(Reader(path, picture=PictureFormat((160, 120))))
    times[33] += 0.001
    ranges = FrameRanges(path, times, PictureFormat((160, 120)))
    frames = list(ranges.read(range(28, 40)))
    assert [frame.number for frame in frames] == list(range(28, 40))
    for frame in frames:
        assert np.array_equal(frame.pixels, expected[frame.number].pixels)
    assert "plain.mp4: read from its start" in caplog.text
    assert not ranges.may_seek


def test_frames_after_the_end_are_left_out(tmp_path):
    for name in ("plain.mp4", "plain.avi"):
        path = videos.plain(tmp_path / name)
        times = [*videos.reader_times(path), 2.0]
        ranges = FrameRanges(path, times, PictureFormat((160, 120)))
        assert [frame.number for frame in ranges.read([48, 50])] == [48]


def test_the_first_frame_of_a_part_is_deinterlaced_with_its_neighbours(tmp_path):
    path = interlaced(tmp_path / "interlaced.mp4")
    picture = PictureFormat((64, 48))
    expected = {frame.number: frame.pixels for frame in Reader(path, picture=picture)}
    ranges = FrameRanges(path, videos.reader_times(path), picture)
    for number in (9, 10, 11, 20):  # 10 and 20 are keyframes
        [frame] = ranges.read([number])
        assert np.array_equal(frame.pixels, expected[number])
    assert ranges.may_seek
    assert Fraction(1, 25) == Fraction(videos.reader_times(path)[1]).limit_denominator(100)
