"""Pictures of faces, and versions of them with a face of a known size, angle and covering."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

import cv2
import numpy as np

from corpus.core.errors import InputError
from corpus.inputs import text_tables

SUFFIXES = (".jpg", ".jpeg", ".png", ".bmp", ".webp")
COLUMNS = ("picture", "x1", "y1", "x2", "y2", "yaw")
"""Columns of a table of boxes; `yaw` may be missing."""
GREY = 114
"""Value of the pixels around a picture that does not fill its frame."""
COLOURS = {"white": (245, 245, 245), "blue": (140, 190, 215), "black": (25, 25, 25)}
"""Colours of masks over mouth and nose, RGB."""
COVERED = {"mouth and nose": (0.55, 1.08), "eyes": (0.26, 0.5)}
"""Covered part of a face: from and to, as shares of the height of its box."""


@dataclass(frozen=True)
class Face:
    """One face of a picture."""

    picture: str
    """Path of the picture, relative to its folder."""
    box: tuple[float, float, float, float] | None
    """x1, y1, x2, y2 in pixels of the picture; None if not known."""
    yaw: float | None = None
    """Angle in degrees by which the head is turned from the camera, 0 to 180; None if not known."""


def find_pictures(folder: Path) -> list[str]:
    """Paths of the pictures below a folder, relative to it and sorted; hidden files are skipped."""
    paths = (path.relative_to(folder) for path in folder.rglob("*") if path.is_file())
    return sorted(
        path.as_posix()
        for path in paths
        if path.suffix.lower() in SUFFIXES and not any(part[0] == "." for part in path.parts)
    )


def read_faces(folder: Path, table: Path | None) -> list[Face]:
    """The faces of a table of boxes, or one face without a box for each picture of the folder.

    Raises InputError if a picture is missing, or if a value is not a number or a box is empty.
    """
    pictures = find_pictures(folder)
    if not table:
        return [Face(picture, None) for picture in pictures]
    rows = text_tables.read(table, COLUMNS)
    names = rows[0].cells if rows else []
    if not set(COLUMNS[:5]) <= set(names):
        raise InputError(f"{table}: needs the columns {', '.join(COLUMNS[:5])}")
    return [
        _face(dict(zip(names, row.cells, strict=False)), pictures, f"{table}, line {row.line}")
        for row in rows[1:]
    ]


def _face(cells: dict[str, str], pictures: list[str], place: str) -> Face:
    if cells["picture"] not in pictures:
        raise InputError(f"{place}, picture: {cells['picture']!r} is not a picture of the folder")
    x1, y1, x2, y2 = (_number(cells.get(name, ""), f"{place}, {name}") for name in COLUMNS[1:5])
    if x2 <= x1 or y2 <= y1:
        raise InputError(f"{place}: x2 must be larger than x1, and y2 larger than y1")
    yaw = cells.get("yaw", "")
    return Face(
        cells["picture"], (x1, y1, x2, y2), abs(_number(yaw, f"{place}, yaw")) if yaw else None
    )


def _number(text: str, place: str) -> float:
    try:
        return float(text)
    except ValueError as error:
        raise InputError(f"{place}: {text!r} is not a number") from error


def read_picture(path: Path) -> np.ndarray:
    """A picture as (height, width, 3) RGB; raises InputError if it cannot be read."""
    image = cv2.imread(str(path), cv2.IMREAD_COLOR)
    if image is None:
        raise InputError(f"{path}: not a picture that OpenCV can read")
    return cv2.cvtColor(image, cv2.COLOR_BGR2RGB)


def centre_and_side(box: np.ndarray) -> tuple[np.ndarray, float]:
    """Centre (x, y) of a box, and its longer side, in pixels."""
    corners = np.reshape(box, (2, 2))
    return corners.mean(axis=0), float((corners[1] - corners[0]).max())


def place_face(
    image: np.ndarray, box: np.ndarray, side: float, frame: int, angle: float = 0.0
) -> np.ndarray:
    """A square frame of `frame` pixels with the face in its middle, grey where the picture ends.

    The longer side of the face's box becomes `side` pixels, and the picture is turned around the
    middle of the face by `angle` degrees, counterclockwise.
    """
    centre, box_side = centre_and_side(box)
    scale = side / box_side
    if scale < 1:  # without the area filter, small faces would be aliased
        size = [max(1, round(length * scale)) for length in image.shape[1::-1]]
        image = cv2.resize(image, size, interpolation=cv2.INTER_AREA)
        centre, scale = centre * scale, 1.0
    turn = cv2.getRotationMatrix2D((float(centre[0]), float(centre[1])), angle, scale)
    turn[:, 2] += frame / 2 - centre
    return cv2.warpAffine(
        image, turn, (frame, frame), flags=cv2.INTER_LINEAR, borderValue=(GREY, GREY, GREY)
    )


def cover(image: np.ndarray, box: np.ndarray, part: str, colour: str) -> np.ndarray:
    """A copy of the picture in which a part of the face, a key of COVERED, has one colour.

    The lower edge of a covered mouth is rounded as that of a mask.
    """
    x1, y1, x2, y2 = box
    width, height = x2 - x1, y2 - y1
    top, bottom = (y1 + share * height for share in COVERED[part])
    left, right = x1 - 0.02 * width, x2 + 0.02 * width
    rounding = 0.45 * (bottom - top) if part == "mouth and nose" else 0.0
    outline = [(left, top), (right, top), (right, bottom - rounding)]
    outline += [(right - 0.25 * width, bottom), (left + 0.25 * width, bottom)]
    outline += [(left, bottom - rounding)]
    covered = image.copy()
    cv2.fillPoly(covered, [np.round(outline).astype(np.int32)], COLOURS[colour])
    return covered


def is_found(boxes: np.ndarray, box: np.ndarray) -> np.ndarray:
    """Which of the (n, 4) detected boxes show the face with this box.

    The centre of the detected box lies inside the box of the face, and its longer side is half to
    twice that of the face. Detectors draw different boxes around the same face, so an overlap is
    not asked for.
    """
    corners = np.reshape(np.asarray(boxes, dtype=float), (-1, 2, 2))
    centres = corners.mean(axis=1)
    sides = (corners[:, 1] - corners[:, 0]).max(axis=1, initial=0)
    _, side = centre_and_side(box)
    inside = ((centres >= box[:2]) & (centres <= box[2:])).all(axis=1)
    return inside & (sides >= side / 2) & (sides <= side * 2)


def with_boxes(faces: Iterable[Face], boxes: dict[str, np.ndarray]) -> list[Face]:
    """The faces with a box of their own or one in `boxes`, by picture; the others are left out."""
    known = []
    for face in faces:
        if face.box is not None:
            known.append(face)
        elif face.picture in boxes:
            known.append(replace(face, box=tuple(map(float, boxes[face.picture]))))
    return known
