"""Frames that are read by seeking equal those of reading the complete video."""

import logging
from pathlib import Path

import numpy as np
import pytest

import synthetic_videos as videos
from corpus.video.frames_at import read_frames_at
from corpus.video.pictures import PictureFormat
from corpus.video.reader import Reader
from unusual_videos import VIDEOS_TO_SEEK


def picture_of(path: Path) -> PictureFormat:
    """Return how images of a video are made, as index_frames finds out."""
    reader = Reader(path)
    for _ in reader:
        pass
    return PictureFormat(reader.pictures.largest)


def images_of(path: Path, frame_numbers: set[int]) -> dict[int, np.ndarray]:
    """Return the images of some frames, read from the start of the video."""
    frames = Reader(path, frame_numbers, picture=picture_of(path))
    return {frame.number: frame.image for frame in frames if frame.image is not None}


@pytest.mark.parametrize("kind", VIDEOS_TO_SEEK)
def test_frames_equal_those_of_reading_from_the_start(tmp_path, kind):
    path = VIDEOS_TO_SEEK[kind](tmp_path)
    times = videos.reader_times(path)
    frame_numbers = {0, 1, 11, len(times) // 2, len(times) - 1} & set(range(len(times)))
    expected = images_of(path, frame_numbers)
    images = dict(read_frames_at(path, frame_numbers, times, picture_of(path)))
    assert list(images) == sorted(frame_numbers)
    for frame_number, image in images.items():
        assert (image == expected[frame_number]).all(), frame_number


def read_frame_45(path: Path) -> dict[int, np.ndarray]:
    return dict(read_frames_at(path, {45}, videos.reader_times(path), picture_of(path)))


def test_seeking_is_used_in_formats_with_an_index(tmp_path, caplog):
    caplog.set_level(logging.INFO)
    path = videos.plain(tmp_path / "plain.mp4")
    assert len(read_frame_45(path)) == 1
    assert caplog.text == ""
    path = videos.plain(tmp_path / "plain.mpg")
    assert len(read_frame_45(path)) == 1
    assert "plain.mpg: read from its start" in caplog.text


def test_video_is_read_from_the_start_if_times_do_not_match(tmp_path, caplog):
    """If two frames have the same time, the frame is identified by its number."""
    caplog.set_level(logging.INFO)
    path = videos.plain(tmp_path / "plain.mp4")
    times = videos.reader_times(path)
    times[20] = times[21]
    [(frame_number, image)] = read_frames_at(path, {21}, times, picture_of(path))
    assert frame_number == 21
    assert (image == images_of(path, {21})[21]).all()
    assert "from its start" in caplog.text
