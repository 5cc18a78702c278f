"""Drawings of skeletons, face boxes and names."""

import numpy as np

from corpus.overlay import skeleton_drawing
from corpus.overlay.skeleton_drawing import DrawingSizes, draw_name, draw_person, head_box

COLOUR = (110, 168, 232)


def body(visibility: float) -> np.ndarray:
    """(33, 8) keypoints on a diagonal, with one visibility."""
    points = np.zeros((33, 8), np.float32)
    points[:, 0] = points[:, 1] = np.linspace(10, 90, 33)
    points[:, 3] = visibility
    return points


def test_only_visible_keypoints_are_drawn():
    image = np.zeros((100, 100, 3), np.uint8)
    sizes = DrawingSizes.for_image(image)
    draw_person(image, {"pose": body(skeleton_drawing.MIN_VISIBILITY - 0.1)}, COLOUR, sizes)
    assert not image.any()
    draw_person(image, {"pose": body(skeleton_drawing.MIN_VISIBILITY)}, COLOUR, sizes)
    assert (image == COLOUR).all(axis=2).any()


def test_a_name_is_moved_into_the_image():
    image = np.zeros((60, 100, 3), np.uint8)
    draw_name(image, "Ada", np.array([-50, -20, 0, 0]), COLOUR, DrawingSizes.for_image(image))
    assert (image[:10, :20] == COLOUR).all(axis=2).any() and not image[30:].any()


def test_the_head_box_encloses_the_keypoints_of_the_head():
    points = body(1.0)
    assert head_box(points).tolist() == [10, 10, 35, 35]
    points[:11, :2] = np.nan
    assert head_box(points) is None
