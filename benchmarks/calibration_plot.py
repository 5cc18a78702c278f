"""Plots of the calibration and of the reliability of probabilities."""

from collections.abc import Mapping
from pathlib import Path
from types import ModuleType

import numpy as np
import pandas as pd

from corpus.core.atomic_files import atomic_path
from corpus.identity.evidence import Evidence
from photo_faces import Pairs
from reproducible_plots import reproducible_pyplot

COLOURS = ("#1b6ca8", "#c8553d")
STEP = 0.025
"""Width of the bins of distances."""
FEW_TRACKS = 10
"""The share of fewer tracks is mostly chance."""


def draw_evidence(pairs: Mapping[str, Pairs], evidence: Evidence, path: Path) -> None:
    """Plot measured log likelihood ratios of each half, and the fitted curve, as SVG."""
    pyplot = reproducible_pyplot("calibration")
    figure, axis = pyplot.subplots(figsize=(6, 3.4), layout="constrained")
    distances = np.arange(0.0, evidence.same_person * 1.5, STEP / 2)
    nothing = np.zeros(len(distances))
    axis.plot(distances, evidence.log_odds(distances**2, nothing, nothing), "k", lw=1, label="fit")
    for (half, of_half), colour in zip(pairs.items(), COLOURS, strict=True):
        x, ratio = measured_log_odds(of_half)
        axis.plot(x, ratio, "o", ms=4, color=colour, label=half)
    axis.axhline(0, color="grey", lw=0.6)
    axis.set_xlabel("distance of two faces")
    axis.set_ylabel("log odds of one person")
    axis.legend(frameon=False)
    _save(pyplot, figure, path)


def measured_log_odds(pairs: Pairs) -> tuple[np.ndarray, np.ndarray]:
    """Distances, and log of the ratio of the shares of one person's and two people's pairs.

    Bins with fewer than five pairs of either kind are left out.
    """
    bins = (np.sqrt(pairs.squared) / STEP).astype(int)
    n = bins.max() + 1
    counts = [np.bincount(bins[kind], minlength=n) for kind in (pairs.is_same, ~pairs.is_same)]
    shares = [
        np.bincount(bins[kind], pairs.weights[kind], minlength=n)
        for kind in (pairs.is_same, ~pairs.is_same)
    ]
    used = np.flatnonzero(np.minimum(*counts) >= 5)
    return (used + 0.5) * STEP, np.log(shares[0][used] / shares[1][used])


def draw_reliability(tables: Mapping[str, pd.DataFrame], path: Path) -> None:
    """Plot the share of right claims against their mean probability, as SVG.

    Bins with fewer than FEW_TRACKS tracks are hollow and not joined with the others.
    `tables` are `calibration_measures.reliability` tables by the name of the claim.
    """
    pyplot = reproducible_pyplot("calibration")
    figure, axis = pyplot.subplots(figsize=(4.2, 4.2), layout="constrained")
    axis.plot([0, 1], [0, 1], color="grey", lw=0.8, ls="--", label="perfect")
    for (name, table), colour in zip(tables.items(), COLOURS, strict=True):
        is_few = table["n"] < FEW_TRACKS
        axis.plot(
            "mean", "right", "o-", data=table[~is_few], ms=4, lw=1.2, color=colour, label=name
        )
        axis.plot(
            "mean", "right", "o", data=table[is_few], ms=4, mfc="none", color=colour, label=""
        )
        for row in table.itertuples():
            axis.annotate(
                f"{row.n:,}", (row.mean, row.right), (4, -9), textcoords="offset points",
                fontsize=6, color=colour,
            )  # fmt: skip
    axis.set_xlabel("probability")
    axis.set_ylabel("share of tracks for which it is true")
    axis.legend(frameon=False, loc="upper left")
    _save(pyplot, figure, path)


def _save(pyplot: ModuleType, figure, path: Path) -> None:
    with atomic_path(path) as partial:
        figure.savefig(partial, metadata={"Date": None})
    pyplot.close(figure)
