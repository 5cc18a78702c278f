"""Requests of real jobs: from existing results, and compared with the benchmarks of a run."""

from pathlib import Path

import resources
from corpus.planning import input_facts, resource_model
from corpus.planning.resource_model import InputFacts
from dry_run_plans import requests
from workflow_runs import DEMO


def expected(rule: str, task: str, facts: InputFacts) -> tuple[str, int, int]:
    """Rule, memory and minutes that a job should request at its first attempt."""
    return rule, resource_model.memory_mb(task, facts), resource_model.minutes(task, facts)


def test_requests_follow_from_existing_results(snakemake, demo: Path, tmp_path: Path) -> None:
    results = tmp_path / "results"
    results.symlink_to(demo)
    plan = snakemake(*DEMO, "--dry-run", "--forceall", "--config", f"results={results}")
    settings = {"samples_per_second": 5, "bodies_without_face": 1}
    jobs = set()
    for video in ("collins", "hopper", "both", "hands"):
        values = input_facts.from_media(demo / f"videos/{video}.mp4")
        jobs.add(expected("index_frames", "index_frames", InputFacts(**values)))
        values |= input_facts.from_status(demo / f"status/{video}.parquet")
        jobs.add(expected("detect_faces", "detect_faces", InputFacts(**values, **settings)))
        values |= input_facts.from_faces(demo / f"faces/{video}.parquet")
        facts = InputFacts(**values, **settings)
        jobs.add(expected("extract_keypoints", "extract_keypoints", facts))
    assert jobs <= set(requests(plan.stdout))


def test_the_benchmarks_of_a_run_can_be_collected(demo: Path) -> None:
    points = resources.collect(demo)
    not_run = {"detect_faces_mtcnn", "export_video"}
    assert {point["task"] for point in points} == set(resource_model.MEMORY) - not_run
    assert len(points) == 4 * 4 + 5
    for point in points:
        row = resources.compare(point)
        assert 0 < row["seconds"] < row["seconds_requested"]
