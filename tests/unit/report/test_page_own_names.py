"""The user's own people.tsv on the page: each line is kept, and what is kept is taken."""

from pathlib import Path

import pytest

import page_corpus
from corpus.core.errors import InputError
from corpus.inputs import manifest, people_file
from corpus.report import coverage
from corpus.report.page import own_names
from corpus.report.page.data import Corpus
from corpus.tables import parquet

FOUND = [["p0001", "Ada", "v", "1.000", "10", "20"], ["p0002", "", "w", "2.000", "30", "40"]]
HEADER = own_names.HEADER


def at(anchor: people_file.Anchor) -> str:
    if anchor.x < 100:
        return {"v": "p0001", "w": "p0002"}[anchor.video_id]
    raise LookupError("anchor: no face there")


def kept(tmp_path: Path, *lines: str) -> tuple[list, list[dict]]:
    path = tmp_path / "own.tsv"
    path.write_text("\n".join(lines), encoding="utf-8")
    return own_names.read(path, ["v", "w"], FOUND, at)


def written(lines: list) -> str:
    return "\n".join(line if isinstance(line, str) else "\t".join(line[1]) for line in lines)


def test_without_a_file_there_is_only_the_header(tmp_path):
    assert own_names.read(tmp_path / "none.tsv", ["v"], FOUND, at) == ([HEADER], [])


def test_comments_and_empty_lines_stay_where_they_are(tmp_path):
    lines = ["# first", "", HEADER, "#p0001\tB", "p0001\tAda\tv\t1.000\t10\t20", "# last", "", ""]
    got, aside = kept(tmp_path, *lines)
    assert written(got) == "\n".join(lines[:-2]) and not aside
    assert got[4][0] == 0


def test_rows_keep_their_points_and_get_the_number_of_now(tmp_path):
    rows = ("p0009\tBo\tw\t7.5\t3\t4", "\tBo\tw\t8\t5\t6", "p0001\tAda")
    got, aside = kept(tmp_path, HEADER, *rows)
    assert got[1:] == [
        [1, ["p0002", "Bo", "w", "7.5", "3", "4"]], [1, ["p0002", "Bo", "w", "8", "5", "6"]],
        [0, ["p0001", "Ada", *FOUND[0][2:]]],
    ]  # fmt: skip
    assert not aside


def test_rows_without_a_name_are_kept_where_they_say_who_was_found(tmp_path):
    got, aside = kept(tmp_path, HEADER, "p0007\t\tw\t2.000\t30\t40", "p0008\t\tgone\t1\t2\t3")
    assert got == [HEADER, [1, ["p0002", "", *FOUND[1][2:]]]] and not aside


@pytest.mark.parametrize(
    ("row", "why"),
    [
        ("p0001\tX\tgone\t1\t2\t3", "no 'gone' in the manifest"),
        ("p0001\tX\tv\t1\t200\t3", "no face there"),
        ("p0012\tX", "no 'p0012' in this corpus"),
        ("\tX", "neither a person nor an anchor"),
        ("p0001\tX\tv\tsoon\t2\t3", "'soon' is no number"),
        ("p0001\tX\tv\t1\t2\t3\tmore", "beyond the 6 columns"),
        ("p0001\tAnother\tv\t9\t1\t1", "p0001 is 'Ada' further above"),
    ],
)
def test_rows_that_would_stop_the_workflow_become_comments(tmp_path, row, why):
    got, aside = kept(tmp_path, HEADER, "p0001\tAda", row, "p0002\tBo")
    assert got[2] == f"# {row}"
    assert [(one["row"], why in one["why"]) for one in aside] == [(row, True)]
    again = tmp_path / "again.tsv"
    again.write_text(written(got), encoding="utf-8")
    rows, faults = people_file.read(again, ["v", "w"])
    names, more = people_file.resolve(rows, {"p0001", "p0002"}, at)
    assert (names, faults + more) == ({"p0001": "Ada", "p0002": "Bo"}, [])
    assert written(own_names.read(again, ["v", "w"], FOUND, at)[0]) == written(got)


def test_a_wrong_header_is_told(tmp_path):
    with pytest.raises(InputError, match="did you mean name"):
        kept(tmp_path, "person\tnames")


def corpus_of(results: Path, videos: Path) -> Corpus:
    shares = coverage.read(page_corpus.covered(results, videos))
    return Corpus(results, manifest.read(videos, look=False), "mp4", 5, shares)


# The results' own people.tsv ----------------------------------------------------------------------


@pytest.mark.parametrize("edit", ["name", "person", "row"])
def test_an_edit_of_the_results_is_told_with_what_to_do(tmp_path, edit):
    results, videos = page_corpus.corpus(tmp_path)
    template = results / "people.tsv"
    text = template.read_text(encoding="utf-8")
    first = text.split("\n")[1]
    edits = {
        "name": first.replace("\t\t", "\tAda\t", 1), "person": "Ada" + first[5:], "row": "# none",
    }  # fmt: skip
    template.write_text(text.replace(first, edits[edit]), encoding="utf-8")
    with pytest.raises(InputError, match=r"people.tsv: not as the workflow.*delete.*key people"):
        corpus_of(results, videos)


def test_points_in_faces_say_whose_row_it_is(tmp_path):
    results, videos = page_corpus.corpus(tmp_path)
    corpus = corpus_of(results, videos)
    track = parquet.read(results / "clusters.parquet").iloc[-1]
    x1, y1, x2, y2 = track["best_box"]
    own = tmp_path / "own.tsv"
    point = f"{track['end_s'] - 0.6}\t{(x1 + x2) / 2 + 3}\t{(y1 + y2) / 2}"
    own.write_text(f"name\tvideo_id\ttime_s\tx\ty\nAda\t{track['video_id']}\t{point}\n")
    [_, [found, cells]], aside = corpus.names(own)
    assert not aside and cells[0] == people_file.person_id(track["cluster"])
    assert corpus.found[found][0] == cells[0]
