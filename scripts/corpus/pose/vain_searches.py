"""Searches for hands that found nothing, so that they are not repeated in the next frames."""

from collections.abc import Collection

import numpy as np

from corpus.pose.hands import HandKey, Wrist


class VainSearches:
    """The wrists whose hand was searched in vain, and where they were at that time.

    A wrist is contained until it has moved, or it is forgotten.

    Parameters
    ----------
    reach
        How far a wrist has to move until its hand is searched again, in face sizes.
    """

    def __init__(self, reach: float) -> None:
        self._reach = reach
        self._places: dict[HandKey, np.ndarray] = {}

    def __contains__(self, wrist: Wrist) -> bool:
        """Whether the hand was searched in vain and its wrist has not moved since."""
        if wrist.key not in self._places:
            return False
        distance = np.linalg.norm(wrist.position - self._places[wrist.key])
        return bool(distance < self._reach * wrist.face_size)

    def add(self, wrist: Wrist) -> None:
        """The hand of a wrist was searched in vain."""
        self._places[wrist.key] = wrist.position

    def discard(self, wrist: Wrist) -> None:
        """A search has found at least a trace of the hand."""
        self._places.pop(wrist.key, None)

    def keep(self, missing: Collection[HandKey]) -> None:
        """Forget all hands but these, which are still missing."""
        self._places = {key: place for key, place in self._places.items() if key in missing}

    def forget_all(self) -> None:
        """All hands are searched again."""
        self._places.clear()
