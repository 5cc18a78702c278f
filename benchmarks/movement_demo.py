"""The drawn figure of the demo: its movements compared with those that were drawn."""

import json
from collections.abc import Iterator
from pathlib import Path

import pandas as pd

from movement_workflow import measured

CLIP = "hands"
"""Clip of the demo with known movements."""


def demo_rows(results: Path, truth: Path) -> Iterator[str]:
    """Yield a table with a row per hand: movements found, errors of their times, and paths.

    `truth` is the file truth.json of the demo. Errors are measured minus true times; a movement of
    the truth is the time in which the hand is faster than `offset_speed`.
    """
    hands = json.loads(truth.read_text(encoding="utf-8"))["clips"][CLIP]["hands"]
    phases = measured(results, CLIP).phases
    yield "| hand | movements found | starts, ms | ends, ms | length of path, found / true |"
    yield "|---|---|---|---|---|"
    for side, hand in hands.items():
        expected = pd.DataFrame(hand["movements"])
        found = phases[(phases["hand"] == side) & (phases["phase"] == "movement")]
        cells = [side, f"{len(found)} of {len(expected)}"]
        if len(found) == len(expected):
            for column in ("start_s", "end_s"):
                errors = (found[column].to_numpy() - expected[column].to_numpy()) * 1000
                cells.append(f"{errors.min():+.0f} to {errors.max():+.0f}")
            ratios = found["path_length"].to_numpy() / expected["path_length"].to_numpy()
            cells.append(f"{ratios.min():.2f} to {ratios.max():.2f}")
        yield "| " + " | ".join(cells) + " |"
