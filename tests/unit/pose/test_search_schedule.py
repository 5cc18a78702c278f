"""A frame is searched for bodies if something but the known bodies has changed in it."""

import numpy as np
import pytest

from corpus.pose.search_schedule import CELLS, CHANGE, CHANGED_CELLS, SearchedPicture
from fake_bodies import fake_body

SIZE = (480, 640, 3)
CELL = SIZE[0] // CELLS


def still(seed=0):
    """A noisy background."""
    noise = np.random.default_rng(seed).integers(-20, 21, SIZE)
    return (120 + noise).astype(np.uint8)


def with_patch(picture, n_cells, change, corner=(0, 0)):
    """The picture with a row of cells that differ by a number of levels in one colour."""
    changed, (x, y) = picture.copy(), corner
    changed[y : y + CELL, x : x + n_cells * CELL, 1] += np.uint8(change)
    return changed


def test_noise_is_no_change():
    assert not SearchedPicture(still(0), []).has_changed(still(1), [])


@pytest.mark.parametrize(
    "n_cells, change, expected",
    [
        (CHANGED_CELLS, CHANGE + 2, True),
        (CHANGED_CELLS - 1, CHANGE + 2, False),
        (CHANGED_CELLS, CHANGE - 2, False),
    ],
)
def test_a_few_cells_that_differ_in_one_colour_are_a_change(n_cells, change, expected):
    picture = still()
    changed = with_patch(picture, n_cells, change)
    assert SearchedPicture(picture, []).has_changed(changed, []) is expected


def test_slow_changes_add_up():
    searched = SearchedPicture(still(), [])
    steps = [searched.has_changed(still() + np.uint8(step), []) for step in range(20)]
    assert steps.index(True) == CHANGE + 1


@pytest.mark.parametrize("is_before", [False, True])
def test_changes_of_a_body_do_not_count(is_before):
    """Neither where it was when the picture was searched nor where it is now."""
    body = fake_body(300, 150)
    x, y = body.points[:, :2].mean(axis=0).astype(int)
    picture = still()
    changed = with_patch(picture, CHANGED_CELLS, 50, (x, y))
    bodies = ([body], []) if is_before else ([], [body])
    assert not SearchedPicture(picture, bodies[0]).has_changed(changed, bodies[1])
    assert SearchedPicture(picture, []).has_changed(changed, [])
    beside = with_patch(picture, CHANGED_CELLS, 50)
    assert SearchedPicture(picture, bodies[0]).has_changed(beside, bodies[1])


def test_a_body_at_the_border_does_not_fail():
    body = fake_body(-200, -200)
    assert not SearchedPicture(still(), [body]).has_changed(still(1), [body])


def test_a_picture_of_another_shape_has_changed():
    picture = np.full((48, 64, 3), 100, np.uint8)
    assert SearchedPicture(picture, []).has_changed(np.full((64, 48, 3), 100, np.uint8), [])
    assert not SearchedPicture(picture, []).has_changed(picture.repeat(2, 0).repeat(2, 1), [])
