"""Where heads are in a frame, and how much of the picture is covered there.

A head is where the face's box is, in frames between two detections too, and where the skeleton has
its nose, eyes, ears and mouth, also of bodies whose face was never found.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from corpus.faces.track_boxes import TrackBoxes
from corpus.pose.keypoint_stream import FramePeople, X, Y
from corpus.tables.schemas import POSE_KEYPOINTS

FACE = 1.7
"""Size of what is covered, as a multiple of the face's box. An ellipse holds its box from 1.42 on;
the rest is for hair, ears, and movement between two detections."""
HEAD = 1.6
"""Radius of what is covered around a skeleton's head, in half widths of the head."""
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


class Key(NamedTuple):
    """Whose head it is, and how it is known."""

    of: str
    """`track`, or `cover` for somebody who was forgotten (corpus.privacy.kept_masks)."""
    number: int
    known_by: str
    """`face` or `body`."""


Sightings = dict[Key, Sighting]


def sightings(time_s: float, shot: int, people: FramePeople, faces: TrackBoxes) -> Sightings:
    """All heads that are known in a frame."""
    # A track lasts a little longer than its detections; there the picture is followed instead.
    heads = {
        Key("track", track, "face"): of_face(box)
        for track, box in faces.at(time_s, shot).items()
        if time_s <= faces.boxes[track][0][-1]
    }
    for track, parts in people.items():
        head = of_body(parts["pose"]) if "pose" in parts else None
        if head is not None:
            heads[Key("track", track, "body")] = head
    return {key: Sighting(time_s, shot, head) for key, head in heads.items()}


def first_sightings(
    frames: Iterable[tuple[float, int, FramePeople]], faces: TrackBoxes
) -> Sightings:
    """First sightings of all tracks. `frames` are (time, shot, people) of those with people."""
    first: Sightings = {}
    for track, (times, boxes) in faces.boxes.items():
        place = int(np.flatnonzero(faces.tracks == track)[0])
        shot = int(faces.shots[place])
        first[Key("track", track, "face")] = Sighting(float(times[0]), shot, of_face(boxes[0]))
    for time_s, shot, people in frames:
        for track, parts in people.items():
            key = Key("track", track, "body")
            if key not in first and "pose" in parts:
                head = of_body(parts["pose"])
                if head is not None:
                    first[key] = Sighting(time_s, shot, head)
    return first
