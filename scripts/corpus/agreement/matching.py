"""One-to-one matches between the events of two coders."""

from collections.abc import Iterator, Sequence

import numpy as np
from scipy.optimize import linear_sum_assignment

from corpus.agreement.events import Event

Pair = tuple[int, int]
"""Positions of two matched events among the events of the first and of the second coder."""


def temporal_iou(first: Event, second: Event) -> float:
    """Intersection over union of two events, 0 to 1: shared time divided by time of either."""
    shared_s = min(first.end_s, second.end_s) - max(first.start_s, second.start_s)
    if shared_s <= 0:
        return 0.0
    return shared_s / (first.duration_s + second.duration_s - shared_s)


def match(first: Sequence[Event], second: Sequence[Event], min_iou: float) -> list[Pair]:
    """Match events with an intersection over union of at least `min_iou`, above 0.

    Each event has at most one partner. Of all such matchings, the result has the most pairs and,
    among those, the largest sum of intersection over union. Both sequences are sorted. The result
    is sorted.
    """
    pairs = []
    for first_indices, second_indices in overlapping_groups(first, second):
        iou = np.array(
            [[temporal_iou(first[i], second[j]) for j in second_indices] for i in first_indices]
        )
        is_possible = iou >= min_iou
        # One pair more counts more than any sum of overlaps.
        weights = np.where(is_possible, min(iou.shape) + 1.0 + iou, 0.0)
        for row, column in zip(*linear_sum_assignment(weights, maximize=True), strict=True):
            if is_possible[row, column]:
                pairs.append((first_indices[row], second_indices[column]))
    return sorted(pairs)


def overlapping_groups(
    first: Sequence[Event], second: Sequence[Event]
) -> Iterator[tuple[list[int], list[int]]]:
    """Yield positions of events that overlap among themselves, but not with those of other groups.

    Groups without events of one of the coders are left out. Matching by group keeps the matrices
    small in long videos.
    """
    events = sorted(
        [(event, 0, index) for index, event in enumerate(first)]
        + [(event, 1, index) for index, event in enumerate(second)]
    )
    group: tuple[list[int], list[int]] = ([], [])
    group_end_s = -np.inf
    for event, coder, index in events:
        if event.start_s >= group_end_s:
            if all(group):
                yield group
            group = ([], [])
        group[coder].append(index)
        group_end_s = max(group_end_s, event.end_s)
    if all(group):
        yield group
