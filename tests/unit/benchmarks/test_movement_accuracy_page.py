"""The figures of docs/movement_accuracy.md that other texts quote."""

import re

import pytest

from corpus.movement import measurement_error
from repository import ROOT

PAGE = (ROOT / "docs" / "movement_accuracy.md").read_text(encoding="utf-8")


def rows_of(header: str) -> dict[str, list[str]]:
    """Return the cells of a table by those of its first column; `header` begins the table."""
    table = PAGE.partition(header)[2].partition("\n\n")[0]
    rows = [[cell.strip() for cell in row.strip("|").split("|")] for row in table.splitlines()[2:]]
    return {name: cells for name, *cells in rows}


SPREAD = {
    "peak speed: standard deviation of the ratio": measurement_error.PEAK_SPEED_SD,
    "peak speed: smallest ratio": measurement_error.PEAK_SPEED_RANGE[0],
    "peak speed: largest ratio": measurement_error.PEAK_SPEED_RANGE[1],
    "start: median difference, ms": measurement_error.ONSET_MEDIAN_MS,
    "start: 95th percentile, ms": measurement_error.ONSET_P95_MS,
    "end: median difference, ms": measurement_error.OFFSET_MEDIAN_MS,
    "end: 95th percentile, ms": measurement_error.OFFSET_P95_MS,
    "share of hands with as many gesture units": measurement_error.SAME_UNITS,
}


@pytest.mark.parametrize("name", SPREAD)
def test_the_methods_text_quotes_the_measured_spread(name):
    measured = rows_of("| harmless changes together |")[name][-1]
    assert SPREAD[name] == pytest.approx(float(measured))


@pytest.mark.parametrize("page", ["gestures.md", "methods.md"])
def test_other_pages_quote_the_mean_overlap(page):
    text = (ROOT / "docs" / page).read_text(encoding="utf-8")
    [quoted] = re.findall(r"mean overlap of ([\d.]+)", text)
    assert rows_of("| method |")["this workflow"][1] == quoted
