"""Choose the settings of phases that agree best with coders, cross-validated over videos.

All trials are the same for all videos, and are measured on each video once. Which one is chosen
depends only on the videos of the training set, so a held-out video never takes part in the choice
of the settings that it is scored with.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from corpus.agreement.coding_table import WORKFLOW
from corpus.agreement.comparison import comparable_hands
from corpus.agreement.corpus_streams import video_span
from corpus.agreement.event_agreement import THRESHOLDS, detection
from corpus.agreement.events import Section, intersect
from corpus.agreement.phase_trials import video_phases
from corpus.agreement.streams import Stream, both_hands
from corpus.agreement.workflow_streams import person_phases, seen_spans, workflow_streams
from corpus.core.progress import with_progress
from corpus.movement.settings import MovementSettings

MIN_VIDEOS = 3
"""Fewest coded videos for a cross-validation."""
MAX_FOLDS = 10
"""With more videos, several of them are held out together."""
N_RESAMPLES = 2000
SEED = 2
LEVEL = "units"


@dataclass(frozen=True)
class Tuning:
    """Result of the choice among t trials on v videos."""

    videos: Sequence[str]
    counts: np.ndarray
    """Events of coders, events found, matches (v, t, threshold, 3)."""
    chosen: int
    """Best trial on all videos."""
    chosen_without: np.ndarray | None
    """Trial (v,) that was chosen without each video; None without cross-validation."""

    def score(self, trial: int) -> float:
        """Score of one trial on all videos."""
        return float(scores(self.counts)[trial])

    def held_out_scores(self) -> tuple[float, float]:
        """Scores of the chosen and of the current settings on held-out videos."""
        selected, current = self._held_out_counts()
        return float(scores(selected)[0]), float(scores(current)[0])

    def gain_interval(self) -> tuple[float, float]:
        """95 % interval of the gain on held-out videos.

        Percentile bootstrap over videos (Efron and Tibshirani 1993, An Introduction to the
        Bootstrap, chapter 13).
        """
        selected, current = self._held_out_counts()
        generator = np.random.default_rng(SEED)
        n_videos = len(self.videos)
        gains = [
            scores(selected[sample])[0] - scores(current[sample])[0]
            for sample in generator.integers(n_videos, size=(N_RESAMPLES, n_videos))
        ]
        low, high = np.nanquantile(gains, (0.025, 0.975))
        return float(low), float(high)

    def _held_out_counts(self) -> tuple[np.ndarray, np.ndarray]:
        """Counts (v, 1, threshold, 3) of the trial chosen without each video, and of the first."""
        if self.chosen_without is None:
            raise ValueError("the videos were not cross-validated")
        rows = np.arange(len(self.videos))
        return self.counts[rows, self.chosen_without][:, None], self.counts[:, :1]


def scores(counts: np.ndarray) -> np.ndarray:
    """Score (t,) of each trial: mean F score of events over the required overlaps 0.1 to 0.9.

    `counts` (v, t, threshold, 3) are added over videos first. The mean over overlaps rewards both
    finding the events and their boundaries. NaN without any events.
    """
    n_coded, n_found, n_matched = np.moveaxis(counts.sum(axis=0), -1, 0)
    n_events = n_coded + n_found
    f_scores = np.divide(
        2.0 * n_matched, n_events, out=np.full(n_events.shape, np.nan), where=n_events > 0
    )
    return f_scores.mean(axis=-1)


def best_trial(counts: np.ndarray) -> int:
    """The trial with the highest score; of equal ones the first, so that no change is preferred."""
    values = np.nan_to_num(scores(counts), nan=-1.0)
    return int(np.argmax(np.round(values, 12)))


def tune(videos: Sequence[str], counts: np.ndarray) -> Tuning:
    """Choose a trial on all videos, and for each video without it and the others of its fold."""
    chosen_without = None
    if len(videos) >= MIN_VIDEOS:
        n_folds = min(len(videos), MAX_FOLDS)
        fold_of = np.arange(len(videos)) % n_folds
        chosen_without = np.zeros(len(videos), dtype=int)
        for fold in range(n_folds):
            chosen_without[fold_of == fold] = best_trial(counts[fold_of != fold])
    return Tuning(videos, counts, best_trial(counts), chosen_without)


def measure_trials(
    results: Path,
    coders: Iterable[Stream],
    tracks: pd.DataFrame,
    trials: Sequence[MovementSettings],
) -> tuple[list[str], np.ndarray]:
    """Events of coders, events found and matches of each trial on each coded video.

    Parameters
    ----------
    results
        Folder with keypoints, frames, shots and status.
    coders
        What the coders annotated.
    tracks
        The table tracks.
    trials
        The settings of all trials, the current ones first.

    Returns the videos, sorted, and the counts (video, trial, threshold, 3) of gesture units while
    the workflow saw the hand, summed over coders, people and hands.
    """
    hands_of: dict[str, dict[tuple[str, str], dict[str, Stream]]] = {}
    for each in coders:
        people = hands_of.setdefault(each.video, {})
        people.setdefault((each.coder, each.person), {})[each.hand] = each
    videos = sorted(hands_of)
    counts = np.zeros((len(videos), len(trials), len(THRESHOLDS), 3), dtype=int)
    for row, video in enumerate(with_progress(videos, "tune", len(videos), "videos")):
        span = video_span(results, video)
        video_tracks = tracks[tracks["video_id"] == video]
        for trial, phases in enumerate(video_phases(results, video, trials)):
            for person in sorted({person for _, person in hands_of[video]}):
                rows = person_phases(phases, video_tracks, person)
                found = workflow_streams(rows, video, person, span)
                seen = {hand: seen_spans(rows, hand) for hand in found}
                for (_, coded_person), hands in hands_of[video].items():
                    if coded_person == person:
                        counts[row, trial] += _count_events(hands, found, seen)
    return videos, counts


def _count_events(
    hands: Mapping[str, Stream], found: Mapping[str, Stream], seen: Mapping[str, Sequence]
) -> np.ndarray:
    """Events of a coder, events found, and matches (threshold, 3) of one person."""
    sections = []
    for hand in comparable_hands([hands, found]):
        coded = hands[hand] if hand in hands else both_hands(hands["left"], hands["right"])
        compared = tuple(intersect(coded.coded, seen[hand]))
        section = Section(coded.levels[LEVEL], found[hand].levels[LEVEL], compared)
        sections.append(section.with_compared_events())
    return np.array([detection(sections, threshold) for threshold in THRESHOLDS])


def is_coder(stream: Stream) -> bool:
    """Whether a stream is that of a person."""
    return stream.coder != WORKFLOW
