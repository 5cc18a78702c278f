"""Plot of the results of benchmarks/throughput.py."""

import sys
from pathlib import Path

import numpy as np
import pandas as pd

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "scripts"))

import throughput_report as report
from corpus.core.atomic_files import atomic_path
from reproducible_plots import reproducible_pyplot


def draw(table: pd.DataFrame, path: Path) -> None:
    """Plot the cost of the stages as stacked bars, as SVG. Equal tables give an equal file."""
    pyplot = reproducible_pyplot("throughput")
    measured = report.measured_films(table)
    versions, kinds = report.versions_of(measured), list(measured["kind"].unique())
    figure, axis = pyplot.subplots(figsize=(8, 1 + 0.42 * len(kinds) * len(versions)))
    labels = []
    for number, (name, version) in enumerate((k, v) for k in kinds for v in versions):
        rows = measured[measured["kind"] == name].set_index(["version", "stage"])
        left = 0.0
        for index, stage in enumerate(report.stages_of(measured)):
            # A difference of two lengths may be negative where a stage takes hardly any time.
            width = max(0.0, np.nan_to_num(report.value_of(rows, version, stage, "per_second")))
            label = stage if number == 0 else None
            axis.barh(number, width, left=left, color=f"C{index}", label=label)
            left += width
        alone = report.value_of(rows, report.REFERENCE, "MediaPipe", "per_second")
        label = "MediaPipe alone" if number == 0 else None
        axis.plot([alone, alone], [number - 0.4, number + 0.4], color="black", lw=1.5, label=label)
        labels.append(f"{report.kind_name(name)}: {version}")
    axis.set_yticks(range(len(labels)), labels)
    axis.invert_yaxis()
    axis.set_xlim(0, 1.03 * axis.get_xlim()[1])
    axis.set_xlabel("CPU seconds per second of video")
    axis.grid(axis="x", alpha=0.3)
    axis.legend(fontsize=7)
    figure.tight_layout()
    with atomic_path(path) as partial:
        figure.savefig(partial, metadata={"Date": None})
    pyplot.close(figure)
