"""The targets agreement and tune check the table of coders before any job."""

from pathlib import Path

import pytest

from coded_files import write_coding
from workflow_runs import DEMO


def plan(snakemake, folder: Path, *targets: str):
    """Plan targets with the demo's configuration and this folder of annotations."""
    settings = ("--config", f"results={folder}/results", f"annotations={folder}/mine")
    return snakemake(*targets, "-n", *DEMO, *settings, check=False)


@pytest.fixture
def coded(demo_clips: Path, tmp_path: Path) -> Path:
    """A folder of annotations with a file of the demo's video hands."""
    write_coding(tmp_path / "mine")
    (tmp_path / "mine/a.eaf").rename(tmp_path / "mine/hands.eaf")
    return tmp_path


def test_both_targets_are_planned(snakemake, coded: Path) -> None:
    run = plan(snakemake, coded, "agreement", "tune")
    assert run.returncode == 0
    for rule in ("import_elan", "measure_agreement", "plot_agreement", "tune_movement"):
        assert f"{rule} " in run.stdout


@pytest.mark.fault(
    "inputs",
    "the target agreement runs without coders.tsv, or with a tier that a file lacks",
    "before any job, a message names the table, the line and the tiers, or shows a table to start",
)
def test_faults_are_named_before_any_job(snakemake, coded: Path) -> None:
    table = coded / "mine/coders.tsv"
    table.write_text("coder\tfile\ttier\nme\thands.eaf\tgesture\n")
    run = plan(snakemake, coded, "agreement")
    assert run.returncode == 1 and "Traceback" not in run.stdout
    message = "line 2: hands.eaf has no tier 'gesture'; its tiers are: gestures"
    assert f"{table}, {message}" in run.stdout
    table.unlink()
    run = plan(snakemake, coded, "tune")
    assert run.returncode == 1 and f"{table}: no such file. Save a table" in run.stdout
    assert "me\thands.eaf\tgestures\tgestures\tboth" in run.stdout
