"""The view in which a face is seen follows from its landmarks."""

import numpy as np
import pytest

from corpus.faces.appearance import views, yaw


def landmarks(nose_offset: float, roll_degrees: float = 0.0, size: float = 40.0) -> np.ndarray:
    """Landmarks (5, 2) of a face whose nose is this many eye distances beside the middle."""
    points = [(-0.5, 0), (0.5, 0), (nose_offset, 0.6), (-0.4, 1.1), (0.4, 1.1)]
    angle = np.radians(roll_degrees)
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    return np.array(points) @ turn.T * size + 100


@pytest.mark.parametrize(
    ("nose_offset", "view"), [(-0.7, 0), (-0.3, 1), (0.0, 1), (0.3, 1), (0.5, 2), (1.2, 2)]
)
@pytest.mark.parametrize("roll_degrees", [0, 30, -80])
def test_the_view_depends_on_the_nose_and_not_on_how_the_head_is_tilted(
    nose_offset, view, roll_degrees
):
    faces = np.stack([landmarks(nose_offset, roll_degrees, size) for size in (10, 200)])
    assert yaw(faces) == pytest.approx([nose_offset] * 2)
    assert views(faces).tolist() == [view] * 2


def test_no_faces_and_eyes_at_one_place_give_no_error():
    assert views(np.zeros((0, 5, 2))).shape == (0,)
    assert views(np.zeros((1, 5, 2))).tolist() == [1]
