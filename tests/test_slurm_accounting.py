"""The profile on a SLURM with an accounting database, and what it says of each job."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from conftest import started_cluster
from slurm_cluster import ACCOUNT, Cluster
from slurm_runs import Run, on_demo, submissions
from test_slurm_profile import edited

pytestmark = [pytest.mark.workflow, pytest.mark.cluster]


@pytest.fixture(scope="module")
def slurm(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    yield from started_cluster(tmp_path_factory.mktemp("cluster"), accounting=True)
    Run.end_all()


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
    run = Run(slurm, folder / "log", "faces", *on_demo(folder / "results"), profile=profile)
    jobs = submissions(run.went_well())
    form = f"--format={','.join(FIELDS)},Comment%80"
    rows = slurm.run("sacct", "-X", "--parsable2", "--noheader", form).splitlines()
    found = [dict(zip([*FIELDS, "Comment"], row.split("|"), strict=True)) for row in rows]
    return [row | {"rule": jobs[row["JobID"]][0]} for row in found if row["JobID"] in jobs]


def test_every_job_is_charged_and_named(recorded: list[dict[str, str]]) -> None:
    assert len(recorded) == 12
    for job in recorded:
        assert (job["State"], job["Account"], job["QOS"]) == ("COMPLETED", ACCOUNT, "long")
        assert job["Comment"].startswith(f"rule_{job['rule']}_wildcards_")


def test_what_was_asked_for_is_on_record(recorded: list[dict[str, str]]) -> None:
    for job in recorded:
        assert job["Partition"] == ("gpu" if job["rule"] == "detect_faces" else "cpu")
        assert 10 <= int(job["TimelimitRaw"]) <= 60
        assert int(job["ReqMem"].rstrip("M").split(".")[0]) >= 500 or job["ReqMem"].endswith("G")


def test_a_gpu_by_gres_is_allocated(recorded: list[dict[str, str]]) -> None:
    for job in recorded:
        on_gpu = "gres/gpu=1" in job["AllocTRES"]
        assert on_gpu == (job["rule"] == "detect_faces")


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
