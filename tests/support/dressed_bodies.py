"""Pictures of fake bodies in coloured clothes."""

import numpy as np

from corpus.pose.bodies import HIPS, SHOULDERS
from corpus.pose.keypoints import Keypoints

Colour = tuple[int, int, int]
"""Red, green and blue, 0 to 255."""

ORANGE: Colour = (210, 120, 20)
GREY: Colour = (90, 90, 95)
WALL = np.array([195, 185, 175])
SHAPE = (150, 200)
"""Height and width of the pictures."""
FOLDS = np.random.default_rng(0).integers(-15, 16, (*SHAPE, 1))
"""Differences of brightness within clothes and walls."""


def dressed_picture(*people: tuple[Keypoints, Colour]) -> np.ndarray:
    """A picture (150, 200, 3) of a wall and of people in clothes; later ones are in front."""
    picture = WALL + FOLDS
    for body, colour in people:
        points = body.points[[*SHOULDERS, *HIPS], :2]
        (x1, y1), (x2, y2) = points.min(axis=0), points.max(axis=0)
        columns = slice(*np.clip([x1, x2], 0, SHAPE[1]).astype(int))
        rows = slice(*np.clip([y1, y2], 0, SHAPE[0]).astype(int))
        picture[rows, columns] = np.array(colour) + FOLDS[rows, columns]
    return picture.clip(0, 255).astype(np.uint8)


def seen_from_behind(body: Keypoints) -> Keypoints:
    """A fake body that turned its back to the camera."""
    points = body.points.copy()
    points[:, 0] = 2 * points[0, 0] - points[:, 0]
    return Keypoints(points, body.world, body.visibility, body.score)
