"""The distance of paths by dynamic time warping (Sakoe & Chiba 1978).

A point of one path may be compared with a point of the other that is up to BAND points earlier or
later, so that one movement of a gesture may be faster or begin earlier
(https://doi.org/10.1109/TASSP.1978.1163055).
"""

import numpy as np

from corpus.similarity.hand_paths import N_POINTS

BAND = 4
"""Largest shift in points, an eighth of the gesture."""


def warping_distances(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Return the distances (m,) float32 of m pairs of paths.

    `a` and `b` (m, 2 * N_POINTS) float32 are vectors of `hand_paths.describe_path`. The distance is
    the least sum of the distances of the points that are compared with each other, divided by the
    square root of N_POINTS. It is at most the Euclidean distance of the vectors, and 0 for equal
    paths. Every operation is rounded as IEEE 754 requires, so that it has the same bits on every
    machine.
    """
    # Points first: each operation runs over all pairs, which are contiguous in memory.
    ax, ay, bx, by = (
        np.ascontiguousarray(part.T)
        for vectors in (a, b)
        for part in (vectors[:, :N_POINTS], vectors[:, N_POINTS:])
    )
    infinite = np.full(len(a), np.inf, np.float32)
    before = [infinite] * (N_POINTS + 1)
    before[0] = np.zeros(len(a), np.float32)
    for i in range(N_POINTS):
        row = [infinite] * (N_POINTS + 1)
        for j in range(max(0, i - BAND), min(N_POINTS, i + BAND + 1)):
            dx, dy = ax[i] - bx[j], ay[i] - by[j]
            dx *= dx
            dy *= dy
            dx += dy
            cost = np.sqrt(dx, out=dx)
            least = np.minimum(before[j], before[j + 1], out=dy)
            np.minimum(least, row[j], out=least)
            least += cost
            row[j + 1] = least
        before = row
    return before[N_POINTS] / np.float32(np.sqrt(N_POINTS))
