"""Reads Snakemake's benchmark files into a table of jobs.

All numbers come from these files, on a cluster and on a laptop alike. They contain the requested
resources if Snakemake ran with `benchmark-extended`.
"""

import ast
from pathlib import Path

import pandas as pd

REPORT_RULE = "report_efficiency"
"""The rule that writes this report. Its job is left out, because it has not ended yet."""

SHORT_INTERVAL_S, SHORT_INTERVAL_UNTIL_S, LONG_INTERVAL_S = 0.5, 15, 30
"""Snakemake measures a job every 0.5 s until 15 s, then every 30 s (snakemake/benchmark.py)."""

JOB_COLUMNS = {
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
"""Columns of the table of jobs. MB are 1024 x 1024 bytes, as in benchmark files and in SLURM."""


def read_benchmarks(folder: Path) -> tuple[pd.DataFrame, list[str]]:
    """Read all benchmark files below a folder.

    Returns a table of jobs in `JOB_COLUMNS`, without the job of `REPORT_RULE`, and the names of the
    files that are incomplete.
    """
    jobs, incomplete_files = [], []
    for path in sorted(folder.rglob("*.tsv")):
        try:
            jobs += read_benchmark(path, folder)
        except (ValueError, OSError):
            incomplete_files.append(str(path.relative_to(folder)))
    table = pd.DataFrame(jobs, columns=list(JOB_COLUMNS)).astype(JOB_COLUMNS)
    return table[table["rule"] != REPORT_RULE].reset_index(drop=True), incomplete_files


def read_benchmark(path: Path, folder: Path) -> list[dict]:
    """Read the jobs of one file, which has one row for each time its job was measured.

    Raises ValueError if the file is incomplete.
    """
    rule, *job_parts = path.relative_to(folder).with_suffix("").parts
    header, *rows, after_last_newline = path.read_text(encoding="utf-8").split("\n")
    names = header.split("\t")
    lines = [row.split("\t") for row in rows]
    has_all_cells = lines and {len(cells) for cells in lines} == {len(names)}
    if after_last_newline or "s" not in names or not has_all_cells:
        raise ValueError("incomplete file")
    job = "/".join(job_parts)
    jobs = [parse_job(dict(zip(names, cells, strict=True)), rule, job) for cells in lines]
    if any(pd.isna(job["seconds"]) for job in jobs):
        raise ValueError("run time is missing")
    return jobs


def parse_job(cells: dict[str, str], rule: str, job: str) -> dict:
    """Convert a row of a benchmark file to `JOB_COLUMNS`. Unknown values are NaN.

    Memory is max_rss, the sum over the processes of the job. SLURM's accounting shows this value by
    default, and unlike max_pss it is known on every system. Memory that processes share is counted
    more than once.
    """
    seconds = parse_number(cells["s"])
    requested = parse_resources(cells.get("resources", ""))
    # The first measurement at 0 s only sees a shell that has not started anything yet.
    measured_s = last_measurement(seconds) or float("nan")
    memory = parse_number(cells.get("max_rss")) if measured_s > 0 else float("nan")
    return {
        "rule": cells.get("rule_name", rule),
        "job": job,
        "seconds": seconds,
        "mem_mb_used": memory,
        "mem_mb_asked": parse_number(requested.get("mem_mb")),
        "minutes_used": seconds / 60,
        "minutes_asked": parse_number(requested.get("runtime")),
        "cores_used": parse_number(cells.get("cpu_time")) / measured_s,
        "cores_asked": parse_number(cells.get("threads")),
        "gpus_asked": parse_number(requested.get("gpu", 0)) if requested else float("nan"),
    }


def parse_number(cell: object) -> float:
    """The number in a cell. NaN for "NA" and "-", which Snakemake writes for unmeasured values."""
    try:
        return float(str(cell))
    except ValueError:
        return float("nan")


def parse_resources(cell: str) -> dict:
    """The resources in a cell that contains a Python dict. Empty if the cell contains no dict."""
    try:
        return dict(ast.literal_eval(cell))
    except (ValueError, SyntaxError, TypeError):
        return {}


def last_measurement(seconds: float) -> float:
    """Time of Snakemake's last measurement of a job that ran for `seconds`, from its start.

    CPU time is counted until then. Divided by the whole run time, a job of 44 s would seem to use a
    third of its cores.
    """
    if seconds < SHORT_INTERVAL_UNTIL_S:
        return seconds // SHORT_INTERVAL_S * SHORT_INTERVAL_S
    later_s = seconds - SHORT_INTERVAL_UNTIL_S
    return SHORT_INTERVAL_UNTIL_S + later_s // LONG_INTERVAL_S * LONG_INTERVAL_S
