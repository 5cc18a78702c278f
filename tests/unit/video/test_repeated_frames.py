"""Repeated pictures are found, also after compression, and pictures of a film are not repeats."""

import numpy as np
import pytest

import synthetic_videos as videos
from corpus.video.frame_index import index_frames
from corpus.video.repeated_frames import change_of_picture, find_repeated
from moving_cameras import HEIGHT, WIDTH, filmed, person, seen, texture

N = 36
PATTERNS = {
    "15 to 30": [n // 2 for n in range(N)],
    "24 to 30": [n - n // 5 - (n % 5 == 4) for n in range(N)],
    "10 to 30": [n // 3 for n in range(N)],
}
"""Which picture of the film each frame shows."""


def hand_film(n_pictures: int) -> list[np.ndarray]:
    """Pictures (height, width, 3) uint8 of somebody whose hand circles before a still background.

    The hand is 26 pixels wide and takes 20 pictures for a circle, so little of the picture moves.
    """
    scene = np.where(person(0.4), seen(texture(5)), seen(texture(1)))
    y, x = np.mgrid[:HEIGHT, :WIDTH]
    pictures = []
    for n in range(n_pictures):
        angle = 2 * np.pi * n / 20
        centre = 190 + 25 * np.cos(angle), 90 + 25 * np.sin(angle)
        hand = seen(texture(7), centre[0], centre[1])
        is_hand = (x - centre[0]) ** 2 + (y - centre[1]) ** 2 < 13**2
        picture = filmed(np.where(is_hand, hand, scene), n)
        pictures.append(np.repeat(picture[..., None], 3, axis=2))
    return pictures


def repeated(pictures: list[np.ndarray]) -> np.ndarray:
    grey = [picture[..., 0] for picture in pictures]
    changes = [change_of_picture(*pair) for pair in zip(grey, grey[1:], strict=False)]
    return find_repeated(*np.array([(np.nan, np.nan), *changes]).T)


def compressed(path, pictures: list[np.ndarray], quality: int):
    """Video of 30 frames per second in H.264, compressed as with x264's crf."""
    raw = path.with_suffix(".raw")
    raw.write_bytes(b"".join(picture.tobytes() for picture in pictures))
    size = f"{WIDTH}x{HEIGHT}"
    options = ("-f", "rawvideo", "-pix_fmt", "rgb24", "-s", size, "-r", 30)
    encoder = ("-c:v", "libx264", "-pix_fmt", "yuv420p", "-threads", 1, "-crf", quality)
    videos.ffmpeg(*options, "-i", raw, *encoder, path)
    return path


def repeated_in(path) -> np.ndarray:
    index = index_frames(path, 10.0)
    return index.changes.columns((WIDTH, HEIGHT), np.array([0]))["repeated"]


@pytest.mark.parametrize("quality", [18, 28, 35])
@pytest.mark.parametrize("pattern", PATTERNS.values(), ids=PATTERNS)
def test_repeated_frames_of_a_compressed_film_are_found(tmp_path, pattern, quality):
    film = hand_film(max(pattern) + 1)
    path = compressed(tmp_path / "film.mp4", [film[n] for n in pattern], quality)
    is_repeat = np.diff(pattern, prepend=-1) == 0
    # Movement before the first and after the last picture is not known.
    assert repeated_in(path)[3:-3].tolist() == is_repeat[3:-3].tolist()


@pytest.mark.parametrize("quality", [18, 28, 35])
def test_a_film_without_repeats_has_none(tmp_path, quality):
    assert not repeated_in(compressed(tmp_path / "film.mp4", hand_film(N), quality)).any()


def test_frozen_pictures_are_repeats_and_a_still_scene_with_noise_is_not():
    film = hand_film(10)
    frozen = repeated(film + 20 * [film[-1]])
    assert frozen.tolist() == 10 * [False] + 20 * [True]
    still = np.repeat(seen(texture(1))[..., None], 3, axis=2)
    assert not repeated([filmed(still, n) for n in range(20)]).any()


def test_rest_before_a_sudden_movement_is_no_repeat():
    quiet, fast = 10 * [0.3], 10 * [9.0]
    changes = np.array([*quiet, *fast, *quiet])
    assert not find_repeated(changes, changes + 1).any()


def test_the_start_of_a_shot_is_no_repeat_and_no_movement():
    """Movement that starts slowly after a cut is not interrupted movement."""
    changes = np.array([np.nan, 9, 9, 0.1, 9, 9, np.nan, 0.1, 0.5, 2, 4])
    assert np.flatnonzero(find_repeated(changes, changes + 1)).tolist() == [3]
    assert find_repeated(np.empty(0), np.empty(0)).tolist() == []
    assert find_repeated(np.array([np.nan]), np.array([np.nan])).tolist() == [False]
