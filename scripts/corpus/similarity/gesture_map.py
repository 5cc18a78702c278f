"""The position of each gesture on a map, so that similar paths are close to each other.

The map is classical multidimensional scaling (Torgerson 1952, https://doi.org/10.1007/BF02288916).
For Euclidean distances it equals the first two principal components of the vectors (Gower 1966,
https://doi.org/10.1093/biomet/53.3-4.325), which take one pass over the vectors. Its axes have a
meaning, and it does not depend on a random start, unlike maps that are optimised step by step.
"""

from dataclasses import dataclass

import numpy as np

DIGITS = 4
"""Decimal digits of coordinates: rounding hides differences between processors."""
BLOCK = 4096
"""Vectors that are summed at a time."""


@dataclass(frozen=True)
class GestureMap:
    """Positions (n, 2) of n gestures, and the share of variance of both axes (2,), 0 to 1."""

    positions: np.ndarray
    shares: np.ndarray


def map_gestures(vectors: np.ndarray) -> GestureMap:
    """Return the map of gestures from their vectors (n, d).

    The largest coefficient of each axis is positive, so that the map is not flipped at random.
    """
    n, n_dimensions = vectors.shape
    if n < 2:
        return GestureMap(np.zeros((n, 2)), np.zeros(2))
    mean = vectors.mean(axis=0, dtype=np.float64)
    scatter = np.zeros((n_dimensions, n_dimensions))
    for start in range(0, n, BLOCK):
        centred = vectors[start : start + BLOCK] - mean
        scatter += centred.T @ centred
    variances, axes = np.linalg.eigh(scatter)
    axes = axes[:, ::-1][:, :2]
    largest = np.abs(axes).round(6).argmax(axis=0)
    axes = axes * np.sign(axes[largest, [0, 1]])
    total = variances.sum()
    shares = variances[::-1][:2] / total if total > 0 else np.zeros(2)
    # Adding 0 turns -0.0 into 0.0.
    positions = ((vectors - mean) @ axes).round(DIGITS) + 0.0
    return GestureMap(positions, shares.clip(0, 1).round(DIGITS))
