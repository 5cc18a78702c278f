"""The workflow's rule files: every configuration can be planned, every rule follows the style."""

from pathlib import Path

import pytest

from corpus.core.devices import has_nvidia_gpu
from corpus.planning import resource_model
from dry_run_plans import gpus_by_rule, jobs_by_rule, requests
from rule_files import RULES
from workflow_runs import DEMO

LAPTOP = ("--profile", "profiles/laptop", "--dry-run")


@pytest.mark.parametrize(("configuration", "n_videos"), [("config", 8), ("asl", 20), ("laptop", 3)])
def test_every_configuration_can_be_planned(
    snakemake, demo_clips: Path, tmp_path: Path, configuration: str, n_videos: int
) -> None:
    overlay = f"config/{configuration}.yaml"
    plan = snakemake(*LAPTOP, "--configfile", overlay, "--config", f"results={tmp_path}")
    n_jobs = jobs_by_rule(plan.stdout)
    for rule in ("fetch_video", "index_frames", "detect_faces", "embed_faces", "extract_keypoints"):
        assert n_jobs[rule] == n_videos
    assert n_jobs["cluster_faces"] == n_jobs["identify_people"] == 1


@pytest.mark.parametrize(
    ("target", "stages"),
    [
        ("videos", {"fetch_video", "index_frames"}),
        ("faces", {"fetch_video", "index_frames", "detect_faces", "embed_faces"}),
        ("keypoints", {"fetch_video", "index_frames", "detect_faces", "extract_keypoints"}),
    ],
)
def test_a_target_runs_only_the_stages_it_needs(
    snakemake, demo_clips: Path, tmp_path: Path, target: str, stages: set[str]
) -> None:
    plan = snakemake(*DEMO, "--dry-run", target, "--config", f"results={tmp_path}")
    assert set(jobs_by_rule(plan.stdout)) - {"fetch_model"} == stages | {target}


@pytest.mark.parametrize("name", RULES)
def test_a_rule_has_all_directives_that_the_style_requires(name: str) -> None:
    body = RULES[name]
    assert body.lstrip().startswith('"""'), "no docstring"
    required = ("log:", "benchmark:", "conda:", "threads:", "mem_mb=", "runtime=", "code(")
    assert [directive for directive in required if directive not in body] == []
    assert "retries" not in body, "retries go in the profile: a job on a cluster would repeat them"
    assert "lambda" not in body


@pytest.mark.parametrize("name", RULES)
def test_a_rule_header_names_inputs_steps_and_outputs(name: str) -> None:
    header = RULES[name].split('"""')[1]
    assert [heading for heading in ("Input:", "Steps:", "Output:") if heading not in header] == []


@pytest.mark.parametrize("name", ["detect_faces", "embed_faces", "extract_keypoints"])
def test_rules_that_can_use_a_gpu_request_it(name: str) -> None:
    assert "gpu=" in RULES[name]


def test_each_rule_has_a_script_of_its_name(root: Path) -> None:
    assert len(RULES) >= 8
    for name in RULES:
        assert f'code("{name}")' in RULES[name]
        assert (root / "scripts" / f"{name}.py").exists()


def test_the_rules_that_every_job_reads_stay_small(root: Path) -> None:
    assert len((root / "rules" / "common.smk").read_text().splitlines()) < 100
    assert not (root / "profiles" / "default").exists(), "it would silently override --profile"


# Requests


@pytest.mark.parametrize("device", ["cpu", "cuda"])
def test_the_demo_fits_a_small_partition(snakemake, demo_clips: Path, tmp_path: Path, device: str):
    plan = snakemake(*DEMO, "--dry-run", "--config", f"results={tmp_path}", f"device={device}")
    jobs = requests(plan.stdout)
    assert {rule for rule, _, _ in jobs} >= {"fetch_video", "index_frames", "identify_people"}
    clustering = [mb for rule, mb, _ in jobs if rule == "cluster_faces"]
    assert clustering == [resource_model.MIN_MB["cluster_faces"]]
    other_requests = [(mb, minutes) for rule, mb, minutes in jobs if rule != "cluster_faces"]
    assert all(100 <= mb <= 8000 and 1 <= minutes <= 60 for mb, minutes in other_requests), jobs


@pytest.mark.parametrize(
    ("device", "n_gpus"),
    [("cpu", 0), ("auto", int(has_nvidia_gpu())), ("cuda", 1)],
)
def test_a_gpu_is_requested_where_one_can_be_used(
    snakemake, demo_clips: Path, tmp_path: Path, device: str, n_gpus: int
) -> None:
    settings = (f"results={tmp_path}", f"device={device}", "faces={embedder: facenet-vggface2}")
    plan = snakemake(*DEMO, "--dry-run", "--config", *settings)
    assert gpus_by_rule(plan.stdout) == {
        "detect_faces": [n_gpus] * 3,
        "embed_faces": [n_gpus] * 3,
        "extract_keypoints": [n_gpus] * 3,
        "cluster_faces": [0],
    }


@pytest.mark.parametrize(("device", "n_gpus"), [("cpu", 0), ("cuda", 1)])
def test_clustering_requests_a_gpu_only_if_configured(
    snakemake, demo_clips: Path, tmp_path: Path, device: str, n_gpus: int
) -> None:
    settings = (f"results={tmp_path}", "device=cpu", f"clustering={{device: {device}}}")
    plan = snakemake(*DEMO, "--dry-run", "--config", *settings)
    assert gpus_by_rule(plan.stdout)["cluster_faces"] == [n_gpus]


def test_dlib_requests_no_gpu(snakemake, demo_clips: Path, tmp_path: Path) -> None:
    plan = snakemake(*DEMO, "--dry-run", "--config", f"results={tmp_path}", "device=cuda")
    gpus = gpus_by_rule(plan.stdout)
    assert gpus["embed_faces"] == [0] * 3
    assert gpus["detect_faces"] == gpus["extract_keypoints"] == [1] * 3
