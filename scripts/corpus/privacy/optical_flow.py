"""Follows what moves from one picture to the next, where nothing else says where it went."""

import cv2
import numpy as np

LONGEST = 480
"""Longer side of the pictures in which movement is looked for, pixels."""
POINTS, FEWEST = 40, 4
"""Points that are followed, and how many must be found again for their movement to count."""


class Flow:
    """Movement between successive pictures by the pyramidal method of Lucas and Kanade, as OpenCV
    has it (Bouguet 2001)."""

    def __init__(self) -> None:
        self.before: np.ndarray | None = None
        self.now: np.ndarray | None = None
        self.scale = 1.0

    def show(self, image: np.ndarray) -> None:
        """The next picture, (height, width, 3) uint8 RGB."""
        self.scale = min(1.0, LONGEST / max(image.shape[:2]))
        small = cv2.resize(image, None, fx=self.scale, fy=self.scale, interpolation=cv2.INTER_AREA)
        self.before, self.now = self.now, cv2.cvtColor(small, cv2.COLOR_RGB2GRAY)

    def shift(self, x: float, y: float, across: float, down: float) -> tuple[float, float]:
        """How far what was in an ellipse has moved since the picture before, pixels; (0, 0) where
        too little of it is found again."""
        if self.before is None or self.before.shape != self.now.shape:
            return 0.0, 0.0
        mask = np.zeros(self.before.shape, np.uint8)
        middle = round(x * self.scale), round(y * self.scale)
        # The middle part: at the rim there is more background than head.
        axes = max(2, round(0.6 * across * self.scale)), max(2, round(0.6 * down * self.scale))
        cv2.ellipse(mask, middle, axes, 0, 0, 360, 255, -1)
        points = cv2.goodFeaturesToTrack(self.before, POINTS, 0.01, 3, mask=mask)
        if points is None or len(points) < FEWEST:
            return 0.0, 0.0
        moved, found, _ = cv2.calcOpticalFlowPyrLK(self.before, self.now, points, None)
        found = found.ravel().astype(bool)
        if found.sum() < FEWEST:
            return 0.0, 0.0
        dx, dy = np.median((moved - points).reshape(-1, 2)[found], axis=0) / self.scale
        return float(dx), float(dy)
