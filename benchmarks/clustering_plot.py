"""The picture of benchmarks/clustering.py."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "scripts"))

from corpus.core.atomic_files import atomic_path


def draw(rows: list[dict], path: Path, ours: str) -> None:
    """Seconds and peak memory over the number of faces, a line for each method."""
    import matplotlib

    matplotlib.use("svg")
    from matplotlib import pyplot

    pyplot.rcParams.update({"svg.hashsalt": "clustering", "font.size": 9})
    dims = sorted({row["d"] for row in rows}, reverse=True)
    size = (3.8 * len(dims), 5.4)
    figure, axes = pyplot.subplots(
        2, len(dims), figsize=size, sharex=True, sharey="row", squeeze=False, layout="constrained"
    )
    methods = list(dict.fromkeys(row["method"] for row in rows if row["seconds"]))
    for column, d in enumerate(dims):
        for line, (what, label) in enumerate({"seconds": "seconds", "peak_mb": "MB"}.items()):
            axis = axes[line, column]
            for number, name in enumerate(methods):
                own = [r for r in rows if (r["method"], r["d"]) == (name, d) and r["seconds"]]
                points = sorted((row["n"], row[what]) for row in own)
                style = {"marker": "o", "ms": 4, "label": name, "color": f"C{number}"}
                style["lw"] = 2.2 if name == ours else 1.2
                axis.plot([n for n, _ in points], [value for _, value in points], **style)
            axis.set(xscale="log", yscale="log")
            axis.grid(alpha=0.3)
            if not column:
                axis.set_ylabel("seconds" if label == "seconds" else "peak memory, MB")
        axes[0, column].set_title(f"{d} dimensions", fontsize=9)
        axes[1, column].set_xlabel("faces")
    if methods:
        handles, names = axes[0, 0].get_legend_handles_labels()
        figure.legend(handles, names, loc="outside upper center", ncols=len(names), frameon=False)
    with atomic_path(path) as partial:
        figure.savefig(partial, metadata={"Date": None})
    pyplot.close(figure)
