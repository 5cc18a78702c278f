"""Pairs of gesture units of both hands of a body, measured while the kinematics are read."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence

import numpy as np

from corpus.movement.gesture_units import GestureTrajectory, GestureUnit
from corpus.movement.two_handed import (
    HandMovement,
    find_partner,
    speed_lag,
    velocity_agreement,
)

PairMeasures = dict[str, int | float | None]
"""Columns of the table gesture_measures about the other hand."""
WITHOUT_PARTNER: PairMeasures = dict.fromkeys(
    ("other_gesture", "overlap_s", "lag_s", "symmetry", "parallel")
)
"""The measures of a gesture unit during which the other hand does not gesture."""


def find_partners(units: Sequence[GestureUnit]) -> dict[int, int]:
    """Return the partner of each gesture unit that has one (`two_handed.find_partner`), by number.

    Partners are gesture units of the other hand of the same track in the same shot. A short unit
    may have a long one as its partner, whose own partner is another one.
    """
    spans: dict[tuple[int, int, str], dict[int, tuple[float, float]]] = {}
    for unit in units:
        hand = (unit.hand.shot, unit.hand.track, unit.hand.side)
        spans.setdefault(hand, {})[unit.number] = unit.start_s, unit.end_s
    partners = {}
    for (shot, track, side), own_spans in spans.items():
        others = spans.get((shot, track, "left" if side == "right" else "right"), {})
        # Units of one hand do not overlap, so both their starts and their ends ascend.
        others = dict(sorted(others.items(), key=lambda item: item[1]))
        numbers = list(others)
        starts, ends = [start for start, _ in others.values()], [end for _, end in others.values()]
        for number, (start_s, end_s) in own_spans.items():
            overlapping = numbers[bisect_right(ends, start_s) : bisect_left(starts, end_s)]
            partner = find_partner((start_s, end_s), {n: others[n] for n in overlapping})
            if partner is not None:
                partners[number] = partner
    return partners


def measure_pair(
    own: HandMovement, other: HandMovement, start_s: float, end_s: float
) -> PairMeasures:
    """Return the measures of one gesture unit and its partner, without the partner's number.

    `start_s` and `end_s` are the start and end in seconds of the time that both share. Lag,
    symmetry and parallelism are those of `two_handed`, within that time; they are None where they
    cannot be measured.
    """
    own, other = (hand.within(start_s, end_s) for hand in (own, other))
    agreement = velocity_agreement(own, other)
    symmetry, parallel = agreement or (None, None)
    lag_s = speed_lag(own, other)
    return {
        "overlap_s": round(end_s - start_s, 6),
        "lag_s": lag_s,
        "symmetry": symmetry,
        "parallel": parallel,
    }


class HandPairs:
    """Measures each gesture unit together with its partner, when both trajectories are known.

    A trajectory is forgotten when no other unit needs it, so memory does not grow with the length
    of the video.
    """

    def __init__(self, units: Sequence[GestureUnit]) -> None:
        """Find the partners of all gesture units of a video."""
        self._partners = find_partners(units)
        self._spans = {unit.number: (unit.start_s, unit.end_s) for unit in units}
        self._needed_by: dict[int, set[int]] = {}
        for number, partner in self._partners.items():
            self._needed_by.setdefault(partner, set()).add(number)
        self._movements: dict[int, HandMovement] = {}

    def add(self, trajectory: GestureTrajectory) -> Iterator[tuple[int, PairMeasures]]:
        """Add a trajectory; yield the number and measures of each unit that is now complete."""
        number = trajectory.unit.number
        if number not in self._partners:
            yield number, WITHOUT_PARTNER
        if number not in self._partners and number not in self._needed_by:
            return
        known = np.isfinite(trajectory.speeds)
        self._movements[number] = HandMovement(
            trajectory.times[known], trajectory.positions[known], trajectory.speeds[known]
        )
        complete = [*self._needed_by.get(number, ()), number]
        for own in sorted(complete):
            other = self._partners.get(own)
            if other in self._movements and own in self._movements:
                yield own, {"other_gesture": other, **self._measure(own, other)}
                self._partners.pop(own)
                self._needed_by[other].discard(own)
                for done in (own, other):
                    if done not in self._partners and not self._needed_by.get(done):
                        self._movements.pop(done, None)

    def _measure(self, own: int, other: int) -> PairMeasures:
        spans = self._spans[own], self._spans[other]
        start_s, end_s = max(start for start, _ in spans), min(end for _, end in spans)
        return measure_pair(self._movements[own], self._movements[other], start_s, end_s)
