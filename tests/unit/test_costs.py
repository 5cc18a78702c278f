"""Each test has the mark of its folder, and unit tests cannot start heavy programs."""

import subprocess

import pytest

from costs import COSTS, UNIT, HeavyProgramError, cost_of
from repository import ROOT
from workflow_runs import run_snakemake


def test_the_folder_gives_the_mark(request: pytest.FixtureRequest) -> None:
    for item in request.session.items:
        marks = {mark.name for mark in item.iter_markers()} & set(COSTS)
        folder = item.path.relative_to(ROOT / "tests").parts[0]
        assert marks == (set() if folder in UNIT else {folder}), item.nodeid


def test_every_folder_of_tests_is_known() -> None:
    files = list((ROOT / "tests").rglob("test_*.py"))
    assert {cost_of(file) for file in files} == {None, *COSTS}


def test_an_unknown_folder_is_an_error() -> None:
    with pytest.raises(ValueError, match="tests belong into tests/unit, tests/docs, tests/dryrun"):
        cost_of(ROOT / "tests" / "slow" / "test_something.py")


def test_a_unit_test_cannot_start_snakemake() -> None:
    with pytest.raises(HeavyProgramError, match="start snakemake: move it to tests/dryrun"):
        run_snakemake("--version")


@pytest.mark.parametrize(
    ("command", "folder"),
    [
        (["/usr/bin/chromium", "--version"], "browser"),
        (["apptainer", "--version"], "cluster"),
        ("snakemake --version", "dryrun"),
    ],
)
def test_a_unit_test_cannot_start_other_heavy_programs(command, folder: str) -> None:
    with pytest.raises(HeavyProgramError, match=f"move it to tests/{folder}"):
        subprocess.run(command, shell=isinstance(command, str))
