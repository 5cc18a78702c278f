"""The table of frames has the movement of the camera in pixels of the reference size."""

import numpy as np
import pytest

import synthetic_videos as videos
from corpus.tables.columns import PICTURE_CHANGE
from corpus.video.frame_index import index_frames, to_tables
from corpus.video.picture_changes import PictureChanges
from moving_cameras import filmed, seen, texture
from unusual_videos import resized

SMALL, LARGE = (256, 192), (512, 384)


def pan(n: int, step: float = 2.0) -> list[np.ndarray]:
    """Pictures (192, 256, 3) uint8 of a wall that moves `step` pixels to the right per frame."""
    pictures = [filmed(seen(texture(1), step * k), k) for k in range(n)]
    return [np.repeat(picture[..., None], 3, axis=2) for picture in pictures]


def columns_of(pictures, sizes, reference, starts=(0,)):
    changes = PictureChanges()
    for picture, size in zip(pictures, sizes, strict=True):
        changes.add(picture, size)
    return changes.columns(reference, np.array(starts))


def frames_of(path) -> dict:
    """Columns of the table of frames of a video."""
    return to_tables(index_frames(path, 10.0), 0.1)[0]


def test_movement_is_in_pixels_of_the_reference_size():
    columns = columns_of(pan(6), [LARGE] * 6, LARGE)
    assert list(columns) == list(PICTURE_CHANGE)
    assert np.isnan(columns["camera_x"][0])
    assert columns["camera_x"][1:] == pytest.approx([4] * 5, abs=0.2)
    assert columns["camera_y"][1:] == pytest.approx([0] * 5, abs=0.2)
    assert columns["camera_scale"][1:] == pytest.approx([1] * 5, abs=0.002)
    assert columns["camera_roll"][1:] == pytest.approx([0] * 5, abs=0.002)
    assert not columns["repeated"].any()


def test_movement_is_unknown_where_a_shot_starts_and_where_the_size_changes():
    columns = columns_of(pan(6), [SMALL] * 3 + [LARGE] * 3, LARGE, starts=(0, 5))
    assert np.isnan(columns["camera_x"]).tolist() == [True, False, False, True, False, True]
    assert columns["camera_x"][[1, 2, 4]] == pytest.approx([4, 4, 4], abs=0.2)


def test_a_picture_between_borders_moves_by_its_own_pixels():
    # A picture of 256 x 96 pixels in one of 256 x 192, as if the video had two shapes.
    wide = [picture.copy() for picture in pan(3)]
    for picture in wide:
        picture[:48] = picture[-48:] = 0
    columns = columns_of(wide, [(1024, 384)] * 3, (1024, 768))
    assert columns["camera_x"][1:] == pytest.approx([8, 8], abs=0.4)


def test_a_video_that_changes_its_size_is_indexed(tmp_path):
    sizes = [(128, 96)] * 4 + [(256, 192)] * 4
    path = resized(tmp_path / "film.webm", pan(8), sizes)
    frames = frames_of(path)
    assert np.isnan(frames["camera_x"])[[0, 4]].all()
    assert frames["camera_x"][[1, 2, 3, 5, 6, 7]] == pytest.approx([2] * 6, abs=0.3)


def test_first_frames_of_shots_have_no_movement(tmp_path):
    first, second = pan(15), [np.ascontiguousarray(picture[::-1]) for picture in pan(15, -3.0)]
    path = videos.from_pictures(tmp_path / "film.mp4", first + second, range(0, 1200, 40))
    frames = frames_of(path)
    assert frames["shot"].tolist() == [0] * 15 + [1] * 15
    assert np.flatnonzero(np.isnan(frames["camera_x"])).tolist() == [0, 15]
    expected = [2] * 14 + [-3] * 14
    assert np.delete(frames["camera_x"], [0, 15]) == pytest.approx(expected, abs=0.15)
