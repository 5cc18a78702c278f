"""benchmarks/movement.py, and what docs/gestures.md says."""

import re
from pathlib import Path

import pandas as pd
import pytest

import movement
from moving_bodies import clock, mover, through, write
from repository import ROOT

PAGE = (ROOT / "docs" / "gestures.md").read_text(encoding="utf-8")
RISE = through((0, -0.6, -1.7), (1, -0.6, -1.7), (1.5, 0, -0.2), (2.0, -0.6, -1.7), (3, -0.6, -1.7))


@pytest.fixture(scope="module")
def results(tmp_path_factory) -> Path:
    """A clip with one gesture, from 1 to 2 s."""
    times = clock(30, 3)
    return write(tmp_path_factory.mktemp("clip"), times, mover(times, right=RISE))


@pytest.mark.parametrize(
    ("found", "share"),
    [
        ([(1.0, 2.0)], 1.0),
        ([(1.0, 1.5)], 0.5),
        ([(0.5, 1.5)], 1 / 3),
        ([(1.0, 1.5), (1.25, 2.0)], 1.0),
        ([(2.0, 3.0)], 0.0),
        ([], 0.0),
    ],
)
def test_overlap_is_what_both_cover_by_what_either_covers(found, share):
    assert movement.overlap(found, (1.0, 2.0)) == pytest.approx(share, abs=0.002)


def test_the_report_compares_with_marks_and_with_others(results, tmp_path):
    truth = pd.DataFrame(
        {"video_id": ["v", "absent"], "start_s": [1.0, None], "end_s": [2.0, None]}
    )
    segments = "start_time,end_time,label,labelid,duration,model\n1.5,2.0,Gesture,1,0.5,CNN\n"
    (tmp_path / "v.mp4_segments.csv").write_text(segments)
    lines = list(movement.report(results, truth, tmp_path))
    cells = [cell.strip() for cell in lines[2].split("|")]
    assert cells[1:3] == ["v", "1.00 to 2.00"]
    assert float(cells[4]) > 0.85 and abs(int(cells[5])) < 100 and abs(int(cells[6])) < 100
    assert cells[7:11] == ["1.50 to 2.00", "0.50", "+500", "+0"]
    assert lines[-1] == "Gestures where nothing moves: 0 in 0 clips."


def test_the_plot_has_no_date(results, tmp_path):
    paths = [tmp_path / "a.svg", tmp_path / "b.svg"]
    for path in paths:
        movement.plot(results, "v", path)
    assert paths[0].read_bytes() == paths[1].read_bytes()
    assert b"<dc:date>" not in paths[0].read_bytes()


def test_the_page_gives_each_setting_with_its_value():
    table = PAGE.partition("| setting | value | why |")[2].partition("\n\n")[0]
    told = {}
    for row in table.splitlines()[2:]:
        names, values = row.split("|")[1:3]
        names = re.findall(r"`(\w+)`", names)
        told |= dict(zip(names, re.findall(r"-?[\d.]+", values), strict=True))
    assert {name: float(value) for name, value in told.items()} == movement.settings()


def test_links_of_the_page_lead_somewhere():
    targets = re.findall(r"\]\(([^)#]+)", PAGE)
    inner = [target for target in targets if not target.startswith("http")]
    assert "gestures.svg" in inner
    assert [target for target in inner if not (ROOT / "docs" / target).exists()] == []


def test_marks_are_in_order():
    truth = pd.read_csv(movement.TRUTH, sep="\t")
    assert truth["video_id"].is_unique
    moving = truth.dropna(subset=["start_s"])
    assert len(moving) == 10 and (moving["start_s"] < moving["end_s"]).all()
