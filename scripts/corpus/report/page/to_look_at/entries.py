"""Entries of the view Check, and their ranking.

All kinds of entries share one scale: the expected number of seconds of video with wrong numbers,
which is the probability that the numbers are wrong times the seconds that they are about. A person
who is on screen twice at the same time is a contradiction and comes before all estimates.
"""

import heapq
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

KINDS = ("twice", "mixed", "same", "another", "jump", "unseen", "trunk", "cut_off", "video")
"""Kinds of entries; the page and docs/checking.md explain them."""
CONTRADICTIONS = ("twice",)
"""Kinds that cannot be right, whatever the probabilities are."""
OPTIONAL = ("gesture", "hand", "end", "person", "number", "percent", "concern", "faces")
"""Columns of the page's data that are missing if no entry has a value in them."""
MAX_ENTRIES = 2000
"""The page lists at most this many entries, so that it stays small for a large corpus."""


@dataclass(frozen=True)
class Entry:
    """A place where a number may be wrong."""

    kind: str
    """One of `KINDS`."""
    chance: float
    """Probability that the numbers are wrong, 0 to 1."""
    seconds: float
    """Seconds of video with these numbers."""
    video: int
    """Index of the video."""
    time: int
    """The moment to look at, milliseconds on the clock of the tables."""
    gesture: int | None = None
    """Number of the gesture, as in the table gestures."""
    hand: int | None = None
    """Index of the gesture's hand in HANDS."""
    end: int | None = None
    """End of the gesture, milliseconds on the clock of the tables."""
    person: int | None = None
    """Index of the person, if there is one."""
    number: int | None = None
    """Index in the lists doubts or overlaps (same, twice), or a number: of gestures (cut_off) or of
    face tracks (mixed)."""
    percent: int | None = None
    """The measured value in percent: of its time that is filled in (unseen), or probability."""
    concern: str | None = None
    """Code of the concern about the video (video)."""
    faces: list | None = None
    """The faces to compare (another, mixed), as in identity_notes.py."""

    @property
    def score(self) -> float:
        """Expected seconds with wrong numbers, rounded so that it does not depend on sums."""
        return round(self.chance * self.seconds, 3)

    def order(self) -> tuple:
        """Sort key: the most doubtful first; equal ones in the order of the corpus."""
        is_estimate = self.kind not in CONTRADICTIONS
        kind = KINDS.index(self.kind)
        return (is_estimate, -self.score, self.video, self.time, kind, self.number or 0)


class Ranking:
    """The most doubtful entries of a stream, and the number of all entries by kind.

    Memory does not grow with the number of entries.
    """

    def __init__(self, limit: int = MAX_ENTRIES) -> None:
        self._limit = limit
        self._best: list[Entry] = []
        self._counts: Counter[str] = Counter()

    def add(self, entries: Iterable[Entry]) -> None:
        """Add entries, and keep the most doubtful of all."""
        for entry in entries:
            self._counts[entry.kind] += 1
            self._best.append(entry)
        if len(self._best) > 2 * self._limit:
            self._best = heapq.nsmallest(self._limit, self._best, key=Entry.order)

    def describe(self) -> dict:
        """The data for the page: columns of the entries by rank, and the number of all by kind.

        Columns that are empty in all entries are left out.
        """
        best = sorted(self._best, key=Entry.order)[: self._limit]
        columns = {
            "kind": [KINDS.index(entry.kind) for entry in best],
            "score": [round(entry.score, 2) for entry in best],
            "seconds": [round(entry.seconds, 2) for entry in best],
        }
        for name in ("video", "time", *OPTIONAL):
            cells = [getattr(entry, name) for entry in best]
            if any(cell is not None for cell in cells):
                columns[name] = cells
        counts = {kind: self._counts[kind] for kind in KINDS}
        return {"counts": counts, "entries": columns}
