"""matplotlib with the same settings on every run, for the benchmarks' plots."""

from collections.abc import Mapping
from types import ModuleType
from typing import Any


def reproducible_pyplot(salt: str, settings: Mapping[str, Any] | None = None) -> ModuleType:
    """matplotlib.pyplot with its default settings, so that equal figures give equal SVG files.

    The user's matplotlibrc and the settings of earlier plots in this process do not count. `salt`
    names the plot: ids in the file are made from it. `settings` are further rcParams.
    """
    import matplotlib

    matplotlib.use("svg")
    from matplotlib import pyplot

    matplotlib.rcdefaults()
    matplotlib.rcParams.update({"svg.hashsalt": salt, "font.size": 9, **(settings or {})})
    return pyplot
