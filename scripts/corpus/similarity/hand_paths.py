"""The path of a hand as a vector that does not depend on place, size and speed.

A path is sampled at points that are equally far apart along it, so that its speed does not matter
(Wobbrock, Wilson & Li 2007, Gestures without libraries, toolkits or training: a $1 recognizer,
https://doi.org/10.1145/1294211.1294238). The points are centred and scaled to a vector of length 1,
so that place and size do not matter (Li 2010, Protractor,
https://doi.org/10.1145/1753326.1753654). Unlike in both papers, paths are not rotated: a hand that
moves upwards does something else than a hand that moves to the side.

The Euclidean distance of two such vectors is sqrt(2 - 2 c), where c is their scalar product, the
similarity of Protractor. It is between 0 (the same path) and 2 (the same path in the opposite
direction, from its centre).
"""

import numpy as np

N_POINTS = 32
"""Points of a path. Wobbrock et al. (2007) find no difference between 32 and more."""
MIN_EXTENT = 0.15
"""Diagonal of the box around a path below which it is not compared, in shoulder widths. Positions
of a still hand scatter over about a tenth of that, but a path this small has hardly a shape."""
MIN_SAMPLES = 4
"""Fewest positions of a path that is compared."""


def resample_path(positions: np.ndarray, n_points: int = N_POINTS) -> np.ndarray:
    """Return `n_points` points (n_points, 2) that are equally far apart along a path.

    `positions` (m, 2) are the successive positions of the hand, in any unit; the path between two
    of them is straight. If they are all equal, so are the points. Raises ValueError without
    positions, or if a position is not finite.
    """
    positions = np.asarray(positions, float)
    if not len(positions) or not np.isfinite(positions).all():
        raise ValueError("positions: at least one is needed, and all must be finite")
    steps = np.hypot(*np.diff(positions, axis=0).T)
    moved = np.append(True, steps > 0)
    positions = positions[moved]
    travelled = np.append(0.0, np.cumsum(steps[moved[1:]]))
    targets = np.linspace(0.0, travelled[-1], n_points)
    columns = [np.interp(targets, travelled, column) for column in positions.T]
    return np.column_stack(columns)


def describe_path(positions: np.ndarray) -> np.ndarray | None:
    """Return a path as a vector (2 * N_POINTS,) of length 1: all x, then all y.

    `positions` (m, 2) are in shoulder widths, x to the right in the picture and y upwards. Returns
    None for a path that cannot be compared: with fewer than MIN_SAMPLES positions, or within a box
    whose diagonal is shorter than MIN_EXTENT.
    """
    if len(positions) < MIN_SAMPLES or np.hypot(*np.ptp(positions, axis=0)) < MIN_EXTENT:
        return None
    points = resample_path(positions)
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
