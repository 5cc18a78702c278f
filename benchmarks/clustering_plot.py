"""Plot of the results of benchmarks/clustering.py."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "scripts"))

from corpus.core.atomic_files import atomic_path
from reproducible_plots import reproducible_pyplot

AXIS_LABELS = {"seconds": "seconds", "peak_mb": "peak memory, MB"}
"""Label of the vertical axis of each plotted column."""


def draw(rows: list[dict], path: Path, highlighted: str) -> None:
    """Plot run time and peak memory against the number of faces, with one line per method.

    The plot is written to `path` as SVG, with one column of axes per number of dimensions. The
    line of the method `highlighted` is thicker. Equal rows give an equal file.
    """
    pyplot = reproducible_pyplot("clustering")
    dims = sorted({row["d"] for row in rows}, reverse=True)
    size = (3.8 * len(dims), 5.4)
    figure, axes = pyplot.subplots(
        2, len(dims), figsize=size, sharex=True, sharey="row", squeeze=False, layout="constrained"
    )
    measured = [row for row in rows if row["seconds"]]
    methods = list(dict.fromkeys(row["method"] for row in measured))
    for column, d in enumerate(dims):
        for axis, quantity in zip(axes[:, column], AXIS_LABELS, strict=True):
            for index, method in enumerate(methods):
                method_rows = [row for row in measured if (row["method"], row["d"]) == (method, d)]
                points = sorted((row["n"], row[quantity]) for row in method_rows)
                style = {"marker": "o", "ms": 4, "label": method, "color": f"C{index}"}
                style["lw"] = 2.2 if method == highlighted else 1.2
                axis.plot([n for n, _ in points], [value for _, value in points], **style)
            axis.set(xscale="log", yscale="log")
            axis.grid(alpha=0.3)
            if not column:
                axis.set_ylabel(AXIS_LABELS[quantity])
        axes[0, column].set_title(f"{d} dimensions", fontsize=9)
        axes[1, column].set_xlabel("faces")
    if methods:
        handles, names = axes[0, 0].get_legend_handles_labels()
        figure.legend(handles, names, loc="outside upper center", ncols=len(names), frameon=False)
    with atomic_path(path) as partial:
        figure.savefig(partial, metadata={"Date": None})
    pyplot.close(figure)
