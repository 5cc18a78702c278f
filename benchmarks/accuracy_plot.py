"""Plot how well people are found by several methods, for several sets of clips."""

from collections.abc import Mapping
from pathlib import Path

from corpus.core.atomic_files import atomic_path
from reproducible_plots import reproducible_pyplot

MARKERS = {
    "before": {"marker": "o", "ms": 12, "color": "#777777", "mfc": "none"},
    "after": {"marker": "o", "ms": 7, "color": "#4477aa"},
}
"""Markers of the versions of the workflow; that of the earlier one surrounds an equal later one."""
OTHER_MARKERS = "x+1234"


def draw(scores: Mapping[str, Mapping[str, Mapping[str, float]]], path: Path) -> None:
    """Plot B-cubed F of each method, one line for each set of clips.

    `scores` are the people measures by set and method. The plot is written to `path` as SVG. Equal
    arguments give an equal file.
    """
    pyplot = reproducible_pyplot("accuracy")
    figure, axis = pyplot.subplots(figsize=(8, 0.8 + 0.4 * len(scores)), layout="constrained")
    methods = list(dict.fromkeys(name for rows in scores.values() for name in rows))
    others = [name for name in methods if name not in MARKERS]
    for method in methods:
        points = [
            (rows[method]["f"], y) for y, rows in enumerate(scores.values()) if method in rows
        ]
        style = MARKERS.get(method)
        if style is None:
            marker = OTHER_MARKERS[others.index(method) % len(OTHER_MARKERS)]
            style = {"marker": marker, "ms": 7, "color": "black"}
        axis.plot(*zip(*points, strict=True), ls="", label=method, **style)
    axis.set_yticks(range(len(scores)), list(scores))
    axis.set_ylim(len(scores) - 0.5, -0.5)
    axis.set_xlabel("B-cubed F over faces")
    axis.set_xlim(None, 1.02)
    axis.grid(axis="both", alpha=0.3)
    figure.legend(loc="outside upper center", ncols=len(methods), frameon=False)
    with atomic_path(path) as partial:
        figure.savefig(partial, metadata={"Date": None})
    pyplot.close(figure)
