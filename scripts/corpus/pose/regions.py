"""Rotated squares of a frame: what the networks see, and where their results lie in the frame.

A network sees a square of the frame that is rotated so that the body or the hand stands upright.
Coordinates of a square are 0 to 1 from its upper left corner.

The geometry is that of MediaPipe's graphs (https://github.com/google-ai-edge/mediapipe):
mediapipe/calculators/tensor/image_to_tensor_converter_opencv.cc,
mediapipe/calculators/util/alignment_points_to_rects_calculator.cc,
mediapipe/calculators/util/rect_transformation_calculator.cc,
mediapipe/modules/hand_landmark/calculators/hand_landmarks_to_rect_calculator.cc.
All lengths are in pixels here, while MediaPipe divides them by the size of the image.
"""

from dataclasses import dataclass
from typing import NamedTuple

import cv2
import numpy as np

from corpus.core.reused_memory import MemoryOfThread

BODY_SCALE = 1.25
"""A body's square is this many times the circle around the body (BlazePose)."""
TRACKED_HAND_SCALE = 2.0
"""A tracked hand's square is this many times the longer side of the box around its palm."""
TRACKED_HAND_SHIFT = 0.1
"""The square is shifted from the wrist to the fingers by this many heights of the box."""

WRIST, INDEX_MCP, MIDDLE_MCP, RING_MCP = 0, 5, 9, 13
"""Indices in HAND_KEYPOINTS. MCP: the joint at which a finger begins."""
PALM = [0, 1, 2, 3, 5, 6, 9, 10, 13, 14, 17, 18]
"""The keypoints that locate a hand in the next frame. Fingertips, which move most, are left out."""

_MEMORY = MemoryOfThread()


@dataclass(frozen=True)
class Region:
    """A rotated square of a frame."""

    centre: np.ndarray
    """(2,) x, y in pixels of the frame."""
    side: float
    """Length of a side, pixels."""
    rotation: float
    """Radians, clockwise in the image, from -pi to pi. Up in the square is then this direction."""


class Grid(NamedTuple):
    """A grid of regions."""

    sides_per_octave: int
    """Number of sides between a side and its double."""
    steps_per_side: int
    """Number of steps of the centre in a side."""
    turns: int
    """Number of rotations in a full turn."""


def rounded_region(region: Region, grid: Grid) -> Region:
    """A region near this one with a side, centre and rotation of a grid.

    A region that is carried from frame to frame depends slightly on all regions before. On a grid
    it is soon exactly the same, wherever the first frame was.
    """
    octaves = np.log2(max(region.side, 1.0))
    side = 2 ** (round(octaves * grid.sides_per_octave) / grid.sides_per_octave)
    step, turn = side / grid.steps_per_side, 2 * np.pi / grid.turns
    centre = np.round(region.centre / step) * step
    return Region(centre, float(side), round(region.rotation / turn) * turn)


def crop_region(
    image: np.ndarray,
    region: Region,
    side: int,
    *,
    replicate: bool,
    out: np.ndarray | None = None,
) -> np.ndarray:
    """Sample a region of an image with bilinear interpolation.

    Parameters
    ----------
    image
        (height, width, 3) uint8.
    side
        Side of the result, pixels.
    replicate
        Outside the image, whether the pixels of its border are repeated (as landmark networks
        expect) or black (as detectors expect).
    out
        The array for the result; default: a new one.

    Returns (side, side, 3) uint8.
    """
    # Positions rounded to 1/32 of a pixel, as MediaPipe's version of OpenCV does. `cv2.warpAffine`
    # does not in later versions, which moves uncertain keypoints by pixels.
    pixels = np.arange(side, dtype=np.float32)
    x, y = _MEMORY.array("x, y", (2, side, side), np.float32)
    axes = _square_to_frame(region, side)
    for positions, (column, row, offset) in zip((x, y), axes, strict=True):
        rows = pixels * np.float32(row) + np.float32(offset)
        np.add.outer(rows, pixels * np.float32(column), out=positions)
    whole = _MEMORY.array("whole", (side, side, 2), np.int16)
    fraction = _MEMORY.array("fraction", (side, side), np.uint16)
    cv2.convertMaps(x, y, cv2.CV_16SC2, whole, fraction)
    border = cv2.BORDER_REPLICATE if replicate else cv2.BORDER_CONSTANT
    return cv2.remap(image, whole, fraction, cv2.INTER_LINEAR, out, border)


def _square_to_frame(region: Region, side: float) -> np.ndarray:
    """(2, 3) affine map from pixels of a square with this side to pixels of the frame."""
    scale = region.side / side
    cos, sin = np.cos(region.rotation) * scale, np.sin(region.rotation) * scale
    axes = np.array([[cos, -sin], [sin, cos]])
    origin = region.centre - axes @ (side / 2, side / 2)
    return np.column_stack([axes, origin])


def points_to_frame(points: np.ndarray, region: Region) -> np.ndarray:
    """Convert points (..., 2) from coordinates of the region, 0 to 1, to pixels of the frame."""
    to_frame = _square_to_frame(region, 1.0)
    return points @ to_frame[:, :2].T + to_frame[:, 2]


def rotate_vectors(vectors: np.ndarray, rotation: float) -> np.ndarray:
    """Rotate vectors (n, 2) clockwise in the image by an angle in radians."""
    cos, sin = np.cos(rotation), np.sin(rotation)
    return vectors @ np.array([[cos, sin], [-sin, cos]])


def upright_rotation(start: np.ndarray, end: np.ndarray, direction: float = np.pi / 2) -> float:
    """The rotation of a region in which the line from `start` to `end`, (2,) pixels, points up.

    `direction` is that of the line in the region, radians, counter-clockwise from the x axis. The
    result is from -pi to pi.
    """
    x, y = end - start
    return normalize_angle(direction - float(np.arctan2(-y, x)))


def normalize_angle(angle: float) -> float:
    """Add full turns to an angle so that it is from -pi to pi, radians."""
    return angle - 2 * np.pi * float(np.floor((angle + np.pi) / (2 * np.pi)))


def body_region(centre: np.ndarray, top: np.ndarray) -> Region:
    """The region of a body from two points (2,) in pixels of the frame.

    BlazePose locates a body by a circle around it: `centre` is the middle of the hips and of the
    circle, `top` the point of the circle above the head.
    """
    radius = float(np.hypot(*(top - centre)))
    return Region(np.asarray(centre), 2 * radius * BODY_SCALE, upright_rotation(centre, top))


def box_region(
    centre: np.ndarray, size: np.ndarray, rotation: float, *, scale: float, shift: float
) -> Region:
    """A square region around a rotated box.

    Parameters
    ----------
    centre, size
        (2,) pixels of the frame; width and height of the box along its own axes.
    rotation
        Of the box, radians.
    scale
        Side of the region as a multiple of the longer side of the box.
    shift
        The region is moved upwards along the axis of the box by this many heights of the box.
    """
    up = np.array([np.sin(rotation), -np.cos(rotation)])
    return Region(centre + shift * size[1] * up, scale * float(max(size)), rotation)


def tracked_hand_region(points: np.ndarray) -> Region:
    """The region of a hand in the next frame from its keypoints (21, 2), pixels of the frame."""
    knuckles = (points[INDEX_MCP] + points[RING_MCP]) / 2
    rotation = upright_rotation(points[WRIST], (knuckles + points[MIDDLE_MCP]) / 2)
    palm = rotate_vectors(points[PALM], -rotation)
    low, high = palm.min(axis=0), palm.max(axis=0)
    centre = rotate_vectors((low + high) / 2, rotation)
    return box_region(
        centre, high - low, rotation, scale=TRACKED_HAND_SCALE, shift=TRACKED_HAND_SHIFT
    )
