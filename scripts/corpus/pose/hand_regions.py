"""Regions of a frame in which hands are looked for."""

from collections.abc import Iterable

import numpy as np

from corpus.pose.hands import Wrist
from corpus.pose.regions import Grid, Region, normalize_angle

FOREARM_SIDE = 1.6
"""Side of the region at the end of a forearm, in face sizes. A hand is about as long as a face."""
PALM_SIDE = 4.0
"""Side of the square that is searched for palms, in face sizes."""
KNOWN_HAND = 0.25
"""A palm whose region is nearer than this to that of a hand that was already found is the palm of
that hand, in sides of the larger region, if it is also turned by less than `KNOWN_HAND_TURN`."""
KNOWN_HAND_TURN = np.pi / 4
"""Radians. Hands that lie on one another point in different directions."""
FIT_OFFSET, FIT_SCALE = 0.15, 1.3
"""A region fits a hand if the region that the keypoints of the hand suggest is nearer than this, in
its sides, and larger or smaller by less than this factor."""
HAND_GRID = Grid(sides_per_octave=16, steps_per_side=64, turns=144)
"""Grid of the regions of hands."""


def forearm_region(wrist: Wrist) -> Region:
    """The region at the end of a forearm, in which the forearm points up."""
    return _region_at(wrist, FOREARM_SIDE)


def palm_search_region(wrist: Wrist) -> Region:
    """The region in which palms are searched for a wrist, with the forearm pointing up.

    The palm detector finds upright hands most easily.
    """
    return _region_at(wrist, PALM_SIDE)


def _region_at(wrist: Wrist, side: float) -> Region:
    """A square around the estimated middle of a hand; `side` is in face sizes."""
    x, y = wrist.forearm
    rotation = normalize_angle(float(np.arctan2(y, x)) + np.pi / 2)
    return Region(wrist.hand_centre, side * wrist.face_size, rotation)


def unknown_regions(regions: Iterable[Region], known: Iterable[Region]) -> list[Region]:
    """Those regions that are neither near a known one nor near one another."""
    known, unknown = list(known), []
    for region in regions:
        if not any(_is_near(region, other) for other in known):
            known.append(region)
            unknown.append(region)
    return unknown


def fits(region: Region, suggested: Region) -> bool:
    """Whether the keypoints of a hand are good in a region, though they suggest another one."""
    offset = float(np.linalg.norm(suggested.centre - region.centre)) / region.side
    return offset < FIT_OFFSET and 1 / FIT_SCALE < suggested.side / region.side < FIT_SCALE


def _is_near(region: Region, other: Region) -> bool:
    distance = np.linalg.norm(region.centre - other.centre)
    turn = abs(normalize_angle(region.rotation - other.rotation))
    return bool(distance < KNOWN_HAND * max(region.side, other.side) and turn < KNOWN_HAND_TURN)
