"""Each test has the mark of its folder, and unit tests cannot start heavy programs."""

import re
import subprocess

import pytest

from costs import COSTS, UNIT, HeavyProgramError, cost_of
from repository import ROOT
from work_units import work_unit
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


def test_only_files_that_share_the_demo_use_its_fixture() -> None:
    """Tests of the demo must run one after another, since some change its results for a while."""
    for file in (ROOT / "tests" / "workflow").glob("test_*.py"):
        uses_demo = bool(re.search(r"def \w+\([^)]*\bdemo\b", file.read_text()))
        unit = work_unit(f"tests/workflow/{file.name}::test_a")
        assert unit == "demo" if uses_demo else unit in ("demo", f"tests/workflow/{file.name}")


def test_files_of_one_cluster_run_on_one_worker() -> None:
    units = {work_unit(f"tests/cluster/test_{name}.py::test_a[x::y]") for name in "ab"}
    assert units == {"cluster"}
    assert work_unit("tests/unit/core/test_a.py::test_b[x::y]") == "tests/unit/core/test_a.py"
