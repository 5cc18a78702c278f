"""Texts of users cannot run as formulas in spreadsheets or make XML unreadable."""

import csv
from pathlib import Path
from xml.etree import ElementTree

import pandas as pd
import pyarrow as pa
import pytest

from corpus.core.safe_text import guard_cell, unguard_cell, xml_json, xml_text
from corpus.elan.document import Annotation, Tier
from corpus.export.csv import guard_column
from corpus.export.textgrid import text_grid
from corpus.inputs import people_file
from corpus.inputs.people_file import Anchor
from corpus.report import html_style, people_plot, plot_style
from corpus.report.page.render import json_block
from people_table import make_people
from svg_texts import figure_texts

FORMULAS = (
    "=1+1",
    "=cmd|' /C calc'!A0",
    "+1+cmd|' /C calc'!A0",
    "-2+3+cmd|' /C calc'!A0",
    "@SUM(1+1)*cmd",
    "\t=1+1",
    "\r=1+1",
    "\n=1+1",
    "  =1+1",
    "＝1+1",
    "＠SUM(A1)",
    "-dQw4w9WgXc",
    "-",
    "+49 30 1234",
)
OTHER_TEXTS = ("", "Ada", "'Ada'", "'", "''=1", "'=1+1", "a=b", "a-b", "p0001")
NUMBERS = ("-5", "+5", "-0.25", "-1e-05", "-.5", "+7.")
CONTROL = "A\x00\x01\x0b\x1b\ud800\ufffe\uffffB"
"""A name with characters that XML does not allow."""


@pytest.mark.fault(
    "exports", "a text that a spreadsheet would run as a formula", "guarded, read back unchanged"
)
@pytest.mark.parametrize("text", [*FORMULAS, *OTHER_TEXTS, *NUMBERS])
def test_no_cell_begins_like_a_formula_and_nothing_is_lost(text: str) -> None:
    guarded = guard_cell(text)
    assert unguard_cell(guarded) == text
    assert guarded == text if text in NUMBERS else guarded[:1] not in tuple("=+-@\t\r\n＝＠")
    assert guard_column(pa.chunked_array([[text, None]])).to_pylist() == [guarded, None]


@pytest.mark.fault(
    "exports", "formulas in texts and column names of a report's table", "guarded; numbers stay"
)
def test_tables_of_the_report_are_guarded(tmp_path: Path) -> None:
    table = pd.DataFrame({"=x": [*FORMULAS, "-3"], "number": -1.5, "none": None})
    plot_style.write_table(tmp_path / "t.tsv", table)
    with open(tmp_path / "t.tsv", newline="", encoding="utf-8") as file:
        header, *rows = csv.reader(file, delimiter="\t")
    assert header == ["'=x", "number", "none"]
    assert rows == [[guard_cell(text), "-1.5", ""] for text in [*FORMULAS, "-3"]]


@pytest.mark.fault("tables", "a name in people.tsv that is a formula", "guarded, read unchanged")
def test_people_tsv_is_guarded_and_read_without_the_guards(tmp_path: Path) -> None:
    names = [text for text in FORMULAS if text.strip() == text] + ["'=1", "''=1"]
    rows = [(f"p{n:04d}", name, Anchor("-x", 0.5, 3, 4)) for n, name in enumerate(names, 1)]
    file = tmp_path / "people.tsv"
    file.write_text(people_file.template(rows), encoding="utf-8", newline="")
    cells = [line.split("\t") for line in file.read_text(encoding="utf-8").splitlines()[1:]]
    assert all(row[1][0] == "'" and row[2] == "'-x" for row in cells)
    read, faults = people_file.read(file, ["-x"])
    assert not faults
    assert [row.name for row in read] == names
    assert {row.anchor for row in read} == {Anchor("-x", 0.5, 3, 4)}


def test_names_without_guards_are_read_as_they_are(tmp_path: Path) -> None:
    """Users may type a name such as =Ada into their own file."""
    file = tmp_path / "people.tsv"
    file.write_text("person\tname\np0001\t=Ada\np0002\t'Eve'\n")
    read, _ = people_file.read(file, [])
    assert [row.name for row in read] == ["=Ada", "'Eve'"]


@pytest.mark.fault(
    "exports", "control characters and lone surrogates in a name", "plots are well-formed"
)
def test_plots_are_well_formed_for_any_name() -> None:
    name = CONTROL.replace("\ud800", "")  # tables cannot contain lone surrogates
    figure = people_plot.draw(make_people(1, name=[name]))
    [label] = [text for text in figure_texts(figure) if "p0001" in text]
    assert label.startswith("A\ufffd") and "B" in label


@pytest.mark.fault(
    "exports", "control characters in a name in HTML and TextGrid", "well-formed, JSON unchanged"
)
def test_pages_and_textgrids_have_no_forbidden_characters(tmp_path: Path) -> None:
    assert xml_text(CONTROL) == "A" + 7 * "\ufffd" + "B"
    ElementTree.fromstring(f"<a>{xml_text(CONTROL)}</a>")
    assert CONTROL[1] not in html_style.html_document("t", CONTROL)
    block = json_block("names", CONTROL)
    assert block == xml_text(block) and "\\u0001" in block and "\\ud800\\ufffe\\uffff" in block
    assert xml_json('"\x7f"') == '"\x7f"', "allowed in XML"
    grid = text_grid([Tier(CONTROL, "presence", [Annotation(0, 9, CONTROL)])], "ok")
    grid.to_file(tmp_path / "t.TextGrid")
    text = (tmp_path / "t.TextGrid").read_text(encoding="utf-8")
    assert text == xml_text(text) and text.count("\ufffd" * 7) == 2
