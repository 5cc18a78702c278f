"""Puppets on a stage, and landmarkers that see them without a network.

A puppet faces the camera, its arms hanging. Lengths are in face sizes, from the nose. Its left is
the viewer's right.
"""

import numpy as np

from corpus.pose.bodies import GREY
from corpus.pose.landmarkers import Box, Keypoints, PersonLandmarkers
from corpus.tables.schemas import HAND_KEYPOINTS, POSE_KEYPOINTS

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


def puppet(x: float, y: float, size: float = 20.0, **moved: tuple[float, float]) -> Keypoints:
    """A body with its nose at (x, y) pixels; `moved` joints are elsewhere: left_wrist=(x, y)."""
    points = np.zeros((len(POSE_KEYPOINTS), 3))
    for row, name in enumerate(POSE_KEYPOINTS):
        side, _, joint = name.partition("_")
        across, down = JOINTS.get(joint.split("_")[0], (0.0, 0.0))
        points[row, :2] = across * (1 if side == "left" else -1) * size + x, down * size + y
        points[row, :2] = moved.get(name, points[row, :2])
    count = len(points)
    return Keypoints(points, points / 100, np.full(count, 1.0), np.full(count, 0.8))


def face_of(body: Keypoints, size: float = 20.0) -> np.ndarray:
    """The box around a puppet's face."""
    x, y = body.points[0, :2]
    return np.array([x - 0.4 * size, y - 0.5 * size, x + 0.4 * size, y + 0.5 * size])


def hand(x: float, y: float, left: bool, size: float = 20.0, score: float = 0.9) -> Keypoints:
    """A hand with its wrist at (x, y) pixels, a face size long."""
    points = np.zeros((len(HAND_KEYPOINTS), 3))
    points[:, 0] = x + np.linspace(-0.3, 0.3, len(points)) * size
    points[:, 1] = y + np.linspace(0, 1, len(points)) * size
    points[0, :2] = x, y
    return Keypoints(points, points / 1000, None, np.full(len(points), score), left)


def picture(width: int = 400, height: int = 300) -> np.ndarray:
    """A white picture, as large as the stage."""
    return np.full((height, width, 3), 255, np.uint8)


class Crew(PersonLandmarkers):
    """Followers of one person, who remember where they looked."""

    def __init__(self, stage: "Stage") -> None:
        super().__init__({part: self._follower(part) for part in ("pose", *stage.in_view)})
        self.stage, self.open = stage, True
        self.boxes: dict[str, list[Box]] = {part: [] for part in self}

    def _follower(self, part: str):
        def follow(image: np.ndarray, box: Box, time_s: float) -> list[Keypoints]:
            assert self.open
            self.boxes[part].append(box)
            if part == "pose":
                return [] if self.stage.lost else self.stage.bodies_in(image, box)[:1]
            return [h for h in self.stage.in_view[part] if is_in(h.points[0], box)]

        return follow

    def close(self) -> None:
        assert self.open
        self.open = False


class Stage:
    """Landmarkers: a body is seen where its nose is in the crop and not painted over.

    `bodies`, `in_view` (the hands that each side's follower can see) and `turned` (those seen when
    looked for anew) are in the order in which they are noticed. Followers see nobody while `lost`.
    `looks` and `turns` say where bodies and hands were looked for anew.
    """

    delegate = "cpu"

    def __init__(self, *bodies: Keypoints, left_hand=(), right_hand=()) -> None:
        self.bodies = list(bodies)
        self.in_view = {"left_hand": list(left_hand), "right_hand": list(right_hand)}
        self.turned: list[Keypoints] = []
        self.turns: list[tuple] = []
        self.lost = False
        self.looks: list[Box] = []
        self.crews: list[Crew] = []
        self.open = True

    def bodies_in(self, image: np.ndarray, box: Box) -> list[Keypoints]:
        return [
            body
            for body in self.bodies
            if is_in(body.points[0], box)
            and (image[int(body.points[0, 1]), int(body.points[0, 0])] != GREY).any()
        ]

    def hands(self, image, middle, forearm, half) -> list[Keypoints]:
        self.turns.append((middle, forearm, half))
        return self.turned

    def poses(self, image: np.ndarray, box: Box) -> list[Keypoints]:
        assert self.open
        self.looks.append(box)
        return self.bodies_in(image, box)

    def follow(self) -> Crew:
        self.crews.append(Crew(self))
        return self.crews[-1]

    def close(self) -> None:
        assert self.open
        self.open = False


def is_in(point: np.ndarray, box: Box) -> bool:
    x1, y1, x2, y2 = box
    return bool(x1 <= point[0] < x2 and y1 <= point[1] < y2)
