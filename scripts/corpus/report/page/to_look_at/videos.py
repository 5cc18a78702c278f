"""Entries about the quality of a video, from its concerns (quality.py)."""

from collections.abc import Callable, Iterator

import pandas as pd

from corpus.report.page.to_look_at.entries import Entry
from corpus.report.page.values import milliseconds, value_or

Affected = Callable[[dict, float], float]
"""Seconds of a video that a concern is about, from its summary and its length in seconds."""


def _share(name: str) -> Affected:
    return lambda summary, length_s: (summary[name] or 0.0) * length_s


def _all(summary: dict, length_s: float) -> float:
    return length_s


CONCERNS: dict[str, tuple[float, Affected]] = {
    "truncated": (0.5, _all),
    "damaged": (0.2, _all),
    "backwards": (0.9, lambda summary, length_s: min(0.5 * summary["backwards"], length_s)),
    "clock": (0.2, _all),
    "gap": (0.5, lambda summary, _: summary["gap_ms"] / 1000),
    "nobody": (0.3, _share("nobody")),
    "faceless_frames": (0.2, _share("faceless_frames")),
    "low_score": (0.1, _share("low_score")),
    "interlaced": (0.3, _all),
}
"""By code: the probability that the numbers are wrong, and the seconds that they are about. These
probabilities are rough estimates and not measured. Videos without a file are missing from the
numbers and cannot be looked at; the other concerns are notes, or entries of their own."""


def video_entries(
    row: pd.Series,
    summary: dict,
    index: int,
    moment_of: Callable[[str], float | None] = lambda code: None,
) -> Iterator[Entry]:
    """Yield one entry for each concern that a look at the video can settle.

    `row` is the row of the video in the table corpus, `summary` that of `describe_video`.
    `moment_of` gives the time (s) at which a concern can be seen; without one it is the start.
    """
    length_s = float(value_or(row["duration_s"], 0.0))
    start_s = float(value_or(row["start_s"], 0.0))
    for code in summary["concerns"]:
        if code in CONCERNS and length_s > 0:
            chance, affected = CONCERNS[code]
            seconds = float(affected(summary, length_s))
            moment_s = moment_of(code)
            time = milliseconds(start_s if moment_s is None else moment_s) or 0
            yield Entry("video", chance, seconds, index, time, concern=code)
