"""When the whole frame is searched for bodies that are not followed.

Most of a video shows the same background behind the same people. A search of a picture in which
nothing else has changed would find nothing that the last one did not find.
"""

from collections.abc import Sequence

import cv2
import numpy as np

from corpus.pose.bodies import torso_size
from corpus.pose.body_memory import Memory
from corpus.pose.body_state import Scene
from corpus.pose.keypoints import Keypoints

SEARCH_INTERVAL_S = 0.2
"""Time between two searches, seconds, if the picture changes."""
UNCHANGED_INTERVAL_S = 1.0
"""The same if nothing but the known bodies has changed."""
CELLS = 30
"""Cells along the shorter side of a picture. A person who is large enough to be detected covers
many."""
CHANGE = 8.0
"""A cell has changed if the mean of a colour differs by more than this, of 255. What cameras and
codecs change in a still background is mostly less in the mean of a cell."""
CHANGED_CELLS = 3
"""A picture with at least this many changed cells has changed."""
MARGIN = 0.4
"""Margin around the keypoints of a body, in torso sizes: hair, hands and clothes."""


class SearchSchedule:
    """Decides for successive frames of a shot or chunk whether they are searched."""

    def __init__(self) -> None:
        self._searched: SearchedPicture | None = None

    def is_due(self, scene: Scene, bodies: Sequence[Keypoints], memory: Memory) -> bool:
        """Whether a frame is searched. It is then the one that later frames are compared with.

        `bodies` are the keypoints of the bodies that are followed. A body that was lost is looked
        for at once, and then in the short interval, whether or not the picture changes.
        """
        if not memory.has_lost_now and not scene.is_due(SEARCH_INTERVAL_S):
            return False
        if (
            self._searched is None
            or memory.has_lost
            or scene.is_due(UNCHANGED_INTERVAL_S)
            or self._searched.has_changed(scene.image, bodies)
        ):
            self._searched = SearchedPicture(scene.image, bodies)
            return True
        return False


class SearchedPicture:
    """A picture that was searched, with the bodies that were known.

    Parameters
    ----------
    image
        (height, width, 3) uint8.
    bodies
        Keypoints of the bodies that are followed, in pixels of the image.
    """

    def __init__(self, image: np.ndarray, bodies: Sequence[Keypoints]) -> None:
        self._cells = _cells(image)
        self._is_body = _covered_cells(image.shape, self._cells.shape, bodies)

    def has_changed(self, image: np.ndarray, bodies: Sequence[Keypoints]) -> bool:
        """Whether a later picture differs where no body is known, neither in this one nor in it."""
        cells = _cells(image)
        if cells.shape != self._cells.shape:
            return True
        is_body = self._is_body | _covered_cells(image.shape, cells.shape, bodies)
        change = np.abs(cells - self._cells).max(axis=2)
        return int(np.sum(change[~is_body] > CHANGE)) >= CHANGED_CELLS


def _cells(image: np.ndarray) -> np.ndarray:
    """(rows, columns, 3) float32, the mean colours of the cells of an image."""
    height, width = image.shape[:2]
    scale = CELLS / min(height, width)
    size = max(1, round(width * scale)), max(1, round(height * scale))
    return cv2.resize(image, size, interpolation=cv2.INTER_AREA).astype(np.float32)


def _covered_cells(
    image_shape: tuple[int, ...], shape: tuple[int, ...], bodies: Sequence[Keypoints]
) -> np.ndarray:
    """(rows, columns) which cells the boxes around bodies touch."""
    covered = np.zeros(shape[:2], bool)
    scale = np.array([shape[1] / image_shape[1], shape[0] / image_shape[0]])
    for body in bodies:
        points, margin = body.points[:, :2], MARGIN * torso_size(body)
        first = np.floor((points.min(axis=0) - margin) * scale).clip(0).astype(int)
        last = np.ceil((points.max(axis=0) + margin) * scale).clip(0).astype(int)
        covered[first[1] : last[1], first[0] : last[0]] = True
    return covered
