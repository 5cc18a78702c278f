"""The chart of the rules, docs/flow.svg, follows from the rules."""

from pathlib import Path

import pytest

import draw_flow
from approved_files import check_approved
from dry_run_plans import Plans

RESULTS = Path("/study/results")


def printed_job(rule: str, inputs: str, outputs: str) -> str:
    """A job as Snakemake prints it in a dry run; files are below the folder of results."""

    def paths(names: str) -> str:
        return ", ".join(str(RESULTS / name) for name in names.split())

    return f"rule {rule}:\n    input: {paths(inputs)}\n    output: {paths(outputs)}\n    jobid: 1\n"


PLAN = "".join(
    [
        *(printed_job("fetch_video", "", f"videos/{video}.mp4") for video in "ab"),
        *(
            printed_job("index_frames", f"videos/{video}.mp4", f"frames/{video}.parquet")
            for video in "ab"
        ),
        printed_job("identify_people", "frames/a.parquet videos/a.mp4", "people.parquet"),
        printed_job("write_page", "people.parquet", "report/index.html report/more.js"),
        printed_job("plot_people", "people.parquet", "report/people.svg"),
        "rule fetch_model:\n    output: /models/one.pt\n",
        "localrule all:\n    input: people.parquet\n",
    ]
)


def test_the_chart_is_up_to_date(plans: Plans, pytestconfig: pytest.Config) -> None:
    chart = draw_flow.draw(plans.of("config"), plans.results)
    check_approved(chart, draw_flow.CHART, pytestconfig.getoption("--fix"))


def test_a_rule_that_writes_only_models_or_reports_is_not_drawn() -> None:
    boxes = draw_flow.read_boxes(PLAN, RESULTS)
    rules = ["fetch_video", "index_frames", "identify_people", "write_page"]
    assert list(boxes) == ["people.tsv", "videos.tsv", *rules]
    assert [boxes[rule].kind for rule in rules] == ["video", "video", "corpus", "corpus"]
    texts = [boxes[rule].text for rule in rules]
    assert texts == ["videos", "frames", "people", "report/index.html"]


def test_an_arrow_that_a_longer_way_replaces_is_not_drawn() -> None:
    boxes = draw_flow.read_boxes(PLAN, RESULTS)
    assert boxes["identify_people"].parents == {"index_frames", "fetch_video", "people.tsv"}
    draw_flow.reduce_arrows(boxes)
    assert boxes["identify_people"].parents == {"index_frames", "people.tsv"}


def test_boxes_of_a_row_do_not_overlap() -> None:
    extra = [printed_job(f"rule_{n}", "videos/a.mp4", f"table{n}.parquet") for n in range(3)]
    late = printed_job("last", "table0.parquet people.parquet", "last.parquet")
    boxes = draw_flow.read_boxes(PLAN + "".join(extra) + late, RESULTS)
    draw_flow.reduce_arrows(boxes)
    rows = draw_flow.arrange_rows(boxes)
    draw_flow.place_rows(rows, boxes)
    assert boxes["people.tsv"].row == boxes["identify_people"].row - 1
    assert boxes["last"].parents == {"identify_people", "rule_0, row 3"}, "a bend in each row"
    for row in rows:
        edges = [(box.x - box.width / 2, box.x + box.width / 2) for box in row]
        assert all(
            right[0] - left[1] >= draw_flow.GAP
            for left, right in zip(edges, edges[1:], strict=False)
        )
