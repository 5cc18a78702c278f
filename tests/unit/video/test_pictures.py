"""Images have square pixels and one size, whatever the file stores."""

from fractions import Fraction

import numpy as np
import pytest

import synthetic_videos as videos
from corpus.video.pictures import PictureFormat, fit, square_size
from corpus.video.reader import Reader
from unusual_videos import anamorphic, appended, joined, resized, with_preview
from video_status import status_of

MARK = (16, 8, 24, 16)
"""Left, top, right and bottom of a white mark in black pictures of 64 x 48 pixels."""


def marked_pictures(count: int) -> list[np.ndarray]:
    """Black pictures (48, 64, 3) with a white mark at MARK."""
    picture = np.zeros((48, 64, 3), np.uint8)
    left, top, right, bottom = MARK
    picture[top:bottom, left:right] = 255
    return [picture] * count


def bright_box(image: np.ndarray) -> tuple[int, int, int, int]:
    """Left, top, right and bottom of the bright pixels of an image."""
    rows, columns = np.nonzero(image.mean(axis=2) > 127)
    return columns.min(), rows.min(), columns.max() + 1, rows.max() + 1


def images_of(path, **options) -> list[np.ndarray]:
    return [frame.pixels for frame in Reader(path, **options)]


@pytest.mark.parametrize(
    ("stored", "aspect", "size"),
    [
        ((720, 576), "64/45", (1024, 576)),
        ((720, 576), "16/15", (768, 576)),
        ((720, 480), "8/9", (720, 540)),
        ((1440, 1080), "4/3", (1920, 1080)),
        ((352, 576), "32/11", (1024, 576)),
        ((854, 480), "1280/1281", (854, 480)),  # rounding of an encoder
        ((640, 480), "1/1", (640, 480)),
        ((640, 480), "1/3000", (640, 480)),  # a damaged header
    ],
)
def test_pixels_become_square_without_loss(stored, aspect, size):
    assert square_size(*stored, Fraction(aspect)) == size


def test_a_picture_of_another_shape_fits_into_the_reference_size():
    assert fit((320, 240), (640, 480)) == (640, 480)
    assert fit((640, 360), (640, 480)) == (640, 360)
    assert fit((480, 640), (640, 480)) == (360, 480)
    assert fit((426, 240), (1280, 720)) == (1280, 720), "codecs round to even sizes"


@pytest.mark.fault("media", "pixels are not square", "positions are those of square pixels")
@pytest.mark.parametrize("suffix", ["mp4", "mkv", "ts"])
@pytest.mark.parametrize(("aspect", "size"), [("3/2", (96, 48)), ("1/2", (64, 96))])
def test_positions_are_in_square_pixels(tmp_path, suffix, aspect, size):
    square = videos.from_pictures(tmp_path / "square.mp4", marked_pictures(12), range(0, 480, 40))
    path = tmp_path / f"clip.{suffix}"
    # Without compression: FFmpeg does not recognise a transport stream of a few packets.
    options = ("-vf", f"setsar={aspect}", "-c:v", "libx264", "-g", 1, "-qp", 0)
    videos.ffmpeg("-i", square, *options, path)
    status = status_of(path)
    assert (status["width"], status["height"]) == size
    assert (status["stored_sizes"], status["pixel_aspect"]) == ("64x48", aspect.replace("/", ":"))
    assert status["reason"] is None
    scale = np.array([size[0] / 64, size[1] / 48] * 2)
    for image in images_of(path):
        assert image.shape[1::-1] == size
        assert bright_box(image) == pytest.approx(MARK * scale, abs=1)


def test_rotation_and_pixel_shape_are_both_applied(tmp_path):
    stored = anamorphic(tmp_path / "stored.mp4", Fraction(3, 2))
    path = tmp_path / "turned.mp4"
    videos.ffmpeg("-display_rotation", 90, "-i", stored, "-c", "copy", path)
    image = images_of(path)[0]
    assert image.shape == (96, 48, 3)
    assert np.array_equal(image, np.rot90(images_of(stored)[0]))
    assert status_of(path)["stored_sizes"] == "48x64"


@pytest.mark.fault("media", "a broadcast changes from 4:3 to 16:9", "the narrow part has borders")
def test_the_shape_of_pixels_may_change_in_a_transport_stream(tmp_path):
    parts = []
    for name, aspect in (("narrow.ts", Fraction(1)), ("wide.ts", Fraction(3, 2))):
        parts.append(anamorphic(tmp_path / name, aspect).read_bytes())
    path = appended(tmp_path / "both.ts", *parts)
    status = status_of(path)
    assert (status["width"], status["height"], status["stored_sizes"]) == (96, 48, "64x48")
    images = images_of(path, picture=PictureFormat((96, 48)))
    has_borders = [not image[:, :16].any() and not image[:, 80:].any() for image in images]
    assert has_borders == [True] * 10 + [False] * 10


@pytest.mark.fault("media", "the picture changes its size", "images and positions stay the same")
@pytest.mark.parametrize(
    "sizes", [[(32, 24), (64, 48)], [(64, 48), (32, 24)], [(48, 36), (64, 48), (32, 24), (64, 48)]]
)
def test_a_picture_that_changes_its_size_keeps_its_positions(tmp_path, sizes):
    of_frames = [size for size in sizes for _ in range(4)]
    pictures = marked_pictures(len(of_frames))
    path = resized(tmp_path / "clip.webm", pictures, of_frames)
    status = status_of(path)
    assert (status["width"], status["height"]) == (64, 48)
    names = list(dict.fromkeys(f"{width}x{height}" for width, height in sizes))
    assert status["stored_sizes"] == ", ".join(names)
    assert status["reason"].startswith(f"the size of the picture changes ({', '.join(names)})")
    images = images_of(path, picture=PictureFormat((64, 48)))
    assert len(images) == len(of_frames)
    for image in images:
        assert image.shape == (48, 64, 3)
        assert bright_box(image) == pytest.approx(MARK, abs=1)


@pytest.mark.fault("media", "clips of other shapes are joined without encoding", "black borders")
def test_joined_clips_of_other_shapes_get_borders(tmp_path):
    path = joined(tmp_path / "joined.mp4", "64x48", "48x48", "96x48", "64x32")
    status = status_of(path)
    assert (status["width"], status["height"]) == (96, 48)
    images = images_of(path, picture=PictureFormat((96, 48)))
    assert {image.shape for image in images} == {(48, 96, 3)}
    borders = [(not image[:, :15].any(), not image[:, :23].any()) for image in images[::10]]
    assert borders == [(True, False), (True, True), (False, False), (False, False)]
    small = images_of(path, max_side=32)
    assert {image.shape for image in small} == {(24, 32, 3)}, "the shape of the first frame"


@pytest.mark.fault("media", "a preview is stored before the video", "the video is read")
@pytest.mark.parametrize("suffix", ["mkv", "mp4"])
def test_the_stream_that_players_show_is_read(tmp_path, suffix):
    path = with_preview(tmp_path / f"clip.{suffix}")
    status = status_of(path)
    assert (status["n_frames"], status["width"]) == (25, 64)
    assert status["picture_stream"] == "1: picture, h264 64x48"
    assert status["sound_stream"] == "3: sound, aac"
    assert status["other_streams"] == "0: picture, mjpeg 32x24; 2: sound, aac"


def test_a_single_stream_is_named(tmp_path):
    status = status_of(videos.silent(tmp_path / "clip.mp4", *videos.X264))
    assert status["picture_stream"] == "0: picture, h264 64x48"
    assert status["sound_stream"] is None and status["other_streams"] is None
