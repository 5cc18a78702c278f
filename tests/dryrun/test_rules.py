"""The workflow's files: every configuration plans, every rule keeps the house style."""

import re
from pathlib import Path

import pytest

from corpus.core.devices import has_nvidia_gpu
from rule_files import RULES
from workflow_runs import DEMO

LAPTOP = ("--profile", "profiles/laptop", "--dry-run")


def jobs(printed: str) -> dict[str, int]:
    """The table of jobs by rule that a dry run prints."""
    table = printed.split("Job stats:")[1].split("total")[0]
    return {name: int(count) for name, count in re.findall(r"^(\w+)\s+(\d+)$", table, re.M)}


@pytest.mark.parametrize(("configuration", "n_videos"), [("config", 8), ("asl", 20), ("laptop", 3)])
def test_every_configuration_plans(
    snakemake, demo_clips: Path, tmp_path: Path, configuration: str, n_videos: int
) -> None:
    overlay = f"config/{configuration}.yaml"
    done = snakemake(*LAPTOP, "--configfile", overlay, "--config", f"results={tmp_path}")
    planned = jobs(done.stdout)
    for rule in ("fetch_video", "index_frames", "detect_faces", "embed_faces", "extract_keypoints"):
        assert planned[rule] == n_videos
    assert planned["cluster_faces"] == planned["people"] == 1


@pytest.mark.parametrize(
    ("target", "stages"),
    [
        ("videos", {"fetch_video", "index_frames"}),
        ("faces", {"fetch_video", "index_frames", "detect_faces", "embed_faces"}),
        ("keypoints", {"fetch_video", "index_frames", "detect_faces", "extract_keypoints"}),
    ],
)
def test_targets_for_parts(
    snakemake, demo_clips: Path, tmp_path: Path, target: str, stages: set[str]
) -> None:
    done = snakemake(*DEMO, "--dry-run", target, "--config", f"results={tmp_path}")
    assert set(jobs(done.stdout)) - {"fetch_model"} == stages | {target}


@pytest.mark.parametrize("name", RULES)
def test_a_rule_says_what_it_does_and_needs(name: str) -> None:
    body = RULES[name]
    assert body.lstrip().startswith('"""'), "no docstring"
    wanted = ("log:", "benchmark:", "conda:", "threads:", "mem_mb=", "runtime=", "code(")
    assert [part for part in wanted if part not in body] == []
    assert "retries" not in body, "obeyed twice on a cluster: retries go in the profile"
    assert "lambda" not in body


@pytest.mark.parametrize("name", ["detect_faces", "embed_faces", "extract_keypoints"])
def test_rules_that_may_use_a_gpu_ask_for_it(name: str) -> None:
    assert "gpu=" in RULES[name]


def test_each_rule_has_a_script_of_its_name(root: Path) -> None:
    assert len(RULES) >= 8
    for name in RULES:
        assert f'code("{name}")' in RULES[name]
        assert (root / "scripts" / f"{name}.py").exists()


def test_what_every_job_reads_again_stays_small(root: Path) -> None:
    assert len((root / "rules" / "common.smk").read_text().splitlines()) < 100
    assert not (root / "profiles" / "default").exists(), "it would silently override --profile"


@pytest.mark.parametrize(
    ("device", "n_gpus"),
    [("cpu", 0), ("auto", int(has_nvidia_gpu())), ("cuda", 1)],
)
def test_a_gpu_is_asked_for_where_one_may_be_used(
    snakemake, demo_clips: Path, tmp_path: Path, device: str, n_gpus: int
) -> None:
    settings = (f"results={tmp_path}", f"device={device}", "faces={embedder: facenet-vggface2}")
    done = snakemake(*DEMO, "--dry-run", "--config", *settings)
    asked = re.findall(r"^(?:local)?rule (\w+):|\bgpu=(\d)", done.stdout, re.M)
    assert of_rules(asked) == {
        "detect_faces": [n_gpus] * 3,
        "embed_faces": [n_gpus] * 3,
        "extract_keypoints": [n_gpus] * 3,
        "cluster_faces": [0],
    }


def of_rules(asked: list[tuple[str, str]]) -> dict[str, list[int]]:
    """GPUs of the jobs of each rule that says how many, from what a dry run prints."""
    found: dict[str, list[int]] = {}
    for rule, gpus in asked:
        if rule:
            last = rule
        else:
            found.setdefault(last, []).append(int(gpus))
    return found


@pytest.mark.parametrize(("device", "n_gpus"), [("cpu", 0), ("cuda", 1)])
def test_clustering_asks_for_a_gpu_only_where_told(
    snakemake, demo_clips: Path, tmp_path: Path, device: str, n_gpus: int
) -> None:
    settings = (f"results={tmp_path}", "device=cpu", f"clustering={{device: {device}}}")
    done = snakemake(*DEMO, "--dry-run", "--config", *settings)
    asked = re.findall(r"^(?:local)?rule (\w+):|\bgpu=(\d)", done.stdout, re.M)
    assert of_rules(asked)["cluster_faces"] == [n_gpus]


def test_dlib_asks_for_no_gpu(snakemake, demo_clips: Path, tmp_path: Path) -> None:
    done = snakemake(*DEMO, "--dry-run", "--config", f"results={tmp_path}", "device=cuda")
    asked = re.findall(r"^(?:local)?rule (\w+):|\bgpu=(\d)", done.stdout, re.M)
    found = of_rules(asked)
    assert found["embed_faces"] == [0] * 3
    assert found["detect_faces"] == found["extract_keypoints"] == [1] * 3
