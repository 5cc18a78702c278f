"""Find the border of a picture or screen around a face: four straight edges that meet.

Line segments are detected in the grey image (LSD; Grompone von Gioi et al. 2012,
https://doi.org/10.5201/ipol.2012.gjmr-lsd), those on one line are joined, and the quadrilateral
around the face whose sides are covered best by segments is chosen. The body below the face of a
living person interrupts what is straight behind it, so that one side is missing. The edge of the
image is no side: it would complete the lines of many rooms.
"""

from typing import NamedTuple

import cv2
import numpy as np

LONGER_SIDE = 480
"""The image is scaled down to this longer side, pixels."""
MAX_TILT = np.tan(np.radians(25))
"""Largest tilt of a side against the edges of the image."""
SAME_LINE_PX = 2.0
"""Distance up to which segments lie on one line, pixels of the scaled image."""
MIN_LENGTH_PX = 8.0
"""Shorter segments are ignored, pixels of the scaled image."""
N_LINES = 10
"""Lines that are tried for each side."""


class Line(NamedTuple):
    """A line y = slope * x + offset, with the parts that segments cover."""

    slope: float
    offset: float
    parts: np.ndarray
    """(n, 2) intervals of x, sorted, without overlaps."""

    def covered_until(self, x: np.ndarray) -> np.ndarray:
        """Length of the covered parts left of each x."""
        covered = np.zeros(2 * len(self.parts))
        covered[1::2] = np.cumsum(self.parts[:, 1] - self.parts[:, 0])
        covered[2::2] = covered[1:-1:2]
        return np.interp(x, self.parts.ravel(), covered)


def border_covers(image: np.ndarray, boxes: dict[int, np.ndarray]) -> dict[int, float]:
    """How completely four straight edges surround each face: 0 to 1, by track.

    `image` is (height, width) grey, `boxes` (4,) x1, y1, x2, y2 of the faces in its pixels. The
    value is the share of the worst side, of the best quadrilateral around the face, that line
    segments cover.
    """
    scale = min(1.0, LONGER_SIDE / max(image.shape))
    if scale < 1:
        image = cv2.resize(image, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    lines = cv2.createLineSegmentDetector().detect(image)[0]
    segments = np.zeros((0, 4)) if lines is None else lines.reshape(-1, 4).astype(float)
    return {track: quadrilateral_cover(segments, box * scale) for track, box in boxes.items()}


def quadrilateral_cover(segments: np.ndarray, box: np.ndarray) -> float:
    """Cover of the best quadrilateral around a face (see `border_covers`).

    `segments` (n, 4) are line segments x1, y1, x2, y2, `box` (4,) is that of the face.
    """
    flat, upright = _by_direction(segments)
    # With x and y swapped, the left and the right side are the same problem as top and bottom.
    top, bottom = _candidates(flat, box)
    left, right = _candidates(upright, box[[1, 0, 3, 2]])
    if not (top and bottom and left and right):
        return 0.0
    covers = np.broadcast_arrays(
        _cover(top, left, right)[:, None],
        _cover(bottom, left, right)[None],
        np.moveaxis(_cover(left, top, bottom), 0, 2)[..., None],
        np.moveaxis(_cover(right, top, bottom), 0, 2)[:, :, None],
    )
    return float(np.min(covers, axis=0).max())


def _cover(lines: list[Line], starts: list[Line], ends: list[Line]) -> np.ndarray:
    """Share (lines, starts, ends) of each line that is covered between two lines across."""
    shares = np.zeros((len(lines), len(starts), len(ends)))
    for row, line in enumerate(lines):
        low = np.array([_crossing(line, other) for other in starts])
        high = np.array([_crossing(line, other) for other in ends])
        covered = line.covered_until(high)[None] - line.covered_until(low)[:, None]
        length = high[None] - low[:, None]
        shares[row] = np.where(length > 0, covered / np.maximum(length, 1.0), 0.0)
    return shares


def _crossing(line: Line, other: Line) -> float:
    """Value of x at which y = a x + b meets x = c y + d."""
    return (other.slope * line.offset + other.offset) / (1 - other.slope * line.slope)


def _by_direction(segments: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Segments that are nearly horizontal, and those nearly vertical with x and y swapped."""
    dx, dy = np.abs(segments[:, 2] - segments[:, 0]), np.abs(segments[:, 3] - segments[:, 1])
    is_long = np.hypot(dx, dy) >= MIN_LENGTH_PX
    flat = segments[is_long & (dy <= MAX_TILT * dx)]
    upright = segments[is_long & (dx <= MAX_TILT * dy)][:, [1, 0, 3, 2]]
    return _left_to_right(flat), _left_to_right(upright)


def _left_to_right(segments: np.ndarray) -> np.ndarray:
    is_reversed = segments[:, :1] > segments[:, 2:3]
    return np.where(is_reversed, segments[:, [2, 3, 0, 1]], segments)


def _candidates(segments: np.ndarray, box: np.ndarray) -> tuple[list[Line], list[Line]]:
    """The longest lines above and below a box (4,) x1, y1, x2, y2."""
    middle, y1, y2 = (box[0] + box[2]) / 2, box[1], box[3]
    slopes = (segments[:, 3] - segments[:, 1]) / np.maximum(segments[:, 2] - segments[:, 0], 1e-6)
    at_middle = segments[:, 1] + slopes * (middle - segments[:, 0])
    sides = []
    for is_outside in (at_middle < y1, at_middle > y2):
        outside = segments[is_outside]
        seeds = _seeds(outside, slopes[is_outside], at_middle[is_outside])
        sides.append([_line(outside, slope, offset) for slope, offset in seeds])
    return sides[0], sides[1]


def _seeds(
    segments: np.ndarray, slopes: np.ndarray, at_middle: np.ndarray
) -> list[tuple[float, float]]:
    """Slope and offset of the lines through the longest segments, each line once."""
    seeds: list[tuple[float, float]] = []
    heights: list[float] = []
    order = np.argsort(segments[:, 0] - segments[:, 2], kind="stable")
    for index in order.tolist():
        height = float(at_middle[index])
        if all(abs(height - other) >= SAME_LINE_PX for other in heights):
            heights.append(height)
            slope = float(slopes[index])
            seeds.append((slope, float(segments[index, 1] - slope * segments[index, 0])))
        if len(seeds) == N_LINES:
            break
    return seeds


def _line(segments: np.ndarray, slope: float, offset: float) -> Line:
    """The line with the parts that segments (n, 4) cover."""
    distances = np.abs(segments[:, [1, 3]] - (slope * segments[:, [0, 2]] + offset))
    on_line = segments[(distances <= SAME_LINE_PX).all(axis=1)]
    parts: list[list[float]] = []
    for start, end in sorted(on_line[:, [0, 2]].tolist()):
        if parts and start <= parts[-1][1]:
            parts[-1][1] = max(parts[-1][1], end)
        else:
            parts.append([start, end])
    return Line(slope, offset, np.array(parts).reshape(-1, 2))
