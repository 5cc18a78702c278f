"""The table of what jobs request from SLURM, and the message about jobs that fit nowhere."""

from types import SimpleNamespace

import pytest

from corpus.core.errors import InputError
from corpus.planning import slurm_requests
from corpus.planning.slurm_requests import JobRequest
from repository import ROOT

PARTITION_FILE = ROOT / "profiles" / "slurm" / "partitions.yaml"


def planned_job(rule: str, video: str, **resources: object) -> SimpleNamespace:
    """A job of a plan that would be submitted."""
    return SimpleNamespace(
        name=rule,
        rule=SimpleNamespace(name=rule),
        wildcards=[video] if video else [],
        resources={"mem_mb": 1000, "runtime": 20} | resources,
        threads=resources.get("threads", 1),
        is_local=False,
        is_norun=False,
    )


def plan_of(*jobs: SimpleNamespace, dryrun: bool = False, quiet: str = "RULES") -> SimpleNamespace:
    """A workflow with a plan and the partitions of the profile."""
    rules = {job.rule.name: job.rule for job in jobs}
    return SimpleNamespace(
        dag=SimpleNamespace(needrun_jobs=lambda: set(map(Hashable, jobs))),
        rules=list(rules.values()),
        dryrun=dryrun,
        _localrules=set(),
        output_settings=SimpleNamespace(quiet=[SimpleNamespace(name=quiet)]),
        executor_settings=SimpleNamespace(partition_config=PARTITION_FILE),
    )


class Hashable:
    """A job that can be in a set, as those of Snakemake can."""

    def __init__(self, job: SimpleNamespace) -> None:
        self.__dict__ = job.__dict__


def test_requests_are_in_the_order_of_the_rules_with_their_partitions() -> None:
    plan = plan_of(
        planned_job("fetch", "a"),
        planned_job("detect", "a", gpu=1, mem_mb=9000),
        planned_job("detect", "b", gres="gpu:2"),
        planned_job("cluster", "", mem_mb=300_000, threads=6),
        planned_job("index", "a", slurm_partition="mine", mem_mb=900_000),
    )
    requests, is_complete = slurm_requests.check_and_collect(plan)
    assert is_complete
    rows = [(r.rule, r.cores, r.gpus, r.partition) for r in requests]
    assert sorted(rows) == sorted(
        [
            ("fetch", 1, 0, "cpu"),
            ("detect", 1, 1, "gpu"),
            ("detect", 1, 2, "gpu"),
            ("cluster", 6, 0, "highmem"),
            ("index", 1, 0, "mine"),
        ]
    )
    assert list(dict.fromkeys(row[0] for row in rows)) == ["fetch", "detect", "cluster", "index"]


@pytest.mark.fault(
    "slurm",
    "several jobs of a plan request more than any partition allows",
    "all their rules are named before anything is submitted, in a dry run too",
)
def test_all_rules_that_fit_nowhere_are_named_at_once() -> None:
    plan = plan_of(
        planned_job("fetch", "a"),
        *(planned_job("detect", video, gpu=3) for video in "ba"),
        planned_job("cluster", "", mem_mb=600_000, threads=9),
    )
    with pytest.raises(InputError) as error:
        slurm_requests.check_and_collect(plan)
    lines = str(error.value).splitlines()
    assert lines[:2] == [
        "No partition accepts rule cluster, which requests mem_mb 600000, runtime 20, threads 9.",
        "No partition accepts rule detect a, which requests mem_mb 1000, runtime 20, threads 1, "
        "gpu 3. 1 more of its jobs request too much.",
    ]
    assert lines[2].startswith("  cpu: mem_mb 8000")
    assert "--set-resources" in lines[-1]


def test_of_a_large_plan_that_is_not_printed_one_job_of_each_rule_is_checked(monkeypatch) -> None:
    monkeypatch.setattr(slurm_requests, "MAX_CHECKED_JOBS", 3)
    jobs = [planned_job(rule, video) for rule in ("fetch", "index") for video in "abc"]
    requests, is_complete = slurm_requests.check_and_collect(plan_of(*jobs))
    assert (len(requests), is_complete) == (2, False)
    printed = plan_of(*jobs, dryrun=True, quiet="HOST")
    printed.execution_settings = SimpleNamespace(use_threads=True)
    printed.local_exec = True
    requests, is_complete = slurm_requests.check_and_collect(printed)
    assert (len(requests), is_complete) == (6, True)


def test_the_table_shows_the_largest_request_of_each_rule_and_the_hours_of_all() -> None:
    requests = [
        JobRequest("fetch", 1, 1000, 60, 0, "cpu"),
        JobRequest("detect", 2, 5000, 90, 1, "gpu"),
        JobRequest("detect", 4, 3000, 30, 1, ""),
    ]
    assert slurm_requests.table(requests).splitlines()[1:] == [
        "rule    jobs  cores  mem_mb  minutes  gpus  core_hours  gpu_hours  partition",
        "------  ----  -----  ------  -------  ----  ----------  ---------  ----------------------",
        "fetch      1      1    1000       60     0         1.0        0.0  cpu",
        "detect     2      4    5000       90     1         5.0        2.0  (SLURM's default), gpu",
        "------  ----  -----  ------  -------  ----  ----------  ---------  ----------------------",
        "all        3      4    5000       90     1         6.0        2.0",
    ]


def test_a_plan_without_jobs_for_the_cluster_has_no_table() -> None:
    assert slurm_requests.table([]) == ""
