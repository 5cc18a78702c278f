"""Where a hand rests: places at which it spends most of its still time in long stays.

A hand that rests on a table between gestures often does so only briefly. Such a short stay is a
rest and not a hold if the hand otherwise rests at the same place, which is then its home position
(Sacks and Schegloff 2002, Home position, Gesture 2). This is decided by a balance in seconds over
the other stays nearby and not by whether a single long stay exists, so that one stay that lasts a
little longer, or lies a little elsewhere, does not change the phases of all others.
"""

import numpy as np

from corpus.movement.settings import MovementSettings


def rest_share(durations: np.ndarray, max_hold_s: float) -> np.ndarray:
    """Return to which share (n,), from 0 to 1, stays of these durations (n,) count as rests.

    It is 0 up to `max_hold_s`, 1 from twice that duration on, and grows linearly in between.
    """
    return np.clip(np.asarray(durations, float) / max_hold_s - 1, 0, 1)


def stay_balance(durations: np.ndarray, max_hold_s: float) -> np.ndarray:
    """Return how many seconds of rest minus seconds of hold each stay (n,) contributes.

    A stay of d seconds contributes at least -d and at most d. It is negative up to one and a half
    times `max_hold_s`. It changes by at most five seconds per second of d.
    """
    return np.asarray(durations, float) * (2 * rest_share(durations, max_hold_s) - 1)


def nearness(distances: np.ndarray, rest_radius: float) -> np.ndarray:
    """Return the weight (n,), from 0 to 1, of stays at these distances (n,) in shoulder widths.

    It falls linearly from 1 at half the radius to 0 at one and a half times the radius, so it
    changes by at most 1 / `rest_radius` per shoulder width.
    """
    return np.clip(1.5 - np.asarray(distances, float) / rest_radius, 0, 1)


def rest_balance(
    durations: np.ndarray, positions: np.ndarray, settings: MovementSettings
) -> np.ndarray:
    """Return, for each stay (n,) of one hand, whether its other stays nearby are mostly rests.

    Parameters
    ----------
    durations
        Durations (n,) of the stays in seconds.
    positions
        Mean positions (n, 2) of the stays in shoulder widths.

    Returns
    -------
    The sum of `stay_balance` over all other stays (n,) in seconds, weighted by their `nearness`.
    The place of a stay is a rest place if its value is positive.

    Notes
    -----
    Let g be the balance of one stay. Adding or removing that stay changes the value of any other
    stay by at most abs(g), which is at most the duration of the stay. A longer or shorter duration
    changes the values of others by at most the change of g, and a movement of the stay by r
    shoulder widths by at most abs(g) * r / `rest_radius`. Stays that are further away than one and
    a half times `rest_radius` have no influence at all. The classification of another stay can
    therefore change only if its value is closer to zero than these bounds. In particular, one stay
    of up to one and a half times `max_hold_s` can never turn holds into rests.
    """
    balance = stay_balance(durations, settings.max_hold_s)
    sums = np.empty(len(balance))
    # One stay at a time: all pairs would need too much memory in long shots.
    for index, position in enumerate(positions):
        distances = np.linalg.norm(positions - position, axis=1)
        weighted = nearness(distances, settings.rest_radius) * balance
        weighted[index] = 0.0
        sums[index] = weighted.sum()
    return sums
