"""Plan the workflow with many configurations in one process, and compare the plans.

Starting Snakemake takes seconds, planning a small corpus again in the same process a third of one.
"""

import json
import subprocess
import sys
from functools import cache
from pathlib import Path

from repository import ROOT, SCRIPTS

sys.path.insert(0, str(SCRIPTS))

from corpus.planning import code_version

Jobs = dict[str, list[dict[str, list]]]
"""Files, params, requests and the command of all jobs of each rule.

Params are those that Snakemake compares. Requests are MB and minutes of two attempts.
"""


def plan_all(folder: Path, targets: list[str], configurations: list[dict]) -> list[Jobs]:
    """Plan the targets with each of the configurations, in `folder`, where no results exist."""
    task = {"folder": str(folder), "targets": targets, "configurations": configurations}
    done = subprocess.run(
        [sys.executable, __file__], input=json.dumps(task), capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr[-4000:]
    return json.loads(done.stdout.splitlines()[-1])


def rules_with_changes(before: Jobs, after: Jobs) -> set[str]:
    """Rules that run again for a reason of their own when a corpus `before` is planned as `after`.

    These are rules with other params, with other outputs, or with other inputs, except for inputs
    that other jobs now write elsewhere. Rules that only follow from these are left out.
    """
    moved = _files(before, "output") ^ _files(after, "output")
    return {
        rule
        for rule in before.keys() | after.keys()
        if _compared(before.get(rule, []), moved) != _compared(after.get(rule, []), moved)
    }


def _files(jobs: Jobs, kind: str) -> set[str]:
    return {file for of_rule in jobs.values() for job in of_rule for file in job[kind]}


def _compared(jobs: list[dict], moved: set[str]) -> list[tuple]:
    """What decides whether the jobs of a rule run again."""
    return sorted(
        (job["output"], sorted(set(job["input"]) - moved), sorted(set(job["params"])))
        for job in jobs
    )


def requests(job, attempt: int) -> list[int | None]:
    """Memory in MB and time in minutes that a job of Snakemake requests."""
    resources = job.rule.expand_resources(job.wildcards_dict, job.input, attempt)
    return [resources.get("mem_mb"), resources.get("runtime")]


def _plan(folder: Path, targets: list[str], configuration: dict) -> Jobs:
    """Plan in this process. Imports Snakemake, which the process of the tests does not need."""
    from snakemake.api import SnakemakeApi
    from snakemake.settings.enums import Quietness
    from snakemake.settings.types import (
        ConfigSettings,
        DAGSettings,
        OutputSettings,
        ResourceSettings,
    )

    with SnakemakeApi(OutputSettings(quiet={Quietness.ALL})) as api:
        workflow_api = api.workflow(
            resource_settings=ResourceSettings(cores=1),
            config_settings=ConfigSettings(config=configuration),
            snakefile=ROOT / "Snakefile",
            workdir=folder,
        )
        workflow_api.dag(dag_settings=DAGSettings(targets=set(targets)))
        workflow = workflow_api._workflow
        workflow._prepare_dag(forceall=True, ignore_incomplete=True, lock_warn_only=True)
        workflow._build_dag()
        jobs: Jobs = {}
        for job in workflow.dag.jobs:
            if not job.is_norun:
                values = {
                    "output": list(map(str, job.output)),
                    "input": list(map(str, job.input)),
                    "params": list(map(repr, job.non_derived_params)),
                    "requests": [requests(job, attempt) for attempt in (1, 2)],
                    "command": [job.shellcmd],
                }
                jobs.setdefault(job.rule.name, []).append(values)
        return jobs


if __name__ == "__main__":
    # One checksum of each script for all plans, even if somebody edits the code meanwhile.
    code_version.source_checksum = cache(code_version.source_checksum)
    task = json.load(sys.stdin)
    plans = [
        _plan(Path(task["folder"]), task["targets"], configuration)
        for configuration in task["configurations"]
    ]
    print("\n" + json.dumps(plans))
