"""Regions of frames: which pixels a network sees, and where a point of them lies in the frame."""

import numpy as np
import pytest

from corpus.pose.regions import (
    Grid,
    Region,
    body_region,
    box_region,
    crop_region,
    normalize_angle,
    points_to_frame,
    rotate_vectors,
    rounded_region,
    tracked_hand_region,
    upright_rotation,
)

GRID = Grid(sides_per_octave=16, steps_per_side=64, turns=144)
ANGLES = [0.0, 0.4, np.pi / 2, -2.5]


def noise(height=60, width=80):
    return np.random.default_rng(0).integers(0, 256, (height, width, 3), np.uint8)


def rotated_about(points, centre, rotation):
    return rotate_vectors(points - centre, rotation) + centre


# Crops -------------------------------------------------------------------------------------------


def test_an_upright_region_of_the_same_size_is_a_part_of_the_image():
    image = noise()
    crop = crop_region(image, Region(np.array([40.0, 30.0]), 32.0, 0.0), 32, replicate=True)
    assert (crop == image[14:46, 24:56]).all()


def test_a_quarter_turn_is_exact():
    image = noise()
    crop = crop_region(image, Region(np.array([40.0, 30.0]), 32.0, np.pi / 2), 32, replicate=True)
    # Up in the crop is right in the image. Columns 25 to 56: positions are those of the upper left
    # corners of pixels, and a quarter turn makes a lower left corner of it.
    assert (crop == np.rot90(image[14:46, 25:57])).all()


@pytest.mark.parametrize("rotation", ANGLES)
def test_a_point_of_the_crop_is_where_it_was_in_the_frame(rotation):
    image = np.zeros((120, 160, 3), np.uint8)
    image[47:50, 70:73] = 255
    region = Region(np.array([80.0, 60.0]), 80.0, rotation)
    bright = crop_region(image, region, 160, replicate=True)[..., 0].astype(float)
    rows, columns = np.indices(bright.shape)
    middle = np.array([(columns * bright).sum(), (rows * bright).sum()]) / bright.sum()
    assert points_to_frame(middle / 160, region) == pytest.approx([71, 48], abs=0.05)


def test_outside_the_frame_is_black_or_its_border():
    image = np.full((40, 40, 3), 200, np.uint8)
    region = Region(np.array([0.0, 20.0]), 40.0, 0.0)
    black = crop_region(image, region, 40, replicate=False)
    assert (black[:, :19] == 0).all() and (black[:, 21:] == 200).all()
    assert (crop_region(image, region, 40, replicate=True) == 200).all()


def test_a_region_far_outside_the_frame_is_black():
    region = Region(np.array([-5000.0, 9000.0]), 50.0, 1.0)
    assert not crop_region(noise(), region, 20, replicate=False).any()


# Grid ---------------------------------------------------------------------------------------------


def test_regions_on_a_grid_stay_there_and_are_near_the_original():
    random = np.random.default_rng(1)
    for _ in range(50):
        centre = random.uniform(0, 2000, 2)
        side = random.uniform(5, 500)
        region = Region(centre, side, random.uniform(-np.pi, np.pi))
        rounded = rounded_region(region, GRID)
        assert np.abs(rounded.centre - centre).max() <= 0.51 * rounded.side / GRID.steps_per_side
        assert abs(np.log2(rounded.side / side)) <= 0.5001 / GRID.sides_per_octave
        assert abs(rounded.rotation - region.rotation) <= np.pi / GRID.turns + 1e-9
        again = rounded_region(rounded, GRID)
        assert again.centre.tolist() == rounded.centre.tolist()
        assert (again.side, again.rotation) == (rounded.side, rounded.rotation)


def test_an_empty_region_can_be_rounded():
    assert rounded_region(Region(np.zeros(2), 0.0, 0.0), GRID).side == 1


# Angles ------------------------------------------------------------------------------------------


def test_angles_are_within_half_a_turn():
    for angle in (-9.0, -np.pi, 0.0, 3.0, 3.3, 100.0):
        normal = normalize_angle(angle)
        assert -np.pi <= normal <= np.pi
        assert np.cos(normal) == pytest.approx(np.cos(angle))
        assert np.sin(normal) == pytest.approx(np.sin(angle))


@pytest.mark.parametrize(
    ("end", "rotation"), [((5, 1), 0.0), ((9, 5), 90.0), ((1, 5), -90.0), ((9, 1), 45.0)]
)
def test_the_rotation_turns_a_line_upwards(end, rotation):
    start = np.array([5.0, 5.0])
    assert np.degrees(upright_rotation(start, np.array(end))) == pytest.approx(rotation)


# Regions of bodies and hands ---------------------------------------------------------------------


def test_the_region_of_a_body_is_a_quarter_larger_than_its_circle():
    region = body_region(np.array([100.0, 90.0]), np.array([100.0, 50.0]))
    assert (region.side, region.rotation) == (pytest.approx(100), pytest.approx(0))
    assert region.centre == pytest.approx([100, 90])


def test_the_region_of_a_lying_body_is_rotated():
    region = body_region(np.array([100.0, 90.0]), np.array([140.0, 90.0]))
    assert region.rotation == pytest.approx(np.pi / 2)
    assert points_to_frame(np.array([0.5, 0.1]), region) == pytest.approx([140, 90])


def test_a_region_around_a_box_is_shifted_along_its_axis():
    region = box_region(
        np.array([50.0, 50.0]), np.array([10.0, 20.0]), np.pi / 2, scale=3.0, shift=0.5
    )
    assert region.centre == pytest.approx([60, 50])
    assert region.side == pytest.approx(60)


def hand_pointing_up():
    """The keypoints (21, 2) of a hand 40 pixels wide, with its wrist at (100, 120)."""
    points = np.zeros((21, 2))
    points[0] = 100, 120
    for finger in range(5):
        for joint in range(4):
            points[1 + 4 * finger + joint] = 80 + 10 * finger, 90 - 15 * joint
    return points


def test_the_region_of_a_tracked_hand_is_around_its_palm():
    region = tracked_hand_region(hand_pointing_up())
    # Fingertips do not count: the palm is from (80, 60) to (120, 120).
    assert region.rotation == pytest.approx(0)
    assert region.side == pytest.approx(2 * 60)
    assert region.centre == pytest.approx([100, 90 - 0.1 * 60])


@pytest.mark.parametrize("rotation", ANGLES)
def test_the_region_of_a_tracked_hand_turns_with_it(rotation):
    points, centre = hand_pointing_up(), np.array([60.0, 60.0])
    upright = tracked_hand_region(points)
    region = tracked_hand_region(rotated_about(points, centre, rotation))
    assert region.rotation == pytest.approx(rotation)
    assert region.side == pytest.approx(upright.side)
    assert region.centre == pytest.approx(rotated_about(upright.centre, centre, rotation))
