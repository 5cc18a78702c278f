"""Faces, crops around them, and the comparison of bodies.

The detector's search for several people at once misses most of them. Therefore the body of a face
is searched in a crop around it. The detector locates a body by its face, so in a crop with several
faces it would often return the body of a neighbour: all other faces are painted over.
"""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np

from corpus.pose.keypoints import Box, Keypoints, clip_box
from corpus.tables.schemas import POSE_KEYPOINTS


class CropShape(NamedTuple):
    """A crop around a face, in face sizes.

    The width is measured from the middle of the face, the height from its upper edge. A face box is
    about an eighth of a person's height (the canon of artists; the box excludes the hair), and the
    arm span is about equal to the height.
    """

    half_width: float
    above: float
    below: float


WIDE = CropShape(half_width=5.0, above=1.5, below=8.0)
"""Contains stretched arms, and the body to below the hips."""
NARROW = CropShape(half_width=3.0, above=1.0, below=5.0)
"""Contains the head and the torso, for a second attempt."""

NOSE = POSE_KEYPOINTS.index("nose")
SHOULDERS = [POSE_KEYPOINTS.index(f"{side}_shoulder") for side in ("left", "right")]
HIPS = [POSE_KEYPOINTS.index(f"{side}_hip") for side in ("left", "right")]
TORSO = [NOSE, *SHOULDERS, *HIPS]
GREY = 128
"""Value of all channels where a face is painted over."""
NOSE_MARGIN = 0.15
"""A nose may lie outside its face box by this fraction of the box, as it does in profile."""
JUMP_DISTANCE = 0.3
"""Skeletons move by this distance without movement of the person, in torso sizes."""
MAX_SPEED = 6.0
"""Highest speed of the trunk, in torso sizes per second: about 3 m/s, a jogging person."""
JUMP_GROWTH = 1.6
"""The torso size changes by this factor when somebody turns or bends."""
MAX_GROWTH_PER_S = 3.0
"""Largest factor of the torso size per second by coming nearer."""
MAX_ON_TRUNK = 0.6
"""Skeletons on the trunk of a body are smaller than it by at least this factor."""
PAINT_MARGIN = 0.15
"""Faces are painted over with a margin of this fraction of their width."""


# Faces and crops ---------------------------------------------------------------------------------


def face_size(face: np.ndarray) -> float:
    """The longer side of a face box (4,), in pixels: the unit of length of crops and distances."""
    return float(max(face[2] - face[0], face[3] - face[1]))


def crop_box(face: np.ndarray, shape: CropShape, image: np.ndarray) -> Box | None:
    """The crop of the given shape around a face box (4,); None if it is too small."""
    size, middle, top = face_size(face), (face[0] + face[2]) / 2, face[1]
    half_width, above, below = (length * size for length in shape)
    return clip_box(middle - half_width, top - above, middle + half_width, top + below, image)


def paint_over_faces(
    image: np.ndarray,
    faces: Sequence[np.ndarray],
    kept_faces: Sequence[np.ndarray] = (),
    new_image: Callable[[np.ndarray], np.ndarray] = np.empty_like,
) -> np.ndarray:
    """A copy of the image with `faces` painted over, except where `kept_faces` overlap them.

    Returns the image itself if there are no faces to paint over. Boxes are (4,) in pixels.
    `new_image` makes an array for the copy.
    """
    if not faces:
        return image
    painted = new_image(image)
    np.copyto(painted, image)
    for face in faces:
        margin = PAINT_MARGIN * (face[2] - face[0])
        low, high = face[:2] - margin, face[2:] + margin
        x1, y1, x2, y2 = np.concatenate([low, high]).clip(0).astype(int)
        painted[y1:y2, x1:x2] = GREY
    for face in kept_faces:
        x1, y1, x2, y2 = face.clip(0).astype(int)
        painted[y1:y2, x1:x2] = image[y1:y2, x1:x2]
    return painted


# Comparison --------------------------------------------------------------------------------------


def has_face(body: Keypoints, face: np.ndarray) -> bool:
    """Whether the nose of the body lies in the face box (4,), with a tolerance for profiles."""
    margin = NOSE_MARGIN * (face[2:] - face[:2])
    nose = body.points[NOSE, :2]
    return bool(np.all(nose >= face[:2] - margin) and np.all(nose <= face[2:] + margin))


def torso_size(body: Keypoints) -> float:
    """The shoulder width or 0.75 torso lengths, whichever is larger; at least 1 pixel.

    The torso length replaces the shoulder width for people who are seen from the side.
    """
    points = body.points[:, :2]
    width = np.linalg.norm(points[SHOULDERS[0]] - points[SHOULDERS[1]])
    length = np.linalg.norm(points[SHOULDERS].mean(axis=0) - points[HIPS].mean(axis=0))
    return float(max(width, 0.75 * length, 1.0))


def same_body(a: Keypoints, b: Keypoints) -> bool:
    """Whether two skeletons are of the same body.

    The mean distance between their noses, shoulders and hips must be less than half the smaller
    torso size.
    """
    distance = np.linalg.norm(a.points[TORSO, :2] - b.points[TORSO, :2], axis=1).mean()
    return distance < 0.5 * min(torso_size(a), torso_size(b))


def is_on_trunk(small: Keypoints, large: Keypoints) -> bool:
    """Whether a small skeleton lies on the trunk of a larger body.

    The hands or a badge before the chest are taken for a person now and then. A real person of this
    size would be further away, and hidden by the larger one.
    """
    low, high = (
        np.array(f(large.points[[*SHOULDERS, *HIPS], :2], axis=0)) for f in (np.min, np.max)
    )
    centre = upper_centre(small)
    is_inside = bool(np.all(low <= centre) and np.all(centre <= high))
    return is_inside and torso_size(small) < MAX_ON_TRUNK * torso_size(large)


def nose_offset(body: Keypoints, face: np.ndarray) -> float:
    """Distance of the nose of a body from the centre of a face box (4,), in face sizes."""
    centre = (face[:2] + face[2:]) / 2
    return float(np.linalg.norm(body.points[NOSE, :2] - centre) / face_size(face))


def upper_centre(body: Keypoints) -> np.ndarray:
    """(2,) centre of the nose and the shoulders, pixels. The hips are often outside the frame."""
    return body.points[[NOSE, *SHOULDERS], :2].mean(axis=0)


def is_jump(before: Keypoints, after: Keypoints, elapsed_s: float) -> bool:
    """Whether a skeleton moved from one body to another between two frames.

    Either it moved faster than people do, or its size changed more.
    """
    sizes = torso_size(before), torso_size(after)
    distance = float(np.linalg.norm(upper_centre(after) - upper_centre(before))) / max(sizes)
    growth = max(sizes) / min(sizes)
    return (
        distance > JUMP_DISTANCE + MAX_SPEED * elapsed_s
        or growth > JUMP_GROWTH * MAX_GROWTH_PER_S**elapsed_s
    )
