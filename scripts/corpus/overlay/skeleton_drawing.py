"""Draw skeletons, face boxes and names into images."""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from corpus.overlay.colour import BLACK, WHITE, Colour
from corpus.overlay.text import paste, render_label
from corpus.pose.keypoint_stream import VISIBILITY, X, Y
from corpus.pose.skeleton_topology import (
    HAND_CONNECTIONS,
    HEAD_KEYPOINTS,
    MIN_VISIBILITY,
    POSE_CONNECTIONS,
    WRISTS,
)

SUBPIXEL_BITS = 4
"""OpenCV's parameter `shift`: coordinates are integers in units of 1/16 pixel."""


@dataclass(frozen=True)
class DrawingSizes:
    """Width of lines and size of the font, pixels."""

    line_width: int
    font_size: int

    @classmethod
    def for_image(cls, image: np.ndarray) -> "DrawingSizes":
        """Sizes in proportion to the image, so that small and large images are legible."""
        shorter_side = min(image.shape[:2])
        return cls(max(1, round(shorter_side / 270)), max(10, round(shorter_side / 34)))


def draw_person(
    image: np.ndarray, parts: dict[str, np.ndarray], colour: Colour, sizes: DrawingSizes
) -> None:
    """Draw the skeleton of one person's body and hands into an image, in place.

    Each wrist is labelled with L or R. `parts` holds the keypoints by part, as in
    `corpus.pose.keypoint_stream.FramePeople`.
    """
    body = parts.get("pose")
    if body is not None:
        visible = np.isfinite(body[:, :2]).all(axis=1) & (body[:, VISIBILITY] >= MIN_VISIBILITY)
        is_head = np.isin(np.arange(len(body)), HEAD_KEYPOINTS)
        _draw_lines(image, body, visible, POSE_CONNECTIONS, colour, sizes.line_width + 1)
        _draw_dots(image, body, visible & ~is_head, colour, sizes.line_width + 1)
    for part in ("left_hand", "right_hand"):
        if part in parts:
            hand = parts[part]
            visible = np.all(np.isfinite(hand[:, :2]), axis=1)
            _draw_lines(image, hand, visible, HAND_CONNECTIONS, colour, sizes.line_width)
            _draw_dots(image, hand, visible, WHITE, max(1, sizes.line_width - 1))
    if body is not None:
        _label_wrists(image, body, colour, sizes)


def draw_face(image: np.ndarray, box: np.ndarray, colour: Colour, sizes: DrawingSizes) -> None:
    """Draw a face box (4,) x1, y1, x2, y2 in pixels into an image, in place."""
    start, end = _to_subpixels(box.reshape(2, 2), image)
    for line_colour, width in ((BLACK, sizes.line_width + 2), (colour, sizes.line_width)):
        cv2.rectangle(image, start, end, line_colour, width, cv2.LINE_AA, SUBPIXEL_BITS)


def draw_name(
    image: np.ndarray, text: str, box: np.ndarray, colour: Colour, sizes: DrawingSizes
) -> None:
    """Draw a name above a box (4,), in place; it is moved into the image if it does not fit."""
    label = render_label(text, sizes.font_size, BLACK, colour)
    height, width = image.shape[:2]
    x = min(max(box[0], 0), width - label.shape[1])
    y = min(max(box[1] - label.shape[0] - 2 * sizes.line_width, 0), height - label.shape[0])
    paste(image, label, x, y)


def head_box(body: np.ndarray) -> np.ndarray | None:
    """(4,) x1, y1, x2, y2 in pixels around nose, eyes, ears and mouth of a body.

    Returns None if none of these keypoints has a position.
    """
    points = body[HEAD_KEYPOINTS][:, [X, Y]]
    points = points[np.isfinite(points).all(axis=1)]
    return np.concatenate([points.min(axis=0), points.max(axis=0)]) if len(points) else None


def _label_wrists(image: np.ndarray, body: np.ndarray, colour: Colour, sizes: DrawingSizes) -> None:
    for side, wrist in WRISTS.items():
        x, y = body[wrist, [X, Y]]
        if np.isfinite([x, y]).all() and body[wrist, VISIBILITY] >= MIN_VISIBILITY:
            label = render_label(side, max(8, round(0.75 * sizes.font_size)), BLACK, colour)
            # Beside the wrist, on the side away from the body.
            is_left = x < np.nanmean(body[list(WRISTS.values()), X])
            gap = 4 * sizes.line_width
            offset = -label.shape[1] - gap if is_left else gap
            paste(image, label, x + offset, y - label.shape[0] / 2)


def _draw_lines(
    image: np.ndarray,
    points: np.ndarray,
    visible: np.ndarray,
    connections: Sequence[tuple[int, ...]],
    colour: Colour,
    width: int,
) -> None:
    """Draw the connections between visible points, with a dark rim."""
    positions = _to_subpixels(points[:, :2], image)
    lines = [(positions[a], positions[b]) for a, b in connections if visible[a] and visible[b]]
    # The rims of all lines come first. They make the colour visible on any background.
    for line_colour, line_width in ((BLACK, width + 2), (colour, width)):
        for start, end in lines:
            cv2.line(image, start, end, line_colour, line_width, cv2.LINE_AA, SUBPIXEL_BITS)


def _draw_dots(
    image: np.ndarray, points: np.ndarray, visible: np.ndarray, colour: Colour, radius: int
) -> None:
    """Draw a dot with a dark rim at each visible point."""
    for centre, is_visible in zip(_to_subpixels(points[:, :2], image), visible, strict=True):
        if is_visible:
            for dot_colour, dot_radius in ((BLACK, radius + 1), (colour, radius)):
                size = dot_radius << SUBPIXEL_BITS
                cv2.circle(image, centre, size, dot_colour, -1, cv2.LINE_AA, SUBPIXEL_BITS)


def _to_subpixels(points: np.ndarray, image: np.ndarray) -> list[tuple[int, int]]:
    """Coordinates for OpenCV, in units of 1/16 pixel.

    Coordinates far outside the image are limited, because OpenCV's integers overflow.
    """
    limit = 4 * max(image.shape[:2])
    limited = np.clip(np.nan_to_num(points), -limit, limit)
    return [(int(x), int(y)) for x, y in np.round(limited * (1 << SUBPIXEL_BITS))]
