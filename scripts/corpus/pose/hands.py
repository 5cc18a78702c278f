"""Which hands belong to whom.

Hands are looked for at the ends of forearms, where they are large enough in the crop to be found,
and then given out among all people of the frame at once: each hand to one wrist.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from scipy.optimize import linear_sum_assignment

from corpus.pose.landmarkers import Keypoints, Landmarkers, PersonLandmarkers, clip_box
from corpus.tables.schemas import POSE_KEYPOINTS

ARMS = {
    "left_hand": (POSE_KEYPOINTS.index("left_wrist"), POSE_KEYPOINTS.index("left_elbow")),
    "right_hand": (POSE_KEYPOINTS.index("right_wrist"), POSE_KEYPOINTS.index("right_elbow")),
}
HALF = 2.0
"""Half the side of the square that a hand is looked for in, face sizes."""
REACH = 1.5
"""How far from a wrist a hand may be found to be its own, face sizes."""
HIDDEN = 0.5
"""What a hidden wrist adds to the distance, face sizes: it is a guess, and a hand that is seen is
rather that of a wrist that is seen."""
WRONG_SIDE = 0.3
"""What a hand adds that the network is sure to be of the other side, face sizes."""


@dataclass(frozen=True)
class Wrist:
    """One arm's end: whose, which side, and where its hand is to be looked for."""

    person: int
    side: str
    at: np.ndarray
    """(2,) pixels."""
    middle: np.ndarray
    """(2,) pixels: about the middle of the hand, a third of the forearm beyond the wrist."""
    forearm: np.ndarray
    """(2,) pixels, from the elbow to the wrist."""
    size: float
    """The person's face size, pixels."""
    visibility: float


def find_hands(
    people: Mapping[int, tuple[Keypoints, float]],
    image: np.ndarray,
    time_s: float,
    followers: Mapping[int, PersonLandmarkers],
    landmarkers: Landmarkers,
) -> dict[int, dict[str, Keypoints]]:
    """The hands of all people of a frame: {person: {"left_hand": ..., "right_hand": ...}}, each
    only where found.

    `people` are bodies and face sizes (pixels). Each hand is followed in a square around the end of
    its forearm; where that sees none, it is looked for anew with the picture turned so that the
    forearm points up. Of all hands found, one is given to each wrist, the nearest ones in all;
    where several are near, the network's opinion on left and right decides.
    """
    wrists = [
        w for number, (body, size) in people.items() for w in _wrists(number, body, size, image)
    ]
    hands: list[Keypoints] = []
    for wrist in wrists:
        for hand in _look(wrist, image, time_s, followers[wrist.person], landmarkers):
            if not any(_same_hand(hand, other) for other in hands):
                hands.append(hand)
    found: dict[int, dict[str, Keypoints]] = {number: {} for number in people}
    if hands and wrists:
        cost = np.array([[_mismatch(hand, wrist) for hand in hands] for wrist in wrists])
        # A hand out of reach counts the same however far it is: else the near ones would be given
        # to the wrong wrists to make up for it.
        for row, column in zip(*linear_sum_assignment(np.minimum(cost, REACH)), strict=True):
            if cost[row, column] < REACH:
                found[wrists[row].person][wrists[row].side] = hands[column]
    return found


def _wrists(person: int, body: Keypoints, size: float, image: np.ndarray) -> list[Wrist]:
    """The wrists of a body that are in the picture, or out of it by less than half a face."""
    wrists = []
    height, width = image.shape[:2]
    margin = 0.5 * size
    for side, (wrist, elbow) in ARMS.items():
        at, forearm = body.points[wrist, :2], body.points[wrist, :2] - body.points[elbow, :2]
        if not (np.all(at >= -margin) and np.all(at <= np.array([width, height]) + margin)):
            continue
        length = max(float(np.linalg.norm(forearm)), 1e-6)
        middle = at + 0.35 * forearm * min(1.0, 1.2 * size / length)
        seen = float(body.visibility[wrist])
        wrists.append(Wrist(person, side, at, middle, forearm, size, seen))
    return wrists


def _look(
    wrist: Wrist,
    image: np.ndarray,
    time_s: float,
    followers: PersonLandmarkers,
    landmarkers: Landmarkers,
) -> list[Keypoints]:
    half = HALF * wrist.size
    box = clip_box(*(wrist.middle - half), *(wrist.middle + half), image)
    if box is None:
        return []
    found = followers[wrist.side](image, box, time_s)
    return found or landmarkers.hands(image, wrist.middle, wrist.forearm, half)


def _mismatch(hand: Keypoints, wrist: Wrist) -> float:
    """Distance of the hand's wrist to the arm's, in face sizes, with what speaks against it."""
    apart = np.linalg.norm(hand.points[0, :2] - wrist.at) / wrist.size
    wrong_side = hand.left != (wrist.side == "left_hand")
    doubt = WRONG_SIDE * hand.score[0] if wrong_side else 0.0
    return float(apart + doubt + HIDDEN * (1 - wrist.visibility))


def _same_hand(a: Keypoints, b: Keypoints) -> bool:
    """Found twice: keypoints apart by less than a quarter of the hand's extent on average."""
    extent = max(np.ptp(a.points[:, :2], axis=0).max(), 1.0)
    return np.linalg.norm(a.points[:, :2] - b.points[:, :2], axis=1).mean() < 0.25 * extent
