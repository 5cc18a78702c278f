"""The path of a hand as a vector that does not depend on place, size and speed.

A path is sampled at points whose distances are equal shares of its length and of its duration:
`LENGTH_WEIGHT` of the former, the rest of the latter. With the length alone, as in the $1
recognizer (Wobbrock, Wilson & Li 2007, https://doi.org/10.1145/1294211.1294238), the jitter of a
hand that is held takes up points like a movement; with the duration alone, a hold does. The points
are centred and scaled to a vector of length 1, so that place and size do not matter (Li 2010,
Protractor, https://doi.org/10.1145/1753326.1753654). Unlike in both papers, paths are not rotated:
a hand that moves upwards does something else than a hand that moves to the side.

The Euclidean distance of two such vectors is sqrt(2 - 2 c), where c is their scalar product, the
similarity of Protractor. It is between 0 (the same path) and 2 (the opposite path). `warping`
computes the distance that ranks similar gestures.
"""

import numpy as np

N_POINTS = 32
"""Points of a path. Wobbrock et al. (2007) find no difference between 32 and more."""
LENGTH_WEIGHT = 0.25
"""Chosen among 0, 1/4, 1/2, 3/4 and 1 on half of the clips of docs/similarity.md."""
MIN_EXTENT = 0.15
"""Diagonal of the box around a path below which it is not compared, in shoulder widths. A path this
small has hardly a shape beside the error of the positions."""
MIN_SAMPLES = 4
"""Fewest positions of a path that is compared."""


def resample_path(
    times: np.ndarray, positions: np.ndarray, length_weight: float = LENGTH_WEIGHT
) -> np.ndarray:
    """Return N_POINTS points (N_POINTS, 2) along a path.

    `times` (m,) are in seconds and increase, `positions` (m, 2) in any unit; the hand moves
    straight from one position to the next. Raises ValueError without positions, or if a position is
    not finite.
    """
    positions, times = np.asarray(positions, float), np.asarray(times, float)
    if not len(positions) or not np.isfinite(positions).all():
        raise ValueError("positions: at least one is needed, and all must be finite")
    if len(positions) == 1:
        return positions.repeat(N_POINTS, axis=0)
    steps = np.sqrt((np.diff(positions, axis=0) ** 2).sum(axis=1))
    progress = length_weight * _shares(steps) + (1 - length_weight) * _shares(np.diff(times))
    travelled = np.append(0.0, np.cumsum(progress))
    targets = np.linspace(0.0, travelled[-1], N_POINTS)
    columns = [np.interp(targets, travelled, column) for column in positions.T]
    return np.column_stack(columns)


def _shares(steps: np.ndarray) -> np.ndarray:
    """Steps (m,) as shares of their sum; equal shares if the sum is 0."""
    total = steps.sum()
    return steps / total if total > 0 else np.full(len(steps), 1 / len(steps))


def describe_path(times: np.ndarray, positions: np.ndarray) -> np.ndarray | None:
    """Return a path as a vector (2 * N_POINTS,) of length 1: all x, then all y.

    `times` (m,) are in seconds, `positions` (m, 2) in shoulder widths, x to the right in the
    picture and y upwards. Returns None for a path that cannot be compared: with fewer than
    MIN_SAMPLES positions, or within a box whose diagonal is shorter than MIN_EXTENT.
    """
    if len(positions) < MIN_SAMPLES or np.hypot(*np.ptp(positions, axis=0)) < MIN_EXTENT:
        return None
    points = resample_path(times, positions)
    points -= points.mean(axis=0)
    return (points / np.linalg.norm(points)).T.ravel()


def mirror_paths(vectors: np.ndarray) -> np.ndarray:
    """Return the vectors (n, 2 * N_POINTS) of the same paths with left and right exchanged."""
    mirrored = vectors.copy()
    mirrored[:, :N_POINTS] *= -1
    return mirrored


def orient_by_hand(vectors: np.ndarray, is_left: np.ndarray) -> np.ndarray:
    """Return the vectors (n, 2 * N_POINTS) as if all gestures were made with the right hand.

    The paths of left hands, where `is_left` (n,) is true, are mirrored.
    """
    return np.where(is_left[:, None], mirror_paths(vectors), vectors)
