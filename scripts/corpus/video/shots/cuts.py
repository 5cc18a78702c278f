"""Hard cuts: a change that stands out from its neighbours, and after which nothing returns."""

from bisect import bisect_left, bisect_right

import numpy as np

from corpus.video.shots.comparison import changed_extent, mean_change, unexplained_share
from corpus.video.shots.window import Window
from corpus.video.shots.zoom import is_zoom

NEIGHBOURS_S = 0.25
"""The change at a cut is compared with the changes so close to it, seconds."""
NEIGHBOURS = 2
"""The change at a cut is compared with at least so many changes on either side."""
MIN_RATIO = 2.0
"""How many times the second largest change of its neighbours the change at a cut must be."""
NOISE = 1.0
"""Change between two frames that noise and compression cause, grey levels. It is added to the
change of the neighbours, which may be 0 in a still picture."""
RETURN_S = 0.3
"""A picture that comes back within this time was covered by a flash, seconds."""
RETURN_FRAMES = 3
"""A picture that comes back within so many frames was covered by a flash."""
RETURNED = 0.5
"""A picture is back if it differs by less than this part of the change and shows the same shot."""
MIN_UNEXPLAINED = 0.1
"""Share of the change that neither movement nor light explains, at least."""
MIN_EXTENT = 1 / 3
"""Share of the picture that changes, at least. A subtitle covers less."""


def is_cut(window: Window, frame: int, threshold: float) -> bool:
    """Return whether a frame is the first of a new shot after a hard cut.

    `frame` is an index into the window. The cheap tests come first: most frames fail them.

    A change from a picture to an enlarged part of it is a cut if it takes a single frame, since a
    zoom of the camera takes several.
    """
    change = window.changes[frame]
    largest, second = _neighbouring_changes(window, frame)
    if change < threshold or not _stands_out(change, second):
        return False
    if returns(window, frame - 1, frame, threshold):
        return False
    before, after = window.pictures[frame - 1], window.pictures[frame]
    if changed_extent(before, after) < MIN_EXTENT:
        return False
    if is_zoom(before, after):
        return _stands_out(change, largest)
    return unexplained_share(before, after) >= MIN_UNEXPLAINED


def _stands_out(change: float, neighbour: float) -> bool:
    """Return whether a change is much larger than one of its neighbours."""
    return change >= MIN_RATIO * (neighbour + NOISE)


def _neighbouring_changes(window: Window, frame: int) -> tuple[float, float]:
    """Return the largest and the second largest of the changes around a frame, grey levels.

    One neighbour may be a cut as well: at a shot of one frame, or at a blended frame. In a pan, a
    shake, or a film with repeated frames, several changes are large.
    """
    times = window.times
    first = bisect_left(times, times[frame] - NEIGHBOURS_S)
    last = bisect_right(times, times[frame] + NEIGHBOURS_S)
    first, last = min(first, frame - NEIGHBOURS), max(last, frame + NEIGHBOURS + 1)
    around = window.changes[max(first, 1) : frame] + window.changes[frame + 1 : last]
    around = sorted(around) if len(around) > 1 else [sum(around)] * 2
    return around[-1], around[-2]


def returns(window: Window, before: int, after: int, threshold: float) -> bool:
    """Return whether the picture of a frame comes back soon after a change, or was there before it.

    `before` and `after` are the frames on either side of the change. The picture before the change
    comes back at the start of a flash; the picture after it was there before at the end of a flash.
    """
    times, pictures = window.times, window.pictures
    last = max(bisect_right(times, times[after] + RETURN_S), after + RETURN_FRAMES + 1)
    first = max(min(bisect_left(times, times[before] - RETURN_S), before - RETURN_FRAMES), 0)
    limit = RETURNED * mean_change(pictures[before], pictures[after])
    pairs = [(pictures[before], later) for later in pictures[after + 1 : last]]
    pairs += [(pictures[after], earlier) for earlier in pictures[first:before]]
    return any(_are_one_shot(picture, other, limit, threshold) for picture, other in pairs)


def _are_one_shot(picture: np.ndarray, other: np.ndarray, limit: float, threshold: float) -> bool:
    """Return whether two pictures differ by less than a limit, and in no way that a cut does."""
    change = mean_change(picture, other)
    return change < limit and (
        change < threshold or unexplained_share(picture, other) < MIN_UNEXPLAINED
    )
