"""Join detections in successive frames into tracks.

Tracking by detection: the boxes of the tracks are extrapolated at constant velocity and matched to
the detections of the next frame by optimal assignment, as in SORT (Bewley et al. 2016,
https://arxiv.org/abs/1602.00763). SORT matches by overlap alone. Here the distance between the
centres counts as well, since frames are sampled sparsely and a face may move by more than its own
width between two samples. If embeddings are given, the cost of a match also says how much a face
looks like the last faces of the track, as in DeepSORT (Wojke et al. 2017,
https://arxiv.org/abs/1703.07402): people who cross keep their tracks.
"""

from collections import defaultdict, deque
from dataclasses import dataclass, field
from functools import partial
from itertools import chain

import numpy as np
from scipy.optimize import linear_sum_assignment

from corpus.faces.appearance import OTHER_VIEW_SCALE, FaceLooks

MAX_COST = 1.0
"""A detection with a higher cost does not belong to the track. The cost is 1 for two equal
boxes at a distance of about nine tenths of their width."""
TIME_TOLERANCE_S = 1e-3
"""Containers round the times of frames, some to milliseconds."""
N_REMEMBERED = 5
"""Number of faces in each view with which a new face is compared: those of the last second."""


@dataclass
class _Track:
    number: int
    seen_s: float
    """Time of the last detection. If its frame stayed on screen for longer than one sampling
    interval, the time at which one interval was left: until then the face was seen at its place."""
    box: np.ndarray
    """(4,) box of the last detection, pixels."""
    velocity: np.ndarray
    """(4,) pixels per second, equal for both corners of the box."""
    last_faces: defaultdict[int, deque[np.ndarray]] = field(
        default_factory=partial(defaultdict, partial(deque, maxlen=N_REMEMBERED))
    )
    """The embeddings of the last faces, by view."""

    def predict(self, time_s: float) -> np.ndarray:
        return self.box + self.velocity * (time_s - self.seen_s)

    def update(self, time_s: float, seen_s: float, box: np.ndarray) -> None:
        elapsed_s = time_s - self.seen_s
        if elapsed_s > 0:
            self.velocity = (_centre(box) - _centre(self.box))[[0, 1, 0, 1]] / elapsed_s
        self.seen_s, self.box = seen_s, box

    def squared_distance(self, view: int, embedding: np.ndarray) -> float | None:
        """Mean squared distance of a face to the last ones; None if there are none.

        It is compared with those in its view if there are any.
        """
        if not self.last_faces:
            return None
        scale = 1.0 if view in self.last_faces else OTHER_VIEW_SCALE**2
        last = self.last_faces.get(view) or chain.from_iterable(self.last_faces.values())
        return scale * float(((np.stack(list(last)) - embedding) ** 2).sum(axis=1).mean())


class Tracker:
    """Assign the detections of one video to numbered tracks, frame by frame.

    A track ends at a cut, and after more than `max_gap_s` seconds without a detection. Numbers
    count from 0 and are not reused.

    Parameters
    ----------
    max_gap_s
        Longest gap in seconds.
    boundary
        Distance of embeddings from which long stretches of a track show two people
        (`corpus.faces.track_splitting`); needed if `update` is given embeddings.
    sampling_interval_s
        Usual time between two frames, seconds; needed if `update` is told how long they are shown.
    """

    def __init__(
        self, max_gap_s: float, boundary: float = np.inf, sampling_interval_s: float = np.inf
    ) -> None:
        self.max_gap_s, self.boundary = max_gap_s, boundary
        self.sampling_interval_s = sampling_interval_s
        self._active: list[_Track] = []
        self._shot = -1
        self._next_number = 0

    def update(
        self,
        shot: int,
        time_s: float,
        boxes: np.ndarray,
        looks: FaceLooks | None = None,
        shown_until_s: float = -np.inf,
    ) -> list[int]:
        """Assign the detections of one frame to tracks.

        Parameters
        ----------
        boxes
            (n, 4) x1, y1, x2, y2 in pixels.
        looks
            Embeddings and views of the n faces. Without it, places alone count.
        shown_until_s
            The time until which the frame is on screen, seconds. If that is longer than one
            sampling interval, the rest of the time is no gap, and nothing moves in it.

        Returns the track number of each detection.
        """
        self._end_tracks(shot, time_s)
        numbers = [-1] * len(boxes)
        seen_s = max(time_s, shown_until_s - self.sampling_interval_s)
        cost = self._match_costs(time_s, boxes, looks)
        # All impossible pairs cost the same. Otherwise the assignment would give up possible pairs
        # to avoid a very expensive impossible one, for example when one face leaves the frame while
        # another enters it.
        pairs = linear_sum_assignment(np.minimum(cost, MAX_COST))
        for row, column in zip(*pairs, strict=True):
            if cost[row, column] <= MAX_COST:
                self._active[row].update(time_s, seen_s, boxes[column])
                numbers[column] = self._active[row].number
        for column, box in enumerate(boxes):
            if numbers[column] < 0:
                numbers[column] = self._start_track(seen_s, box)
        if looks is not None:
            track_of_number = {track.number: track for track in self._active}
            for number, view, embedding in zip(numbers, *looks, strict=True):
                track_of_number[number].last_faces[int(view)].append(embedding)
        return numbers

    def _match_costs(self, time_s: float, boxes: np.ndarray, looks: FaceLooks | None) -> np.ndarray:
        """Costs (tracks, n): that of the place, plus how unlike the track a face looks.

        A face that can be compared is looked for where the track was last as well as where it
        should be by now: somebody who meets another person may stop or turn back.
        """
        predicted = np.array([track.predict(time_s) for track in self._active]).reshape(-1, 4)
        cost = match_cost(predicted, boxes)
        if looks is None or not cost.size:
            return cost
        last_boxes = np.array([track.box for track in self._active])
        nearest = np.minimum(cost, match_cost(last_boxes, boxes))
        for column, (view, embedding) in enumerate(zip(*looks, strict=True)):
            for row, track in enumerate(self._active):
                squared = track.squared_distance(int(view), embedding)
                if squared is not None:
                    cost[row, column] = nearest[row, column] + unlikeness(squared, self.boundary)
        return cost

    def _end_tracks(self, shot: int, time_s: float) -> None:
        if shot != self._shot:
            self._active, self._shot = [], shot
        longest_gap_s = self.max_gap_s + TIME_TOLERANCE_S
        self._active = [track for track in self._active if time_s - track.seen_s <= longest_gap_s]

    def _start_track(self, seen_s: float, box: np.ndarray) -> int:
        track = _Track(self._next_number, seen_s, box, np.zeros(4))
        self._active.append(track)
        self._next_number += 1
        return track.number


def unlikeness(squared_distance: float, boundary: float) -> float:
    """Cost of the appearance of a face: -1 if it looks the same, 0 if undecided, at most 1.

    It is 0 at the distance from which a single face is that of another person
    (`corpus.faces.track_splitting`): sqrt(2) times the `boundary` of long stretches.
    """
    return min(squared_distance / (2 * boundary**2) - 1, 1.0)


def _centre(boxes: np.ndarray) -> np.ndarray:
    return (boxes[..., :2] + boxes[..., 2:]) / 2


def iou(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Intersection over union, (n, m), of boxes (n, 4) and (m, 4)."""
    low = np.maximum(a[:, None, :2], b[None, :, :2])
    high = np.minimum(a[:, None, 2:], b[None, :, 2:])
    intersection = np.clip(high - low, 0, None).prod(axis=2)
    area_a, area_b = (
        np.clip(boxes[:, 2:] - boxes[:, :2], 0, None).prod(axis=1) for boxes in (a, b)
    )
    union = area_a[:, None] + area_b[None, :] - intersection
    return intersection / np.maximum(union, 1e-9)


def match_cost(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Cost (n, m) of matching boxes (n, 4) to boxes (m, 4): 0 for equal boxes.

    The cost is the distance between the centres in widths of the smaller box, plus 0.1 (1 - IoU),
    which decides between faces side by side. Two boxes of one size that touch side by side cost
    1.1. A pair costs 1000 if one box is more than twice as large as the other, since a face does
    not double its size between two samples.
    """
    if not len(a) or not len(b):
        return np.zeros((len(a), len(b)))
    size_a, size_b = (
        np.sqrt((boxes[:, 2:] - boxes[:, :2]).clip(1e-6).prod(axis=1)) for boxes in (a, b)
    )
    distance = np.linalg.norm(_centre(a)[:, None] - _centre(b)[None], axis=2)
    smaller = np.minimum(size_a[:, None], size_b[None])
    larger = np.maximum(size_a[:, None], size_b[None])
    cost = distance / smaller + 0.1 * (1 - iou(a, b))
    return np.where(larger > 2 * smaller, 1e3, cost)
