"""Summarises the jobs of each rule: requested and used resources, and the waste."""

import pandas as pd

GB_PER_CORE = 4
"""GB of memory that count as one core in the waste: about what a computing node has per core."""

RESOURCES = ("mem_mb", "minutes", "cores")

COLUMNS = [
    "rule",
    "jobs",
    "jobs_measured",
    *(
        f"{resource}_{value}"
        for resource in RESOURCES
        for value in ("asked_median", "asked_max", "used_median", "used_max", "used_share")
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
"""Columns of efficiency.tsv, one row per rule. Shares are from 0 to 1. Unknown values are empty."""


def summarise(jobs: pd.DataFrame) -> pd.DataFrame:
    """One row per rule in `COLUMNS`, sorted by waste: the largest first, unknown waste last.

    `jobs` has the columns of `benchmarks.JOB_COLUMNS`.
    """
    rows = [summarise_rule(rule, group) for rule, group in add_waste(jobs).groupby("rule")]
    table = pd.DataFrame(rows, columns=COLUMNS)
    order = ["waste_core_hours", "unused_minutes", "rule"]
    return table.sort_values(order, ascending=[False, False, True], ignore_index=True)


def add_waste(jobs: pd.DataFrame) -> pd.DataFrame:
    """`jobs` with columns for unused resources and for the share of the nearest limit.

    The waste is idle core-hours plus idle GB-hours, where `GB_PER_CORE` GB-hours count as one
    core-hour. Unused run time is not waste: a job that ends returns it.
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


def summarise_rule(rule: str, jobs: pd.DataFrame) -> dict:
    """One row of efficiency.tsv from the jobs of one rule, with their waste."""
    row = {"rule": rule, "jobs": len(jobs), "gpus_asked_max": jobs["gpus_asked"].max()}
    row["jobs_measured"] = int(jobs["mem_mb_used"].notna().sum())
    for resource in RESOURCES:
        for kind in ("asked", "used"):
            row[f"{resource}_{kind}_median"] = jobs[f"{resource}_{kind}"].median()
            row[f"{resource}_{kind}_max"] = jobs[f"{resource}_{kind}"].max()
        row[f"{resource}_used_share"] = used_share(jobs, resource)
    for waste in ("waste_core_hours", "idle_core_hours", "idle_gb_hours", "unused_minutes"):
        row[waste] = jobs[waste].sum(min_count=1)
    if jobs["nearest_share"].notna().any():
        nearest = jobs.loc[jobs["nearest_share"].idxmax()]
        row["nearest_job"] = nearest["job"]
        row |= nearest[["nearest_limit", "nearest_share"]].to_dict()
    return row


def used_share(jobs: pd.DataFrame, resource: str) -> float:
    """Used divided by requested amount, over the jobs for which both are known.

    Memory and cores are weighted by the run time of the job, as in the waste.
    """
    known = jobs.dropna(subset=[f"{resource}_used", f"{resource}_asked"])
    weights = 1 if resource == "minutes" else known["seconds"]
    requested = (known[f"{resource}_asked"] * weights).sum()
    return (known[f"{resource}_used"] * weights).sum() / requested if requested else float("nan")


def list_limitations(jobs: pd.DataFrame, incomplete_files: list[str]) -> list[str]:
    """Sentences about what the report cannot show, and why."""
    sentences = []
    if jobs.empty:
        sentences.append(
            "There are no benchmark files: no job has ended yet, or the files were deleted."
        )
    n_unknown = int(jobs[["mem_mb_asked", "minutes_asked", "cores_asked"]].isna().any(axis=1).sum())
    if n_unknown:
        sentences.append(
            f"The benchmark files of {n_unknown} of {len(jobs)} jobs do not contain the requested "
            "resources, so the waste of these jobs is unknown. Snakemake writes them if the "
            "profile has benchmark-extended: true, or with the option --benchmark-extended."
        )
    n_unmeasured = int(jobs["mem_mb_used"].isna().sum())
    if n_unmeasured:
        sentences.append(
            f"The memory and cores of {n_unmeasured} of {len(jobs)} jobs could not be measured, "
            "usually because the jobs ended within half a second. Only their time is counted."
        )
    if incomplete_files:
        names = ", ".join(incomplete_files[:5]) + (", ..." if len(incomplete_files) > 5 else "")
        sentences.append(
            f"{len(incomplete_files)} incomplete benchmark files were left out of the report "
            f"({names})."
        )
    return sentences
