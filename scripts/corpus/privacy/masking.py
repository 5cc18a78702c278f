"""Makes faces unrecognisable.

What is left of a head is a handful of colours that run into each other: light blurs and fine
mosaics can be undone, or recognised by a network that has learned them (McPherson, Shokri and
Shmatikov 2016, arXiv:1609.00408).

A head is covered wherever it is known to be (corpus.privacy.head_regions). After that the picture itself is
followed for a while.
"""

import cv2
import numpy as np

from corpus.faces.track_boxes import TrackBoxes
from corpus.pose.keypoint_stream import FramePeople
from corpus.privacy.head_regions import Ellipse, Sighting, Sightings, sightings
from corpus.privacy.kept_masks import Covers
from corpus.privacy.optical_flow import Flow
from corpus.video.reader import Frame

HOLD_S = 2.0
"""How long a head stays covered before it was first seen in a shot, and after it was last seen:
twice as long as a face may be lost within a track by default (faces.max_gap_s)."""
GROW_PER_S = 0.25
"""Growth while nothing is seen of the head, which may move."""
COLOURS = 5
"""Colours across a covered head at most, that is three across the face."""
FINEST = 6
"""Pixels that a colour takes at least, for small heads."""


class Heads:
    """Which places of each frame are to be covered. Frames come in order."""

    def __init__(self, faces: TrackBoxes, first: Sightings, covers: Covers) -> None:
        """`first` are the first sightings of all tracks, since they are covered before; `covers`
        are of people who were forgotten."""
        self.faces, self.covers, self.flow = faces, covers, Flow()
        self.first, self.last = first | covers.first(), {}

    def __call__(self, frame: Frame, shot: int, people: FramePeople) -> list[list[Ellipse]]:
        """Places to cover in a frame, those of one track together."""
        self.flow.show(frame.image)
        time_s = frame.time_s
        now = sightings(time_s, shot, people, self.faces) | self.covers.at(frame.number)
        before = {
            key: s
            for key, s in self.first.items()
            if s.shot == shot and 0 < s.time_s - time_s <= HOLD_S
        }
        after = {
            key: self._followed(s)
            for key, s in self.last.items()
            if key not in now and s.shot == shot and abs(time_s - s.time_s) <= HOLD_S
        }
        self.last = after | now
        found: dict[tuple[str, int], list[Ellipse]] = {}
        for sighted in (before, self.last):
            for key, s in sighted.items():
                growth = 1 + GROW_PER_S * abs(time_s - s.time_s)
                found.setdefault((key.of, key.number), []).append(s.head.grown(growth))
        return [found[whose] for whose in sorted(found)]

    def _followed(self, old: Sighting) -> Sighting:
        """An old sighting where its head may be now."""
        head = old.head
        dx, dy = self.flow.shift(head.x, head.y, head.across, head.down)
        return Sighting(
            old.time_s, old.shot, Ellipse(head.x + dx, head.y + dy, head.across, head.down)
        )


def cover(image: np.ndarray, heads: list[list[Ellipse]]) -> np.ndarray:
    """A copy of the picture with a few colours instead of what is in the ellipses of each head."""
    covered = image.copy()
    height, width = image.shape[:2]
    for places in heads:
        left = max(0, int(min(place.x - place.across for place in places)))
        top = max(0, int(min(place.y - place.down for place in places)))
        right = min(width, int(max(place.x + place.across for place in places)) + 2)
        bottom = min(height, int(max(place.y + place.down for place in places)) + 2)
        if left >= right or top >= bottom:
            continue
        size = right - left, bottom - top
        few = [min(COLOURS, max(1, length // FINEST)) for length in size]
        colours = cv2.resize(image[top:bottom, left:right], few, interpolation=cv2.INTER_AREA)
        smooth = cv2.resize(colours, size, interpolation=cv2.INTER_LINEAR)
        inside = np.zeros(smooth.shape[:2], np.uint8)
        for place in places:
            middle = round(place.x) - left, round(place.y) - top
            axes = int(np.ceil(place.across)), int(np.ceil(place.down))
            cv2.ellipse(inside, middle, axes, 0, 0, 360, 255, -1)
        cv2.copyTo(smooth, inside, covered[top:bottom, left:right])
    return covered
