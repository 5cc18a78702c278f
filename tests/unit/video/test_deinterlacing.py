"""Frames of two fields are deinterlaced as FFmpeg's yadif does it; other frames are unchanged."""

import av
import numpy as np
import pytest

import synthetic_videos as videos
from corpus.video.deinterlacing import deinterlace
from corpus.video.frames_at import read_frames_at
from corpus.video.pictures import PictureFormat
from corpus.video.reader import Reader
from unusual_videos import interlaced
from video_status import status_of


@pytest.fixture(scope="module")
def clip(tmp_path_factory):
    """A video of 25 interlaced frames, with a keyframe in every tenth."""
    return interlaced(tmp_path_factory.mktemp("clip") / "clip.mp4")


def decoded(path) -> list["av.VideoFrame"]:
    with av.open(path) as container:
        return list(container.decode(video=0))


def images_of(path, *arguments, **options) -> dict[int, np.ndarray]:
    frames = Reader(path, *arguments, **options)
    return {frame.number: frame.pixels for frame in frames if frame.image is not None}


def combs(image: np.ndarray) -> float:
    """Mean difference of neighbouring lines. The picture is the same from top to bottom."""
    return float(np.abs(np.diff(image.astype(float), axis=0)).mean())


@pytest.mark.fault("media", "frames consist of two fields", "the frames of yadif, at their times")
def test_frames_are_those_of_yadif(clip):
    frames = decoded(clip)
    assert all(frame.interlaced_frame for frame in frames)
    neighbours = zip([None, *frames[:-1]], frames, [*frames[1:], None], strict=True)
    ours = [deinterlace(frame, before, after) for before, frame, after in neighbours]
    raw = videos.ffmpeg("-i", clip, "-vf", "yadif", "-f", "rawvideo", "-pix_fmt", "yuv444p", "-")
    expected = np.frombuffer(raw, np.uint8).reshape(len(ours), 3, 48, 64)
    for frame, planes in zip(ours, expected, strict=True):
        assert np.array_equal(frame.reformat(format="yuv444p").to_ndarray()[0], planes[0])
    assert videos.reader_times(clip) == [float(time) for time in videos.ffmpeg_times(clip)]


def test_combs_disappear_unless_the_configuration_keeps_them(clip):
    with_combs = images_of(clip, deinterlace=False)
    without = images_of(clip)
    # Frames with a neighbour on both sides.
    assert min(combs(with_combs[number]) for number in range(1, 24)) > 15
    assert max(combs(without[number]) for number in range(1, 24)) < 5
    found, kept = status_of(clip), status_of(clip, deinterlace=False)
    assert (found["n_interlaced"], found["deinterlaced"]) == (25, True)
    assert (kept["n_interlaced"], kept["deinterlaced"]) == (25, False)
    assert found["reason"] is None
    picture = PictureFormat((64, 48), deinterlace=False)
    assert np.array_equal(images_of(clip, picture=picture)[7], with_combs[7])


def test_frames_that_are_not_marked_are_unchanged(tmp_path):
    path = videos.silent(tmp_path / "clip.mp4", *videos.X264)
    for frame in decoded(path):
        assert deinterlace(frame, frame, frame) is frame
    status = status_of(path)
    assert (status["n_interlaced"], status["deinterlaced"]) == (0, False)


def test_sampled_and_sought_frames_equal_those_of_reading_all(clip):
    expected = images_of(clip)
    wanted = {0, 9, 10, 11, 20, 24}  # keyframes and their neighbours, both ends
    sampled = images_of(clip, frozenset(wanted))
    times = videos.reader_times(clip)
    sought = dict(read_frames_at(clip, wanted, times, PictureFormat((64, 48))))
    assert sampled.keys() == sought.keys() == wanted
    for number in wanted:
        assert np.array_equal(sampled[number], expected[number])
        assert np.array_equal(sought[number], expected[number])
