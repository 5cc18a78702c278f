"""Phases of one video with many settings, from its keypoints, measured once.

The settings of a trial differ only in what decides about phases. Positions and speeds do not depend
on them, so they are computed once for all trials, and never kept for the whole video.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import pandas as pd

from corpus.movement.measurement import VideoMovement, phase_columns
from corpus.movement.movement_runs import HandTrajectory
from corpus.movement.phases import Hand, PhaseSegmenter
from corpus.movement.settings import MovementSettings
from corpus.tables import parquet

FACTORS = {
    "onset_speed": (0.5, 2.0),
    "offset_speed": (0.5, 2.0),
    "min_movement_s": (0.5, 2.0),
    "min_extent": (0.5, 2.0),
    "min_still_s": (0.5, 2.0),
    "max_hold_s": (0.5, 2.0),
    "rest_radius": (0.5, 2.0),
}
"""Settings that a trial changes, and the smallest and largest factor."""
REST_HEIGHT_STEP = 0.5
"""Largest change of `rest_height` in shoulder widths; it may be 0 or negative."""
N_TRIALS = 200
"""Number of trials. Of 200 random points, one lies among the best 2 % of the range with a
probability of 98 % (Bergstra and Bengio 2012, Random search for hyper-parameter optimization,
Journal of Machine Learning Research 13, 281-305)."""
SEED = 1
DIGITS = 3
"""Significant digits of the settings of a trial."""


def trial_settings(current: MovementSettings, n_trials: int = N_TRIALS) -> list[MovementSettings]:
    """The settings of all trials, always the same for the same current settings.

    The first are the current settings, then those with one setting at its smallest or largest
    value, then random ones, uniform in the logarithm of the factors.
    """
    trials = [current]
    changes: list[dict[str, float]] = [
        {name: factor} for name, factors in FACTORS.items() for factor in factors
    ]
    trials += [_changed(current, factors, 0.0) for factors in changes]
    trials += [_changed(current, {}, step) for step in (-REST_HEIGHT_STEP, REST_HEIGHT_STEP)]
    generator = np.random.default_rng(SEED)
    while len(trials) < n_trials:
        factors = {
            name: float(np.exp(generator.uniform(np.log(low), np.log(high))))
            for name, (low, high) in FACTORS.items()
        }
        step = float(generator.uniform(-REST_HEIGHT_STEP, REST_HEIGHT_STEP))
        trials.append(_changed(current, factors, step))
    return trials[:n_trials]


def _changed(
    current: MovementSettings, factors: Mapping[str, float], height_step: float
) -> MovementSettings:
    values = {name: _round(getattr(current, name) * factor) for name, factor in factors.items()}
    changed = replace(current, **values, rest_height=_round(current.rest_height + height_step))
    # The threshold at which a movement ends must not be above that which it must reach.
    return replace(changed, offset_speed=min(changed.offset_speed, changed.onset_speed))


def _round(value: float) -> float:
    return float(f"{value:.{DIGITS}g}")


@dataclass
class PhaseTrials(VideoMovement):
    """Measurement of a video that segments phases with the settings of all `trials`."""

    trials: Sequence[MovementSettings] = ()
    _trial_segmenters: dict[Hand, list[PhaseSegmenter]] = field(default_factory=dict)

    def add_trajectory(self, hand: Hand, trajectory: HandTrajectory) -> None:
        """Pass the next trajectory of a hand to the phase segmenters of all trials."""
        new = (PhaseSegmenter(trial) for trial in self.trials)
        for segmenter in self._trial_segmenters.setdefault(hand, list(new)):
            segmenter.add(trajectory)

    def phase_tables(self) -> Iterator[pd.DataFrame]:
        """Yield the table phases of each trial."""
        for number in range(len(self.trials)):
            phases = [
                (hand, phase)
                for hand, segmenters in self._trial_segmenters.items()
                for phase in segmenters[number].phases()
            ]
            phases.sort(key=lambda pair: (pair[1].run.start_s, *pair[0][1:]))
            yield pd.DataFrame(phase_columns(phases))


def video_phases(
    results: Path, video: str, trials: Sequence[MovementSettings]
) -> Iterator[pd.DataFrame]:
    """Yield the table phases of a video for each trial, from its tables in the results."""
    status = parquet.read_row(results / f"status/{video}.parquet", ["width", "height"])
    movement = PhaseTrials(
        results / f"keypoints/{video}.parquet",
        parquet.read(results / f"frames/{video}.parquet"),
        parquet.read(results / f"shots/{video}.parquet"),
        (status["width"] or 0, status["height"] or 0),
        trials[0],
        trials=trials,
    )
    for _ in movement.kinematics():
        pass
    yield from movement.phase_tables()
