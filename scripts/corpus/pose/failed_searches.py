"""Searches for hands that found nothing, so that they are not repeated in the next frames."""

from collections.abc import Collection

import numpy as np

from corpus.pose.hands import HandKey, Wrist


class FailedSearches:
    """The wrists whose hand was not found, with their positions at that time.

    A wrist is contained until it moves away from this position, or is forgotten.

    Parameters
    ----------
    reach
        How far a wrist has to move until its hand is searched again, in face sizes.
    """

    def __init__(self, reach: float) -> None:
        self._reach = reach
        self._places: dict[HandKey, np.ndarray] = {}

    def __contains__(self, wrist: Wrist) -> bool:
        """Whether the hand was not found and its wrist has not moved since."""
        if wrist.key not in self._places:
            return False
        distance = np.linalg.norm(wrist.position - self._places[wrist.key])
        return bool(distance < self._reach * wrist.face_size)

    def add(self, wrist: Wrist) -> None:
        """Remember that the hand of a wrist was not found."""
        self._places[wrist.key] = wrist.position

    def discard(self, wrist: Wrist) -> None:
        """Forget a wrist: its hand was found, or a trace of it."""
        self._places.pop(wrist.key, None)

    def keep(self, missing: Collection[HandKey]) -> None:
        """Forget all hands but these, which are still missing."""
        self._places = {key: place for key, place in self._places.items() if key in missing}

    def forget_all(self) -> None:
        """Forget all wrists, so that all hands are searched again."""
        self._places.clear()
