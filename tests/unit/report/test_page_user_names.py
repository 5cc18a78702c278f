"""The user's people.tsv on the page: all lines are kept, and the workflow can read them."""

from pathlib import Path

import pytest

import page_corpus
from corpus.core.errors import InputError
from corpus.inputs import manifest, people_file
from corpus.report import coverage
from corpus.report.page import user_names
from corpus.report.page.tables import CorpusTables
from corpus.tables import parquet

CLUSTER_ROWS = [["p0001", "Ada", "v", "1.000", "10", "20"], ["p0002", "", "w", "2.000", "30", "40"]]
HEADER = user_names.HEADER


def person_at(anchor: people_file.Anchor) -> str:
    if anchor.x < 100:
        return {"v": "p0001", "w": "p0002"}[anchor.video_id]
    raise LookupError("no face there")


def read_lines(tmp_path: Path, *lines: str) -> tuple[list, list[dict]]:
    path = tmp_path / "own.tsv"
    path.write_text("\n".join(lines), encoding="utf-8")
    return user_names.read(path, ["v", "w"], CLUSTER_ROWS, person_at)


def as_text(lines: list) -> str:
    return "\n".join(line if isinstance(line, str) else "\t".join(line[1]) for line in lines)


def test_a_missing_file_gives_only_the_header(tmp_path):
    assert user_names.read(tmp_path / "none.tsv", ["v"], CLUSTER_ROWS, person_at) == ([HEADER], [])


def test_comments_and_empty_lines_stay_where_they_are(tmp_path):
    lines = ["# first", "", HEADER, "#p0001\tB", "p0001\tAda\tv\t1.000\t10\t20", "# last", "", ""]
    got, unmatched = read_lines(tmp_path, *lines)
    assert as_text(got) == "\n".join(lines[:-2]) and not unmatched
    assert got[4][0] == 0


def test_rows_keep_their_anchors_and_get_current_person_ids(tmp_path):
    rows = ("p0009\tBo\tw\t7.5\t3\t4", "\tBo\tw\t8\t5\t6", "p0001\tAda")
    got, unmatched = read_lines(tmp_path, HEADER, *rows)
    assert got[1:] == [
        [1, ["p0002", "Bo", "w", "7.5", "3", "4"]], [1, ["p0002", "Bo", "w", "8", "5", "6"]],
        [0, ["p0001", "Ada", *CLUSTER_ROWS[0][2:]]],
    ]  # fmt: skip
    assert not unmatched


def test_rows_without_a_name_are_kept_if_their_anchor_is_that_of_a_cluster(tmp_path):
    got, unmatched = read_lines(
        tmp_path, HEADER, "p0007\t\tw\t2.000\t30\t40", "p0008\t\tgone\t1\t2\t3"
    )
    assert got == [HEADER, [1, ["p0002", "", *CLUSTER_ROWS[1][2:]]]] and not unmatched


@pytest.mark.parametrize(
    ("row", "why"),
    [
        ("p0001\tX\tgone\t1\t2\t3", "no 'gone' in the manifest"),
        ("p0001\tX\tv\t1\t200\t3", "no face there"),
        ("p0012\tX", "no 'p0012' in this corpus"),
        ("\tX", "neither a person nor an anchor"),
        ("p0001\tX\tv\tsoon\t2\t3", "'soon' is not a number"),
        ("p0001\tX\tv\t1\t2\t3\tmore", "beyond the 6 columns"),
        ("p0001\tAnother\tv\t9\t1\t1", "p0001 already has the name 'Ada' on an earlier line"),
    ],
)
def test_rows_that_would_stop_the_workflow_become_comments(tmp_path, row, why):
    got, unmatched = read_lines(tmp_path, HEADER, "p0001\tAda", row, "p0002\tBo")
    assert got[2] == f"# {row}"
    assert [(fault["row"], why in fault["why"]) for fault in unmatched] == [(row, True)]
    again = tmp_path / "again.tsv"
    again.write_text(as_text(got), encoding="utf-8")
    rows, faults = people_file.read(again, ["v", "w"])
    names, more = people_file.names_by_person(rows, {"p0001", "p0002"}, person_at)
    assert (names, faults + more) == ({"p0001": "Ada", "p0002": "Bo"}, [])
    assert as_text(user_names.read(again, ["v", "w"], CLUSTER_ROWS, person_at)[0]) == as_text(got)


def test_an_invalid_header_is_an_error(tmp_path):
    with pytest.raises(InputError, match="did you mean name"):
        read_lines(tmp_path, "person\tnames")


def read_tables(results: Path, videos: Path) -> CorpusTables:
    shares = coverage.read(page_corpus.write_coverage(results, videos))
    return CorpusTables(results, manifest.read(videos, check_files=False), "mp4", 5, shares)


# The people.tsv in the results --------------------------------------------------------------------


@pytest.mark.parametrize("edit", ["name", "person", "row"])
def test_an_edited_people_tsv_in_the_results_is_an_error_with_advice(tmp_path, edit):
    results, videos = page_corpus.write_corpus(tmp_path)
    template = results / "unedited" / "people.tsv"
    text = template.read_text(encoding="utf-8")
    first = text.split("\n")[1]
    edits = {
        "name": first.replace("\t\t", "\tAda\t", 1), "person": "Ada" + first[5:], "row": "# none",
    }  # fmt: skip
    template.write_text(text.replace(first, edits[edit]), encoding="utf-8")
    with pytest.raises(InputError, match=r"people.tsv: the file was changed.*Delete.*key people"):
        read_tables(results, videos)


def test_an_anchor_in_a_face_identifies_the_person(tmp_path):
    results, videos = page_corpus.write_corpus(tmp_path)
    tables = read_tables(results, videos)
    track = parquet.read(results / "clusters.parquet").iloc[-1]
    x1, y1, x2, y2 = track["best_box"]
    user_file = tmp_path / "own.tsv"
    point = f"{track['end_s'] - 0.6}\t{(x1 + x2) / 2 + 3}\t{(y1 + y2) / 2}"
    user_file.write_text(f"name\tvideo_id\ttime_s\tx\ty\nAda\t{track['video_id']}\t{point}\n")
    [_, [cluster, cells]], unmatched = tables.user_lines(user_file)
    assert not unmatched and cells[0] == people_file.person_id(track["cluster"])
    assert tables.cluster_rows[cluster][0] == cells[0]
