"""Estimate how the camera moved from one frame to the next: it pans, tilts, zooms or rolls.

Corners near the borders of the picture are followed to the next picture. The movement of the camera
is the similarity transform with which most parts of the border agree. People are in front of a
background that surrounds them, so what moves only in the middle of the picture, however large, is
not the camera; and the camera stands still if a good part of the border does, even if more of it
moves. Each part of the border counts once: a richly textured corner of the room, or a person who
reaches into one side, does not decide alone.

Nothing is random: the same pairs of corners are tried in each run.
"""

from typing import NamedTuple

import cv2
import numpy as np

from corpus.video.point_tracking import follow_points

COLUMNS, ROWS = 5, 4
"""Parts of the picture. The outer ones are its border: 14 parts with 70 % of the area."""
LAST = COLUMNS - 1
CELLS = 4
"""A part is divided into this number of cells in x and y, with at most one corner each."""
PER_PART = 4
"""Most corners of a part: those with the highest contrast."""
MIN_EIGENVALUE = 1e-4
"""Least contrast of a corner: smaller eigenvalue of its structure tensor, as in Shi and Tomasi
(1994, Good features to track) and OpenCV. Noise on plain walls is at 1e-5."""
WINDOW = 15
"""Side of what is compared around each corner, pixels."""
RETURN_ERROR = 0.3
"""Largest distance in pixels between a corner and its place after it was followed to the next
picture and back (Kalal, Mikolajczyk and Matas 2010, Forward-backward error)."""
TOLERANCE, RELATIVE_TOLERANCE = 0.4, 0.05
"""Largest error in pixels of a corner that agrees with a transform, and what is added to it as a
part of the movement of the corner."""
NOISE = 0.1
"""Errors above this number of pixels count less in the final fit (Huber's weights)."""
N_PAIRS, N_REFINEMENTS = 100, 5
"""Pairs of corners that are tried, and how often the best transform is fitted again."""
MIN_PARTS = 5
"""Least number of parts of the border with corners that agree, among them one at the left and one
at the right above the bottom row. A person before a plain wall has fewer."""
MIN_SHARE = 0.5
"""Least share of the parts with corners that agree with the movement of the camera."""
STILL_SHARE = 0.4
"""Least share of the parts with corners that stand still if the camera does."""
MIN_SPREAD = 0.15
"""Least standard deviation of the corners that agree, as a part of the width. If all of them are in
one place, turning and zooming cannot be distinguished from shifting."""
NO_MOVEMENT = 0.05
"""A transform that moves all parts of the picture by at most this number of pixels is noise."""


class CameraMotion(NamedTuple):
    """The point p moves to c + scale R(roll) (p - c) + (x, y); c is the centre of the picture.

    `x` (to the right) and `y` (downwards) are pixels, `roll` is clockwise, in radians.
    """

    x: float
    y: float
    scale: float
    roll: float


STILL = CameraMotion(0.0, 0.0, 1.0, 0.0)


def estimate_camera_motion(previous: np.ndarray, current: np.ndarray) -> CameraMotion | None:
    """Return how the background moved between two pictures (height, width) uint8, in their pixels.

    Tolerances are in pixels too, and suit pictures with a longer side of 256. Returns None if the
    movement is unknown: too few parts of the border have corners that can be followed, or too few
    of them agree.
    """
    corners, parts = border_corners(previous)
    if not _surround(parts):
        return None
    moved, is_followed = follow_points(previous, current, corners, WINDOW)
    returned, is_returned = follow_points(current, previous, moved, WINDOW)
    is_followed &= is_returned & (np.linalg.norm(returned - corners, axis=1) <= RETURN_ERROR)
    if not _surround(parts[is_followed]):
        return None
    height, width = previous.shape
    centre = complex((width - 1) / 2, (height - 1) / 2)
    starts, ends = (
        points[is_followed].astype(np.float64) @ np.array([1, 1j]) - centre
        for points in (corners, moved)
    )
    # Each part counts once, by the share of its corners that agree, also if some were lost.
    n_corners = np.bincount(parts)
    weights = 1 / n_corners[parts[is_followed]] / np.count_nonzero(n_corners)
    transform, is_inlier = _choose_transform(starts, ends, weights, width)
    if transform is None or not _surround(parts[is_followed][is_inlier]):
        return None
    return _as_motion(*transform, (width, height))


def _surround(parts: np.ndarray) -> bool:
    """Return whether parts of the border are enough to know the movement of what surrounds people:
    `MIN_PARTS`, among them one at the left and one at the right above the bottom row."""
    row, column = np.divmod(np.unique(parts), COLUMNS)
    upper = column[row < ROWS - 1]
    return len(row) >= MIN_PARTS and bool(upper.size and upper.min() == 0) and upper.max() == LAST


def border_corners(picture: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the corners (n, 2) float32 of a picture near its borders, and the part of each (n,).

    Positions are pixels (x, y) of the picture (height, width) uint8.
    """
    quality = cv2.cornerMinEigenVal(picture, 5)
    rows, columns = ROWS * CELLS, COLUMNS * CELLS
    cell_height, cell_width = picture.shape[0] // rows, picture.shape[1] // columns
    if not cell_height or not cell_width:
        return np.empty((0, 2), np.float32), np.empty(0, int)
    used = quality[: rows * cell_height, : columns * cell_width]
    cells = used.reshape(rows, cell_height, columns, cell_width).swapaxes(1, 2)
    cells = cells.reshape(rows, columns, -1)
    best, quality = cells.argmax(axis=2), cells.max(axis=2)
    row, column = np.indices((rows, columns))
    x, y = column * cell_width + best % cell_width, row * cell_height + best // cell_width
    part_row, part_column = row // CELLS, column // CELLS
    is_border = np.isin(part_row, (0, ROWS - 1)) | np.isin(part_column, (0, COLUMNS - 1))
    is_corner = is_border & (quality >= MIN_EIGENVALUE)
    part = (part_row * COLUMNS + part_column)[is_corner]
    order = np.lexsort((-quality[is_corner], part))
    is_first = np.r_[True, np.diff(part[order]) != 0] if len(order) else np.empty(0, bool)
    first = np.maximum.accumulate(np.where(is_first, np.arange(len(order)), 0))
    chosen = order[np.arange(len(order)) - first < PER_PART]
    corners = np.stack([x[is_corner], y[is_corner]], axis=1)[chosen]
    return corners.astype(np.float32), part[chosen]


def _choose_transform(
    starts: np.ndarray, ends: np.ndarray, weights: np.ndarray, width: float
) -> tuple[tuple[complex, complex] | None, np.ndarray]:
    """Return the transform with which most of the border agrees, or None, and who agrees (n,) bool.

    `starts` and `ends` (n,) are complex positions x + iy relative to the centre of the picture, in
    which the similarity transform (a, b) is p -> a p + b. `weights` (n,) are shares of the border,
    which add up to 1 if no corner was lost.
    """
    tolerance = TOLERANCE + RELATIVE_TOLERANCE * np.abs(ends - starts)
    agrees = np.abs(ends - starts) <= tolerance
    least = STILL_SHARE
    if agrees @ weights < STILL_SHARE:
        agrees, least = _best_candidate(starts, ends, weights, tolerance, width), MIN_SHARE
    transform = None
    for _ in range(N_REFINEMENTS):
        if agrees @ weights < least or np.std(starts[agrees]) < MIN_SPREAD * width:
            return None, agrees
        transform = _fit(starts[agrees], ends[agrees], weights[agrees])
        previous, agrees = agrees, np.abs(_apply(transform, starts) - ends) <= tolerance
        if np.array_equal(previous, agrees):
            break
    return transform, agrees


def _best_candidate(
    starts: np.ndarray, ends: np.ndarray, weights: np.ndarray, tolerance: np.ndarray, width: float
) -> np.ndarray:
    """Return who agrees (n,) bool with the best of the transforms of single pairs of corners."""
    first, second = np.floor(_PAIRS * len(starts)).astype(int).T
    is_far = np.abs(starts[first] - starts[second]) > MIN_SPREAD * width
    first, second = first[is_far], second[is_far]
    a = (ends[first] - ends[second]) / (starts[first] - starts[second])
    b = ends[first] - a * starts[first]
    agrees = np.abs(a[:, None] * starts + b[:, None] - ends) <= tolerance
    shares = agrees @ weights
    return agrees[np.argmax(shares)] if len(shares) else np.zeros(len(starts), bool)


def _apply(transform: tuple[complex, complex], positions: np.ndarray) -> np.ndarray:
    a, b = transform
    return a * positions + b


def _fit(starts: np.ndarray, ends: np.ndarray, weights: np.ndarray) -> tuple[complex, complex]:
    """Return a and b of the transform p -> a p + b, fitted by iteratively reweighted least squares
    with Huber's weights."""
    robust = weights
    a, b = 1 + 0j, 0j
    for _ in range(3):
        start, end = (np.average(points, weights=robust) for points in (starts, ends))
        centred = starts - start
        a = np.sum(robust * np.conj(centred) * (ends - end)) / np.sum(robust * np.abs(centred) ** 2)
        b = end - a * start
        error = np.abs(a * starts + b - ends)
        robust = weights * NOISE / np.maximum(error, NOISE)
    return complex(a), complex(b)


def _as_motion(a: complex, b: complex, size: tuple[int, int]) -> CameraMotion:
    """Return a transform p -> a p + b as movement of the camera, or STILL if it is none."""
    if abs(b) + abs(a - 1) * abs(complex(*size)) / 2 <= NO_MOVEMENT:
        return STILL
    return CameraMotion(b.real, b.imag, abs(a), float(np.angle(a)))


_PAIRS = np.random.default_rng(0).random((N_PAIRS, 2))
"""Pairs of corners to try, as shares of their number."""
