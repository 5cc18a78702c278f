"""docs/faults.md: the faults that tests inject, read from their marks."""

import re
from collections import Counter
from pathlib import Path

import pytest

import costs
import document_faults
from approved_files import check_approved
from document_faults import Fault, UnreadableMarkError
from repository import ROOT

FAULTS = document_faults.faults()


def test_the_page_is_written_from_the_marks(pytestconfig: pytest.Config) -> None:
    fix = pytestconfig.getoption("--fix")
    check_approved(document_faults.page(), document_faults.PAGE, fix)


def test_there_are_many_faults_and_none_is_listed_twice() -> None:
    assert len(FAULTS) >= 200
    counts = Counter((fault.area, fault.injected.casefold()) for fault in FAULTS)
    assert [fault for fault, count in counts.items() if count > 1] == []


def test_every_area_has_faults_and_every_cell_a_text() -> None:
    assert {fault.area for fault in FAULTS} == set(document_faults.AREAS)
    assert [
        fault for fault in FAULTS if not (fault.injected.strip() and fault.must_hold.strip())
    ] == []


def test_make_test_collects_every_test_of_the_page() -> None:
    """`make test` runs the folders that pytest collects; a class or a helper is not collected."""
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    run = " ".join(re.findall(r"^\tpytest -n .*$|^UNIT := .*$", makefile, re.MULTILINE))
    folders = set(re.findall(r"tests/(\w+)", run))
    assert folders == {*costs.UNIT, *costs.COSTS}
    for fault in FAULTS:
        file, _, name = fault.test.partition("::")
        assert Path(file).parts[1] in folders
        assert f"\ndef {name}(" in (ROOT / file).read_text(encoding="utf-8"), fault


def written(folder: Path, text: str) -> Path:
    """The root of a repository with one test file."""
    path = folder / "tests" / "unit" / "test_it.py"
    path.parent.mkdir(parents=True)
    path.write_text(text)
    return folder


def test_marks_are_read_from_decorators_parameters_and_named_lists(tmp_path: Path) -> None:
    text = """
CASES = [pytest.param(1, marks=pytest.mark.fault("media", "a list", "held"))]

@pytest.mark.fault("tables", "a decorator", "is " "read")
@pytest.mark.parametrize("x", [pytest.param(1, marks=[pytest.mark.fault("inputs", "p|q", "held")])])
def test_one(x): ...

@pytest.mark.parametrize("x", CASES)
def test_two(x): ...
"""
    root = written(tmp_path, text)
    assert document_faults.faults(root) == [
        Fault("inputs", "p|q", "held", "tests/unit/test_it.py::test_one"),
        Fault("media", "a list", "held", "tests/unit/test_it.py::test_two"),
        Fault("tables", "a decorator", "is read", "tests/unit/test_it.py::test_one"),
    ]
    assert "| p\\|q | held | [unit/test_it.py](../tests/unit/test_it.py) `test_one` |\n" in (
        document_faults.page(root)
    )


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('@pytest.mark.fault("media", NAME, "held")\ndef test_x(): ...', "three literal texts"),
        ('@pytest.mark.fault("media", "cut")\ndef test_x(): ...', "three literal texts"),
        ('@pytest.mark.fault("media", "cut", "held")\ndef helper(): ...', "no test has this mark"),
        ('@pytest.mark.fault("medium", "cut", "held")\ndef test_x(): ...', "unknown areas"),
    ],
)
def test_a_mark_that_cannot_be_read_is_an_error(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(UnreadableMarkError, match=message):
        document_faults.faults(written(tmp_path, text))
