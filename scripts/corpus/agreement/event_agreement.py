"""Agreement by events: how many have a partner, and how far their boundaries are apart."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from corpus.agreement.events import Section
from corpus.agreement.matching import match

THRESHOLDS = tuple(number / 10 for number in range(1, 10))
"""Values of intersection over union from which on two events match: 0.1 to 0.9."""


class Detection(NamedTuple):
    """How many events match: of the first coder, the reference, and of the second."""

    n_first: int
    n_second: int
    n_matched: int

    @property
    def precision(self) -> float:
        """Share of the second coder's events that match; NaN without events."""
        return self.n_matched / self.n_second if self.n_second else np.nan

    @property
    def recall(self) -> float:
        """Share of the first coder's events that match; NaN without events."""
        return self.n_matched / self.n_first if self.n_first else np.nan

    @property
    def f_score(self) -> float:
        """Harmonic mean of precision and recall, which both coders may exchange.

        It is 2 matched / (first + second) (van Rijsbergen 1979, Information Retrieval, chapter 7;
        Dice's coefficient). NaN if neither coder has events.
        """
        n_events = self.n_first + self.n_second
        return 2 * self.n_matched / n_events if n_events else np.nan

    def plus(self, other: "Detection") -> "Detection":
        """Sums of both."""
        return Detection(*(a + b for a, b in zip(self, other, strict=True)))


def detection(sections: Sequence[Section], min_iou: float) -> Detection:
    """Matched events of all sections, with an intersection over union of at least `min_iou`."""
    total = Detection(0, 0, 0)
    for section in sections:
        n_matched = len(match(section.first, section.second, min_iou))
        total = total.plus(Detection(len(section.first), len(section.second), n_matched))
    return total


def boundary_differences(
    sections: Sequence[Section], min_iou: float = THRESHOLDS[0]
) -> tuple[np.ndarray, np.ndarray]:
    """Onset and offset of the second coder minus those of the first (n,), n matched events, s.

    Events match from the lowest threshold on: with a high one, large differences would be left out.
    """
    pairs = [
        (section.first[i], section.second[j])
        for section in sections
        for i, j in match(section.first, section.second, min_iou)
    ]
    onsets = np.array([second.start_s - first.start_s for first, second in pairs], dtype=float)
    offsets = np.array([second.end_s - first.end_s for first, second in pairs], dtype=float)
    return onsets, offsets
