"""The SLURM profile on a cluster with an accounting database, which records each job."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from fake_cluster import edited_profile
from slurm_cluster import ACCOUNT, Cluster
from slurm_runs import Run, demo_options, one_video, submissions
from workflow_runs import JOBS_OF_CORPUS, JOBS_PER_VIDEO, started_cluster


@pytest.fixture(scope="module")
def slurm(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """A running cluster with accounting."""
    yield from started_cluster(tmp_path_factory.mktemp("cluster"), accounting=True)
    Run.end_all()


ON_GPU = ("detect_faces", "extract_keypoints")
FIELDS = ["JobID", "State", "Partition", "Account", "QOS", "ReqMem", "TimelimitRaw", "AllocTRES"]


@pytest.fixture(scope="module")
def recorded(
    slurm: Cluster, demo_clips: Path, tmp_path_factory: pytest.TempPathFactory
) -> list[dict[str, str]]:
    """Records of the jobs of one video with a site's lines in the profile, with their rules."""
    folder = tmp_path_factory.mktemp("accounting")
    lines = ("slurm_account=my_project", "slurm-qos: long", "detect_faces: {gpu")
    profile = edited_profile(folder / "profile", *lines)
    file = profile / "profile.yaml"
    file.write_text(file.read_text().replace("=my_project", f"={ACCOUNT}"))
    corpus = demo_options(folder / "results", *one_video(folder, demo_clips / "both.mp4"))
    run = Run(slurm, folder / "log", *corpus, profile=profile)
    jobs = submissions(run.succeed(600))
    columns = f"--format={','.join(FIELDS)},Comment%80"
    rows = slurm.run("sacct", "-X", "--parsable2", "--noheader", columns).splitlines()
    records = [dict(zip([*FIELDS, "Comment"], row.split("|"), strict=True)) for row in rows]
    return [row | {"rule": jobs[row["JobID"]][0]} for row in records if row["JobID"] in jobs]


def test_every_job_has_an_account_and_a_comment(recorded: list[dict[str, str]]) -> None:
    rules = {job["rule"] for job in recorded}
    assert len(recorded) == len(rules) == JOBS_PER_VIDEO + JOBS_OF_CORPUS
    for job in recorded:
        assert (job["State"], job["Account"], job["QOS"]) == ("COMPLETED", ACCOUNT, "long")
        assert job["Comment"].startswith(f"rule_{job['rule']}")


def test_requests_are_recorded(recorded: list[dict[str, str]]) -> None:
    partitions = {"cluster_faces": "highmem"} | dict.fromkeys(ON_GPU, "gpu")
    for job in recorded:
        assert job["Partition"] == partitions.get(job["rule"], "cpu")
        assert 10 <= int(job["TimelimitRaw"]) <= 60
        memory_mb = megabytes(job["ReqMem"])
        assert memory_mb == 20_000 if job["rule"] == "cluster_faces" else 300 <= memory_mb <= 8000


def megabytes(text: str) -> float:
    """Convert SLURM's notation of memory, such as 1400M or 1.95G, to MB."""
    return float(text[:-1]) * {"M": 1, "G": 1024}[text[-1]]


def test_gpus_are_allocated_by_gres_and_by_number(recorded: list[dict[str, str]]) -> None:
    """detect_faces uses --gres from the site's line, extract_keypoints the rule's request."""
    for job in recorded:
        assert ("gres/gpu=1" in job["AllocTRES"]) == (job["rule"] in ON_GPU)


def test_an_unknown_account_is_reported(slurm: Cluster, demo_clips: Path, tmp_path: Path) -> None:
    profile = edited_profile(tmp_path / "profile", "slurm_account=my_project")
    run = Run(
        slurm, tmp_path / "log", "videos", "--retries", "0", *demo_options(tmp_path / "r"),
        profile=profile,
    )  # fmt: skip
    assert run.wait() == 1
    assert "my_project" in run.text and ACCOUNT in run.text
