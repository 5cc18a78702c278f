"""Estimate how far the picture inside a region moved from one frame to the next.

Used for heads that are temporarily not located by a face or by keypoints.
"""

import cv2
import numpy as np

from corpus.privacy.head_regions import Ellipse
from corpus.video.point_tracking import follow_points

MAX_SIDE = 480
"""Longer side of the pictures in which movement is estimated, pixels."""
MAX_POINTS = 40
"""Number of points to track within a region."""
MIN_POINTS = 4
"""Fewest tracked points for an estimate."""
CENTRAL_PART = 0.6
"""Part of each half axis in which points are chosen: near the rim of the region there is more
background than head."""


class OpticalFlow:
    """Movement between successive pictures."""

    def __init__(self) -> None:
        self.previous: np.ndarray | None = None
        self.current: np.ndarray | None = None
        self.scale = 1.0

    def add(self, image: np.ndarray) -> None:
        """Add the next picture, (height, width, 3) uint8 RGB."""
        self.scale = min(1.0, MAX_SIDE / max(image.shape[:2]))
        small = cv2.resize(image, None, fx=self.scale, fy=self.scale, interpolation=cv2.INTER_AREA)
        self.previous, self.current = self.current, cv2.cvtColor(small, cv2.COLOR_RGB2GRAY)

    def displacement(self, region: Ellipse) -> tuple[float, float]:
        """Median movement (dx, dy) of the picture inside `region` since the previous picture.

        In pixels of the picture as added. Returns (0, 0) for the first picture and where fewer than
        `MIN_POINTS` points can be tracked.
        """
        previous, current = self.previous, self.current
        if previous is None or current is None or previous.shape != current.shape:
            return 0.0, 0.0
        mask = self._mask(region, previous.shape)
        points = cv2.goodFeaturesToTrack(previous, MAX_POINTS, 0.01, 3, mask=mask)
        if points is None or len(points) < MIN_POINTS:
            return 0.0, 0.0
        points = points.reshape(-1, 2)
        moved_points, is_tracked = follow_points(previous, current, points)
        if is_tracked.sum() < MIN_POINTS:
            return 0.0, 0.0
        movement = (moved_points - points)[is_tracked]
        dx, dy = np.median(movement, axis=0) / self.scale
        return float(dx), float(dy)

    def _mask(self, region: Ellipse, shape: tuple[int, ...]) -> np.ndarray:
        """Mask of the shape (height, width) that is 255 in the centre of `region`."""
        mask = np.zeros(shape, np.uint8)
        centre = round(region.x * self.scale), round(region.y * self.scale)
        half_axes = (
            max(2, round(CENTRAL_PART * region.half_width * self.scale)),
            max(2, round(CENTRAL_PART * region.half_height * self.scale)),
        )
        cv2.ellipse(mask, centre, half_axes, 0, 0, 360, 255, -1)
        return mask
