"""The page's data and markup: what is counted, that text stays text, that bytes repeat."""

import json
import re
import shutil
from html.parser import HTMLParser
from pathlib import Path

import pytest

import page_corpus
import synthetic_videos
from corpus.report import page
from corpus.report.page import data
from corpus.tables import parquet, provenance, schemas
from page_corpus import EVIL, name_people, video_name

GONE, TRUNCATED, VARYING = (video_name(number) for number in (7, 3, 4))


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Results and manifest of nine made-up videos, one of them with a file."""
    folder = tmp_path_factory.mktemp("results")
    (folder / "videos").mkdir()
    synthetic_videos.late(folder / f"videos/{video_name(1)}.mp4", 1.0)
    (folder / f"videos/{video_name(2)}.mp4").write_text("no video")
    return page_corpus.corpus(folder)


@pytest.fixture(scope="module")
def written(small) -> str:
    return page_corpus.write(*small).read_text(encoding="utf-8")


def block(text: str, name: str) -> object:
    """A block of the page's data, as a browser finds it."""
    [found] = re.findall(f'<script type="application/json" id="{name}">(.*?)</script>', text)
    return json.loads(found)


class Elements(HTMLParser):
    """Every start tag of a page, and what stands in scripts."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict]] = []
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        self.tags.append((tag, dict(attributes)))


# The corpus ---------------------------------------------------------------------------------------


def test_the_corpus_is_counted(small, written):
    summary = block(written, "corpus")
    corpus = parquet.read(small[0] / "corpus.parquet")
    videos = summary["videos"]
    assert videos["id"] == corpus["video_id"].tolist()
    assert videos["status"] == corpus["status"].tolist()
    assert videos["length"] == [data.milliseconds(s) or 0 for s in corpus["duration_s"].fillna(0)]
    assert videos["n_people"] == corpus["n_people"].tolist()
    for place, video in enumerate(videos["id"]):
        made = parquet.read(small[0] / f"gestures/{video}.parquet")
        assert videos["gestures"][place] == len(made)
        details = block(written, f"video-{place}")
        assert len(details["shots"]) == corpus["n_shots"][place]
    assert summary["own"]["language"][:3] == ["de", "en", "手"]
    assert summary["own"]["licence"][2] == EVIL


def test_people_and_tracks_refer_to_each_other(small, written):
    summary = block(written, "corpus")
    tracks = parquet.read(small[0] / "tracks.parquet")
    columns = summary["tracks"]
    person = [summary["people"]["id"][summary["found"]["person"][f]] for f in columns["found"]]
    video = [summary["videos"]["id"][v] for v in columns["video"]]
    seen = sorted(zip(video, columns["track"], person, strict=True))
    assert seen == sorted(zip(tracks["video_id"], tracks["track"], tracks["person"], strict=True))
    template = (small[0] / "people.tsv").read_text(encoding="utf-8").splitlines()
    assert ["\t".join(cells) for cells in summary["found"]["cells"]] == template[1:]


def test_files_are_found_and_only_videos_are_played(written):
    videos = block(written, "corpus")["videos"]
    assert videos["file"] == [None, f"videos/{video_name(1)}.mp4", *[None] * 7]
    assert videos["title"][1] == "Interview 0001"


def test_people_joined_by_name_keep_their_parts(small, tmp_path):
    results = tmp_path / "results"
    shutil.copytree(small[0], results)
    names = tmp_path / "names.tsv"
    names.write_text("person\tname\np0001\tAda\np0003\tAda\np0002\tBo\n")
    name_people(results, small[1], names)
    summary = block(page_corpus.write(results, small[1]).read_text("utf-8"), "corpus")
    whole = {
        cells[0]: summary["people"]["id"][place]
        for cells, place in zip(*summary["found"].values(), strict=True)
    }
    assert (whole["p0001"], whole["p0003"], whole["p0002"]) == ("p0001", "p0001", "p0002")
    named = dict(zip(summary["people"]["id"], summary["people"]["name"], strict=True))
    assert (named["p0001"], named["p0002"], named["p0004"]) == ("Ada", "Bo", "")


def test_pictures_are_on_the_page_only_with_their_table(small, tmp_path, written):
    assert "data:image" not in written and block(written, "pictures") == []
    results = tmp_path / "results"
    shutil.copytree(small[0], results)
    kept = page_corpus.add_pictures(results)
    text = page_corpus.write(results, small[1], "--pictures", kept).read_text("utf-8")
    faces = block(text, "pictures")
    assert len(faces) == len(parquet.read(kept)) > 5
    summary = block(text, "corpus")
    shown = {summary["people"]["id"][summary["found"]["person"][f["found"]]] for f in faces}
    assert shown == set(parquet.read(kept)["person"])
    page_corpus.write(results, small[1])
    assert not kept.exists(), "faces are biometric data: what is not asked for is removed"


def test_an_empty_corpus_and_missing_tables(tmp_path):
    manifest = tmp_path / "manifest.tsv"
    manifest.write_text("video_id\tsource\nv\t/somewhere/here/v.mp4\n")
    for table in ("clusters", "tracks", "people"):
        empty = {name: [] for name in schemas.SCHEMAS[table].names}
        parquet.write(tmp_path / f"{table}.parquet", table, empty, provenance.describe(table, {}))
    row = {"video_id": ["v"], "source": ["/somewhere/here/v.mp4"], "status": ["unavailable"]}
    parquet.write(tmp_path / "corpus.parquet", "corpus", row, {"step": "people"})
    (tmp_path / "people.tsv").write_text("person\tname\tvideo_id\ttime_s\tx\ty\n")
    (tmp_path / "report").mkdir()
    (tmp_path / "report/coverage.tsv").write_text("video_id\tface\n")
    text = page_corpus.write(tmp_path, manifest).read_text("utf-8")
    assert block(text, "corpus")["videos"]["concerns"] == [["unavailable"]]
    assert block(text, "video-0")["gestures"]["start"] == []
    assert "/somewhere" not in text, "no folders of one machine"


def about(results: Path, videos: Path) -> dict:
    found = block(page_corpus.write(results, videos).read_text("utf-8"), "corpus")["about"]
    return found | {"made": {step["step"]: step for step in found["made"]}}


def test_about_tells_every_step_and_what_differs(tmp_path):
    results, videos = page_corpus.corpus(tmp_path, 3, 2)
    names = [video_name(number) for number in range(3)]

    def embed(video: str, commit: str, batch_size: int, device: str = "cpu") -> None:
        made = provenance.describe(
            "embed_faces", {"device": device, "batch_size": batch_size}, (), {"dlib.dat": "ab" * 32}
        )
        made["workflow"] = made["workflow"] | {"commit": commit}
        nothing = {name: [] for name in schemas.SCHEMAS["embeddings"].names}
        parquet.write(results / f"embeddings/{video}.parquet", "embeddings", nothing, made)

    for number, video in enumerate(names):
        embed(video, "1" * 40 if number else "2" * 40, 8 * (number + 1))
    told = about(results, videos)
    assert list(told["made"]) == [
        *("index_frames", "detect_faces", "embed_faces", "extract_keypoints", "measure_movement"),
        *("gestures", "cluster_faces", "people"),
    ]
    faces = told["made"]["embed_faces"]
    assert faces["models"] == {"dlib.dat": "ab" * 32}
    assert [state[1:] for state in faces["states"]] == [["1" * 40, 2], ["2" * 40, 1]]
    assert told["differences"] == [] and told["advice"] == "", "commits and batches are alike"
    embed(names[0], "1" * 40, 8, "cuda")
    told = about(results, videos)
    [text] = told["differences"]
    assert "`device` of the step `embed_faces`" in text and "embed_faces" in told["advice"]


def test_a_corpus_keeps_its_key_while_it_grows(small, written, tmp_path):
    few = page_corpus.corpus(tmp_path / "few", 3, 2)
    other = few[0] / "other.tsv"
    other.write_text(few[1].read_text("utf-8"), encoding="utf-8")
    grown = block(page_corpus.write(*few).read_text("utf-8"), "corpus")["key"]
    assert grown == block(written, "corpus")["key"]
    renamed = page_corpus.write(few[0], other).read_text("utf-8")
    assert block(renamed, "corpus")["key"] != grown


def test_concerns_of_the_corpus(written):
    videos = block(written, "corpus")["videos"]
    concerns = dict(zip(videos["id"], videos["concerns"], strict=True))
    assert concerns[GONE] == ["unavailable"]
    assert "truncated" in concerns[TRUNCATED] and "vfr" in concerns[VARYING]


# Markup -------------------------------------------------------------------------------------------


def test_nothing_of_the_data_becomes_markup(written):
    assert EVIL.split("\u2028")[0] in json.dumps(block(written, "corpus"), ensure_ascii=False).replace('\\"', '"')  # noqa: E501  # fmt: skip
    tags = Elements(written).tags
    assert [tag for tag, _ in tags if tag == "img"] == []
    kinds = [attributes.get("type", "code") for tag, attributes in tags if tag == "script"]
    assert kinds == ["application/json"] * 11 + ["code"]
    assert not [name for _, attributes in tags for name in attributes if name.startswith("on")]


def test_the_page_needs_no_other_file_and_no_network(written):
    tags = Elements(written).tags
    used = [a.get("src") or a.get("href") for t, a in tags if t not in ("a",)]
    assert [address for address in used if address] == ["data:,"], "the icon, which is empty"
    style = "".join((page.FOLDER / name).read_text("utf-8") for name in page.STYLES)
    code = "".join((page.FOLDER / name).read_text("utf-8") for name in page.SCRIPTS)
    assert not re.findall(r"url\(|@import", style)
    assert set(re.findall(r"https?://[\w./]+", code)) == {"http://www.w3.org/2000/svg"}
    assert not re.findall(
        r"\b(fetch|XMLHttpRequest|WebSocket|eval|innerHTML|insertAdjacent)\b", code
    )
    [policy] = [a["content"] for t, a in tags if a.get("http-equiv")]
    rules = dict(rule.split(" ", 1) for rule in policy.split("; "))
    assert rules["default-src"] == "'none'" and "unsafe" not in policy
    assert all(rule in ("'self'", "file:") for rule in rules["media-src"].split())


def test_every_part_of_the_page_is_used():
    parts = {*page.STYLES, *page.SCRIPTS, "index.html"}
    there = {file.name for file in page.FOLDER.iterdir() if file.suffix in (".css", ".js", ".html")}
    assert there == parts


def test_the_bytes_are_the_same_wherever_the_results_are(small, written, tmp_path):
    results = tmp_path / "elsewhere"
    shutil.copytree(small[0], results)
    assert page_corpus.write(results, small[1]).read_text("utf-8") == written
    assert str(tmp_path) not in written and str(small[0]) not in written


def test_a_names_file_outside_is_told_by_its_name_only():
    import write_page

    assert write_page.names_shown(Path("config/people.tsv")) == "config/people.tsv"
    assert write_page.names_shown(Path("/home/ada/people.tsv")) == "people.tsv"


# The demo -----------------------------------------------------------------------------------------


@pytest.mark.workflow
def test_the_demo_has_a_page(demo):
    text = (demo / "report/index.html").read_text("utf-8")
    summary = block(text, "corpus")
    assert summary["videos"]["id"] == ["collins", "hopper", "both"]
    assert summary["videos"]["file"] == [f"videos/{v}.mp4" for v in summary["videos"]["id"]]
    assert len(block(text, "pictures")) == 8
    assert len(text) < 1_000_000
