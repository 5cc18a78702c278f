"""Find bodies without a face, for example people who are seen from behind.

The whole frame is searched for bodies that do not belong to a face track. A body counts only if it
is seen for some time, since brief detections are mostly furniture.
"""

from typing import TYPE_CHECKING, Protocol

import numpy as np

from corpus.faces.tracking import Tracker
from corpus.pose.bodies import (
    HIPS,
    NOSE,
    has_face,
    paint_over_faces,
    same_body,
    torso_box,
    torso_size,
)
from corpus.pose.confirmed_bodies import CONFIRMED_S
from corpus.pose.keypoints import Keypoints, square_box

if TYPE_CHECKING:
    from corpus.pose.landmarkers import Landmarkers
    from corpus.video.reader import Frame

SEARCHES_PER_SECOND = 5.0
"""How often the whole frame is searched while no body without a face is in view."""
TIME_TOLERANCE_S = 5e-4
"""Containers round the times of frames, some to milliseconds."""


class ErasedPeople(Protocol):
    """The heads of people who were erased from the video (`corpus.privacy.erased_heads`)."""

    def face_boxes(self, frame: int) -> list[np.ndarray]:
        """Face boxes (4,) of the heads that were located in a frame, by its number."""
        ...

    def contain(self, frame: int, nose: np.ndarray) -> bool:
        """Whether the nose (2,) of a body in a frame is that of an erased person."""
        ...


class FacelessBodySearch:
    """Search successive frames of a video for bodies without a face, and number them.

    A body keeps its number until it is lost for longer than `CONFIRMED_S`, or until a cut.
    """

    def __init__(self, landmarkers: "Landmarkers", erased: ErasedPeople | None = None) -> None:
        self.landmarkers, self.erased = landmarkers, erased
        self._tracker = Tracker(max_gap_s=CONFIRMED_S)
        self._last_search_s = self._previous_time_s = -np.inf
        self._found_in_last_search = False

    def __call__(
        self,
        frame: "Frame",
        shot: int,
        faces: list[np.ndarray],
        face_bodies: list[Keypoints],
    ) -> dict[int, Keypoints]:
        """Bodies without a face in one frame, by their numbers -1, -2, ...

        Every frame is searched while there is such a body, otherwise a few frames per second.

        Parameters
        ----------
        faces
            Boxes (4,) of all faces in the frame, pixels.
        face_bodies
            The bodies of these faces.
        """
        # Frames may be sampled further apart than the longest gap.
        self._tracker.max_gap_s = max(CONFIRMED_S, frame.time_s - self._previous_time_s)
        self._previous_time_s = frame.time_s
        if not (self._found_in_last_search or self._is_due(frame.time_s)):
            return {}
        self._last_search_s = frame.time_s
        if self.erased:
            faces = [*faces, *self.erased.face_boxes(frame.number)]
        bodies = bodies_without_face(frame.pixels, faces, face_bodies, self.landmarkers)
        if self.erased:
            bodies = [
                body
                for body in bodies
                if not self.erased.contain(frame.number, body.points[NOSE, :2])
            ]
        self._found_in_last_search = bool(bodies)
        bodies.sort(key=lambda body: body.points[NOSE, 0])
        torso_boxes = np.array([torso_box(body) for body in bodies]).reshape(-1, 4)
        numbers = self._tracker.update(shot, frame.time_s, torso_boxes)
        return {-1 - number: body for number, body in zip(numbers, bodies, strict=True)}

    def _is_due(self, time_s: float) -> bool:
        # The absolute difference: the times of a damaged file may jump back.
        elapsed_s = abs(time_s - self._last_search_s)
        return elapsed_s >= 1 / SEARCHES_PER_SECOND - TIME_TOLERANCE_S


def bodies_without_face(
    image: np.ndarray,
    faces: list[np.ndarray],
    face_bodies: list[Keypoints],
    landmarkers: "Landmarkers",
) -> list[Keypoints]:
    """Search the whole image for bodies that do not belong to a face.

    All faces are painted over first. A body with its nose in one of them, or at the same place as a
    body of `face_bodies`, is discarded. The scores of the network do not distinguish a person from
    a heap of bricks (all scores are 1.0 for both), but a second search does: a real body is found
    again at the same place in a crop around it.

    `faces` are boxes (4,) in pixels.
    """
    height, width = image.shape[:2]
    painted = paint_over_faces(image, faces, None)
    bodies: list[Keypoints] = []
    for body in landmarkers.detect_bodies(painted, (0, 0, width, height)):
        is_duplicate = any(same_body(body, other) for other in [*face_bodies, *bodies])
        if is_duplicate or any(has_face(body, face) for face in faces):
            continue
        if _is_found_again(body, painted, landmarkers):
            bodies.append(body)
    return bodies


def _is_found_again(body: Keypoints, image: np.ndarray, landmarkers: "Landmarkers") -> bool:
    """Whether a search in a crop around the body finds it at the same place."""
    low, high = body.points[:, :2].min(axis=0), body.points[:, :2].max(axis=0)
    crop = square_box((low + high) / 2, 0.6 * (high - low).max(), image)
    second_bodies = landmarkers.detect_bodies(image, crop) if crop else []
    return any(_upper_bodies_agree(body, second) for second in second_bodies)


def _upper_bodies_agree(a: Keypoints, b: Keypoints) -> bool:
    """Whether two skeletons agree in the keypoints from the head to the hips.

    The mean distance of the keypoints that are visible in both (more than 0.5) must be less than a
    quarter of the torso size of `a`.
    """
    assert a.visibility is not None and b.visibility is not None  # only hands have none
    is_compared = (a.visibility > 0.5) & (b.visibility > 0.5)
    is_compared[HIPS[1] + 1 :] = False
    if not is_compared.any():
        return False
    distances = np.linalg.norm(a.points[is_compared, :2] - b.points[is_compared, :2], axis=1)
    return bool(distances.mean() < 0.25 * torso_size(a))
