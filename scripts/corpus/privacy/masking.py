"""Make faces unrecognisable.

A masked head keeps only a few colours that blend into each other. Light blurs and fine mosaics can
be undone, or recognised by a network that was trained on them (McPherson, Shokri and Shmatikov
2016, arXiv:1609.00408).

A head is masked wherever it is located (`corpus.privacy.head_regions`). When it is no longer
located, its mask follows the picture by optical flow for a limited time.
"""

import cv2
import numpy as np

from corpus.faces.track_boxes import TrackBoxes
from corpus.pose.keypoint_stream import FramePeople
from corpus.privacy.erased_heads import ErasedHeads
from corpus.privacy.head_regions import (
    Ellipse,
    HeadKey,
    Sighting,
    Sightings,
    ellipse_in,
    find_heads,
)
from corpus.privacy.kept_masks import KeptMasks
from corpus.privacy.optical_flow import OpticalFlow
from corpus.video.reader import Frame

HOLD_S = 2.0
"""How long a head stays masked before its first and after its last sighting in a shot, seconds.
Twice as long as a face may be lost within a track by default (faces.max_gap_s)."""
GROWTH_PER_S = 0.25
"""Growth of a mask per second without a sighting, because the head may move."""
MAX_COLOURS = 5
"""Most colours across a masked head, which is about three across the face."""
MIN_COLOUR_SIZE = 6
"""Smallest extent of one colour, pixels; limits the number of colours for small heads."""


class HeadMasks:
    """Decides which regions of each frame to mask. Frames must be given in order."""

    def __init__(self, faces: TrackBoxes, first: Sightings, kept_masks: KeptMasks) -> None:
        """Start at the beginning of a video.

        Parameters
        ----------
        faces
            Face boxes of the video's tracks.
        first
            First sightings of all tracks (`corpus.privacy.head_regions.first_sightings`): heads
            are also masked before they are first located.
        kept_masks
            Masks of erased people.
        """
        self.faces, self.kept_masks, self.flow = faces, kept_masks, OpticalFlow()
        self.first, self.last = first | kept_masks.first(), {}

    def regions(self, frame: Frame, shot: int, people: FramePeople) -> list[list[Ellipse]]:
        """Regions to mask in the next frame, one list per head."""
        self.flow.add(frame.pixels)
        time_s = frame.time_s
        located = find_heads(time_s, shot, people, self.faces) | self.kept_masks.at(frame.number)
        self.last = self._lost(time_s, shot, located) | located
        regions: dict[tuple[str, int], list[Ellipse]] = {}
        for sightings in (self._upcoming(time_s, shot), self.last):
            for key, sighting in sightings.items():
                growth = 1 + GROWTH_PER_S * abs(time_s - sighting.time_s)
                head = key.source, key.number
                regions.setdefault(head, []).append(sighting.region.scaled(growth))
        return [regions[head] for head in sorted(regions)]

    def _upcoming(self, time_s: float, shot: int) -> Sightings:
        """First sightings that follow soon in the same shot."""
        return {
            key: sighting
            for key, sighting in self.first.items()
            if sighting.shot == shot and 0 < sighting.time_s - time_s <= HOLD_S
        }

    def _lost(self, time_s: float, shot: int, located: dict[HeadKey, Sighting]) -> Sightings:
        """Recent sightings of heads that are not located in this frame, moved with the picture."""
        return {
            key: Sighting(
                sighting.time_s,
                sighting.shot,
                sighting.region.shifted(*self.flow.displacement(sighting.region)),
            )
            for key, sighting in self.last.items()
            if key not in located
            and sighting.shot == shot
            and abs(time_s - sighting.time_s) <= HOLD_S
        }


def mask_heads(image: np.ndarray, heads: list[list[Ellipse]]) -> np.ndarray:
    """A copy of the picture in which the regions of each head show only a few colours.

    Parameters
    ----------
    image
        (height, width, 3) uint8 RGB.
    heads
        Regions to mask, one list per head. They may extend beyond the picture.
    """
    masked = image.copy()
    for regions in heads:
        left, top, right, bottom = _bounding_box(regions, image.shape)
        if left >= right or top >= bottom:
            continue
        blended = _blend_colours(image[top:bottom, left:right])
        inside = np.zeros(blended.shape[:2], np.uint8)
        for region in regions:
            centre = round(region.x) - left, round(region.y) - top
            half_axes = int(np.ceil(region.half_width)), int(np.ceil(region.half_height))
            cv2.ellipse(inside, centre, half_axes, 0, 0, 360, 255, -1)
        cv2.copyTo(blended, inside, masked[top:bottom, left:right])
    return masked


def mask_erased(heads: ErasedHeads, frame: int, image: np.ndarray, face: np.ndarray) -> np.ndarray:
    """A copy of a frame in which erased people are masked, but not the face box (4,) of another.

    The picture of a face also shows what is beside the face.
    """
    outlines = [region.outline for region in heads.at(frame) if region.is_located]
    masked = mask_heads(image, [[ellipse_in(outline)] for outline in outlines])
    x1, y1, x2, y2 = face.clip(0).astype(int)
    masked[y1:y2, x1:x2] = image[y1:y2, x1:x2]
    return masked


def _bounding_box(regions: list[Ellipse], shape: tuple[int, ...]) -> tuple[int, int, int, int]:
    """Left, top, right and bottom (exclusive) of the regions within a picture of `shape`."""
    height, width = shape[:2]
    left = max(0, int(min(region.x - region.half_width for region in regions)))
    top = max(0, int(min(region.y - region.half_height for region in regions)))
    right = min(width, int(max(region.x + region.half_width for region in regions)) + 2)
    bottom = min(height, int(max(region.y + region.half_height for region in regions)) + 2)
    return left, top, right, bottom


def _blend_colours(image: np.ndarray) -> np.ndarray:
    """The picture reduced to a few colours that blend into each other, in the same size."""
    size = image.shape[1], image.shape[0]
    n_colours = [min(MAX_COLOURS, max(1, length // MIN_COLOUR_SIZE)) for length in size]
    colours = cv2.resize(image, n_colours, interpolation=cv2.INTER_AREA)
    return cv2.resize(colours, size, interpolation=cv2.INTER_LINEAR)
