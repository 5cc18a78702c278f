"""Compare intervals that a method detects with intervals that were marked by eye."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

TRUTH = Path(__file__).with_name("movement_truth.tsv")
HANDS = ("right", "left")
STEP_S = 0.001
"""Time resolution of the overlap in seconds."""
MATCHING_OVERLAP = 0.5
"""A detected interval is an event that was marked if they overlap by this much."""

Interval = tuple[float, float]
"""Start and end in seconds."""


def read_truth(path: Path, half: str | None) -> pd.DataFrame:
    """Return the marks of the clips in one half, or of all clips if `half` is None."""
    truth = pd.read_csv(path, sep="\t")
    return truth if half is None or "half" not in truth else truth[truth["half"] == half]


def clips_with_movement(truth: pd.DataFrame) -> list[tuple[str, Interval]]:
    """Return the clips with a marked movement, and its start and end."""
    marked = truth[truth["start_s"].notna()][["video_id", "start_s", "end_s"]]
    return [(video, (start, end)) for video, start, end in marked.itertuples(index=False)]


def moving_hands(truth: pd.DataFrame) -> list[tuple[str, str, Interval]]:
    """Return clip, side, and start and end of each hand that moves."""
    hands = []
    for side in HANDS:
        columns = ["video_id", f"{side}_start_s", f"{side}_end_s"]
        marked = truth.dropna(subset=columns)[columns]
        hands += [(video, side, (a, b)) for video, a, b in marked.itertuples(index=False)]
    return hands


def overlap(detected: list[Interval], marked: Interval) -> float:
    """Return intersection over union of the detected intervals and the marked one, 0 to 1."""
    last = max([marked[1], *(end for _, end in detected)])
    times = np.arange(0, last, STEP_S) + STEP_S / 2
    is_detected = np.zeros(len(times), bool)
    for start, end in detected:
        is_detected |= (start <= times) & (times < end)
    is_marked = (marked[0] <= times) & (times < marked[1])
    return float((is_detected & is_marked).sum() / (is_detected | is_marked).sum())


def joined(intervals: Iterable[Interval]) -> list[Interval]:
    """Join intervals that overlap or touch; returns them in order."""
    result: list[Interval] = []
    for start, end in sorted(intervals):
        if result and start <= result[-1][1]:
            result[-1] = (result[-1][0], max(end, result[-1][1]))
        else:
            result.append((start, end))
    return result


@dataclass(frozen=True)
class Score:
    """Agreement of a method with the marked interval of one clip or hand.

    `detected` is from the first detected start to the last detected end, or None if nothing was
    detected. The errors are detected minus marked time in milliseconds, NaN without a detection.
    `n_events` intervals were detected, and `matched` says whether one of them overlaps the mark by
    at least MATCHING_OVERLAP.
    """

    detected: Interval | None
    overlap: float
    onset_error_ms: float
    offset_error_ms: float
    n_events: int
    matched: bool

    def cells(self) -> list[str]:
        """Return the cells of a Markdown table."""
        errors = (self.onset_error_ms, self.offset_error_ms)
        return [
            "{:.2f} to {:.2f}".format(*self.detected) if self.detected else "none",
            f"{self.overlap:.2f}",
            *("" if np.isnan(error) else f"{error:+.0f}" for error in errors),
        ]


def score(detected: list[Interval], marked: Interval) -> Score:
    """Compare the detected intervals of one clip or hand with the marked one."""
    events = joined(detected)
    if not events:
        return Score(None, 0.0, np.nan, np.nan, 0, matched=False)
    start, end = events[0][0], events[-1][1]
    return Score(
        detected=(start, end),
        overlap=overlap(events, marked),
        onset_error_ms=(start - marked[0]) * 1000,
        offset_error_ms=(end - marked[1]) * 1000,
        n_events=len(events),
        matched=any(overlap([event], marked) >= MATCHING_OVERLAP for event in events),
    )


def event_f(scores: list[Score]) -> float:
    """Return the F measure of events: one is marked per score, and each matches at most one."""
    n_matched = sum(score.matched for score in scores)
    return 2 * n_matched / (len(scores) + sum(score.n_events for score in scores))


SUMMARY_HEADER = (
    "| method | found | mean overlap | worst | F of events | onset, ms | offset, ms |\n"
    "|---|---|---|---|---|---|---|"
)


def summary_row(name: str, scores: list[Score]) -> str:
    """Return a row of Markdown: the errors are medians and maxima of absolute differences."""
    overlaps = np.array([score.overlap for score in scores])
    found = [score for score in scores if score.detected]
    cells = [f"{len(found)} of {len(scores)}", f"{overlaps.mean():.2f}", f"{overlaps.min():.2f}"]
    cells.append(f"{event_f(scores):.2f}")
    for errors in ("onset_error_ms", "offset_error_ms"):
        values = np.abs([getattr(score, errors) for score in found])
        cells.append(f"{np.median(values):.0f} (≤ {values.max():.0f})" if len(values) else "")
    return f"| {name} | " + " | ".join(cells) + " |"


def clip_rows(clips: list[tuple[str, Interval]], scores: dict[str, list[Score]]) -> Iterator[str]:
    """Yield a table with a row per clip, and the columns of `Score.cells` per method."""
    columns = ["found, s", "overlap", "onset, ms", "offset, ms"]
    titles = [f"{column} ({name})" if name else column for name in scores for column in columns]
    yield "| clip | by eye, s | " + " | ".join(titles) + " |"
    yield "|" + "---|" * (2 + len(titles))
    for number, (clip, marked) in enumerate(clips):
        cells = [cell for method in scores.values() for cell in method[number].cells()]
        yield f"| {clip} | {marked[0]:.2f} to {marked[1]:.2f} | " + " | ".join(cells) + " |"
