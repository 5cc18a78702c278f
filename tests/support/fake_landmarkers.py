"""Fake landmarkers that return made-up bodies and hands without a network."""

import numpy as np

from corpus.pose.bodies import GREY
from corpus.pose.keypoints import Box, Keypoints
from fake_bodies import (  # noqa: F401
    JOINTS,
    face_box,
    fake_body,
    fake_hand,
    shift_keypoints,
    white_frame,
    white_image,
)


class FakePersonLandmarkers(dict):
    """Fake video landmarkers of one person that record the crops they searched.

    `boxes` are these crops by part. `open` is False after `close`.
    """

    def __init__(self, landmarkers: "FakeLandmarkers") -> None:
        parts = ("pose", *landmarkers.video_hands)
        super().__init__({part: self._fake_video_landmarker(part) for part in parts})
        self.landmarkers, self.open = landmarkers, True
        self.boxes: dict[str, list[Box]] = {part: [] for part in self}

    def _fake_video_landmarker(self, part: str):
        def search(image: np.ndarray, box: Box, time_s: float) -> list[Keypoints]:
            assert self.open
            self.boxes[part].append(box)
            if part != "pose":
                hands = self.landmarkers.video_hands[part]
                return [hand for hand in hands if is_inside(hand.points[0], box)]
            if self.landmarkers.video_pose_fails:
                return []
            return self.landmarkers.visible_bodies(image, box)[:1]

        return search

    def close(self) -> None:
        assert self.open
        self.open = False


class FakeLandmarkers:
    """Fake landmarkers: a body is found where its nose is in the crop and not painted over.

    Attributes
    ----------
    bodies
        The bodies in the image, in the order in which they are found.
    video_hands
        The hands that the video landmarker of each hand can find.
    image_hands
        The hands that the image landmarker finds.
    video_pose_fails
        If True, the video landmarkers find no body.
    body_searches, hand_searches
        The arguments of the searches in single images: boxes; and (centre, forearm, half_side).
    people
        The video landmarkers that were created.
    open
        False after `close`.
    """

    delegate = "cpu"

    def __init__(self, *bodies: Keypoints, left_hand=(), right_hand=()) -> None:
        self.bodies = list(bodies)
        self.video_hands = {"left_hand": list(left_hand), "right_hand": list(right_hand)}
        self.image_hands: list[Keypoints] = []
        self.video_pose_fails = False
        self.body_searches: list[Box] = []
        self.hand_searches: list[tuple] = []
        self.people: list[FakePersonLandmarkers] = []
        self.open = True

    def visible_bodies(self, image: np.ndarray, box: Box) -> list[Keypoints]:
        """The bodies with their nose in this box, except those with a face that is painted over."""
        return [
            body
            for body in self.bodies
            if is_inside(body.points[0], box)
            and (image[int(body.points[0, 1]), int(body.points[0, 0])] != GREY).any()
        ]

    def detect_hands(self, image, centre, forearm, half_side) -> list[Keypoints]:
        self.hand_searches.append((centre, forearm, half_side))
        return self.image_hands

    def detect_bodies(self, image: np.ndarray, box: Box) -> list[Keypoints]:
        assert self.open
        self.body_searches.append(box)
        return self.visible_bodies(image, box)

    def for_person(self) -> FakePersonLandmarkers:
        self.people.append(FakePersonLandmarkers(self))
        return self.people[-1]

    def close(self) -> None:
        assert self.open
        self.open = False


def is_inside(point: np.ndarray, box: Box) -> bool:
    x1, y1, x2, y2 = box
    return bool(x1 <= point[0] < x2 and y1 <= point[1] < y2)
