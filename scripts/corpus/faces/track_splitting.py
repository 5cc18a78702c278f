"""Split tracks whose faces are those of several people.

Detections are joined by where they are, so a track may go from one person to another: at a cut that
was not detected, in a dissolve, or where somebody takes the place of somebody else. Then the
embeddings change, and stay changed. The change points of a track are found by merging successive
faces from the bottom up, nearest first, as in constrained hierarchical clustering (CONISS, Grimm
1987, https://doi.org/10.1016/0098-3004(87)90022-7), until the nearest neighbours are too far apart
to be one person.

The distance of two segments is that of their mean embeddings, without the part that is due to noise
(`squared_noise`). Faces are compared within one view where they can be
(`corpus.faces.appearance`).
"""

import heapq
from dataclasses import dataclass
from itertools import product

import numpy as np
import pandas as pd

from corpus.faces.appearance import OTHER_VIEW_SCALE, views
from corpus.faces.embedders import EMBEDDERS

SHARE_OF_SAME_PERSON = 0.62
"""Distance from which long segments are two people, as a share of the distance at which two faces
from different days are as likely to be one person as two. Within a track it is lower: light, camera
and clothes are the same, and the noise is subtracted. Measured with dlib on clips of half of the
people: from 0.60 to 0.70 no track of one person was split, and all tracks made of two people were.
"""
MIN_FACES = 2
"""Number of faces that decide. A single face that differs from the faces before and after it may be
blurred or covered."""

RETURN_FACTOR = 1.1
"""How many times the distance of two people is needed where the first person comes back after."""


def person_boundary(embedder: str) -> float:
    """Distance of the mean embeddings of long stretches of a track that show two people."""
    return SHARE_OF_SAME_PERSON * EMBEDDERS[embedder].same_person


def split_mixed_tracks(faces: pd.DataFrame, embeddings: np.ndarray, boundary: float) -> pd.Series:
    """Number the tracks anew so that each contains the faces of one person.

    Parameters
    ----------
    faces
        Rows of the faces table, index 0 to n - 1.
    embeddings
        (n, dimensions) embeddings of the faces.
    boundary
        Distance of mean embeddings from which they are those of two people.

    Returns the track number of each face; the first person of a track keeps its number.
    """
    tracks = faces["track"].copy()
    next_number = int(tracks.max()) + 1 if len(tracks) else 0
    for _, of_track in faces.sort_values(["track", "frame"]).groupby("track"):
        landmarks = np.stack(of_track["landmarks"].to_list()).reshape(-1, 5, 2)
        segments = segment(embeddings[of_track.index], views(landmarks), boundary)
        for number in range(1, segments.max() + 1):
            tracks[of_track.index[segments == number]] = next_number
            next_number += 1
    return tracks


def segment(embeddings: np.ndarray, view: np.ndarray, boundary: float) -> np.ndarray:
    """Number the people in a sequence of faces: (n,) integers from 0 that never decrease.

    `embeddings` are (n, dimensions) in order of time, `view` (n,) the views of the faces.
    """
    faces = [_Segment(n, v, e) for n, (v, e) in enumerate(zip(view, embeddings, strict=True))]
    noise = squared_noise(embeddings, view)
    segments = _merge_short(_merge_nearest(faces, noise, boundary), noise)
    segments = _merge_returns(_merge_nearest(segments, noise, boundary), noise, boundary)
    is_start = np.zeros(len(embeddings), int)
    is_start[[segment.first for segment in segments[1:]]] = 1
    return is_start.cumsum()


def squared_noise(embeddings: np.ndarray, view: np.ndarray) -> float:
    """Squared distance of two faces of one person that follow each other in the same view.

    It is the median over a track, which a few exchanges of people do not change. It is large where
    faces are small or blurred.
    """
    differences = np.diff(embeddings.astype(np.float64), axis=0)[view[1:] == view[:-1]]
    squared = np.sort((differences**2).sum(axis=1))
    return float(squared[(len(squared) - 1) // 2]) if len(squared) else 0.0


@dataclass
class _ViewSums:
    """The faces of a segment that were seen in one view."""

    n: int
    total: np.ndarray
    """(dimensions,) sum of the embeddings."""
    squares: float
    """Sum of the squared lengths of the embeddings."""

    def __add__(self, other: "_ViewSums") -> "_ViewSums":
        return _ViewSums(self.n + other.n, self.total + other.total, self.squares + other.squares)

    def squared_distance(self, other: "_ViewSums") -> float:
        """Mean squared distance of the faces here to those of another segment."""
        mean_product = self.total @ other.total / (self.n * other.n)
        return float(self.squares / self.n + other.squares / other.n - 2 * mean_product)


class _Segment:
    """Successive faces of a track."""

    def __init__(self, first: int, view: int, embedding: np.ndarray) -> None:
        vector = embedding.astype(np.float64)
        self.first, self.n_faces = first, 1
        self.views = {int(view): _ViewSums(1, vector, float(vector @ vector))}

    def absorb(self, other: "_Segment") -> None:
        """Take over the faces of the segment that precedes or follows this one."""
        self.first = min(self.first, other.first)
        self.n_faces += other.n_faces
        for view, sums in other.views.items():
            self.views[view] = self.views[view] + sums if view in self.views else sums

    def distance(self, other: "_Segment", noise: float) -> float:
        """How far apart two segments are, in the distance from which they are two people.

        The mean squared distance of faces of one segment to faces of the other is the squared
        distance of their expected embeddings, plus the noise of the embeddings. What is expected
        of a person varies within a track, with expression and blur. This variation is similar for
        faces that follow each other, so the fewer faces there are, the further apart they must be.
        """
        if common := sorted(self.views.keys() & other.views.keys()):
            pairs = [(self.views[view], other.views[view]) for view in common]
        else:
            pairs = list(product(self.views.values(), other.views.values()))
        weights = [min(mine.n, theirs.n) for mine, theirs in pairs]
        squared = [mine.squared_distance(theirs) for mine, theirs in pairs]
        expected = max(float(np.average(squared, weights=weights)) - noise, 0.0)
        scale = 1.0 if common else OTHER_VIEW_SCALE
        return scale * (expected / (1 + 1 / sum(weights))) ** 0.5


def _merge_nearest(segments: list[_Segment], noise: float, boundary: float) -> list[_Segment]:
    """Merge neighbours, the nearest first, until all are at least `boundary` apart."""
    alive = dict(enumerate(segments))
    following = {n: n + 1 for n in range(len(segments) - 1)}
    preceding = {n + 1: n for n in range(len(segments) - 1)}
    queue: list[tuple[float, int, int, int, int]] = []

    def propose(a: int, b: int) -> None:
        distance = alive[a].distance(alive[b], noise)
        if distance < boundary:
            heapq.heappush(queue, (distance, a, b, alive[a].n_faces, alive[b].n_faces))

    for a, b in following.items():
        propose(a, b)
    while queue:
        _, a, b, n_a, n_b = heapq.heappop(queue)
        if following.get(a) != b or (n_a, n_b) != (alive[a].n_faces, alive[b].n_faces):
            continue  # one of the two was merged since
        alive[a].absorb(alive.pop(b))
        after = following.pop(b, None)
        following.pop(a)
        if after is not None:
            following[a], preceding[after] = after, a
            propose(a, after)
        if a in preceding:
            propose(preceding[a], a)
    return list(alive.values())


def _merge_returns(segments: list[_Segment], noise: float, boundary: float) -> list[_Segment]:
    """Merge what lies between two segments of one person with them, unless it is clearly different.

    A head that turns or is covered, and a face in another light, looks different for a time and
    then as before.
    """
    merged = list(segments)
    for first in range(len(segments) - 2):
        for last in range(len(merged) - 1, first + 1, -1):
            start, *between, end = merged[first : last + 1]
            if start.distance(end, noise) < boundary and all(
                part.distance(side, noise) < RETURN_FACTOR * boundary
                for part in between
                for side in (start, end)
            ):
                for part in (*between, end):
                    start.absorb(part)
                del merged[first + 1 : last + 1]
                break
    return merged


def _merge_short(segments: list[_Segment], noise: float) -> list[_Segment]:
    """Merge segments of fewer than `MIN_FACES` faces with the nearer of their neighbours."""
    merged = list(segments)
    position = 0
    while len(merged) > 1 and position < len(merged):
        if merged[position].n_faces >= MIN_FACES:
            position += 1
            continue
        short = merged.pop(position)
        neighbours = [n for n in (position - 1, position) if 0 <= n < len(merged)]
        nearest = min(neighbours, key=lambda n: short.distance(merged[n], noise))
        merged[nearest].absorb(short)
    return merged
