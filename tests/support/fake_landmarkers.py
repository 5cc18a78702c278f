"""Fake landmarkers that return made-up bodies and hands without a network.

A fake body faces the camera with hanging arms. Lengths are in face sizes, measured from the nose.
The left side of the body is on the right of the image.
"""

import numpy as np

from corpus.pose.bodies import GREY
from corpus.pose.keypoints import Box, Keypoints
from corpus.tables.schemas import HAND_KEYPOINTS, POSE_KEYPOINTS
from corpus.video.reader import Frame

JOINTS = {
    "shoulder": (1.0, 1.2),
    "elbow": (1.2, 2.4),
    "wrist": (1.2, 3.6),
    "pinky": (1.2, 4.0),
    "index": (1.2, 4.0),
    "thumb": (1.1, 3.9),
    "hip": (0.6, 4.0),
    "knee": (0.6, 5.6),
    "ankle": (0.6, 7.2),
    "heel": (0.6, 7.4),
    "foot": (0.7, 7.4),
}
"""Position of each left joint to the right of and below the nose, in face sizes."""


def fake_body(x: float, y: float, size: float = 20.0, **moved: tuple[float, float]) -> Keypoints:
    """A body with its nose at (x, y) pixels; `moved` joints are elsewhere: left_wrist=(x, y)."""
    points = np.zeros((len(POSE_KEYPOINTS), 3))
    for row, name in enumerate(POSE_KEYPOINTS):
        side, _, joint = name.partition("_")
        across, down = JOINTS.get(joint.split("_")[0], (0.0, 0.0))
        points[row, :2] = across * (1 if side == "left" else -1) * size + x, down * size + y
        points[row, :2] = moved.get(name, points[row, :2])
    count = len(points)
    return Keypoints(points, points / 100, np.full(count, 1.0), np.full(count, 0.8))


def face_box(body: Keypoints, size: float = 20.0) -> np.ndarray:
    """The box around the face of a fake body."""
    x, y = body.points[0, :2]
    return np.array([x - 0.4 * size, y - 0.5 * size, x + 0.4 * size, y + 0.5 * size])


def fake_hand(x: float, y: float, left: bool, size: float = 20.0, score: float = 0.9) -> Keypoints:
    """A hand with its wrist at (x, y) pixels, one face size long."""
    points = np.zeros((len(HAND_KEYPOINTS), 3))
    points[:, 0] = x + np.linspace(-0.3, 0.3, len(points)) * size
    points[:, 1] = y + np.linspace(0, 1, len(points)) * size
    points[0, :2] = x, y
    return Keypoints(points, points / 1000, None, np.full(len(points), score), left)


def shift_keypoints(keypoints: Keypoints, dx: float, dy: float = 0.0) -> Keypoints:
    """The same body or hand, shifted by (dx, dy) pixels."""
    return Keypoints(
        keypoints.points + [dx, dy, 0],
        keypoints.world,
        keypoints.visibility,
        keypoints.score,
        keypoints.left,
    )


def white_image(width: int = 400, height: int = 300) -> np.ndarray:
    """A white image."""
    return np.full((height, width, 3), 255, np.uint8)


def white_frame(width: int = 400, height: int = 300) -> Frame:
    """The first frame of a video, with a white image."""
    return Frame(0, 0.0, white_image(width, height))


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
