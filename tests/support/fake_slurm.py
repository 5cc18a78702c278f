"""Fake SLURM commands, to test what the profile requests from a cluster without having one.

Each command is a small script named sbatch, squeue and so on that runs this file. `sbatch` records
its arguments in the folder FAKE_SLURM_REQUESTS. Instead of running the job, it creates empty files
in FAKE_SLURM_RESULTS where the results would be, so every job is complete at once. This only shows
requests; tests/cluster has tests with a real SLURM.
"""

import json
import os
import re
import sys
from pathlib import Path

import rule_files

COMMANDS = ("sbatch", "squeue", "sacct", "scancel", "scontrol", "sinfo", "sacctmgr", "sshare")


def install(folder: Path) -> None:
    """Write the commands into a folder, which must come first in PATH."""
    folder.mkdir(parents=True, exist_ok=True)
    for command in COMMANDS:
        file = folder / command
        file.write_text(f'#!/bin/sh\nexec "{sys.executable}" "{__file__}" {command} "$@"\n')
        file.chmod(0o755)


def requests(folder: Path) -> list[dict]:
    """Read the submitted jobs: rule, name, wildcards, script and options of sbatch."""
    return [json.loads(file.read_text()) for file in sorted(folder.glob("*.json"), key=_job_id)]


def sbatch(arguments: list[str], folder: Path) -> None:
    """Record the request, create the results, and print the id of the job."""
    script = sys.stdin.read()
    rule, wildcards = re.search(r"--target-jobs '?(\w+):(\S*?)'? ", script).groups()
    values = dict(item.split("=") for item in wildcards.split(",") if item)
    results = Path(os.environ["FAKE_SLURM_RESULTS"])
    job_name = "/{video}.{ext}" if "ext" in values else "/{video}" if values else ""
    for output in [*outputs(rule, values, results), f"benchmarks/{rule}{job_name}.tsv"]:
        file = results / output.format(**values)
        file.parent.mkdir(parents=True, exist_ok=True)
        file.touch()
    job_id = 1 + len(list(folder.glob("*.json")))
    # Snakemake may submit two jobs at the same time.
    while True:
        try:
            with open(folder / f"{job_id}.json", "x") as out:
                name = arguments[arguments.index("--job-name") + 1]
                request = {"rule": rule, "name": name, "options": arguments, "script": script}
                json.dump(request | {"wildcards": values}, out)
            break
        except FileExistsError:
            job_id += 1
    print(job_id)


def outputs(rule: str, wildcards: dict[str, str], results: Path) -> list[str]:
    """Outputs of a job; a job without wildcards may write one file per indexed video."""
    patterns = rule_files.outputs(rule)
    if "video" in wildcards or "{video}" not in "".join(patterns):
        return patterns
    videos = [path.stem for path in (results / "status").glob("*.parquet")]
    return [pattern.replace("{video}", video) for pattern in patterns for video in videos]


def squeue(arguments: list[str], folder: Path) -> None:
    """Report all jobs as complete, and none of an earlier run."""
    if any(argument.startswith("--format=%i|%T") for argument in arguments):
        for file in folder.glob("*.json"):
            print(f"{file.stem}|COMPLETED")


def main() -> None:
    """Run the fake command that the first argument names."""
    command, *arguments = sys.argv[1:]
    folder = Path(os.environ["FAKE_SLURM_REQUESTS"])
    if command == "sbatch":
        sbatch(arguments, folder)
    elif command == "squeue":
        squeue(arguments, folder)
    elif command == "scontrol":
        print("MinJobAge = 300 sec\nMaxArraySize = 1001")
    elif command == "sinfo":
        print("PARTITION\ncpu*")
    elif command == "sacctmgr":
        print("my_project")
    else:
        sys.exit(1)


def _job_id(file: Path) -> int:
    return int(file.stem)


if __name__ == "__main__":
    main()
