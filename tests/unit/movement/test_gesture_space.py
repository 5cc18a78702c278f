"""Height and region of gesture space of hands with known positions."""

import numpy as np
import pytest

from corpus.movement.gesture_space import REGIONS, region_shares, regions, space_measures
from moving_bodies import frame_times, minimum_jerk_path


@pytest.mark.parametrize(
    ("position", "region"),
    [
        ((0.0, -0.7), "center-center"),
        ((0.49, -0.21), "center-center"),
        ((-0.51, -0.7), "center"),
        ((0.0, 0.1), "center"),
        ((1.2, -0.7), "periphery"),
        ((0.0, 0.7), "periphery"),
        ((-0.6, -1.8), "periphery"),
        ((1.5, -0.7), "extreme periphery"),
        ((0.0, 1.2), "extreme periphery"),
        ((0.3, -2.4), "extreme periphery"),
    ],
)
def test_a_position_lies_in_its_region_on_both_sides(position, region):
    mirrored = np.array([position, position]) * [[1, 1], [-1, 1]]
    assert [REGIONS[index] for index in regions(mirrored)] == [region, region]


def test_shares_are_shares_of_time_and_not_of_frames():
    positions = np.array([[0.0, -0.7], [0.8, -0.7], [0.8, -0.7], [3.0, -0.7]])
    shares = region_shares(positions, np.array([0.5, 0.1, 0.15, 0.25]))
    assert shares == pytest.approx([0.5, 0.25, 0.0, 0.25])


@pytest.mark.parametrize("fps", [10, 25, 60])
def test_a_reach_from_the_lap_to_the_chest_has_its_extent_heights_and_mode(fps):
    """The hand rises by 1.5 within 0.5 s and is then held in front of the chest for 1.5 s."""
    path = minimum_jerk_path((0.0, 0.3, -2.0), (0.5, 0.3, -0.5), (2.0, 0.3, -0.5))
    times = frame_times(fps, 2)
    measures = space_measures(path(times), np.full(len(times), 1 / fps))
    assert measures["extent"] == pytest.approx(1.5)
    assert measures["height_max"] == pytest.approx(-0.5)
    # The mean of a movement with the least jerk is its middle.
    assert measures["height_mean"] == pytest.approx(0.25 * -1.25 + 0.75 * -0.5, abs=0.05)
    assert measures["region"] == "center-center"
    assert measures["extreme_share"] == 0
    shares = [measures[name] for name in ("center_center_share", "center_share")]
    assert sum(shares) + measures["periphery_share"] == pytest.approx(1)


def test_of_two_regions_with_equal_time_the_inner_one_counts():
    positions = np.array([[1.2, -0.7], [0.0, -0.7]])
    assert space_measures(positions, np.array([0.5, 0.5]))["region"] == "center-center"
