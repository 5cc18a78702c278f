"""The profile on a SLURM with an accounting database, and what it says of each job."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from test_slurm_profile import edited

from slurm_cluster import ACCOUNT, Cluster
from slurm_runs import Run, on_demo, submissions
from workflow_runs import started_cluster

pytestmark = [pytest.mark.workflow, pytest.mark.cluster]


@pytest.fixture(scope="module")
def slurm(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    yield from started_cluster(tmp_path_factory.mktemp("cluster"), accounting=True)
    Run.end_all()


ON_GPU = ("detect_faces", "extract_keypoints")
FIELDS = ["JobID", "State", "Partition", "Account", "QOS", "ReqMem", "TimelimitRaw", "AllocTRES"]


@pytest.fixture(scope="module")
def recorded(
    slurm: Cluster, demo_clips: Path, tmp_path_factory: pytest.TempPathFactory
) -> list[dict[str, str]]:
    """What the database says of the jobs of a run that uses a site's lines, with their rules."""
    folder = tmp_path_factory.mktemp("accounting")
    lines = ("slurm_account=my_project", "slurm-qos: long", "detect_faces: {gpu")
    profile = edited(folder / "profile", *lines)
    file = profile / "profile.yaml"
    file.write_text(file.read_text().replace("=my_project", f"={ACCOUNT}"))
    run = Run(slurm, folder / "log", *on_demo(folder / "results"), profile=profile)
    jobs = submissions(run.went_well(600))
    form = f"--format={','.join(FIELDS)},Comment%80"
    rows = slurm.run("sacct", "-X", "--parsable2", "--noheader", form).splitlines()
    found = [dict(zip([*FIELDS, "Comment"], row.split("|"), strict=True)) for row in rows]
    return [row | {"rule": jobs[row["JobID"]][0]} for row in found if row["JobID"] in jobs]


def test_every_job_is_charged_and_named(recorded: list[dict[str, str]]) -> None:
    assert len(recorded) == 25
    for job in recorded:
        assert (job["State"], job["Account"], job["QOS"]) == ("COMPLETED", ACCOUNT, "long")
        assert job["Comment"].startswith(f"rule_{job['rule']}")


def test_what_was_asked_for_is_on_record(recorded: list[dict[str, str]]) -> None:
    partitions = {"cluster_faces": "highmem"} | dict.fromkeys(ON_GPU, "gpu")
    for job in recorded:
        assert job["Partition"] == partitions.get(job["rule"], "cpu")
        assert 10 <= int(job["TimelimitRaw"]) <= 60
        asked_mb = megabytes(job["ReqMem"])
        assert asked_mb == 20_000 if job["rule"] == "cluster_faces" else 300 <= asked_mb <= 8000


def megabytes(text: str) -> float:
    """Memory as SLURM writes it, such as 1400M or 1.95G."""
    return float(text[:-1]) * {"M": 1, "G": 1024}[text[-1]]


def test_gpus_are_allocated_by_gres_and_by_number(recorded: list[dict[str, str]]) -> None:
    """detect_faces by the site's line, extract_keypoints as the rule has it."""
    for job in recorded:
        assert ("gres/gpu=1" in job["AllocTRES"]) == (job["rule"] in ON_GPU)


def test_an_account_that_does_not_exist_is_told(
    slurm: Cluster, demo_clips: Path, tmp_path: Path
) -> None:
    profile = edited(tmp_path / "profile", "slurm_account=my_project")
    run = Run(
        slurm, tmp_path / "log", "videos", "--retries", "0", *on_demo(tmp_path / "r"),
        profile=profile,
    )  # fmt: skip
    assert run.ended() == 1
    assert "my_project" in run.text and ACCOUNT in run.text
