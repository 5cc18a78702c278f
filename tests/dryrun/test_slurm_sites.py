"""The SLURM profile adapted to a site, tested with fake SLURM commands."""

import re
from pathlib import Path

import pytest

from fake_cluster import FakeCluster, edited_profile, requests_of_rule
from workflow_runs import DEMO_VIDEOS

ALL_RULES = {
    "slurm_account=my_project": ["-A", "my_project"],
    "constraint=skylake": ["-C", "skylake"],
    'slurm_extra="--mail': ["--mail-type=FAIL"],
    "slurm-qos: long": ["--qos=long"],
    "slurm-requeue: true": ["--requeue"],
}
"""Lines of the profile that change the requests of all jobs, and the options of sbatch."""
ONE_RULE = {
    "fetch_video": ("{slurm_partition", ["-p", "transfer"]),
    "detect_faces": ("{gpu", ["-p", "gpu", "--gres=gpu:1"]),
    "extract_keypoints": ("{gpu", ["-p", "gpu", "--gres=gpu:1"]),
    "cluster_faces": ("{slurm_partition", ["-p", "highmem"]),
}
"""Lines that change the requests of one rule, and the options of sbatch."""


@pytest.fixture(scope="module")
def site_requests(demo_clips: Path, tmp_path_factory: pytest.TempPathFactory) -> list[dict]:
    """Jobs of a site that needs a line for each of four rules; each rule has only its own line."""
    folder = tmp_path_factory.mktemp("site")
    lines = [f"{rule}: {start}" for rule, (start, _) in ONE_RULE.items()]
    profile = edited_profile(folder / "profile", *lines)
    return FakeCluster(folder / "slurm").run("people", "keypoints", profile=profile)[1]


@pytest.mark.parametrize("rule", ONE_RULE)
def test_one_line_of_the_profile_changes_the_requests_of_a_rule(
    site_requests: list[dict], rule: str
) -> None:
    start, expected = ONE_RULE[rule]
    for request in requests_of_rule(site_requests, rule):
        options = " ".join(request["options"])
        assert all(option in options for option in expected)
        assert start != "{gpu" or "--gpus" not in options


def test_one_line_of_the_profile_changes_the_requests_of_all_jobs(
    demo_clips: Path, tmp_path: Path
) -> None:
    """Five such lines are tested together; each adds an option of its own."""
    profile = edited_profile(tmp_path / "profile", *ALL_RULES)
    cluster = FakeCluster(tmp_path / "slurm")
    _, requests = cluster.run("videos", "--until", "fetch_video", profile=profile)
    assert len(requests) == len(DEMO_VIDEOS)
    for request in requests:
        options = " ".join(request["options"])
        assert all(" ".join(expected) in options for expected in ALL_RULES.values())


def test_downloads_can_run_where_snakemake_runs(
    demo_clips: Path, tmp_path: Path, demo_requests: list[dict]
) -> None:
    """For nodes without a network: videos are fetched without submitting a job."""
    cluster = FakeCluster(tmp_path / "slurm")
    profile = edited_profile(tmp_path / "profile", "config: [")
    printed, requests = cluster.run("--until", "videos", profile=profile)
    assert {request["rule"] for request in requests} == {"index_frames"}
    # Only jobs that Snakemake runs itself are announced in this form.
    assert re.search(r"^[\d:]+ job \d+: fetch_video \w+", printed, re.MULTILINE)
    assert (cluster.results / "videos" / "both.mp4").resolve() == demo_clips / "both.mp4"


def test_batches_of_the_clustering_rule_contain_each_video_once(
    demo_clips: Path, tmp_path: Path
) -> None:
    """Run one after another as docs/scale.md describes; the last batch clusters."""
    cluster = FakeCluster(tmp_path / "slurm")
    batches = [cluster.run("people", "--batch", f"cluster_faces={n}/3")[1] for n in (1, 2, 3)]
    videos = [{r["wildcards"].get("video") for r in batch} - {None} for batch in batches]
    assert sorted(video for batch in videos for video in batch) == sorted(DEMO_VIDEOS)
    rules = [[request["rule"] for request in batch] for batch in batches]
    assert "cluster_faces" not in rules[0] + rules[1]
    assert rules[2][-2:] == ["cluster_faces", "identify_people"]
