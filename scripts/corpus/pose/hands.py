"""Where the hands of people are looked for, and to which wrist each hand belongs.

Hands are looked for at the ends of the forearms (`corpus.pose.hand_following`): a hand is large
enough to be found in a part around it, but not in the whole frame. The hands that are found are
assigned to the wrists of all people in the frame at once.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.optimize import linear_sum_assignment

from corpus.pose.keypoints import Keypoints
from corpus.tables.schemas import POSE_KEYPOINTS

if TYPE_CHECKING:
    from corpus.pose.requests import TrackedHand

ARMS = {
    "left_hand": (POSE_KEYPOINTS.index("left_wrist"), POSE_KEYPOINTS.index("left_elbow")),
    "right_hand": (POSE_KEYPOINTS.index("right_wrist"), POSE_KEYPOINTS.index("right_elbow")),
}
"""Hand: indices of the wrist and the elbow of its arm in POSE_KEYPOINTS."""
MAX_COST = 1.5
"""A hand with a higher cost is not assigned to the wrist, in face sizes."""
HIDDEN_WRIST_COST = 0.5
"""Added to the cost of a hidden wrist, in face sizes. The position of a hidden wrist is a guess, so
a hand more probably belongs to a wrist that is visible."""
WRONG_SIDE_COST = 0.3
"""Added to the cost of a hand that the network classifies as one of the other side with a score of
1, in face sizes."""

HandKey = tuple[int, str]
"""A person, by track, and one of the hands in `ARMS`."""


@dataclass(frozen=True)
class Wrist:
    """The end of a forearm, and where its hand is searched."""

    track: int
    """The person, as numbered in the keypoints table."""
    hand: str
    """left_hand or right_hand."""
    position: np.ndarray
    """(2,) pixels."""
    hand_centre: np.ndarray
    """(2,) pixels: estimated middle of the hand, a third of the forearm beyond the wrist."""
    forearm: np.ndarray
    """(2,) vector from the elbow to the wrist, pixels."""
    face_size: float
    """Face size of the person, pixels."""
    visibility: float
    """0 to 1."""

    @property
    def key(self) -> HandKey:
        """The person and the hand."""
        return self.track, self.hand


class FoundHands:
    """The hands that were found in a frame so far, each once, and the wrists they belong to."""

    def __init__(self, wrists: Iterable[Wrist]) -> None:
        self.wrists = list(wrists)
        self.hands: list[TrackedHand] = []

    def add(self, hand: "TrackedHand") -> None:
        """Add a hand. Of two that are the same one, the one with the higher presence remains."""
        for number, other in enumerate(self.hands):
            if _same_hand(hand.keypoints, other.keypoints):
                if hand.presence > other.presence:
                    self.hands[number] = hand
                return
        self.hands.append(hand)

    def assigned(self) -> "list[tuple[Wrist, TrackedHand]]":
        """Hands and the wrists they belong to, one to one (`assign_hands`)."""
        keypoints = [hand.keypoints for hand in self.hands]
        return [(wrist, self.hands[n]) for wrist, n in assign_hands(self.wrists, keypoints)]

    def lost(self) -> list[Wrist]:
        """The wrists whose hand was not found."""
        found = {wrist.key for wrist, _ in self.assigned()}
        return [wrist for wrist in self.wrists if wrist.key not in found]


def assign_hands(wrists: list[Wrist], hands: list[Keypoints]) -> list[tuple[Wrist, int]]:
    """Assign hands to wrists one to one, with the lowest total cost.

    Returns wrists and the index of their hand, for pairs that cost less than `MAX_COST`. Where
    several hands are near a wrist, the network's classification as left or right decides.
    """
    if not hands or not wrists:
        return []
    cost = np.array([[_match_cost(hand, wrist) for hand in hands] for wrist in wrists])
    # All hands out of reach cost the same. Otherwise near hands would be assigned to the wrong
    # wrists to reduce the cost of a hand that is far away.
    pairs = zip(*linear_sum_assignment(np.minimum(cost, MAX_COST)), strict=True)
    return [(wrists[row], int(column)) for row, column in pairs if cost[row, column] < MAX_COST]


def wrists_in_image(
    track: int, body: Keypoints, face_size: float, image: np.ndarray
) -> list[Wrist]:
    """The wrists of a body that lie in the image, or outside it by at most half a face size."""
    assert body.visibility is not None  # only hands have none
    wrists = []
    height, width = image.shape[:2]
    margin = 0.5 * face_size
    for hand, (wrist, elbow) in ARMS.items():
        position, forearm = body.points[wrist, :2], body.points[wrist, :2] - body.points[elbow, :2]
        is_inside = np.all(position >= -margin) and np.all(
            position <= np.array([width, height]) + margin
        )
        if not is_inside:
            continue
        length = max(float(np.linalg.norm(forearm)), 1e-6)
        # A forearm longer than 1.2 face sizes does not move the crop any further.
        hand_centre = position + 0.35 * forearm * min(1.0, 1.2 * face_size / length)
        visibility = float(body.visibility[wrist])
        wrists.append(Wrist(track, hand, position, hand_centre, forearm, face_size, visibility))
    return wrists


def _match_cost(hand: Keypoints, wrist: Wrist) -> float:
    """Cost of assigning a hand to a wrist: their distance in face sizes, and the extra costs."""
    distance = np.linalg.norm(hand.points[0, :2] - wrist.position) / wrist.face_size
    is_other_side = hand.left != (wrist.hand == "left_hand")
    side_cost = WRONG_SIDE_COST * hand.score[0] if is_other_side else 0.0
    return float(distance + side_cost + HIDDEN_WRIST_COST * (1 - wrist.visibility))


def _same_hand(a: Keypoints, b: Keypoints) -> bool:
    """Whether two detections are of one hand.

    The mean distance of their keypoints must be less than a quarter of the extent of hand `a`.
    """
    extent = max(np.ptp(a.points[:, :2], axis=0).max(), 1.0)
    return np.linalg.norm(a.points[:, :2] - b.points[:, :2], axis=1).mean() < 0.25 * extent
