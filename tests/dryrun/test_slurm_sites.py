"""The SLURM profile adapted to a site, tested with fake SLURM commands."""

from pathlib import Path

import pytest

from fake_cluster import FakeCluster, edited_profile, requests_of_rule

SITES = {
    "account": (["slurm_account=my_project"], "fetch_video", ["-A", "my_project"]),
    "constraint": (["constraint=skylake"], "fetch_video", ["-C", "skylake"]),
    "other sbatch option": (['slurm_extra="--mail'], "fetch_video", ["--mail-type=FAIL"]),
    "qos": (["slurm-qos: long"], "fetch_video", ["--qos=long"]),
    "transfer node": (["fetch_video: {"], "fetch_video", ["-p", "transfer"]),
    "gres": (["detect_faces: {gpu"], "detect_faces", ["-p", "gpu", "--gres=gpu:1"]),
    "gres for keypoints": (["extract_keypoints: {gpu"], "extract_keypoints", ["--gres=gpu:1"]),
    "gres for embeddings": (["embed_faces: {gpu"], "embed_faces", ["-p", "gpu", "--gres=gpu:1"]),
    "preemption": (["slurm-requeue: true"], "fetch_video", ["--requeue"]),
    "one rule's partition": (["cluster_faces: {"], "cluster_faces", ["-p", "highmem"]),
}
"""Lines of the profile to activate, a rule they affect, and the expected options of sbatch."""


@pytest.mark.parametrize("site", SITES)
def test_a_site_needs_one_line_of_the_profile(
    fake_cluster: FakeCluster, demo_requests: list[dict], tmp_path: Path, site: str
) -> None:
    lines, rule, expected = SITES[site]
    profile = edited_profile(tmp_path / "profile", *lines)
    until = ("--forcerun", rule, "--until", rule)
    _, requests = fake_cluster.run("people", "keypoints", *until, profile=profile)
    options = " ".join(requests_of_rule(requests, rule)[0]["options"])
    assert " ".join(expected) in options or all(option in options for option in expected)
    assert not site.startswith("gres") or "--gpus" not in options


def test_downloads_can_run_where_snakemake_runs(
    demo_clips: Path, tmp_path: Path, demo_requests: list[dict]
) -> None:
    """For nodes without a network: videos are fetched without submitting a job."""
    cluster = FakeCluster(tmp_path / "slurm")
    profile = edited_profile(tmp_path / "profile", "config: [")
    printed, requests = cluster.run("--until", "videos", profile=profile)
    assert {request["rule"] for request in requests} == {"index_frames"}
    assert "localrule fetch_video" in printed
    assert (cluster.results / "videos" / "both.mp4").resolve() == demo_clips / "both.mp4"


def test_batches_of_the_clustering_rule_contain_each_video_once(
    demo_clips: Path, tmp_path: Path
) -> None:
    """Run one after another as docs/scale.md describes; the last batch clusters."""
    cluster = FakeCluster(tmp_path / "slurm")
    batches = [cluster.run("people", "--batch", f"cluster_faces={n}/3")[1] for n in (1, 2, 3)]
    videos = [{r["wildcards"].get("video") for r in batch} - {None} for batch in batches]
    clips = ["both", "collins", "hands", "hopper"]
    assert sorted(video for batch in videos for video in batch) == clips
    rules = [[request["rule"] for request in batch] for batch in batches]
    assert "cluster_faces" not in rules[0] + rules[1]
    assert rules[2][-2:] == ["cluster_faces", "identify_people"]
