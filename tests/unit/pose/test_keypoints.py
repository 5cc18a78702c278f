"""Boxes are rounded to whole pixels and clipped to the image."""

from corpus.pose.keypoints import clip_box
from fake_bodies import white_image


def test_a_box_of_less_than_16_pixels_inside_the_image_is_none():
    assert clip_box(5, 5, 20.9, 50, white_image()) is None, "15 pixels wide"
    assert clip_box(5, 5, 21, 50, white_image()) == (5, 5, 21, 50)
    assert clip_box(500, 5, 600, 50, white_image()) is None


def test_a_box_is_clipped_to_the_image():
    assert clip_box(29.5, 39.5, 70.5, 80.5, white_image()) == (29, 39, 70, 80)
    assert clip_box(-15.0, 270, 25.0, 310, white_image()) == (0, 270, 25, 300)
