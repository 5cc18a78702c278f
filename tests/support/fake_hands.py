"""Fake answers to the requests for hands: hands are found where they are in the picture."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from corpus.pose.keypoints import Keypoints
from corpus.pose.regions import Region
from corpus.pose.requests import (
    FindPalms,
    FoundPalm,
    Request,
    Steps,
    TrackedHand,
    TrackHand,
)


@dataclass(frozen=True)
class FakeHand:
    """A hand that the fake networks see.

    Attributes
    ----------
    keypoints
        Its keypoints (`fake_bodies.fake_hand`).
    reach
        The landmark network finds it in regions with their centre within this distance, pixels.
    presence
        How certain the landmark network is of it, 0 to 1; `far_presence` further away than half of
        `reach`.
    palm_score
        Score of its palm; 0 where the palm detector does not find it.
    """

    keypoints: Keypoints
    reach: float = 15.0
    presence: float = 0.9
    far_presence: float = 0.9
    palm_score: float = 0.9

    @property
    def centre(self) -> np.ndarray:
        """(2,) the mean of the keypoints, pixels."""
        return self.keypoints.points[:, :2].mean(axis=0)

    @property
    def region(self) -> Region:
        """The region that the networks suggest for it."""
        return Region(self.centre, 40.0, 0.0)

    def distance(self, region: Region) -> float:
        """From the centre of a region, pixels."""
        return float(np.linalg.norm(self.centre - region.centre))


@dataclass
class FakeHandNetworks:
    """Answers requests for the hands in `hands`, and records them.

    Attributes
    ----------
    hands
        The hands in the picture.
    requests
        The lists of requests that were answered, one per run of the networks.
    """

    hands: list[FakeHand] = field(default_factory=list)
    requests: list[list] = field(default_factory=list)

    def run(self, steps: Steps):
        """Run steps with fake answers; return their result."""
        try:
            requests = next(steps)
            while True:
                self.requests.append(requests)
                requests = steps.send([self._answer(request) for request in requests])
        except StopIteration as stop:
            return stop.value

    def regions(self, kind: type) -> list[Region]:
        """The regions of all requests of a kind, in order."""
        requests = [request for batch in self.requests for request in batch]
        return [request.region for request in requests if isinstance(request, kind)]

    def _answer(self, request: Request) -> TrackedHand | list[FoundPalm]:
        if isinstance(request, FindPalms):
            return self._palms(request)
        assert isinstance(request, TrackHand)
        near = min(self.hands, key=lambda hand: hand.distance(request.region), default=None)
        if near is None or near.distance(request.region) > near.reach:
            return TrackedHand(NO_HAND, 0.0, request.region)
        is_far = near.distance(request.region) > near.reach / 2
        presence = near.far_presence if is_far else near.presence
        return TrackedHand(near.keypoints, presence, near.region)

    def _palms(self, request: FindPalms) -> list[FoundPalm]:
        seen: Sequence[FakeHand] = [
            hand
            for hand in self.hands
            if hand.palm_score >= request.min_score
            and hand.distance(request.region) < request.region.side / 2
        ]
        seen = sorted(seen, key=lambda hand: -hand.palm_score)
        return [FoundPalm(hand.region, hand.palm_score) for hand in seen[: request.limit]]


NO_HAND = Keypoints(np.zeros((21, 3)), np.zeros((21, 3)), None, np.zeros(21), False)
"""The meaningless keypoints of a region without a hand."""
