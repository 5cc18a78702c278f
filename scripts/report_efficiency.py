"""Compare what each rule's jobs asked for with what they used, largest waste first.

python scripts/report_efficiency.py --benchmarks results/laptop/benchmarks \
    --table results/laptop/report/efficiency.tsv --page results/laptop/report/efficiency.html \
    --plot results/laptop/report/efficiency.svg --corpus results/laptop/corpus.parquet

Everything comes from Snakemake's benchmark files, on a cluster as on a laptop. What a job asked for
is in them if Snakemake ran with `benchmark-extended`.
"""

import argparse
import ast
import logging
from pathlib import Path

import pandas as pd

from corpus.core.atomic_files import write_text
from corpus.core.errors import run
from corpus.report import plot_style
from corpus.report.efficiency import page, plot
from corpus.tables import parquet, provenance

OWN = "report_efficiency"
"""The rule that runs this, which has not ended and is left out."""

GB_PER_CORE = 4
"""GB of memory that count as one core in the waste: about what a computing node has for each."""

FIRST_LOOK_S, LOOKS_UNTIL_S, LATER_LOOK_S = 0.5, 15, 30
"""Snakemake looks at a job every 0.5 s until 15 s, then every 30 s (snakemake/benchmark.py)."""

JOB = {
    "rule": str,
    "job": str,
    "seconds": float,
    "mem_mb_used": float,
    "mem_mb_asked": float,
    "minutes_used": float,
    "minutes_asked": float,
    "cores_used": float,
    "cores_asked": float,
    "gpus_asked": float,
}
"""Columns of a table of jobs. MB are 1024 x 1024 bytes, as benchmarks and SLURM count."""

USES = ("mem_mb", "minutes", "cores")

COLUMNS = [
    "rule",
    "jobs",
    "jobs_measured",
    *(
        f"{use}_{what}"
        for use in USES
        for what in ("asked_median", "asked_max", "used_median", "used_max", "used_share")
    ),
    "gpus_asked_max",
    "waste_core_hours",
    "idle_core_hours",
    "idle_gb_hours",
    "unused_minutes",
    "nearest_job",
    "nearest_limit",
    "nearest_share",
]
"""Columns of efficiency.tsv, a row a rule. Shares are 0 to 1; what is not known is empty."""


def number(cell: object) -> float:
    """A cell's number; NaN for "NA" and "-", which Snakemake writes where it measured nothing."""
    try:
        return float(str(cell))
    except ValueError:
        return float("nan")


def last_look(seconds: float) -> float:
    """When Snakemake last looked at a job that took so long, in seconds from its start.

    CPU time is counted until then: over the whole time, a job of 44 s would seem to use a third.
    """
    if seconds < LOOKS_UNTIL_S:
        return seconds // FIRST_LOOK_S * FIRST_LOOK_S
    return LOOKS_UNTIL_S + (seconds - LOOKS_UNTIL_S) // LATER_LOOK_S * LATER_LOOK_S


def asked_for(cell: str) -> dict:
    """Resources from the text of a dict; none where it is no such text."""
    try:
        return dict(ast.literal_eval(cell))
    except (ValueError, SyntaxError, TypeError):
        return {}


def measured(cells: dict[str, str], rule: str, job: str) -> dict:
    """One job in the columns of `JOB`, from a benchmark's row; NaN where it does not tell.

    Memory is max_rss, the sum over the job's processes: what SLURM's accounting shows by default
    and, unlike max_pss, known on every system. Pages that processes share count more than once.
    """
    seconds = number(cells["s"])
    resources = asked_for(cells.get("resources", ""))
    # Before the second look there is only a shell that has not yet started anything.
    looked_s = last_look(seconds) or float("nan")
    memory = number(cells.get("max_rss")) if looked_s > 0 else float("nan")
    return {
        "rule": cells.get("rule_name", rule),
        "job": job,
        "seconds": seconds,
        "mem_mb_used": memory,
        "mem_mb_asked": number(resources.get("mem_mb")),
        "minutes_used": seconds / 60,
        "minutes_asked": number(resources.get("runtime")),
        "cores_used": number(cells.get("cpu_time")) / looked_s,
        "cores_asked": number(cells.get("threads")),
        "gpus_asked": number(resources.get("gpu", 0)) if resources else float("nan"),
    }


def read_benchmark(path: Path, folder: Path) -> list[dict]:
    """The jobs of one file, which has a row for each time its job was measured.

    Raises ValueError where the file is not whole.
    """
    first, *rest = path.relative_to(folder).with_suffix("").parts
    rule, job = first, "/".join(rest)
    head, *rows, end = path.read_text(encoding="utf-8").split("\n")
    names = head.split("\t")
    lines = [row.split("\t") for row in rows]
    if end or "s" not in names or not lines or {len(cells) for cells in lines} != {len(names)}:
        raise ValueError("not whole")
    jobs = [measured(dict(zip(names, cells, strict=True)), rule, job) for cells in lines]
    if any(pd.isna(job["seconds"]) for job in jobs):
        raise ValueError("without a time")
    return jobs


def read_benchmarks(folder: Path) -> tuple[pd.DataFrame, list[str]]:
    """All jobs in the columns of `JOB`, but those of `OWN`, and the files that are not whole."""
    jobs, broken = [], []
    for path in sorted(folder.rglob("*.tsv")):
        try:
            jobs += read_benchmark(path, folder)
        except (ValueError, OSError):
            broken.append(str(path.relative_to(folder)))
    table = pd.DataFrame(jobs, columns=list(JOB)).astype(JOB)
    return table[table["rule"] != OWN].reset_index(drop=True), broken


def add_waste(jobs: pd.DataFrame) -> pd.DataFrame:
    """`jobs` with what each held and did not use, and how near it came to its limits.

    The waste is idle core-hours and idle GB-hours, GB_PER_CORE of which count as one core-hour.
    Time that was asked for and not used is no part of it: a job that ends gives it back.
    """
    hours = jobs["seconds"] / 3600
    idle_gb = (jobs["mem_mb_asked"] - jobs["mem_mb_used"]).clip(lower=0) / 1024
    idle_cores = (jobs["cores_asked"] - jobs["cores_used"]).clip(lower=0)
    limits = pd.DataFrame(
        {
            "memory": jobs["mem_mb_used"] / jobs["mem_mb_asked"],
            "time": jobs["minutes_used"] / jobs["minutes_asked"],
        }
    )
    return jobs.assign(
        waste_core_hours=(idle_cores + idle_gb / GB_PER_CORE) * hours,
        idle_core_hours=idle_cores * hours,
        idle_gb_hours=idle_gb * hours,
        unused_minutes=(jobs["minutes_asked"] - jobs["minutes_used"]).clip(lower=0),
        nearest_share=limits.max(axis=1),
        nearest_limit=limits.fillna(-1).idxmax(axis=1),
    )


def share(jobs: pd.DataFrame, use: str) -> float:
    """Part of what was asked that was used, by jobs of which both are known.

    Memory and cores count by the time they were held, as in the waste.
    """
    both = jobs.dropna(subset=[f"{use}_used", f"{use}_asked"])
    held = 1 if use == "minutes" else both["seconds"]
    asked = (both[f"{use}_asked"] * held).sum()
    return (both[f"{use}_used"] * held).sum() / asked if asked else float("nan")


def of_rule(rule: str, jobs: pd.DataFrame) -> dict:
    """A row of efficiency.tsv, from one rule's jobs with their waste."""
    row = {"rule": rule, "jobs": len(jobs), "gpus_asked_max": jobs["gpus_asked"].max()}
    row["jobs_measured"] = int(jobs["mem_mb_used"].notna().sum())
    for use in USES:
        for what in ("asked", "used"):
            row[f"{use}_{what}_median"] = jobs[f"{use}_{what}"].median()
            row[f"{use}_{what}_max"] = jobs[f"{use}_{what}"].max()
        row[f"{use}_used_share"] = share(jobs, use)
    for waste in ("waste_core_hours", "idle_core_hours", "idle_gb_hours", "unused_minutes"):
        row[waste] = jobs[waste].sum(min_count=1)
    if jobs["nearest_share"].notna().any():
        nearest = jobs.loc[jobs["nearest_share"].idxmax()]
        row["nearest_job"] = nearest["job"]
        row |= nearest[["nearest_limit", "nearest_share"]].to_dict()
    return row


def summarise(jobs: pd.DataFrame) -> pd.DataFrame:
    """A row a rule, in `COLUMNS`, the largest waste first and what is not known last."""
    rows = [of_rule(rule, group) for rule, group in add_waste(jobs).groupby("rule")]
    table = pd.DataFrame(rows, columns=COLUMNS)
    order = ["waste_core_hours", "unused_minutes", "rule"]
    return table.sort_values(order, ascending=[False, False, True], ignore_index=True)


def notes(jobs: pd.DataFrame, broken: list[str]) -> list[str]:
    """What the report could not tell, and why, in sentences."""
    told = []
    if jobs.empty:
        told.append("There are no benchmark files: no job has ended yet, or they were deleted.")
    n_unknown = int(jobs[["mem_mb_asked", "minutes_asked", "cores_asked"]].isna().any(axis=1).sum())
    if n_unknown:
        told.append(
            f"What {n_unknown} of {len(jobs)} jobs asked for is not in their benchmark files, so "
            "their waste is not known. Snakemake writes it with benchmark-extended: true in the "
            "profile, or --benchmark-extended."
        )
    n_short = int(jobs["mem_mb_used"].isna().sum())
    if n_short:
        told.append(
            f"The memory and cores of {n_short} of {len(jobs)} jobs could not be measured, mostly "
            "since they ended within half a second. Only their time counts."
        )
    if broken:
        names = ", ".join(broken[:5]) + (", ..." if len(broken) > 5 else "")
        told.append(f"Not whole, hence left out: {len(broken)} benchmark files ({names}).")
    return told


def read_durations(path: Path | None) -> dict[str, float]:
    """Seconds of each video with frames, from the corpus table; nothing without one."""
    if path is None:
        return {}
    corpus = parquet.read(path, ["video_id", "duration_s"]).dropna()
    return dict(zip(corpus["video_id"], corpus["duration_s"], strict=True))


def main() -> None:
    """Read the options and benchmarks, write the table, the page and the plot."""
    options = parse_arguments()
    jobs, broken = read_benchmarks(options.benchmarks)
    rules = summarise(jobs)
    told = notes(jobs, broken)
    for note in told:
        logging.warning(note)
    for row in rules.itertuples():
        logging.info("%s: %d jobs, waste %.3g core-hours", row.rule, row.jobs, row.waste_core_hours)
    text = rules.round(6).to_csv(sep="\t", index=False, float_format="%.10g", lineterminator="\n")
    write_text(options.table, text)
    write_text(options.page, page.render(rules, told, GB_PER_CORE))
    if options.plot:
        made_by = provenance.describe("report_efficiency", {}, ("matplotlib", "pandas"))
        drawing = plot.render(jobs, read_durations(options.corpus))
        plot_style.save(drawing, options.plot, made_by)


def parse_arguments() -> argparse.Namespace:
    """Options of this script."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "--benchmarks", required=True, type=Path, help="folder of Snakemake's benchmark files"
    )
    parser.add_argument("--table", required=True, type=Path, help="TSV to write: a row a rule")
    parser.add_argument("--page", required=True, type=Path, help="HTML page to write")
    parser.add_argument("--plot", type=Path, help="SVG to write: a point a job")
    parser.add_argument("--corpus", type=Path, help="table of videos, for their lengths")
    return parser.parse_args()


if __name__ == "__main__":
    run(main)
