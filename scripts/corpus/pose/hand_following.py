"""Follow the hands of all people through the successive frames of one shot.

A hand is looked for in up to three ways, the cheapest first, until it is found:

1. in the region that its keypoints in the frame before suggest, as MediaPipe's hand tracker does
   (https://arxiv.org/abs/2006.10214);
2. in the region at the end of the forearm, where the body's keypoints say that a hand must be; the
   hand landmark network is run a second time if the region of the first run did not fit the hand;
3. in the region of a palm that the palm detector finds around the end of the forearm.

All hands that are found in a frame are assigned to the wrists of all people at once
(`corpus.pose.hands`), so a hand belongs to one wrist only, whichever search finds it. A hand that
has drifted onto another one is the same hand twice: it is dropped and looked for again.

The state is soon forgotten, so that parts of a video that start at different frames agree: where
each hand was in the frame before, on a grid; when it was found last; and, until the next fixed
time, which searches found nothing.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from corpus.pose.failed_searches import FailedSearches
from corpus.pose.hand_regions import (
    HAND_GRID,
    fits,
    forearm_region,
    palm_search_region,
    unknown_regions,
)
from corpus.pose.hands import FoundHands, HandKey, Wrist, wrists_in_image
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
PALM_SEARCHES_PER_S = 2
"""How often palms are also searched again where the last search found none, per second."""
RECENTLY_S = 0.1
"""How long after a hand was found its palm is searched in every frame, seconds."""
ABSENT_PRESENCE = 0.03
"""A hand is absent if its presence at the end of the forearm is lower than this. It is then rarely
found in the next frame."""
ABSENT_REACH = 0.5
"""An absent hand is looked for again when its wrist has moved this far, in face sizes."""
PALM_REACH = 0.1
"""The same for a palm that was not found. It is lower, since palms are found in a larger region."""
FAST_WRIST = 0.2
"""A hand is looked for at the end of its forearm if the wrist moves further than this from one
frame to the next, in sides of the hand's region: the region of the frame before then contains only
a part of the hand, and its keypoints would be inaccurate."""
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
        self._absent = FailedSearches(ABSENT_REACH)
        """Of hands of which the last search saw no trace at the end of the forearm."""
        self._without_palm = FailedSearches(PALM_REACH)
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
        if self._is_time(SEARCHES_PER_S, frame.time_s):
            self._absent.forget_all()
        if self._is_time(PALM_SEARCHES_PER_S, frame.time_s):
            self._without_palm.forget_all()
        found = FoundHands(wrists)
        yield from self._track(image, self._carried_regions(wrists), found)
        lost = [wrist for wrist in found.lost() if wrist not in self._absent]
        yield from self._search_forearms(image, lost, found)
        lost = [wrist for wrist in found.lost() if self._may_have_palm(wrist, frame.time_s)]
        yield from self._search_palms(image, lost, found)

        hands: dict[int, dict[str, Keypoints]] = {track: {} for track in bodies}
        self._carried, self._time_s = {}, frame.time_s
        for wrist, hand in found.assigned():
            hands[wrist.track][wrist.hand] = hand.keypoints
            self._carried[wrist.key] = Carried(hand.next_region, wrist.position)
            self._found_s[wrist.key] = frame.time_s
        missing = {wrist.key for wrist in wrists} - set(self._carried)
        self._absent.keep(missing)
        self._without_palm.keep(missing)
        return hands

    def _is_time(self, times_per_s: int, time_s: float) -> bool:
        """Whether a fixed time of the video has passed since the frame before."""
        return self._time_s is None or int(time_s * times_per_s) != int(self._time_s * times_per_s)

    def _may_have_palm(self, wrist: Wrist, time_s: float) -> bool:
        """Whether the palm of a lost hand is searched in a frame."""
        is_recent = time_s - self._found_s.get(wrist.key, -np.inf) < RECENTLY_S
        is_due = wrist.key in self._carried or is_recent or self._is_time(SEARCHES_PER_S, time_s)
        return is_due and wrist not in self._without_palm

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
        requests = [TrackHand(image, forearm_region(wrist)) for wrist in wrists]
        hands = (yield requests) if requests else []
        lowest = min(self._confidence, FOREARM_CONFIDENCE)
        likely = []
        for wrist, request, hand in zip(wrists, requests, hands, strict=True):
            if hand.presence < ABSENT_PRESENCE:
                self._absent.add(wrist)
            else:
                self._absent.discard(wrist)
            if hand.presence >= self._confidence and fits(request.region, hand.next_region):
                found.add(hand)
            elif hand.presence >= lowest:
                likely.append(hand.next_region)
        yield from self._track(image, likely, found)

    def _search_palms(
        self, image: np.ndarray, wrists: Sequence[Wrist], found: FoundHands
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
        lost = {wrist.key for wrist in found.lost()}
        for wrist in wrists:
            if wrist.key in lost:
                self._without_palm.add(wrist)
