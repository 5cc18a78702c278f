"""Follow the hands of all people through the successive frames of one shot.

A hand is looked for in up to three ways, the cheapest first, until it is found:

1. in the region that its keypoints in the frame before suggest, as MediaPipe's hand tracker does
   (https://arxiv.org/abs/2006.10214);
2. in the region at the end of the forearm, where the body's keypoints say that a hand must be; the
   hand landmark network is run twice, since this region is only approximate;
3. in the region of a palm that the palm detector finds around the end of the forearm.

All hands that are found in a frame are assigned to the wrists of all people at once
(`corpus.pose.hands`), so a hand belongs to one wrist only, whichever search finds it. A hand that
has drifted onto another one is the same hand twice: it is dropped and looked for again.

The state is soon forgotten, so that parts of a video that start at different frames agree: where
each hand was in the frame before, on a grid; when it was found last; and, until the next fixed
time, which hands were absent.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from corpus.pose.hand_regions import (
    HAND_GRID,
    forearm_region,
    palm_search_region,
    unknown_regions,
)
from corpus.pose.hands import FoundHands, Wrist, wrists_in_image
from corpus.pose.keypoints import Keypoints
from corpus.pose.regions import Region, rounded_region
from corpus.pose.requests import FindPalms, Request, Steps, TrackHand

if TYPE_CHECKING:
    from corpus.video.reader import Frame

FOREARM_CONFIDENCE = 0.3
"""Highest presence that is required of a hand at the end of a forearm before the second run. The
network is less certain of a hand in this approximate region. In the region of the second run, the
hand has to reach the configured confidence."""
SEARCHES_PER_S = 10
"""How often all that was lost is looked for, per second. These are fixed times of the video, so
that parts of it that start at different frames agree. At other times, palms are searched only for
hands that were lost recently, and absent hands not at all."""
RECENTLY_S = 0.1
"""How long after a hand was found its palm is searched in every frame, seconds."""
ABSENT_PRESENCE = 0.01
"""A hand is absent if its presence at the end of the forearm is lower than this. It is then rarely
found in the next frame."""
ABSENT_REACH = 0.5
"""An absent hand is looked for again when its wrist has moved this far, in face sizes."""
FAST_WRIST = 0.2
"""A hand is looked for at the end of its forearm if the wrist moves further than this from one
frame to the next, in sides of the hand's region: the region of the frame before then contains only
a part of the hand, and its keypoints would be inaccurate."""
HandKey = tuple[int, str]
"""The person and the hand, as in `Wrist.key`."""
PALM_CONFIDENCE = 0.3
"""Highest score that is required of a palm. It is below the configured confidence, since hands in
motion are blurred. The landmark network, which sees the hand itself, still has to reach the
configured confidence."""
MAX_PALMS = 2
"""Palms that one search returns. Two, since the other hand is often near; hands are assigned to
wrists later."""


class Carried(NamedTuple):
    """A hand of the frame before."""

    region: Region
    """Where it is looked for in the next frame."""
    wrist: np.ndarray
    """(2,) its wrist in the frame before, as a keypoint of the body, pixels."""


class HandFollower:
    """Finds the hands in successive frames of one shot.

    Parameters
    ----------
    confidence
        Lowest presence of a hand, 0 to 1.
    """

    def __init__(self, confidence: float) -> None:
        self._confidence = confidence
        self._carried: dict[HandKey, Carried] = {}
        self._absent: dict[HandKey, np.ndarray] = {}
        """Hands of which the last search saw no trace, with the wrist at that time."""
        self._found_s: dict[HandKey, float] = {}
        """When each hand was found last."""
        self._time_s: float | None = None

    def follow(
        self, frame: "Frame", bodies: Mapping[int, Keypoints], face_sizes: Mapping[int, float]
    ) -> Steps[dict[int, dict[str, Keypoints]]]:
        """Find the hands of all people in the next frame.

        Parameters
        ----------
        bodies, face_sizes
            The body and the face size (pixels) of each person, by track.

        Returns {track: {"left_hand": keypoints, "right_hand": keypoints}}. A person may have none,
        one or both of the hands.
        """
        image = frame.pixels
        wrists = [
            wrist
            for track, body in sorted(bodies.items())
            for wrist in wrists_in_image(track, body, face_sizes[track], image)
        ]
        is_time = self._is_search_time(frame.time_s)
        found = FoundHands(wrists)
        yield from self._track(image, self._carried_regions(wrists), found)
        lost = [wrist for wrist in found.lost() if is_time or not self._is_absent(wrist)]
        yield from self._search_forearms(image, lost, found)
        lost = [wrist for wrist in found.lost() if is_time or self._is_recent(wrist, frame.time_s)]
        yield from self._search_palms(image, lost, found)

        hands: dict[int, dict[str, Keypoints]] = {track: {} for track in bodies}
        self._carried, self._time_s = {}, frame.time_s
        for wrist, hand in found.assigned():
            hands[wrist.track][wrist.hand] = hand.keypoints
            self._carried[wrist.key] = Carried(hand.next_region, wrist.position)
            self._found_s[wrist.key] = frame.time_s
        missing = {wrist.key for wrist in wrists} - set(self._carried)
        self._absent = {key: place for key, place in self._absent.items() if key in missing}
        return hands

    def _is_search_time(self, time_s: float) -> bool:
        """Whether all lost hands are looked for in a frame."""
        return self._time_s is None or (
            int(time_s * SEARCHES_PER_S) != int(self._time_s * SEARCHES_PER_S)
        )

    def _is_recent(self, wrist: Wrist, time_s: float) -> bool:
        """Whether the hand was found in the frame before or `RECENTLY_S` ago."""
        is_recent = time_s - self._found_s.get(wrist.key, -np.inf) < RECENTLY_S
        return wrist.key in self._carried or is_recent

    def _is_absent(self, wrist: Wrist) -> bool:
        """Whether the last search saw no trace of a hand, and the wrist has not moved since."""
        if wrist.key not in self._absent:
            return False
        distance = np.linalg.norm(wrist.position - self._absent[wrist.key])
        return bool(distance < ABSENT_REACH * wrist.face_size)

    def _carried_regions(self, wrists: Iterable[Wrist]) -> list[Region]:
        """Where the hands of the frame before are expected, if they are still near."""
        regions = []
        for wrist in wrists:
            if wrist.key in self._carried:
                region, position = self._carried[wrist.key]
                if np.linalg.norm(wrist.position - position) < FAST_WRIST * region.side:
                    regions.append(region)
        return regions

    def _track(
        self, image: np.ndarray, regions: Iterable[Region], found: FoundHands
    ) -> Steps[None]:
        """Add the hands in these regions to those that were found."""
        rounded = [rounded_region(region, HAND_GRID) for region in regions]
        requests: list[Request] = [TrackHand(image, region) for region in rounded]
        hands = (yield requests) if requests else []
        for hand in hands:
            if hand.presence >= self._confidence:
                found.add(hand)

    def _search_forearms(
        self, image: np.ndarray, wrists: Sequence[Wrist], found: FoundHands
    ) -> Steps[None]:
        """Look for lost hands at the ends of their forearms."""
        requests: list[Request] = [TrackHand(image, forearm_region(wrist)) for wrist in wrists]
        hands = (yield requests) if requests else []
        lowest = min(self._confidence, FOREARM_CONFIDENCE)
        for wrist, hand in zip(wrists, hands, strict=True):
            if hand.presence < ABSENT_PRESENCE:
                self._absent[wrist.key] = wrist.position
            else:
                self._absent.pop(wrist.key, None)
        likely = [hand.next_region for hand in hands if hand.presence >= lowest]
        yield from self._track(image, likely, found)

    def _search_palms(
        self, image: np.ndarray, wrists: Iterable[Wrist], found: FoundHands
    ) -> Steps[None]:
        """Look for hands with the palm detector."""
        lowest = min(self._confidence, PALM_CONFIDENCE)
        requests: list[Request] = [
            FindPalms(image, palm_search_region(wrist), MAX_PALMS, lowest) for wrist in wrists
        ]
        palms = (yield requests) if requests else []
        regions = [palm.region for palms_of_wrist in palms for palm in palms_of_wrist]
        known = [hand.next_region for hand in found.hands]
        yield from self._track(image, unknown_regions(regions, known), found)
