"""Stands in for SLURM's commands, to see what the profile asks of a cluster without one.

Linked under the names sbatch, squeue and so on. `sbatch` notes its arguments in the folder named by
STAND_IN_SLURM and, instead of running the job, leaves empty files where its results would be; all
jobs are complete at once. It shows requests and nothing else: tests/test_slurm.py has a real SLURM.
"""

import json
import os
import re
import sys
from pathlib import Path

OUTPUTS = {
    "fetch_video": ["videos/{video}.{ext}", "videos/{video}.{ext}.json"],
    "index_frames": [f"{name}/{{video}}.parquet" for name in ("frames", "shots", "status")],
    "detect_faces": ["faces/{video}.parquet"],
    "embed_faces": ["embeddings/{video}.parquet"],
    "extract_keypoints": ["keypoints/{video}.parquet"],
    "cluster_faces": ["clusters.parquet"],
    "people": ["tracks.parquet", "people.parquet", "corpus.parquet", "people.tsv"],
    "measure_movement": ["kinematics/{video}.parquet", "phases/{video}.parquet"],
    "gestures": [f"gestures/{clip}.parquet" for clip in ("collins", "hopper", "both")],
    "picture_people": ["pictures.parquet"],
    "plot_coverage": ["report/coverage.svg", "report/coverage.tsv"],
    "write_page": ["report/index.html"],
    "write_methods": ["report/methods.md", "report/references.bib", "report/methods.html"],
}
COMMANDS = ("sbatch", "squeue", "sacct", "scancel", "scontrol", "sinfo", "sacctmgr", "sshare")


def install(folder: Path) -> None:
    """Put the commands into a folder, which is to be the first in PATH."""
    folder.mkdir(parents=True, exist_ok=True)
    for command in COMMANDS:
        file = folder / command
        file.write_text(f'#!/bin/sh\nexec "{sys.executable}" "{__file__}" {command} "$@"\n')
        file.chmod(0o755)


def requests(folder: Path) -> list[dict]:
    """What was submitted: for each job its rule, wildcards and options of sbatch."""
    return [json.loads(file.read_text()) for file in sorted(folder.glob("*.json"), key=_number)]


def sbatch(arguments: list[str], folder: Path) -> None:
    """Note the request, make the results, print a job's number."""
    script = sys.stdin.read()
    rule, wildcards = re.search(r"--target-jobs '?(\w+):(\S*?)'? ", script).groups()
    values = dict(item.split("=") for item in wildcards.split(",") if item)
    results = Path(os.environ["STAND_IN_RESULTS"])
    job = "/{video}.{ext}" if "ext" in values else "/{video}" if values else ""
    for output in [*OUTPUTS[rule], f"benchmarks/{rule}{job}.tsv"]:
        file = results / output.format(**values)
        file.parent.mkdir(parents=True, exist_ok=True)
        file.touch()
    number = 1 + len(list(folder.glob("*.json")))
    # Two submissions at a time are usual.
    while True:
        try:
            with open(folder / f"{number}.json", "x") as out:
                name = arguments[arguments.index("--job-name") + 1]
                request = {"rule": rule, "name": name, "options": arguments, "script": script}
                json.dump(request | {"wildcards": values}, out)
            break
        except FileExistsError:
            number += 1
    print(number)


def squeue(arguments: list[str], folder: Path) -> None:
    """All jobs are complete; none is there from before."""
    if any(argument.startswith("--format=%i|%T") for argument in arguments):
        for file in folder.glob("*.json"):
            print(f"{file.stem}|COMPLETED")


def main() -> None:
    command, *arguments = sys.argv[1:]
    folder = Path(os.environ["STAND_IN_SLURM"])
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


def _number(file: Path) -> int:
    return int(file.stem)


if __name__ == "__main__":
    main()
