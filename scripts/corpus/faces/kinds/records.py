"""Records of the pixels around each face, from which the kinds of tracks are decided.

`KindRecords` is a measure of `corpus.faces.face_search`: it sees each sampled frame once and keeps
about half a kilobyte per face. Images of about a second are kept besides.
"""

from collections import deque
from typing import NamedTuple

import cv2
import numpy as np
import pandas as pd

from corpus.faces.face_search import SampledFaces
from corpus.faces.kinds.borders import border_covers
from corpus.faces.kinds.patches import SIDE, face_patch
from corpus.faces.kinds.stillness import (
    THUMBNAIL,
    face_displacement,
    moves_outside,
    moving_blocks,
    thumbnail,
)

LONGER_SIDE = 960
"""Images are scaled down to this longer side, pixels: faces are measured at 40 pixels."""
COMPARED_S = (0.8, 1.6)
"""A face is compared with itself this long before, seconds: long enough for a living face to move,
short enough for a camera not to show another view."""
STEP_S = 0.4
"""Time between two comparisons, seconds. Blinks last about as long."""
BORDER_STEP_S = 1.0
"""Time between two searches for borders, seconds."""
TOLERANCE_S = 1e-3


MEASURES = ["displacement", "scene_moves", "border_cover"]


class Records(NamedTuple):
    """What was recorded of the n faces of a video, in the order of the rows of its table."""

    measures: pd.DataFrame
    """One row per face, index 0 to n - 1. Columns: `displacement` of the face against its
    surroundings (NaN where it was not compared), `scene_moves` (whether something else moved
    meanwhile) and `border_cover` (NaN where no border was looked for)."""
    patches: np.ndarray
    """(n, height, width) uint8, see `corpus.faces.kinds.patches`."""


class _Sample(NamedTuple):
    time_s: float
    image: np.ndarray
    thumbnail: np.ndarray
    boxes: dict[int, np.ndarray]
    landmarks: np.ndarray


class KindRecords:
    """Collects the records of all faces of a video, in the order of the rows of its table."""

    def __init__(self) -> None:
        self._rows: list[tuple[float, bool, float]] = []
        self._patches: list[np.ndarray] = []
        self._recent: deque[_Sample] = deque()
        self._shot = -1
        self._next_comparison_s = self._next_search_s = -np.inf

    def __call__(self, sample: SampledFaces, shot: int, tracks: list[int]) -> None:
        """Record the faces of a sampled frame, which are in these tracks."""
        if shot != self._shot:
            self._recent.clear()
            self._next_comparison_s = self._next_search_s = -np.inf
            self._shot = shot
        if not tracks:
            return
        current = _small_sample(sample, tracks)
        while self._recent and current.time_s - self._recent[0].time_s > COMPARED_S[1]:
            self._recent.popleft()
        comparisons = self._compare(current)
        covers = self._border_covers(current)
        for track, landmarks in zip(tracks, current.landmarks, strict=True):
            self._rows.append((*comparisons.get(track, (np.nan, False)), covers.get(track, np.nan)))
            self._patches.append(face_patch(current.image, landmarks))
        self._recent.append(current)

    def collected(self) -> Records:
        """The records of all faces so far."""
        patches = np.array(self._patches, np.uint8).reshape(-1, SIDE, SIDE)
        return Records(pd.DataFrame(self._rows, columns=MEASURES), patches)

    def _compare(self, current: _Sample) -> dict[int, tuple[float, bool]]:
        """Displacement of each track since about a second ago, and whether something else moved.

        Tracks that were not detected then are left out.
        """
        if current.time_s < self._next_comparison_s:
            return {}
        self._next_comparison_s = current.time_s + STEP_S - TOLERANCE_S
        blocks: dict[float, np.ndarray] = {}
        comparisons = {}
        for track, box in current.boxes.items():
            earlier = next((sample for sample in self._recent if track in sample.boxes), None)
            if earlier is None or not _is_comparable(earlier, current):
                continue
            displacement = face_displacement(
                earlier.image, earlier.boxes[track], current.image, box
            )
            if earlier.time_s not in blocks:
                blocks[earlier.time_s] = moving_blocks(earlier.thumbnail, current.thumbnail)
            scale = THUMBNAIL / max(current.image.shape)
            moves = moves_outside(blocks[earlier.time_s], box * scale)
            comparisons[track] = (displacement, moves)
        return comparisons

    def _border_covers(self, current: _Sample) -> dict[int, float]:
        """How completely borders surround the faces, by track."""
        if current.time_s < self._next_search_s:
            return {}
        self._next_search_s = current.time_s + BORDER_STEP_S - TOLERANCE_S
        return border_covers(current.image, current.boxes)


def _is_comparable(earlier: _Sample, current: _Sample) -> bool:
    is_long_ago = current.time_s - earlier.time_s >= COMPARED_S[0] - TOLERANCE_S
    return is_long_ago and earlier.image.shape == current.image.shape


def _small_sample(sample: SampledFaces, tracks: list[int]) -> _Sample:
    """A sampled frame in grey, with the places of its faces, in at most `LONGER_SIDE` pixels."""
    image = cv2.cvtColor(sample.frame.pixels, cv2.COLOR_RGB2GRAY)
    scale = min(1.0, LONGER_SIDE / max(image.shape))
    if scale < 1:
        image = cv2.resize(image, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    boxes = {
        track: np.asarray(box, float) * scale
        for track, box in zip(tracks, sample.detections.boxes, strict=True)
    }
    landmarks = np.asarray(sample.detections.landmarks, float) * scale
    return _Sample(sample.frame.time_s, image, thumbnail(image), boxes, landmarks)
