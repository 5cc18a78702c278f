"""The page's data and markup: counts, links between tables, escaping, reproducible bytes."""

import json
import re
import shutil
from html.parser import HTMLParser
from pathlib import Path

import pyarrow.parquet as pq
import pytest

import page_corpus
import synthetic_videos
from corpus.report import coverage
from corpus.report.page import data_blocks, render
from corpus.report.page.values import milliseconds
from corpus.tables import parquet, provenance, schemas
from page_corpus import SPECIAL_TEXT, name_people, read_block, video_name

GONE, TRUNCATED, VARYING = (video_name(number) for number in (7, 3, 4))


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Results and manifest of nine synthetic videos, one of them with a file."""
    folder = tmp_path_factory.mktemp("results")
    (folder / "videos").mkdir()
    synthetic_videos.late(folder / f"videos/{video_name(1)}.mp4", 1.0)
    (folder / f"videos/{video_name(2)}.mp4").write_text("no video")
    return page_corpus.write_corpus(folder)


@pytest.fixture(scope="module")
def written(small) -> str:
    return page_corpus.write_html(*small).read_text(encoding="utf-8")


class Elements(HTMLParser):
    """All start tags of a page with their attributes."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict]] = []
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        self.tags.append((tag, dict(attributes)))


# The corpus ---------------------------------------------------------------------------------------


def test_counts_of_the_corpus(small, written):
    summary = read_block(written, "corpus")
    corpus = parquet.read(small[0] / "corpus.parquet")
    videos = summary["videos"]
    assert videos["id"] == corpus["video_id"].tolist()
    assert videos["status"] == corpus["status"].tolist()
    assert videos["length"] == [milliseconds(s) or 0 for s in corpus["duration_s"].fillna(0)]
    assert videos["n_people"] == corpus["n_people"].tolist()
    for index, video in enumerate(videos["id"]):
        gestures = parquet.read(small[0] / f"gestures/{video}.parquet")
        assert videos["gestures"][index] == len(gestures)
        details = read_block(written, f"video-{index}")
        assert len(details["shots"]) == corpus["n_shots"][index]
        shots = parquet.read(small[0] / f"shots/{video}.parquet")
        assert details["transitions"] == shots["transition"].tolist()
    assert summary["manifest_columns"]["language"][:3] == ["de", "en", "手"]
    assert summary["manifest_columns"]["licence"][2] == SPECIAL_TEXT


def test_the_quality_of_gestures_is_noted(tmp_path):
    results, videos = page_corpus.write_corpus(tmp_path, 1, 2)
    path = results / f"gestures/{video_name(0)}.parquet"
    rows = parquet.read(path).sort_values(["start_s", "end_s", "track", "hand"])[:4]
    rows = rows.assign(
        start_seen=[True, False, True, None],
        end_seen=[True, False, True, None],
        jump=[False, False, True, None],
        trunk_movement=[None, False, True, None],
        peak_speed=[1.25, None, 2.0, 3.0],
    )
    parquet.write(path, "gestures", rows, parquet.read_provenance(path))
    text = page_corpus.write_html(results, videos).read_text(encoding="utf-8")
    gestures = read_block(text, "video-0")["gestures"]
    assert gestures["notes"] == [0, 1 + 2, 4 + 8, 0]
    assert gestures["peak"] == [125, None, 200, 300]


def test_people_and_tracks_refer_to_each_other(small, written):
    summary = read_block(written, "corpus")
    tracks = parquet.read(small[0] / "tracks.parquet")
    columns = summary["tracks"]
    person_index = summary["clusters"]["person"]
    person = [summary["people"]["id"][person_index[c]] for c in columns["cluster"]]
    video = [summary["videos"]["id"][v] for v in columns["video"]]
    shown = sorted(zip(video, columns["track"], person, strict=True))
    assert shown == sorted(zip(tracks["video_id"], tracks["track"], tracks["person"], strict=True))
    template = (small[0] / "unedited" / "people.tsv").read_text(encoding="utf-8").splitlines()
    assert ["\t".join(cells) for cells in summary["clusters"]["cells"]] == template[1:]


def test_only_readable_video_files_are_played(written):
    videos = read_block(written, "corpus")["videos"]
    assert videos["file"] == [None, f"videos/{video_name(1)}.mp4", *[None] * 7]
    assert videos["title"][1] == "Interview 0001"


def test_a_title_changes_only_the_headline(small, tmp_path, written):
    """The key under which a browser stores names stays the same."""
    results = tmp_path / "results"
    shutil.copytree(small[0], results)
    title = 'Talks </script> & "Gespräche"'
    titled = page_corpus.write_html(results, small[1], "--title", title).read_text("utf-8")
    without_title = read_block(written, "corpus")
    assert without_title["title"] == small[1].stem
    assert read_block(titled, "corpus") == without_title | {"title": title}


def test_people_merged_by_name_keep_their_clusters(small, tmp_path):
    results = tmp_path / "results"
    shutil.copytree(small[0], results)
    names = tmp_path / "names.tsv"
    names.write_text("person\tname\np0001\tAda\np0003\tAda\np0002\tBo\n")
    name_people(results, small[1], names)
    summary = read_block(page_corpus.write_html(results, small[1]).read_text("utf-8"), "corpus")
    person_of = {
        cells[0]: summary["people"]["id"][index]
        for cells, index in zip(*summary["clusters"].values(), strict=True)
    }
    assert (person_of["p0001"], person_of["p0003"], person_of["p0002"]) == (
        "p0001",
        "p0001",
        "p0002",
    )
    name_of = dict(zip(summary["people"]["id"], summary["people"]["name"], strict=True))
    assert (name_of["p0001"], name_of["p0002"], name_of["p0004"]) == ("Ada", "Bo", "")


def test_pictures_are_on_the_page_only_with_their_table(small, tmp_path, written):
    assert "data:image" not in written and read_block(written, "pictures") == []
    results = tmp_path / "results"
    shutil.copytree(small[0], results)
    pictures = page_corpus.write_pictures(results)
    text = page_corpus.write_html(results, small[1], "--pictures", pictures).read_text("utf-8")
    faces = read_block(text, "pictures")
    assert len(faces) == len(parquet.read(pictures)) > 5
    summary = read_block(text, "corpus")
    shown = {
        summary["people"]["id"][summary["clusters"]["person"][face["cluster"]]] for face in faces
    }
    assert shown == set(parquet.read(pictures)["person"])
    page_corpus.write_html(results, small[1])
    assert not pictures.exists(), "faces are biometric data: they are deleted if not requested"


def test_an_empty_corpus_and_missing_tables(tmp_path):
    manifest = tmp_path / "manifest.tsv"
    manifest.write_text("video_id\tsource\nv\t/somewhere/here/v.mp4\n")
    for table in ("clusters", "tracks", "people"):
        empty = {name: [] for name in schemas.SCHEMAS[table].names}
        parquet.write(tmp_path / f"{table}.parquet", table, empty, provenance.describe(table, {}))
    row = {"video_id": ["v"], "source": ["/somewhere/here/v.mp4"], "status": ["unavailable"]}
    parquet.write(tmp_path / "corpus.parquet", "corpus", row, {"step": "identify_people"})
    (tmp_path / "unedited").mkdir()
    (tmp_path / "unedited/people.tsv").write_text("person\tname\tvideo_id\ttime_s\tx\ty\n")
    (tmp_path / "report").mkdir()
    (tmp_path / "report/coverage.tsv").write_text("\t".join(coverage.COLUMNS) + "\n")
    text = page_corpus.write_html(tmp_path, manifest).read_text("utf-8")
    assert read_block(text, "corpus")["videos"]["concerns"] == [["unavailable"]]
    assert read_block(text, "video-0")["gestures"]["start"] == []
    assert "/somewhere" not in text, "folders differ between computers"


def about(results: Path, videos: Path) -> dict:
    text = page_corpus.write_html(results, videos).read_text("utf-8")
    data = read_block(text, "corpus")["about"]
    return data | {"steps": {step["step"]: step for step in data["steps"]}}


def test_about_lists_every_step_and_differences_between_videos(tmp_path):
    results, videos = page_corpus.write_corpus(tmp_path, 3, 2)
    names = [video_name(number) for number in range(3)]

    def detect(video: str, commit: str, batch_size: int, device: str = "cpu") -> None:
        parameters = {"samples_per_second": 5.0, "device": device, "batch_size": batch_size}
        lineage = provenance.describe("detect_faces", parameters, (), {"dlib.dat": "ab" * 32})
        lineage["workflow"] = lineage["workflow"] | {"commit": commit}
        no_rows = {name: [] for name in schemas.SCHEMAS["faces"].names}
        parquet.write(results / f"faces/{video}.parquet", "faces", no_rows, lineage)

    for number, video in enumerate(names):
        detect(video, "1" * 40 if number else "2" * 40, 8 * (number + 1))
    data = about(results, videos)
    assert list(data["steps"]) == [
        *("index_frames", "detect_faces", "extract_keypoints", "measure_movement"),
        *("segment_gestures", "cluster_faces", "identify_people"),
    ]
    faces = data["steps"]["detect_faces"]
    assert faces["models"] == {"dlib.dat": "ab" * 32}
    assert [version[1:] for version in faces["workflow_versions"]] == [["1" * 40, 2], ["2" * 40, 1]]
    assert data["differences"] == [] and data["advice"] == "", (
        "commits and batch sizes do not count"
    )
    detect(names[0], "1" * 40, 8, "cuda")
    data = about(results, videos)
    [text] = data["differences"]
    assert "`device` of the step `detect_faces`" in text and "detect_faces" in data["advice"]


def test_a_corpus_keeps_its_key_while_its_videos_change(small, written, tmp_path):
    few = page_corpus.write_corpus(tmp_path / "few", 3, 2)
    other = few[0] / "other.tsv"
    other.write_text(few[1].read_text("utf-8"), encoding="utf-8")
    grown = read_block(page_corpus.write_html(*few).read_text("utf-8"), "corpus")["key"]
    assert grown == read_block(written, "corpus")["key"]
    renamed = page_corpus.write_html(few[0], other).read_text("utf-8")
    assert read_block(renamed, "corpus")["key"] != grown
    path = few[0] / "corpus.parquet"
    pq.write_table(pq.read_table(path).take([2, 1]), path)
    changed = read_block(page_corpus.write_html(*few).read_text("utf-8"), "corpus")
    assert len(changed["videos"]["id"]) == 2 and changed["key"] == grown


def test_concerns_of_the_corpus(written):
    videos = read_block(written, "corpus")["videos"]
    concerns = dict(zip(videos["id"], videos["concerns"], strict=True))
    assert concerns[GONE] == ["unavailable"]
    assert "truncated" in concerns[TRUNCATED] and "vfr" in concerns[VARYING]


# Markup -------------------------------------------------------------------------------------------


@pytest.mark.fault(
    "exports", "HTML and JavaScript in ids, names, cells and reasons on the page", "shown as text"
)
def test_data_never_becomes_markup(written):
    assert SPECIAL_TEXT.split("\u2028")[0] in json.dumps(read_block(written, "corpus"), ensure_ascii=False).replace('\\"', '"')  # noqa: E501  # fmt: skip
    tags = Elements(written).tags
    assert [tag for tag, _ in tags if tag == "img"] == []
    kinds = [attributes.get("type", "code") for tag, attributes in tags if tag == "script"]
    assert kinds == ["application/json"] * 12 + ["code"]
    assert not [name for _, attributes in tags for name in attributes if name.startswith("on")]


def test_the_page_needs_no_other_file_and_no_network(written):
    tags = Elements(written).tags
    used = [a.get("src") or a.get("href") for t, a in tags if t not in ("a",)]
    assert [address for address in used if address] == ["data:,"], "the empty icon"
    style = "".join((render.ASSETS / name).read_text("utf-8") for name in render.STYLES)
    code = "".join((render.ASSETS / name).read_text("utf-8") for name in render.SCRIPTS)
    assert not re.findall(r"url\(|@import", style)
    # Names of XML in pictures and in ELAN files that the page saves. Nothing loads them.
    xml_names = {
        "http://www.w3.org/2000/svg",
        "http://www.w3.org/2001/XMLSchema",
        "http://www.mpi.nl/tools/elan/EAFv3.0.xsd",
    }
    assert set(re.findall(r"https?://[\w./]+", code)) == xml_names
    assert not re.findall(
        r"\b(fetch|XMLHttpRequest|WebSocket|eval|innerHTML|insertAdjacent)\b", code
    )
    [policy] = [a["content"] for t, a in tags if a.get("http-equiv")]
    rules = dict(rule.split(" ", 1) for rule in policy.split("; "))
    assert rules["default-src"] == "'none'" and "unsafe" not in policy
    beside = {"'self'", "file:"}
    assert set(rules["media-src"].split()) == beside
    checksum, *others = rules["script-src"].split()
    assert checksum.startswith("'sha256-") and set(others) == beside


def test_every_asset_is_used():
    used = {*render.STYLES, *render.SCRIPTS, "index.html"}
    assets = {
        file.name for file in render.ASSETS.iterdir() if file.suffix in (".css", ".js", ".html")
    }
    assert assets == used


def test_the_page_does_not_depend_on_the_results_folder(small, written, tmp_path):
    results = tmp_path / "elsewhere"
    shutil.copytree(small[0], results)
    assert page_corpus.write_html(results, small[1]).read_text("utf-8") == written
    assert str(tmp_path) not in written and str(small[0]) not in written


def test_an_absolute_path_is_shown_without_folders():
    assert data_blocks.shown_path(Path("config/people.tsv")) == "config/people.tsv"
    assert data_blocks.shown_path(Path("/home/ada/people.tsv")) == "people.tsv"
