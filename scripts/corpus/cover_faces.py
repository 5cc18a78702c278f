"""Makes faces unrecognisable.

What is left of a head is a handful of colours that run into each other: light blurs and fine
mosaics can be undone, or recognised by a network that has learned them (McPherson, Shokri and
Shmatikov 2016, arXiv:1609.00408).

A head is covered where the face's box is, in frames between two detections too, and where the
skeleton has its nose, eyes, ears and mouth, also of bodies whose face was never found. After the
last of these the picture itself is followed for a while.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import cv2
import numpy as np

from corpus.face_boxes import FaceBoxes
from corpus.head_flow import Flow
from corpus.skeleton_stream import People, X, Y
from corpus.tables import POSE_KEYPOINTS

HOLD_S = 2.0
"""How long a head stays covered before it was first seen in a shot, and after it was last seen:
twice as long as a face may be lost within a track by default (faces.max_gap_s)."""
FACE = 1.7
"""Size of what is covered, as a multiple of the face's box. An ellipse holds its box from 1.42 on;
the rest is for hair, ears, and movement between two detections."""
HEAD = 1.6
"""Radius of what is covered around a skeleton's head, in half widths of the head."""
GROW_PER_S = 0.25
"""Growth while nothing is seen of the head, which may move."""
COLOURS = 5
"""Colours across a covered head at most, that is three across the face."""
FINEST = 6
"""Pixels that a colour takes at least, for small heads."""
SMALLEST = 4.0
"""Least radius, pixels."""

NOSE, LEFT_EAR, RIGHT_EAR, LEFT_EYE, RIGHT_EYE, MOUTH_LEFT, MOUTH_RIGHT, *SHOULDERS = (
    POSE_KEYPOINTS.index(name)
    for name in (
        *("nose", "left_ear", "right_ear", "left_eye", "right_eye", "mouth_left", "mouth_right"),
        *("left_shoulder", "right_shoulder"),
    )
)
N_HEAD = MOUTH_RIGHT + 1


@dataclass(frozen=True)
class Ellipse:
    """Middle and half axes, pixels."""

    x: float
    y: float
    across: float
    down: float

    def grown(self, factor: float) -> "Ellipse":
        return Ellipse(self.x, self.y, self.across * factor, self.down * factor)


def of_face(box: np.ndarray) -> Ellipse:
    """What to cover for a face's box (4,) x1, y1, x2, y2."""
    across, down = FACE / 2 * (box[2:] - box[:2])
    return Ellipse(*((box[:2] + box[2:]) / 2), max(across, SMALLEST), max(down, SMALLEST))


def of_body(body: np.ndarray) -> Ellipse | None:
    """What to cover for a body (33, 8): a circle around its head, whichever way that looks."""
    points = body[:, [X, Y]].astype(float)
    if not np.isfinite(points[[*range(N_HEAD), *SHOULDERS]]).all():
        return None
    # From the side the ears fall together, but then the nose is far from them; eyes and mouth are
    # about half a head's width apart. A head is a good two fifths as wide as the shoulders.
    eyes, mouth = points[[LEFT_EYE, RIGHT_EYE]].mean(0), points[[MOUTH_LEFT, MOUTH_RIGHT]].mean(0)
    half = max(
        0.5 * np.linalg.norm(points[LEFT_EAR] - points[RIGHT_EAR]),
        *(0.9 * np.linalg.norm(points[NOSE] - points[ear]) for ear in (LEFT_EAR, RIGHT_EAR)),
        1.2 * np.linalg.norm(eyes - mouth),
        0.22 * np.linalg.norm(points[SHOULDERS[0]] - points[SHOULDERS[1]]),
    )
    middle = (points[:N_HEAD].min(axis=0) + points[:N_HEAD].max(axis=0)) / 2
    radius = max(HEAD * float(half), SMALLEST)
    return Ellipse(*middle, radius, radius)


@dataclass(frozen=True)
class Sighting:
    """A head in one frame."""

    time_s: float
    shot: int
    head: Ellipse


Sightings = dict[tuple[str, int], Sighting]
"""Heads by how they are known (`face` or `body`) and by track."""


class Heads:
    """Which places of each frame are to be covered. Frames come in order."""

    def __init__(self, faces: FaceBoxes, first: Sightings) -> None:
        """`first` are the first sightings of all tracks, since they are covered before."""
        self.faces, self.first, self.last, self.flow = faces, first, {}, Flow()

    def __call__(
        self, image: np.ndarray, time_s: float, shot: int, people: People
    ) -> list[list[Ellipse]]:
        """Places to cover in a frame, those of one track together."""
        self.flow.show(image)
        now = sightings(time_s, shot, people, self.faces)
        before = {
            key: s
            for key, s in self.first.items()
            if s.shot == shot and 0 < s.time_s - time_s <= HOLD_S
        }
        after = {
            key: self._followed(s)
            for key, s in self.last.items()
            if key not in now and s.shot == shot and abs(time_s - s.time_s) <= HOLD_S
        }
        self.last = after | now
        found: dict[int, list[Ellipse]] = {}
        for sighted in (before, self.last):
            for (_, track), s in sighted.items():
                growth = 1 + GROW_PER_S * abs(time_s - s.time_s)
                found.setdefault(track, []).append(s.head.grown(growth))
        return [found[track] for track in sorted(found)]

    def _followed(self, old: Sighting) -> Sighting:
        """An old sighting where its head may be now."""
        head = old.head
        dx, dy = self.flow.shift(head.x, head.y, head.across, head.down)
        return Sighting(
            old.time_s, old.shot, Ellipse(head.x + dx, head.y + dy, head.across, head.down)
        )


def sightings(time_s: float, shot: int, people: People, faces: FaceBoxes) -> Sightings:
    """All heads that are known in a frame."""
    # A track lasts a little longer than its detections; there the picture is followed instead.
    heads = {
        ("face", track): of_face(box)
        for track, box in faces.at(time_s, shot).items()
        if time_s <= faces.boxes[track][0][-1]
    }
    for track, parts in people.items():
        head = of_body(parts["pose"]) if "pose" in parts else None
        if head is not None:
            heads["body", track] = head
    return {key: Sighting(time_s, shot, head) for key, head in heads.items()}


def first_sightings(frames: Iterable[tuple[float, int, People]], faces: FaceBoxes) -> Sightings:
    """First sightings of all tracks. `frames` are (time, shot, people) of those with people."""
    first: Sightings = {}
    for track, (times, boxes) in faces.boxes.items():
        place = int(np.flatnonzero(faces.tracks == track)[0])
        shot = int(faces.shots[place])
        first["face", track] = Sighting(float(times[0]), shot, of_face(boxes[0]))
    for time_s, shot, people in frames:
        for track, parts in people.items():
            if ("body", track) not in first and "pose" in parts:
                head = of_body(parts["pose"])
                if head is not None:
                    first["body", track] = Sighting(time_s, shot, head)
    return first


def cover(image: np.ndarray, heads: list[list[Ellipse]]) -> np.ndarray:
    """A copy of the picture with a few colours instead of what is in the ellipses of each head."""
    covered = image.copy()
    height, width = image.shape[:2]
    for places in heads:
        left = max(0, int(min(place.x - place.across for place in places)))
        top = max(0, int(min(place.y - place.down for place in places)))
        right = min(width, int(max(place.x + place.across for place in places)) + 2)
        bottom = min(height, int(max(place.y + place.down for place in places)) + 2)
        if left >= right or top >= bottom:
            continue
        size = right - left, bottom - top
        few = [min(COLOURS, max(1, length // FINEST)) for length in size]
        colours = cv2.resize(image[top:bottom, left:right], few, interpolation=cv2.INTER_AREA)
        smooth = cv2.resize(colours, size, interpolation=cv2.INTER_LINEAR)
        inside = np.zeros(smooth.shape[:2], np.uint8)
        for place in places:
            middle = round(place.x) - left, round(place.y) - top
            axes = int(np.ceil(place.across)), int(np.ceil(place.down))
            cv2.ellipse(inside, middle, axes, 0, 0, 360, 255, -1)
        cv2.copyTo(smooth, inside, covered[top:bottom, left:right])
    return covered
