"""What the target tune writes: settings to paste, and a table of all trials."""

from collections.abc import Iterator, Sequence
from dataclasses import fields

import pandas as pd

from corpus.agreement.phase_trials import FACTORS
from corpus.agreement.tuning import MIN_VIDEOS, Tuning, scores
from corpus.core.wording import count_noun
from corpus.movement.settings import MovementSettings

TUNED = (*FACTORS, "rest_height")
"""Settings that the trials change."""


def trial_table(tuning: Tuning, trials: Sequence[MovementSettings]) -> pd.DataFrame:
    """One row per trial: its score on all videos, in how many folds it was chosen, its settings."""
    chosen = [] if tuning.chosen_without is None else tuning.chosen_without.tolist()
    return pd.DataFrame(
        {
            "trial": range(len(trials)),
            "score": scores(tuning.counts),
            "n_videos_held_out": [chosen.count(trial) for trial in range(len(trials))],
            **{name: [getattr(trial, name) for trial in trials] for name in TUNED},
        }
    )


def settings_text(tuning: Tuning, trials: Sequence[MovementSettings]) -> str:
    """Text of a YAML file with the chosen settings; comments say how good they are."""
    lines = [*_comments(tuning, len(trials)), *_settings_lines(trials[0], trials[tuning.chosen])]
    return "\n".join(lines) + "\n"


def _comments(tuning: Tuning, n_trials: int) -> Iterator[str]:
    n_coded, n_found = tuning.counts[:, 0, 0, :2].sum(axis=0)
    yield "# Settings of movement that agree best with coders' gesture units (docs/agreement.md)."
    yield (
        f"# {count_noun(len(tuning.videos), 'video')}, "
        f"{count_noun(int(n_coded), 'coded unit')}; the current settings find {n_found:,}."
    )
    yield f"# {n_trials} trials. Score: mean F score of units over required overlaps of 0.1 to 0.9."
    yield (
        f"# On the videos that they were chosen on: {tuning.score(tuning.chosen):.3f}; "
        f"current settings {tuning.score(0):.3f}."
    )
    if tuning.chosen_without is None:
        yield f"# Not cross-validated, because fewer than {MIN_VIDEOS} videos are coded."
        yield "# It is unknown whether these settings are better in other videos: code more videos."
        return
    selected, current = tuning.held_out_scores()
    low, high = tuning.gain_interval()
    yield f"# On held-out videos (quote this): {selected:.3f}; current settings {current:.3f}."
    yield f"# Gain {selected - current:+.3f}, 95 % interval {low:+.3f} to {high:+.3f} (bootstrap)."
    if not low > 0:
        yield "# The interval contains 0: keep the current settings."


def _settings_lines(current: MovementSettings, chosen: MovementSettings) -> Iterator[str]:
    changed = [
        field.name
        for field in fields(chosen)
        if getattr(chosen, field.name) != getattr(current, field.name)
    ]
    if not changed:
        yield "# No trial is better than the current settings."
        return
    yield "movement:"
    for name in changed:
        value, old = getattr(chosen, name), getattr(current, name)
        yield f"  {name}: {value:g}  # now {old:g}"
