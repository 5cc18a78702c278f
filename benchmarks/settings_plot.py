"""Plot of the results of benchmarks/settings.py."""

import sys
from pathlib import Path

import pandas as pd

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "scripts"))

from corpus.core.atomic_files import atomic_path
from reproducible_plots import reproducible_pyplot


def draw(
    rows: pd.DataFrame,
    defaults: dict[str, float],
    safe_values: dict[str, list[float]],
    path: Path,
) -> None:
    """Plot B-cubed precision and recall against each setting.

    A dashed line marks the default of the setting, and the range of `safe_values` is shaded. The
    plot is written to `path` as SVG. Equal arguments give an equal file.
    """
    pyplot = reproducible_pyplot("settings")
    figure, axes = pyplot.subplots(1, 3, figsize=(9, 3), sharey=True, layout="constrained")
    for axis, (setting, safe) in zip(axes, safe_values.items(), strict=True):
        setting_rows = rows[rows["varied"] == setting].sort_values(setting)
        half_step = 0.0125 if setting == "same_person" else 0.5
        if safe:
            shaded = (safe[0] - half_step, safe[-1] + half_step)
            axis.axvspan(*shaded, color="#d9ead3", lw=0, label="everybody right")
        axis.axvline(defaults[setting], color="black", lw=1, ls="--", label="shipped")
        for score, marker in (("precision", "o"), ("recall", "x")):
            values = setting_rows[score]
            axis.plot(setting_rows[setting], values, marker=marker, ms=4, lw=1.2, label=score)
        axis.set_xlabel(setting)
        axis.grid(alpha=0.3)
    axes[0].set_ylabel("B-cubed")
    axes[0].set_ylim(None, 1.02)
    handles, names = axes[0].get_legend_handles_labels()
    figure.legend(handles, names, loc="outside upper center", ncols=len(names), frameon=False)
    with atomic_path(path) as partial:
        figure.savefig(partial, metadata={"Date": None})
    pyplot.close(figure)
