"""Skeletons, face boxes and names, drawn into a picture."""

from dataclasses import dataclass

import cv2
import numpy as np

from corpus.overlay.palette import UNKNOWN_COLOUR, Colour
from corpus.overlay.text import paste, render_label
from corpus.pose.keypoint_stream import VISIBILITY, X, Y
from corpus.pose.skeleton_topology import HAND_CONNECTIONS, POSE_CONNECTIONS
from corpus.tables.schemas import POSE_KEYPOINTS

SEEN = 0.5
"""Visibility from which a point of the body is drawn; MediaPipe guesses those it does not see."""
BLACK, WHITE = (0, 0, 0), (255, 255, 255)
SHIFT = 4
"""OpenCV draws to a sixteenth of a pixel when told so."""
HEAD = range(POSE_KEYPOINTS.index("mouth_right") + 1)
WRISTS = {"L": POSE_KEYPOINTS.index("left_wrist"), "R": POSE_KEYPOINTS.index("right_wrist")}


@dataclass(frozen=True)
class Sizes:
    """Widths of lines and letters, pixels: legible in small and in large pictures."""

    line: int
    letters: int

    @classmethod
    def of(cls, image: np.ndarray) -> "Sizes":
        shorter = min(image.shape[:2])
        return cls(max(1, round(shorter / 270)), max(10, round(shorter / 34)))


def draw_person(
    image: np.ndarray, parts: dict[str, np.ndarray], colour: Colour, sizes: Sizes
) -> None:
    """One person's body and hands into a picture, in place; each wrist says L or R."""
    body = parts.get("pose")
    if body is not None:
        seen = np.isfinite(body[:, :2]).all(axis=1) & (body[:, VISIBILITY] >= SEEN)
        _lines(image, body, seen, POSE_CONNECTIONS, colour, sizes.line + 1)
        _dots(image, body, seen & ~np.isin(np.arange(len(body)), HEAD), colour, sizes.line + 1)
    for part in ("left_hand", "right_hand"):
        if part in parts:
            hand = parts[part]
            seen = np.isfinite(hand[:, :2]).all(axis=1)
            _lines(image, hand, seen, HAND_CONNECTIONS, colour, sizes.line)
            _dots(image, hand, seen, WHITE, max(1, sizes.line - 1))
    if body is not None:
        _sides(image, body, colour, sizes)


def _sides(image: np.ndarray, body: np.ndarray, colour: Colour, sizes: Sizes) -> None:
    for side, wrist in WRISTS.items():
        x, y = body[wrist, [X, Y]]
        if np.isfinite([x, y]).all() and body[wrist, VISIBILITY] >= SEEN:
            tag = render_label(side, max(8, round(0.75 * sizes.letters)), BLACK, colour)
            # Beside the wrist, on the side away from the body.
            left = x < np.nanmean(body[list(WRISTS.values()), X])
            away = -tag.shape[1] - 4 * sizes.line if left else 4 * sizes.line
            paste(image, tag, x + away, y - tag.shape[0] / 2)


def draw_face(image: np.ndarray, box: np.ndarray, colour: Colour, sizes: Sizes) -> None:
    """A box around a face, x1, y1, x2, y2 in pixels, in place."""
    corners = _fixed(box.reshape(2, 2), image)
    for tint, width in ((BLACK, sizes.line + 2), (colour, sizes.line)):
        cv2.rectangle(image, *corners, tint, width, cv2.LINE_AA, SHIFT)


def draw_name(image: np.ndarray, text: str, box: np.ndarray, colour: Colour, sizes: Sizes) -> None:
    """A name above a box, or at the picture's upper edge where there is no room; in place."""
    plate = render_label(text, sizes.letters, BLACK, colour)
    height, width = image.shape[:2]
    x = min(max(box[0], 0), width - plate.shape[1])
    y = min(max(box[1] - plate.shape[0] - 2 * sizes.line, 0), height - plate.shape[0])
    paste(image, plate, x, y)


def head_box(body: np.ndarray) -> np.ndarray | None:
    """(4,) x1, y1, x2, y2 around nose, eyes, ears and mouth of a body, pixels, or None."""
    points = body[HEAD][:, [X, Y]]
    points = points[np.isfinite(points).all(axis=1)]
    return np.concatenate([points.min(axis=0), points.max(axis=0)]) if len(points) else None


def _lines(
    image: np.ndarray,
    points: np.ndarray,
    seen: np.ndarray,
    pairs: list[tuple[int, int]],
    colour: Colour,
    width: int,
) -> None:
    at = _fixed(points[:, :2], image)
    drawn = [(at[a], at[b]) for a, b in pairs if seen[a] and seen[b]]
    # A dark rim all around first, so that the colour stands out on any ground.
    for tint, thickness in ((BLACK, width + 2), (colour, width)):
        for a, b in drawn:
            cv2.line(image, a, b, tint, thickness, cv2.LINE_AA, SHIFT)


def _dots(
    image: np.ndarray, points: np.ndarray, seen: np.ndarray, colour: Colour, radius: int
) -> None:
    for at, shown in zip(_fixed(points[:, :2], image), seen, strict=True):
        if shown:
            cv2.circle(image, at, (radius + 1) << SHIFT, BLACK, -1, cv2.LINE_AA, SHIFT)
            cv2.circle(image, at, radius << SHIFT, colour, -1, cv2.LINE_AA, SHIFT)


def _fixed(points: np.ndarray, image: np.ndarray) -> list[tuple[int, int]]:
    """Points as OpenCV wants them; far outside the picture is far enough."""
    reach = 4 * max(image.shape[:2])
    near = np.clip(np.nan_to_num(points), -reach, reach)
    return [(int(x), int(y)) for x, y in np.round(near * (1 << SHIFT))]


def colour_of(track: int, person_of: dict[int, str], tints: dict[str, Colour]) -> Colour:
    """Colour of a track's person."""
    return tints[person_of[track]] if track in person_of else UNKNOWN_COLOUR
