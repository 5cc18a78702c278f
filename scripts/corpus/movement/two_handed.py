"""How the two hands of a person move together: pairs of gesture units, lag and symmetry."""

from dataclasses import dataclass

import numpy as np

from corpus.movement.speed_profile import RATE_HZ, resample

MIN_OVERLAP = 0.5
"""Share of the shorter of two gesture units that must overlap the other for them to be one
two-handed gesture. With half or more, both hands gesture together for most of the shorter unit. Two
units that overlap less share only the end of one and the start of the other."""
MAX_LAG_S = 0.5
"""Longest lag in seconds between the hands. Repeated movements have periods of about 0.3 s and
more; a lag of several periods would have no meaning."""
MIN_LAG_OVERLAP_S = 2 * MAX_LAG_S
"""Shortest overlap in seconds from which a lag is measured."""
ROUNDING = 1e-9
"""Speeds up to this, in shoulder widths per second, come from rounding and count as 0."""


@dataclass(frozen=True)
class HandMovement:
    """Movement of one hand in n successive frames.

    `times` (n,) are in seconds, ascending, `positions` (n, 2) body coordinates in shoulder widths
    (x to the right in the picture, y upwards) and `speeds` (n,) shoulder widths per second.
    """

    times: np.ndarray
    positions: np.ndarray
    speeds: np.ndarray

    def within(self, start_s: float, end_s: float) -> "HandMovement":
        """Return the frames that start between two times, including the first time."""
        inside = (self.times >= start_s) & (self.times < end_s)
        return HandMovement(self.times[inside], self.positions[inside], self.speeds[inside])


def overlap_s(first: tuple[float, float], second: tuple[float, float]) -> float:
    """Return the time in seconds that two spans (start, end) share, 0 if they do not overlap."""
    return max(0.0, min(first[1], second[1]) - max(first[0], second[0]))


def are_together(first: tuple[float, float], second: tuple[float, float]) -> bool:
    """Return whether two spans (start, end) in seconds share `MIN_OVERLAP` of the shorter one."""
    shorter_s = min(first[1] - first[0], second[1] - second[0])
    return shorter_s > 0 and overlap_s(first, second) >= MIN_OVERLAP * shorter_s


def find_partner(span: tuple[float, float], others: dict[int, tuple[float, float]]) -> int | None:
    """Return the number of the gesture unit of the other hand that accompanies a gesture unit.

    `span` is its start and end in seconds, `others` those of the other hand's units by number. The
    partner is the unit with the longest overlap among those that are together with it
    (`are_together`), the one with the lowest number if two overlap equally long. Returns None if
    there is none.
    """
    together = [number for number, other in others.items() if are_together(span, other)]
    return min(
        together, key=lambda number: (-overlap_s(span, others[number]), number), default=None
    )


def velocity_agreement(own: HandMovement, other: HandMovement) -> tuple[float, float] | None:
    """Return how far two hands move as mirror images, and how far in parallel, each from -1 to 1.

    The first value, the symmetry, is the inner product of one hand's velocity with the mirrored
    velocity of the other, summed over the frames that both have, and divided by the lengths of
    both. It is 1 if the hands are mirror images, which Kelso (1984, American Journal of Physiology
    246, R1000-R1004) and Swinnen (2002, Nature Reviews Neuroscience 3, 348-359) call in phase, -1
    if one hand does the opposite, and about 0 if the movements are unrelated. The second value is
    the same without mirroring: 1 if both hands move in the same direction of the picture. Both are
    1 for hands that go up and down together. Both are the same if the hands are exchanged.

    The mirror is a vertical line in the picture: this assumes a person who faces the camera.
    Returns None for fewer than three common frames, and if a hand does not move.
    """
    _, own_frames, other_frames = np.intersect1d(own.times, other.times, return_indices=True)
    if len(own_frames) < 3:
        return None
    times = own.times[own_frames]
    velocity = np.gradient(own.positions[own_frames], times, axis=0)
    other_velocity = np.gradient(other.positions[other_frames], times, axis=0)
    lengths = [np.linalg.norm(velocity), np.linalg.norm(other_velocity)]
    if min(lengths) <= ROUNDING:
        return None
    across, up = (velocity * other_velocity).sum(axis=0) / np.prod(lengths)
    return float(up - across), float(up + across)


def speed_lag(own: HandMovement, other: HandMovement) -> float | None:
    """Return by how many seconds another hand follows a hand.

    It is the shift, at most `MAX_LAG_S`, at which the speeds of both hands have the highest
    correlation (cross-correlation, as in Boker, Xu, Rotondo and King 2002, Psychological Methods 7,
    338-355). It is positive if the other hand does the same later. Speeds are interpolated at
    `RATE_HZ`.

    Returns None if both hands are seen together for less than `MIN_LAG_OVERLAP_S`, if no shift
    gives a positive correlation, or if the correlation still rises at `MAX_LAG_S`.
    """
    if min(len(own.times), len(other.times)) < 2:
        return None
    start_s = max(own.times[0], other.times[0])
    end_s = min(own.times[-1], other.times[-1])
    if end_s - start_s < MIN_LAG_OVERLAP_S:
        return None
    at = start_s + np.arange(int((end_s - start_s) * RATE_HZ + 1e-6) + 1) / RATE_HZ
    speeds, other_speeds = (_speeds_at(hand, at) for hand in (own, other))
    largest = round(MAX_LAG_S * RATE_HZ)
    shifts = range(-largest, largest + 1)
    correlations = np.array([_correlation(speeds, other_speeds, shift) for shift in shifts])
    best = int(correlations.argmax())
    if best in (0, len(shifts) - 1) or not correlations[best] > 0:
        return None
    return float(shifts[best] / RATE_HZ)


def _speeds_at(hand: HandMovement, at: np.ndarray) -> np.ndarray:
    """(m,) speeds of a hand at times (m,) in seconds within its own."""
    dense = resample(hand.times, hand.speeds)
    return np.interp(at, hand.times[0] + np.arange(len(dense)) / RATE_HZ, dense)


def _correlation(speeds: np.ndarray, other_speeds: np.ndarray, shift: int) -> float:
    """Correlation of speeds with other speeds `shift` samples later; 0 if one is constant."""
    n_common = len(speeds) - abs(shift)
    first = speeds[max(0, -shift) :][:n_common]
    second = other_speeds[max(0, shift) :][:n_common]
    first, second = first - first.mean(), second - second.mean()
    lengths = [np.linalg.norm(first), np.linalg.norm(second)]
    return float(first @ second / np.prod(lengths)) if min(lengths) > ROUNDING else 0.0
