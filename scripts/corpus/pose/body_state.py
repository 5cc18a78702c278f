"""What is known about a body that is followed, and about the frame in which it is looked for."""

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np

from corpus.core.reused_memory import ReusedMemory
from corpus.pose.bodies import NOSE, paint_over_faces, torso_size, upper_centre
from corpus.pose.body_evidence import Evidence
from corpus.pose.keypoints import Keypoints
from corpus.pose.regions import Grid, Region, normalize_angle, rounded_region
from corpus.video.reader import Frame
from corpus.video.timestamps import TIME_TOLERANCE_S

SMOOTHING = 0.35
"""Weight of the second of two successive regions."""
MAX_SMOOTHED_SHIFT, MAX_SMOOTHED_SCALE = 0.1, 1.2
"""A region is only smoothed if it moved by less, in sides, and its side changed by less."""
SMOOTH_GRID = Grid(sides_per_octave=32, steps_per_side=64, turns=144)
"""Grid of smoothed regions. Rounding removes differences of floating-point arithmetic."""
FRESH_GRID = Grid(sides_per_octave=16, steps_per_side=32, turns=72)
"""Grid of fresh regions: so coarse that different regions of one body are rounded to the same."""
FRESH_INTERVAL_S = 1.0
"""Time between two fresh regions, seconds. A warm-up (`corpus.pose.chunks`) must contain one."""


class ErasedPeople(Protocol):
    """The heads of people who were erased from the video (`corpus.privacy.erased_heads`)."""

    def face_boxes(self, frame: int) -> list[np.ndarray]:
        """Face boxes (4,) of the heads that were located in a frame, by its number."""
        ...

    def contain(self, frame: int, nose: np.ndarray) -> bool:
        """Whether the nose (2,) of a body in a frame is that of an erased person."""
        ...


@dataclass
class FollowedBody:
    """A body that is followed."""

    number: int
    """The face track, or a negative number if no face has been seen."""
    keypoints: Keypoints
    """In the last frame."""
    region: Region
    """Where the body is looked for in the next frame."""
    face: np.ndarray | None = None
    """(4,) box of its face in the last frame, pixels; None if the face is not detected."""
    evidence: Evidence = field(default_factory=Evidence)
    """That it is a person, if the face is not detected."""
    velocity: np.ndarray = field(default_factory=lambda: np.zeros(2))
    """(2,) of the upper body, pixels per second."""
    surprise: float = 0.0
    """How far the body is from where it should be by its movement, in torso sizes."""

    def move(
        self, keypoints: Keypoints, region: Region, elapsed_s: float, *, is_fresh: bool
    ) -> None:
        """Update what is known when the body was found in the next frame.

        `region` is what the keypoints suggest for the frame after it, and `is_fresh` whether the
        regions before are forgotten.
        """
        step = upper_centre(keypoints) - upper_centre(self.keypoints)
        error = float(np.linalg.norm(step - self.velocity * elapsed_s))
        self.surprise = error / torso_size(keypoints)
        self.velocity = step / elapsed_s if elapsed_s > 0 else np.zeros(2)
        if not self.evidence.is_confirmed:
            # Of what may be a thing, the region is neither smoothed nor on a grid: that would hold
            # it in its place, and looks at it would agree.
            self.region = region
        elif is_fresh:
            self.region = rounded_region(region, FRESH_GRID)
        else:
            self.region = rounded_region(smoothed_region(self.region, region), SMOOTH_GRID)
        self.keypoints = keypoints

    @property
    def nose(self) -> np.ndarray:
        """(2,) pixels."""
        return self.keypoints.points[NOSE, :2]


class Canvases:
    """Memory for copies of the frame in which faces are painted over."""

    def __init__(self) -> None:
        self._memory = ReusedMemory()
        self._n_used = 0

    def start_frame(self) -> None:
        """Use the memory again: the copies of the last frame are not needed any more."""
        self._n_used = 0

    def new(self, image: np.ndarray) -> np.ndarray:
        """An array of the size of an image, with any content."""
        self._n_used += 1
        return self._memory.array(f"copy {self._n_used}", image.shape, np.uint8)


@dataclass(frozen=True)
class Scene:
    """A frame and the faces in it."""

    frame: Frame
    faces: dict[int, np.ndarray]
    """Boxes (4,) of the face tracks on screen, pixels."""
    last_seen_faces: Collection[int]
    """Those of the face tracks whose last detection is past: their boxes are where it was."""
    erased_faces: list[np.ndarray]
    """Boxes (4,) of the faces of erased people, pixels."""
    previous_time_s: float | None
    """Time of the frame before; None for the first frame of a shot or chunk."""
    canvases: Canvases = field(default_factory=Canvases)

    @property
    def image(self) -> np.ndarray:
        """(height, width, 3) RGB."""
        return self.frame.pixels

    @property
    def is_first(self) -> bool:
        """Whether this is the first frame of a shot or chunk."""
        return self.previous_time_s is None

    @property
    def elapsed_s(self) -> float:
        """Time since the frame before, seconds; infinite for the first frame."""
        if self.previous_time_s is None:
            return np.inf
        # The absolute difference: the times of a damaged file may jump back.
        return abs(self.frame.time_s - self.previous_time_s)

    def is_due(self, interval_s: float) -> bool:
        """Whether it is time for something that is done in intervals.

        It is due if a multiple of the interval has passed since the frame before, so that the
        schedule does not depend on the first frame.
        """
        if self.previous_time_s is None:
            return True
        before, now = (
            (time_s + TIME_TOLERANCE_S) // interval_s
            for time_s in (self.previous_time_s, self.frame.time_s)
        )
        return before != now

    def painted_in(self, region: Region, except_of: Collection[int]) -> np.ndarray:
        """The image with all faces in a region painted over but those of some face tracks.

        BlazePose locates a body by its face, so that the skeleton of one person may otherwise move
        on to a neighbour.
        """
        others = [face for track, face in self.faces.items() if track not in except_of]
        near = [face for face in others + self.erased_faces if _overlaps(face, region)]
        kept = [self.faces[track] for track in except_of]
        return paint_over_faces(self.image, near, kept, self.canvases.new)


def _overlaps(box: np.ndarray, region: Region) -> bool:
    """Whether a box (4,) may overlap with a region: with the circle around its corners."""
    nearest = region.centre.clip(box[:2], box[2:])
    return float(np.linalg.norm(nearest - region.centre)) < region.side / np.sqrt(2)


def smoothed_region(before: Region, after: Region) -> Region:
    """A third of the way between two successive regions of a body; the second if they differ much.

    Regions jitter, and keypoints depend a little on their region (docs/keypoints.md).
    """
    offset = float(np.linalg.norm(after.centre - before.centre)) / before.side
    scale = max(after.side, before.side) / min(after.side, before.side)
    if offset > MAX_SMOOTHED_SHIFT or scale > MAX_SMOOTHED_SCALE:
        return after
    turn = normalize_angle(after.rotation - before.rotation)
    return Region(
        before.centre + SMOOTHING * (after.centre - before.centre),
        before.side * (after.side / before.side) ** SMOOTHING,
        normalize_angle(before.rotation + SMOOTHING * turn),
    )
