"""Limits of SLURM partitions on requests, and jobs of an earlier run."""

from types import SimpleNamespace

import pytest

from corpus.core.errors import InputError
from corpus.planning import slurm, slurm_limits
from repository import ROOT

PARTITION_FILE = ROOT / "profiles" / "slurm" / "partitions.yaml"


@pytest.fixture(scope="module")
def partitions() -> tuple:
    """The partitions of the SLURM profile."""
    return slurm_limits.read_partitions(PARTITION_FILE)


def workflow_with(partition_config: object, **overwritten: dict) -> SimpleNamespace:
    """A workflow object with the SLURM executor and resources set for some rules."""
    resources = SimpleNamespace(default_resources=None, overwrite_resources=overwritten)
    executor = SimpleNamespace(partition_config=partition_config)
    return SimpleNamespace(executor_settings=executor, resource_settings=resources)


def test_a_later_attempt_requests_at_most_the_largest_limit(partitions: tuple) -> None:
    limit = slurm_limits.limit_to_partitions
    assert limit(4000, 4000, partitions, "mem_mb") == 4000
    assert limit(900_000, 300_000, partitions, "mem_mb") == 512_000
    assert limit(32_000, 8000, partitions, "mem_mb", n_gpus=1) == 16_000
    assert limit(9999, 600, partitions, "runtime") == 4320


def test_a_first_attempt_above_all_limits_is_an_error_that_names_them(partitions: tuple) -> None:
    with pytest.raises(InputError, match=r"rule x.*mem_mb 600000(.|\n)*highmem: mem_mb 512000"):
        slurm_limits.limit_to_partitions(600_000, 600_000, partitions, "mem_mb", job="rule x")


def test_nothing_is_limited_without_partitions() -> None:
    assert slurm_limits.limit_to_partitions(10**9, 10**9, (), "mem_mb") == 10**9


def test_cores_are_limited_by_the_partition_of_ordinary_nodes() -> None:
    def threads(wanted: int, mb_per_core: int, n_gpus: int = 0) -> int:
        workflow = workflow_with(PARTITION_FILE)
        return slurm_limits.limited_threads(
            workflow, "x", wanted, lambda cores: mb_per_core * cores, n_gpus
        )

    assert threads(8, 500) == 4, "the partition cpu, not highmem"
    assert threads(3, 500) == 3
    assert threads(8, 5000) == 8, "highmem"
    assert threads(8, 5000, n_gpus=1) == 3, "as many as the memory of gpu allows"
    assert threads(8, 600_000) == 1
    workflow = workflow_with(PARTITION_FILE, x={"slurm_partition": "fat"})
    assert slurm_limits.limited_threads(workflow, "x", 8, lambda cores: 0) == 8
    local = SimpleNamespace(executor_settings=None, dryrun=False)
    assert slurm_limits.limited_threads(local, "x", 8, lambda cores: 0) == 8


def test_a_request_is_limited_by_its_attempt_and_names_its_job() -> None:
    def estimate(attempt: int) -> int:
        return 300_000 * attempt

    def request(workflow, attempt: int, n_gpus: int = 0) -> int:
        job = {"rulename": "x", "wildcards": ["a"], "attempt": attempt, "n_gpus": n_gpus}
        return slurm_limits.limited_request(workflow, "mem_mb", estimate, **job)

    on_slurm = workflow_with(PARTITION_FILE)
    assert request(on_slurm, 1) == 300_000
    assert request(on_slurm, 3) == 512_000
    with pytest.raises(InputError, match="rule x a, which requests mem_mb 300000, gpu 1"):
        request(on_slurm, 3, n_gpus=1)
    assert request(workflow_with(PARTITION_FILE, x={"slurm_partition": "fat"}), 3) == 900_000
    local = SimpleNamespace(executor_settings=None, dryrun=False)
    assert request(local, 3) == 900_000


def test_a_guess_is_limited_instead_of_refused(partitions: tuple) -> None:
    """The memory of a job whose input does not exist yet is only a guess."""

    def request(minimum: int) -> int:
        return slurm_limits.limited_request(
            workflow_with(PARTITION_FILE),
            "mem_mb",
            lambda attempt: 600_000,
            rulename="x",
            wildcards=[],
            attempt=1,
            minimum=lambda attempt: minimum,
        )

    assert request(2000) == 512_000
    with pytest.raises(InputError, match="mem_mb 513000"):
        request(513_000)


def test_jobs_of_an_earlier_run_match_by_comment_and_folder() -> None:
    listing = [
        "7|rule_detect_faces_wildcards_a|/data/corpus",
        "8|rule_detect_faces_wildcards_a|/data/other",
        "9|rule_detect_faces_wildcards_b|/data/corpus",
        "10|(null)|/data/corpus",
        "nonsense",
    ]
    comments = {"rule_detect_faces_wildcards_a", "rule_identify_people"}
    assert slurm.matching_jobs(listing, "/data/corpus", comments) == ["7"]
