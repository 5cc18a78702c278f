"""Which body belongs to whom.

A person is found by the face: MediaPipe's own search for several people misses most of them. The
body is looked for in a crop around the face in which all other faces are painted over, since the
search for a body goes by the face and would otherwise often settle on the neighbour.
"""

import numpy as np

from corpus.pose.landmarkers import Box, Keypoints, Landmarkers, PersonLandmarkers, clip_box
from corpus.tables.schemas import POSE_KEYPOINTS

# Crops around a face, in face sizes from its middle and its top edge. A face box is about an eighth
# of a person's height (artists' canon, box without hair), the arm span about the height.
WIDE = (5.0, 1.5, 8.0)
"""Half width, above, below: room for stretched arms, and for the body to the hips and further."""
NARROW = (3.0, 1.0, 5.0)
"""Head and torso, for a second try."""

NOSE = POSE_KEYPOINTS.index("nose")
SHOULDERS = [POSE_KEYPOINTS.index(f"{side}_shoulder") for side in ("left", "right")]
HIPS = [POSE_KEYPOINTS.index(f"{side}_hip") for side in ("left", "right")]
GREY = 128


def face_size(face: np.ndarray) -> float:
    """The longer side of a face box, the unit of lengths here, pixels."""
    return float(max(face[2] - face[0], face[3] - face[1]))


def crop_box(face: np.ndarray, shape: tuple[float, float, float], image: np.ndarray) -> Box | None:
    """Crop of the given shape around a face."""
    size, middle = face_size(face), (face[0] + face[2]) / 2
    aside, above, below = (length * size for length in shape)
    return clip_box(middle - aside, face[1] - above, middle + aside, face[1] + below, image)


def paint_over_faces(
    image: np.ndarray, others: list[np.ndarray], own: np.ndarray | None
) -> np.ndarray:
    """A copy of the picture with other people's faces painted over, and one's own face kept."""
    if not others:
        return image
    painted = image.copy()
    for face in others:
        grow = 0.15 * (face[2] - face[0])
        low, high = face[:2] - grow, face[2:] + grow
        x1, y1, x2, y2 = np.concatenate([low, high]).clip(0).astype(int)
        painted[y1:y2, x1:x2] = GREY
    if own is not None:
        x1, y1, x2, y2 = own.clip(0).astype(int)
        painted[y1:y2, x1:x2] = image[y1:y2, x1:x2]
    return painted


def has_face(body: Keypoints, face: np.ndarray) -> bool:
    """Whether the body's nose lies in the face box, with 15 % of tolerance for profiles."""
    margin = 0.15 * (face[2:] - face[:2])
    nose = body.points[NOSE, :2]
    return bool(np.all(nose >= face[:2] - margin) and np.all(nose <= face[2:] + margin))


def find_body(
    face: np.ndarray,
    others: list[np.ndarray],
    image: np.ndarray,
    time_s: float,
    followers: PersonLandmarkers,
    landmarkers: Landmarkers,
) -> Keypoints | None:
    """The body that belongs to a face, or None.

    Followed from frame to frame; where that loses the person or goes over to somebody else, looked
    for anew in a narrower crop.
    """
    picture = paint_over_faces(image, others, face)
    box = crop_box(face, WIDE, image)
    found = followers["pose"](picture, box, time_s) if box else []
    for body in found:
        if has_face(body, face):
            return body
    box = crop_box(face, NARROW, image)
    found = landmarkers.poses(picture, box) if box else []
    return next((body for body in found if has_face(body, face)), None)


def torso_size(body: Keypoints) -> float:
    """Shoulder width or three quarters of the torso's length, whichever is more: the latter
    stands in for people seen from the side, pixels."""
    points = body.points[:, :2]
    width = np.linalg.norm(points[SHOULDERS[0]] - points[SHOULDERS[1]])
    length = np.linalg.norm(points[SHOULDERS].mean(axis=0) - points[HIPS].mean(axis=0))
    return float(max(width, 0.75 * length, 1.0))


def same_body(a: Keypoints, b: Keypoints) -> bool:
    """Whether two skeletons are of one body: shoulders, hips and nose apart by less than half
    a torso size on average."""
    which = [NOSE, *SHOULDERS, *HIPS]
    apart = np.linalg.norm(a.points[which, :2] - b.points[which, :2], axis=1).mean()
    return apart < 0.5 * min(torso_size(a), torso_size(b))


def bodies_without_face(
    image: np.ndarray, faces: list[np.ndarray], known: list[Keypoints], landmarkers: Landmarkers
) -> list[Keypoints]:
    """Bodies in the whole frame that are not known from a face: people seen from behind.

    All faces are painted over first. A body whose nose is at one of them is that person again. The
    network's own scores do not tell a person from a heap of bricks (all 1.0 on both), but a second
    look does: a body that is one is found again, at the same place, in a crop of its own.
    """
    height, width = image.shape[:2]
    picture = paint_over_faces(image, faces, None)
    found: list[Keypoints] = []
    for body in landmarkers.poses(picture, (0, 0, width, height)):
        again = any(same_body(body, other) for other in [*known, *found])
        if again or any(has_face(body, face) for face in faces):
            continue
        low, high = body.points[:, :2].min(axis=0), body.points[:, :2].max(axis=0)
        middle, half = (low + high) / 2, 0.6 * (high - low).max()
        box = clip_box(*(middle - half), *(middle + half), image)
        if any(_agree(body, second) for second in (landmarkers.poses(picture, box) if box else [])):
            found.append(body)
    return found


def _agree(a: Keypoints, b: Keypoints) -> bool:
    """Whether two looks at one body agree: the keypoints down to the hips that both see, without
    the guesses, are apart by less than a quarter of the torso on average."""
    seen = (a.visibility > 0.5) & (b.visibility > 0.5)
    seen[HIPS[1] + 1 :] = False
    if not seen.any():
        return False
    apart = np.linalg.norm(a.points[seen, :2] - b.points[seen, :2], axis=1).mean()
    return bool(apart < 0.25 * torso_size(a))


def drop_duplicate_bodies(
    bodies: dict[int, Keypoints], faces: dict[int, np.ndarray]
) -> dict[int, Keypoints]:
    """Without the second of two face tracks on one head: of skeletons that are of one body, the
    one whose nose is nearest to the middle of its face stays."""

    def off(number: int) -> float:
        face = faces[number]
        middle = (face[:2] + face[2:]) / 2
        return float(np.linalg.norm(bodies[number].points[NOSE, :2] - middle) / face_size(face))

    kept: dict[int, Keypoints] = {}
    for number in sorted(bodies, key=lambda n: (off(n), n)):
        if not any(same_body(bodies[number], other) for other in kept.values()):
            kept[number] = bodies[number]
    return {number: kept[number] for number in sorted(kept)}


def torso_box(body: Keypoints) -> np.ndarray:
    """(4,) box around nose, shoulders and hips, pixels: steady, unlike that of the limbs."""
    points = body.points[[NOSE, *SHOULDERS, *HIPS], :2]
    return np.concatenate([points.min(axis=0), points.max(axis=0)])
