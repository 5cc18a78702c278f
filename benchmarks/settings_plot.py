"""The picture of benchmarks/settings.py."""

import sys
from pathlib import Path

import pandas as pd

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "scripts"))

from corpus.core.atomic_files import atomic_path


def draw(
    rows: pd.DataFrame, defaults: dict[str, float], safe: dict[str, list[float]], path: Path
) -> None:
    """B-cubed precision and recall over each setting, the default marked, what is safe shaded."""
    import matplotlib

    matplotlib.use("svg")
    from matplotlib import pyplot

    pyplot.rcParams.update({"svg.hashsalt": "settings", "font.size": 9})
    figure, axes = pyplot.subplots(1, 3, figsize=(9, 3), sharey=True, layout="constrained")
    for axis, (name, good) in zip(axes, safe.items(), strict=True):
        own = rows[rows["varied"] == name].sort_values(name)
        half = 0.0125 if name == "same_person" else 0.5
        if good:
            span = (good[0] - half, good[-1] + half)
            axis.axvspan(*span, color="#d9ead3", lw=0, label="everybody right")
        axis.axvline(defaults[name], color="black", lw=1, ls="--", label="shipped")
        for what, label, mark in (("precision", "precision", "o"), ("recall", "recall", "x")):
            axis.plot(own[name], own[what], marker=mark, ms=4, lw=1.2, label=label)
        axis.set_xlabel(name)
        axis.grid(alpha=0.3)
    axes[0].set_ylabel("B-cubed")
    axes[0].set_ylim(None, 1.02)
    handles, names = axes[0].get_legend_handles_labels()
    figure.legend(handles, names, loc="outside upper center", ncols=len(names), frameon=False)
    with atomic_path(path) as partial:
        figure.savefig(partial, metadata={"Date": None})
    pyplot.close(figure)
