"""The movement of the camera is that of the background, whatever people in front of it do."""

import cv2
import numpy as np
import pytest

from corpus.video.camera_motion import STILL, CameraMotion, estimate_camera_motion
from moving_cameras import HEIGHT, WIDTH, filmed, person, seen, texture

CORNERS = np.array([[x, y] for x in (-WIDTH / 2, WIDTH / 2) for y in (-HEIGHT / 2, HEIGHT / 2)])


def displacements(motion: CameraMotion) -> np.ndarray:
    """How far a movement displaces the four corners of the picture, (4, 2) pixels."""
    cos, sin = np.cos(motion.roll), np.sin(motion.roll)
    turned = CORNERS @ np.array([[cos, -sin], [sin, cos]]).T
    return motion.scale * turned + [motion.x, motion.y] - CORNERS


def estimate(before: np.ndarray, after: np.ndarray) -> CameraMotion:
    motion = estimate_camera_motion(filmed(before, 0), filmed(after, 1))
    assert motion is not None
    return motion


@pytest.mark.parametrize(
    "truth",
    [
        CameraMotion(0.3, 0.0, 1.0, 0.0),
        CameraMotion(3.0, -2.0, 1.0, 0.0),
        CameraMotion(-14.0, 6.0, 1.0, 0.0),
        CameraMotion(0.0, 0.0, 1.02, 0.0),
        CameraMotion(0.0, 0.0, 0.97, 0.0),
        CameraMotion(0.0, 0.0, 1.0, 0.02),
        CameraMotion(2.0, 1.0, 1.01, -0.03),
    ],
)
@pytest.mark.parametrize("seed", [1, 2])
def test_known_movement_is_recovered_within_a_tenth_of_a_pixel(truth, seed):
    wall = texture(seed)
    motion = estimate(seen(wall), seen(wall, *truth))
    assert displacements(motion) == pytest.approx(displacements(truth), abs=0.1)


@pytest.mark.parametrize("share", [0.4, 0.6, 0.75])
@pytest.mark.parametrize("step", [(0.5, 0.0), (4.0, 1.0), (-9.0, 0.0)])
def test_camera_stands_still_while_a_person_moves_in_front(share, step):
    wall, clothes, mask = seen(texture(1)), texture(5), person(share)
    before, after = (np.where(mask, seen(clothes, *by), wall) for by in ((0, 0), step))
    assert estimate(before, after) == STILL


def test_pan_is_recovered_while_a_person_stays_in_the_picture():
    wall, clothes, mask = texture(1), seen(texture(5)), person(0.5)
    before, after = (np.where(mask, clothes, seen(wall, x)) for x in (0, 5))
    assert displacements(estimate(before, after)) == pytest.approx(
        displacements(CameraMotion(5, 0, 1, 0)), abs=0.1
    )


def test_noise_is_no_movement():
    wall = seen(texture(3))
    assert estimate(wall, wall) == STILL


@pytest.mark.parametrize("step", [0.0, 3.0])
def test_a_person_before_a_plain_wall_says_nothing_about_the_camera(step):
    wall, mask = np.full((HEIGHT, WIDTH), 90.0), person(0.5)
    before, after = (np.where(mask, seen(texture(5), x), wall) for x in (0, step))
    assert estimate_camera_motion(filmed(before, 0), filmed(after, 1)) is None


def test_unrelated_plain_and_tiny_pictures_have_no_movement_of_the_camera():
    first, second = (filmed(seen(texture(seed)), seed) for seed in (1, 2))
    assert estimate_camera_motion(first, second) is None
    plain = filmed(np.full((HEIGHT, WIDTH), 90.0), 0)
    assert estimate_camera_motion(plain, plain) is None
    tiny = np.zeros((3, 2), np.uint8)
    assert estimate_camera_motion(tiny, tiny) is None


def test_the_number_of_threads_does_not_matter():
    wall = texture(1)
    pictures = filmed(seen(wall), 0), filmed(seen(wall, 2.5, 1.0, 1.01, 0.01), 1)
    n_threads = cv2.getNumThreads()
    try:
        motions = []
        for n in (1, 4):
            cv2.setNumThreads(n)
            motions.append(estimate_camera_motion(*pictures))
    finally:
        cv2.setNumThreads(n_threads)
    assert motions[0] == motions[1] is not None
