"""Tables and plot of benchmarks/throughput.py."""

import sys
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "scripts"))

from film_files import FPS
from stage_runs import STAGES

BEGIN, END = "<!-- throughput: begin -->", "<!-- throughput: end -->"
"""Lines around the tables of the page."""
NOW = "now"
REFERENCE = "reference"
"""Version of decoding and of MediaPipe alone."""
REFERENCES = ("decode", "decode to RGB", "MediaPipe")
END_TO_END, SPARSE = "end to end", "sparse"
"""Kinds of films of other measurements."""
COMPUTERS = {"laptop, 2 cores": 2, "laptop, 8 cores": 8, "node, 32 cores": 32}
COLUMNS = [
    "version", "kind", "stage", "seconds", "people", "runs", "per_second", "low", "high", "start_s",
    "cpu_s", "wall_s", "peak_mb",
]  # fmt: skip
SMALLEST = 0.01
"""Smaller costs are noise: the start of a job varies by more."""
MS = 1000
MINUTE_S = 60
NOT_MEASURED = "No GPU was seen: what one saves is not measured."


class Row(NamedTuple):
    """What one job needed."""

    version: str
    film: str
    kind: str
    """Lines and people of the film."""
    seconds: float
    """Length of the film."""
    people: int
    repeat: int
    stage: str
    cpu_s: float
    wall_s: float
    peak_mb: float
    commit: str = ""
    """Commit of the version; empty for the reference."""


def kind(height: int, people: int) -> str:
    """The kind of a film, as in Film.kind."""
    return f"{height}p_{people}"


def kind_name(name: str) -> str:
    """The kind of a film in words."""
    height, people = name.split("p_")
    return f"{height} lines, {people} {'person' if people == '1' else 'people'}"


def summarise(rows: pd.DataFrame) -> pd.DataFrame:
    """One row per version, kind of film and stage.

    per_second: CPU seconds per second of video, from the difference between the longest and the
    shortest film of each run; the median of all runs, with `low` and `high` the extremes. start_s:
    CPU seconds that do not depend on the length. peak_mb: highest memory. Other measurements have
    the CPU seconds in cpu_s and the elapsed seconds in wall_s.
    """
    results = []
    for keys, group in rows.groupby(["version", "kind", "stage"], sort=False):
        version, name, stage = keys
        common = {
            "version": version,
            "kind": name,
            "stage": stage,
            "peak_mb": group["peak_mb"].max(),
        }
        common |= {"people": group["people"].iloc[0], "runs": group["repeat"].nunique()}
        if name in (END_TO_END, SPARSE):
            for seconds, same in group.groupby("seconds"):
                length = {"seconds": seconds, "peak_mb": same["peak_mb"].max()}
                cost = {"cpu_s": same["cpu_s"].sum(), "wall_s": same["wall_s"].sum()}
                results.append(common | length | cost)
            continue
        results.append(common | slopes(group))
    table = pd.DataFrame(results, columns=COLUMNS)
    return table.sort_values(["version", "kind"], kind="stable", ignore_index=True)


def slopes(group: pd.DataFrame) -> dict[str, float]:
    """Cost per second and of the start, from films of two lengths in each run."""
    per_second, start_s = [], []
    for _, run in group.groupby("repeat"):
        cpu_s = run.groupby("seconds")["cpu_s"].sum()
        if len(cpu_s) < 2:
            continue
        short, long = cpu_s.index[0], cpu_s.index[-1]
        slope = (cpu_s.loc[long] - cpu_s.loc[short]) / (long - short)
        per_second.append(slope)
        start_s.append(cpu_s.loc[short] - slope * short)
    if not per_second:
        return {}
    spread = {"low": min(per_second), "high": max(per_second)}
    return {
        "per_second": float(np.median(per_second)),
        "start_s": float(np.median(start_s)),
    } | spread


def as_tsv(table: pd.DataFrame) -> str:
    """The table as text."""
    return table.to_csv(sep="\t", index=False, float_format="%.4g")


def text(table: pd.DataFrame) -> str:
    """All tables in Markdown."""
    measured = measured_films(table)
    parts = [cost_table(measured, name) for name in measured["kind"].unique()]
    if len(measured):
        parts += [start_table(measured), peak_table(measured), hour_table(measured)]
    parts += [end_to_end_table(table), memory_table(table)]
    return "\n\n".join(part for part in parts if part) + "\n"


def measured_films(table: pd.DataFrame) -> pd.DataFrame:
    """The rows with a cost per second, of small films before large ones."""
    rows = table[table["kind"].str.match(r"\d+p_\d+$") & table["per_second"].notna()]
    sizes = rows["kind"].map(lambda name: tuple(map(int, name.split("p_"))))
    return rows.loc[sizes.sort_values(kind="stable").index]


def versions_of(table: pd.DataFrame) -> list[str]:
    """The versions of the workflow, the present one last."""
    names = [name for name in table["version"].unique() if name != REFERENCE]
    return sorted(names, key=lambda name: name == NOW)


def stages_of(table: pd.DataFrame) -> list[str]:
    """The stages of all versions: those in `STAGES`, then others, without downloads."""
    own = table[table["version"] != REFERENCE]["stage"].unique()
    others = [name for name in own if name not in STAGES and not name.startswith("fetch_")]
    return [name for name in STAGES if name in own] + others


def cost_table(table: pd.DataFrame, name: str) -> str:
    """Cost of each stage and reference for one kind of film."""
    rows = table[table["kind"] == name].set_index(["version", "stage"])
    versions = versions_of(table)
    n_runs = int(rows["runs"].min())
    runs = f"median of {n_runs} runs and extremes" if n_runs > 1 else "one run"
    lines = [f"**{kind_name(name)}**: CPU seconds per second of video, {runs}", ""]
    lines += _header(["stage", *versions])
    for stage in stages_of(table):
        lines.append(_line(stage, (_spread(rows, version, stage) for version in versions)))
    totals = [total_of(rows, version) for version in versions]
    lines.append(_line("all stages", (f"**{_number(total, '.2f')}**" for total in totals)))
    people = int(rows["people"].iloc[0])
    costs = [value_of(rows, version, "extract_keypoints", "per_second") for version in versions]
    mediapipe = value_of(rows, REFERENCE, "MediaPipe", "per_second")
    for label, unit, form in (
        ("ms per person and frame", FPS * people / MS, ".1f"),
        (f"relative to {versions[0]}", costs[0], ".2f"),
        ("relative to MediaPipe alone", mediapipe, ".2f"),
    ):
        cells = (_number(cost / unit, form) for cost in costs)
        lines.append(_line(f"extract_keypoints, {label}", cells))
    for stage in REFERENCES:
        cell = _spread(rows, REFERENCE, stage)
        lines.append(_line(f"{stage} alone", [cell] * len(versions)))
    return "\n".join(lines)


def start_table(table: pd.DataFrame) -> str:
    """CPU seconds for starting each stage, the median over the kinds of films."""
    versions = versions_of(table)
    starts = table.groupby(["version", "stage"])["start_s"].median()
    lines = ["**Starting a stage**: CPU seconds per job", "", *_header(["stage", *versions])]
    stages = stages_of(table)
    for stage in stages:
        cells = (_number(starts.get((version, stage), np.nan), ".1f") for version in versions)
        lines.append(_line(stage, cells))
    sums = (sum(starts.get((version, stage), 0.0) for stage in stages) for version in versions)
    lines.append(_line("all stages", (f"**{total:.1f}**" for total in sums)))
    return "\n".join(lines)


def peak_table(table: pd.DataFrame) -> str:
    """Highest memory of each stage, of all films."""
    versions, stages = versions_of(table), stages_of(table)
    peaks = table.groupby(["version", "stage"])["peak_mb"].max()
    lines = ["**Highest memory** of a job in these films, MB", "", *_header(["stage", *versions])]
    for stage in stages:
        cells = (_number(peaks.get((version, stage), np.nan), ".0f") for version in versions)
        lines.append(_line(stage, cells))
    return "\n".join(lines)


def hour_table(table: pd.DataFrame) -> str:
    """Derived: minutes for an hour of video if all cores are busy."""
    versions = versions_of(table)
    lines = [
        "**One hour of video** (derived from the tables above, not measured: all cores busy, each "
        f"as fast as the one measured). {NOT_MEASURED}",
        "",
        *_header(["film", "computer", *(f"{version}, minutes" for version in versions)]),
    ]
    for name in table["kind"].unique():
        rows = table[table["kind"] == name].set_index(["version", "stage"])
        for computer, cores in COMPUTERS.items():
            minutes = (total_of(rows, version) * MINUTE_S / cores for version in versions)
            cells = [computer, *(_number(value, ".0f") for value in minutes)]
            lines.append(_line(kind_name(name), cells))
    return "\n".join(lines)


def end_to_end_table(table: pd.DataFrame) -> str:
    """The whole workflow on two cores; empty if it was not measured."""
    rows = table[(table["kind"] == END_TO_END) & (table["stage"] == "total")]
    if rows.empty:
        return ""
    lines = [
        "**The whole workflow** on two cores, 480 lines, two people, with Snakemake's own time"
    ]
    lines += ["", *_header(["version", "length, s", "CPU, s", "elapsed, s"])]
    for row in rows.itertuples():
        cells = (f"{value:.0f}" for value in (row.seconds, row.cpu_s, row.wall_s))
        lines.append(_line(str(row.version), cells))
    return "\n".join(lines)


def memory_table(table: pd.DataFrame) -> str:
    """Peak memory by length of the video; empty if it was not measured."""
    rows = table[table["kind"] == SPARSE]
    if rows.empty:
        return ""
    lengths = sorted(rows["seconds"].unique())
    names = [f"{length / MINUTE_S:g} min" for length in lengths]
    lines = [
        "**Peak memory in MB** by length of the video",
        "",
        *_header(["version, stage", *names]),
    ]
    peaks = rows.set_index(["version", "stage", "seconds"])["peak_mb"]
    for version in versions_of(rows):
        for stage in stages_of(rows):
            peak = (peaks.get((version, stage, length), np.nan) for length in lengths)
            cells = (_number(value, ".0f") for value in peak)
            lines.append(_line(f"{version}, {stage}", cells))
    return "\n".join(lines)


def _header(names: list[str]) -> list[str]:
    return ["| " + " | ".join(names) + " |", "|---|" + "---:|" * (len(names) - 1)]


def _line(name: str, cells: Iterable[str]) -> str:
    return f"| {name} | " + " | ".join(cells) + " |"


def value_of(rows: pd.DataFrame, version: str, stage: str, column: str) -> float:
    return float(rows.loc[(version, stage), column]) if (version, stage) in rows.index else np.nan


def _spread(rows: pd.DataFrame, version: str, stage: str) -> str:
    middle, low, high = (
        value_of(rows, version, stage, column) for column in ("per_second", "low", "high")
    )
    if np.isnan(middle):
        return ""
    if high < SMALLEST:
        return f"below {SMALLEST}"
    return f"{middle:.3f}" if low == high else f"{middle:.3f} ({low:.3f} to {high:.3f})"


def total_of(rows: pd.DataFrame, version: str) -> float:
    """The cost of all stages; a version can do in one stage what another does in two."""
    if rows.empty or version not in rows.index.get_level_values("version"):
        return np.nan
    stages = [name for name in rows.loc[version].index if not name.startswith("fetch_")]
    return float(rows.loc[version].loc[stages, "per_second"].sum())


def _number(value: float, pattern: str) -> str:
    return "" if np.isnan(value) else format(value, pattern)
