"""Face tracks: detections of successive frames that are the same face.

Tracking by detection: boxes moved on at constant velocity are matched to the next frame's
detections by optimal assignment over their overlap, as in SORT (Bewley et al. 2016,
https://arxiv.org/abs/1602.00763), with the distance of the centres as a second chance, since
frames are sampled sparsely and a face may leave its own box between two of them.
"""

from dataclasses import dataclass

import numpy as np
from scipy.optimize import linear_sum_assignment

MAX_COST = 1.0
"""Cost above which a detection is not the track's: boxes apart by nine tenths of a face width."""


@dataclass
class _Track:
    number: int
    time_s: float
    box: np.ndarray
    velocity: np.ndarray

    def predict(self, time_s: float) -> np.ndarray:
        return self.box + self.velocity * (time_s - self.time_s)

    def update(self, time_s: float, box: np.ndarray) -> None:
        elapsed = time_s - self.time_s
        if elapsed > 0:
            self.velocity = (_centre(box) - _centre(self.box))[[0, 1, 0, 1]] / elapsed
        self.time_s, self.box = time_s, box


class Tracker:
    """Number the faces of one video, frame after frame; numbers never repeat.

    A track ends after `max_gap_s` seconds without a detection and at each cut.
    """

    def __init__(self, max_gap_s: float) -> None:
        self.max_gap_s = max_gap_s
        self._live: list[_Track] = []
        self._shot = -1
        self._next = 0

    def update(self, shot: int, time_s: float, boxes: np.ndarray) -> list[int]:
        """Track numbers of one frame's `boxes` ((n, 4): x1, y1, x2, y2 pixels)."""
        if shot != self._shot:
            self._live, self._shot = [], shot
        # A millisecond more: container clocks round.
        self._live = [t for t in self._live if time_s - t.time_s <= self.max_gap_s + 1e-3]
        numbers = [-1] * len(boxes)
        predicted = np.array([t.predict(time_s) for t in self._live]).reshape(-1, 4)
        cost = match_cost(predicted, boxes)
        # A pair that cannot be counts like any other: else the assignment would give up good pairs
        # to avoid a bad one, as where a face goes while another comes.
        pairs = linear_sum_assignment(np.minimum(cost, MAX_COST))
        for row, column in zip(*pairs, strict=True):
            if cost[row, column] <= MAX_COST:
                self._live[row].update(time_s, boxes[column])
                numbers[column] = self._live[row].number
        for column, box in enumerate(boxes):
            if numbers[column] < 0:
                numbers[column] = self._next
                self._live.append(_Track(self._next, time_s, box, np.zeros(4)))
                self._next += 1
        return numbers


def _centre(boxes: np.ndarray) -> np.ndarray:
    return (boxes[..., :2] + boxes[..., 2:]) / 2


def iou(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Intersection over union, (n, m), of boxes (n, 4) and (m, 4)."""
    low = np.maximum(a[:, None, :2], b[None, :, :2])
    high = np.minimum(a[:, None, 2:], b[None, :, 2:])
    common = np.clip(high - low, 0, None).prod(axis=2)
    area = [np.clip(x[:, 2:] - x[:, :2], 0, None).prod(axis=1) for x in (a, b)]
    union = area[0][:, None] + area[1][None, :] - common
    return common / np.maximum(union, 1e-9)


def match_cost(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """(n, m) cost of two boxes being one face: 0 on top of each other, 1.1 a face width apart.

    The distance of the centres in widths of the smaller face, plus the part of the boxes that
    does not overlap as a tie-breaker for faces side by side; a face does not double its size
    between two samples.
    """
    if not len(a) or not len(b):
        return np.zeros((len(a), len(b)))
    size_a, size_b = (np.sqrt((x[:, 2:] - x[:, :2]).clip(1e-6).prod(axis=1)) for x in (a, b))
    apart = np.linalg.norm(_centre(a)[:, None] - _centre(b)[None], axis=2)
    smaller = np.minimum(size_a[:, None], size_b[None])
    larger = np.maximum(size_a[:, None], size_b[None])
    cost = apart / smaller + 0.1 * (1 - iou(a, b))
    return np.where(larger > 2 * smaller, 1e3, cost)
