"""Find the regions of a frame in which heads are visible.

A head is located in two ways: from the box of its face, interpolated between two detections, and
from the keypoints of the nose, eyes, ears and mouth. The keypoints also locate the heads of bodies
without a detected face.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from corpus.faces.track_boxes import TrackBoxes
from corpus.pose.keypoint_stream import FramePeople, X, Y
from corpus.tables.schemas import POSE_KEYPOINTS

FACE_SCALE = 1.7
"""Size of the masked region as a multiple of the face box. An ellipse encloses its box from 1.42
(the square root of 2) on; the rest allows for hair, ears and movement between two detections."""
HEAD_SCALE = 1.6
"""Radius of the masked circle around the keypoints of a head, as a multiple of half the head's
width."""
MIN_RADIUS = 4.0
"""Smallest half axis of a masked region, pixels."""

NOSE, LEFT_EAR, RIGHT_EAR, LEFT_EYE, RIGHT_EYE, MOUTH_LEFT, MOUTH_RIGHT, *SHOULDERS = (
    POSE_KEYPOINTS.index(name)
    for name in (
        "nose",
        "left_ear",
        "right_ear",
        "left_eye",
        "right_eye",
        "mouth_left",
        "mouth_right",
        "left_shoulder",
        "right_shoulder",
    )
)
N_HEAD_KEYPOINTS = MOUTH_RIGHT + 1
"""The first pose keypoints are those of the head; the mouth's right corner is the last of them."""


@dataclass(frozen=True)
class Ellipse:
    """An ellipse with axes parallel to the frame's edges: centre and half axes, pixels."""

    x: float
    y: float
    half_width: float
    half_height: float

    def scaled(self, factor: float) -> "Ellipse":
        """The ellipse with the same centre and half axes multiplied by `factor`."""
        return Ellipse(self.x, self.y, self.half_width * factor, self.half_height * factor)

    def shifted(self, dx: float, dy: float) -> "Ellipse":
        """The ellipse moved by (`dx`, `dy`) pixels."""
        return Ellipse(self.x + dx, self.y + dy, self.half_width, self.half_height)


def ellipse_in(box: np.ndarray) -> Ellipse:
    """The ellipse that touches the edges of a box (4,): x1, y1, x2, y2 in pixels."""
    x1, y1, x2, y2 = map(float, box)
    return Ellipse((x1 + x2) / 2, (y1 + y2) / 2, (x2 - x1) / 2, (y2 - y1) / 2)


def face_region(box: np.ndarray) -> Ellipse:
    """Region to mask for a face box (4,): x1, y1, x2, y2 in pixels."""
    half_width, half_height = FACE_SCALE / 2 * (box[2:] - box[:2])
    x, y = (box[:2] + box[2:]) / 2
    return Ellipse(x, y, max(half_width, MIN_RADIUS), max(half_height, MIN_RADIUS))


def body_head_region(body: np.ndarray) -> Ellipse | None:
    """Region to mask for the head of a body: a circle, large enough for any viewing direction.

    Parameters
    ----------
    body
        (33, 8) pose keypoints in the order of `POSE_KEYPOINTS`; columns as in
        `corpus.pose.keypoint_stream.VALUES`, x and y in pixels.

    Returns None if a keypoint of the head or a shoulder is missing (NaN).
    """
    points = body[:, [X, Y]].astype(float)
    if not np.isfinite(points[[*range(N_HEAD_KEYPOINTS), *SHOULDERS]]).all():
        return None
    # In a side view the ears coincide, but the nose is far from them. Eyes and mouth are about half
    # a head's width apart. A head is slightly wider than two fifths of the shoulder width.
    eyes, mouth = points[[LEFT_EYE, RIGHT_EYE]].mean(0), points[[MOUTH_LEFT, MOUTH_RIGHT]].mean(0)
    half_width = max(
        0.5 * np.linalg.norm(points[LEFT_EAR] - points[RIGHT_EAR]),
        0.9 * np.linalg.norm(points[NOSE] - points[LEFT_EAR]),
        0.9 * np.linalg.norm(points[NOSE] - points[RIGHT_EAR]),
        1.2 * np.linalg.norm(eyes - mouth),
        0.22 * np.linalg.norm(points[SHOULDERS[0]] - points[SHOULDERS[1]]),
    )
    head = points[:N_HEAD_KEYPOINTS]
    x, y = (head.min(axis=0) + head.max(axis=0)) / 2
    radius = max(HEAD_SCALE * float(half_width), MIN_RADIUS)
    return Ellipse(x, y, radius, radius)


@dataclass(frozen=True)
class Sighting:
    """A head that was located in one frame: the frame's time (seconds) and shot, and the region."""

    time_s: float
    shot: int
    region: Ellipse


class HeadKey(NamedTuple):
    """Identifies a head within a video, and the evidence that located it."""

    source: str
    """`track`, or `cover` for the kept mask of an erased person (`corpus.privacy.kept_masks`)."""
    number: int
    """Number of the track or of the kept mask."""
    known_by: str
    """`face` or `body`."""


Sightings = dict[HeadKey, Sighting]


def find_heads(time_s: float, shot: int, people: FramePeople, faces: TrackBoxes) -> Sightings:
    """All heads that faces and keypoints locate in one frame.

    Parameters
    ----------
    time_s, shot
        Time of the frame in seconds, and its shot.
    people
        Keypoints of the frame.
    faces
        Face boxes of the video's tracks.
    """
    # A track lasts a little longer than its detections. After the last one, optical flow moves the
    # region instead (corpus.privacy.masking).
    regions = {
        HeadKey("track", track, "face"): face_region(box)
        for track, box in faces.at(time_s, shot).items()
        if time_s <= faces.boxes[track][0][-1]
    }
    for track, parts in people.items():
        region = body_head_region(parts["pose"]) if "pose" in parts else None
        if region is not None:
            regions[HeadKey("track", track, "body")] = region
    return {key: Sighting(time_s, shot, region) for key, region in regions.items()}


def first_sightings(
    frames: Iterable[tuple[float, int, FramePeople]], faces: TrackBoxes
) -> Sightings:
    """First sighting of each track by its face and by its body.

    Parameters
    ----------
    frames
        (time in seconds, shot, keypoints) of the frames with people, in order.
    faces
        Face boxes of the video's tracks.
    """
    first: Sightings = {}
    for track, (times, boxes) in faces.boxes.items():
        index = int(np.flatnonzero(faces.tracks == track)[0])
        shot = int(faces.shots[index])
        first[HeadKey("track", track, "face")] = Sighting(
            float(times[0]), shot, face_region(boxes[0])
        )
    for time_s, shot, people in frames:
        for track, parts in people.items():
            key = HeadKey("track", track, "body")
            if key not in first and "pose" in parts:
                region = body_head_region(parts["pose"])
                if region is not None:
                    first[key] = Sighting(time_s, shot, region)
    return first
