"""Two versions of the workflow are compared in tables and in a plot, from their measures."""

import re

import pytest

import accuracy_comparison
from corpus.core.errors import InputError
from people_report import WORKFLOW

PEOPLE = {"true": 2, "found": 2, "merged": 0, "split": 0, "missed": 0}
SCORES = {"precision": 1.0, "recall": 0.5, "f": 0.667}
WARNINGS = {"warnings": 3, "right": 2, "errors": 4, "errors warned": 1}


def write_measures(work, *, purity, people=PEOPLE | SCORES, with_cuts=True, with_other=True):
    """Write the measures of a run, as `accuracy.py` does."""
    tracks = {"tracks": 3, "purity": purity, "switches": 1, "breaks": 0, "covered": 0.9}
    cuts = {"cuts": 2, "cuts_found": 1, "transitions": 4, "transitions_found": 3, "false": 0}
    claims = {"claims": 5, "right": 0.8, "calibration error": 0.1}
    rows = {("people", WORKFLOW): people, ("people", "peer"): PEOPLE | SCORES | {"f": 0.7}}
    rows |= {("tracks", WORKFLOW): tracks, ("probabilities", "own"): claims}
    rows |= {("warnings", "own"): WARNINGS, ("warnings", "other"): WARNINGS}
    rows |= {("cuts", WORKFLOW): cuts} if with_cuts else {}
    rows |= {("probabilities", "other"): claims} if with_other else {}
    lines = ["theme\tmethod\tmeasure\tvalue"]
    lines += [f"{a}\t{b}\t{c}\t{value}" for (a, b), row in rows.items() for c, value in row.items()]
    work.mkdir()
    (work / "measures.tsv").write_text("\n".join(lines) + "\n")
    return work


@pytest.fixture
def arguments(tmp_path):
    """Arguments for two sets, of which the second has no labelled cuts; and a page."""
    page = tmp_path / "page.md"
    markers = [
        marker.format(theme)
        for theme in accuracy_comparison.TABLES
        for marker in (accuracy_comparison.BEGIN, accuracy_comparison.END)
    ]
    page.write_text("\n".join(["# Page", *markers]) + "\n")
    earlier = PEOPLE | SCORES | {"found": 3, "f": 0.6}
    before = write_measures(tmp_path / "a1", purity=0.8, people=earlier, with_other=False)
    after = write_measures(tmp_path / "a2", purity=1.0)
    talks = write_measures(tmp_path / "b", purity=1.0, with_cuts=False)
    return ["--set", "photos", str(before), str(after), "--set", "talks", str(talks), str(talks),
            "--page", str(page)]  # fmt: skip


def test_a_page_gets_the_tables_and_a_plot_without_a_date(arguments, tmp_path, monkeypatch):
    monkeypatch.setattr("sys.argv", ["accuracy_comparison.py", *arguments])
    accuracy_comparison.main()
    text = (tmp_path / "page.md").read_text()
    assert "| photos | 2 | 3 → 2 | 0 | 0 | 0 | 1.000 | 0.500 | 0.600 → 0.667 |" in text
    assert f"| clips | people | {WORKFLOW} | peer |" in text
    assert "| photos | 2 | 0.667 (2) | 0.700 (2) |" in text
    assert "| photos | 3 | 0.800 → 1.000 | 1 | 0 | 0.900 |" in text
    assert "| photos | 1 of 2 | 3 of 4 | 0 |" in text
    assert len(re.findall(r"^\| talks ", text, re.MULTILINE)) == 1 + 1 + 1 + 2, "no cuts of talks"
    warned = "4 of 6 | 2 of 8 |"
    assert f"| photos | before | 5 | 0.800 | 0.100 | 0 | - | - | {warned}" in text
    assert f"| photos | after | 5 | 0.800 | 0.100 | 5 | 0.800 | 0.100 | {warned}" in text
    plot = (tmp_path / accuracy_comparison.PICTURE).read_bytes()
    assert b"<dc:date>" not in plot
    accuracy_comparison.main()
    assert (tmp_path / "page.md").read_text() == text
    assert (tmp_path / accuracy_comparison.PICTURE).read_bytes() == plot


def test_a_run_without_measures_is_refused(tmp_path):
    with pytest.raises(InputError, match="run accuracy.py with --work"):
        accuracy_comparison.read_measures(tmp_path)
