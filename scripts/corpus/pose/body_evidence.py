"""Tell bodies without a face from things that look like bodies.

The networks are as sure of a heap of toy bricks as of a person: score and presence are 1.0 for
both. But a person is found at the same place whatever surrounds it, while a thing is taken for a
person only in its surroundings. Therefore the detector looks at tight, turned and mirrored crops of
the supposed body, a few in each frame. Each look is evidence for or against a person, and the
evidence is added up until it suffices (a sequential test, Wald 1945).
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from corpus.pose.regions import Region, crop_region, points_to_frame
from corpus.pose.requests import FindBodies, FoundBody

LOOK_SIDE = 224
"""Side of the crops in pixels, as the detector sees them."""
LOOK_LIMIT = 8
"""Largest number of bodies that are compared in a crop."""
LOOK_SCORE = 0.5
"""Lowest score of the detector in a crop. In its crops a thing is rarely as likely as a person."""
MIN_VISIBLE = 0.6
"""If less than this of the side of a region is inside the frame, what is inside is looked at. Of a
close-up, only the head and the shoulders are in the frame, and the region is several times as large
as the frame: in a crop of the region they would be tiny."""
VISIBLE_SCALE = 1.1
"""Side of that crop as a multiple of the side of what is inside the frame."""
MAX_OFFSET = 0.15
"""A body is seen at the same place within this distance, in sides of its region."""
MIN_SCALE, MAX_SCALE = 0.47, 1.4
"""Its size by the detector as a multiple of its size by the landmark network, which tends to be
larger while the head is not visible."""
SURE_SCORE = 0.6
"""Score from which a look counts twice."""
SURE, SEEN, UNSEEN = 2, 1, -1
"""Evidence of a look, about log(p / q) of its result for people (p) and things (q). People are seen
in about 60 % of the looks, most of them with a high score, and things in at most 20 %, few of them
with a high score."""
CONFIRMED = 8
"""Evidence that suffices for a person, and the most that is kept."""
REJECTED = -8
"""Evidence that suffices against a person."""


class Look(NamedTuple):
    """How a crop differs from the region of the body."""

    scale: float
    """Side of the crop as a multiple of the side of the region. The region is 1.25 times as large
    as the body, so that little of the surroundings remains."""
    rotation: float
    """Radians, from upright."""
    is_mirrored: bool
    shift: tuple[float, float]
    """Of the centre, in sides of the region. In the middle of a crop a thing is often detected by
    chance."""


LOOKS = (
    Look(0.75, 0.0, True, (0.1, 0.05)),
    Look(0.85, 0.25, False, (-0.08, 0.08)),
    Look(0.8, -0.25, True, (0.08, -0.05)),
    Look(0.9, 0.0, False, (-0.1, -0.06)),
    Look(0.85, -0.25, True, (-0.1, 0.05)),
    Look(0.8, 0.25, False, (0.08, 0.08)),
)
"""Successive looks at one body."""


@dataclass
class Evidence:
    """The evidence that a body without a face is a person."""

    value: int = 0
    n_looks: int = 0
    is_confirmed: bool = False
    """Whether the evidence has sufficed once."""

    @classmethod
    def of_face(cls) -> "Evidence":
        """The evidence of a body whose face was seen."""
        return cls(CONFIRMED, 0, True)

    @property
    def is_rejected(self) -> bool:
        """Whether the evidence is against a person by now."""
        return self.value <= REJECTED

    @property
    def next_look(self) -> Look:
        """How the body is looked at next."""
        return LOOKS[self.n_looks % len(LOOKS)]

    def add(self, score: float | None) -> None:
        """Add the result of a look: the score with which the body was seen, None if it was not."""
        self.n_looks += 1
        result = UNSEEN if score is None else SURE if score >= SURE_SCORE else SEEN
        self.value = min(self.value + result, CONFIRMED)
        self.is_confirmed |= self.value >= CONFIRMED


def look_request(image: np.ndarray, region: Region, look: Look) -> FindBodies:
    """A request for the bodies in a crop of the frame `image` around the region of a body."""
    part = looked_at(region, look, image.shape)
    crop = crop_region(image, part, LOOK_SIDE, replicate=False)
    if look.is_mirrored:
        crop = crop[:, ::-1]
    box = (0, 0, LOOK_SIDE, LOOK_SIDE)
    return FindBodies(np.ascontiguousarray(crop), box, LOOK_LIMIT, LOOK_SCORE)


def looked_at(region: Region, look: Look, shape: tuple[int, ...]) -> Region:
    """The part of the frame that a look at the region of a body sees.

    `shape` is that of the frame: height, width, channels.
    """
    seen, scale = region, look.scale
    size = np.array([shape[1], shape[0]], float)
    low = (region.centre - region.side / 2).clip(0, size)
    high = (region.centre + region.side / 2).clip(0, size)
    visible_side = float((high - low).max())
    if 0 < visible_side < MIN_VISIBLE * region.side:
        seen, scale = Region((low + high) / 2, visible_side, 0.0), VISIBLE_SCALE
    centre = seen.centre + np.array(look.shift) * seen.side
    return Region(centre, scale * seen.side, look.rotation)


def score_of_look(
    found: list[FoundBody], region: Region, look: Look, shape: tuple[int, ...]
) -> float | None:
    """Highest score of the bodies in the crop of a look that lie where the region of the body is.

    None if there are none. `shape` is that of the frame.
    """
    part = looked_at(region, look, shape)
    scores = []
    for body in found:
        position = body.region.centre / LOOK_SIDE
        if look.is_mirrored:
            position = np.array([1 - position[0], position[1]])
        offset = np.linalg.norm(points_to_frame(position, part) - region.centre) / region.side
        scale = body.region.side / LOOK_SIDE * part.side / region.side
        if offset <= MAX_OFFSET and MIN_SCALE <= scale <= MAX_SCALE:
            scores.append(body.score)
    return max(scores, default=None)
