"""The page's data and markup: what is counted, that text stays text, that bytes repeat."""

import json
import re
import shutil
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import odd_videos
import page_results
from corpus import page, tables
from corpus.page import data, movement, quality
from page_results import EVIL, name_people, video_name

GONE, TRUNCATED, VARYING = (video_name(number) for number in (7, 3, 4))


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Results and manifest of nine made-up videos, one of them with a file."""
    folder = tmp_path_factory.mktemp("results")
    (folder / "videos").mkdir()
    odd_videos.late(folder / f"videos/{video_name(1)}.mp4", 1.0)
    (folder / f"videos/{video_name(2)}.mp4").write_text("no video")
    return page_results.corpus(folder)


@pytest.fixture(scope="module")
def written(small) -> str:
    return page_results.write(*small).read_text(encoding="utf-8")


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
    corpus = tables.read(small[0] / "corpus.parquet")
    videos = summary["videos"]
    assert videos["id"] == corpus["video_id"].tolist()
    assert videos["status"] == corpus["status"].tolist()
    assert videos["length"] == [data.milliseconds(s) or 0 for s in corpus["duration_s"].fillna(0)]
    assert videos["n_people"] == corpus["n_people"].tolist()
    for place, video in enumerate(videos["id"]):
        made = tables.read(small[0] / f"gestures/{video}.parquet")
        assert videos["gestures"][place] == len(made)
        details = block(written, f"video-{place}")
        assert len(details["shots"]) == corpus["n_shots"][place]
    assert summary["own"]["language"][:3] == ["de", "en", "手"]
    assert summary["own"]["licence"][2] == EVIL


def test_people_and_tracks_refer_to_each_other(small, written):
    summary = block(written, "corpus")
    tracks = tables.read(small[0] / "tracks.parquet")
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
    summary = block(page_results.write(results, small[1]).read_text("utf-8"), "corpus")
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
    kept = page_results.add_pictures(results)
    text = page_results.write(results, small[1], "--pictures", kept).read_text("utf-8")
    faces = block(text, "pictures")
    assert len(faces) == len(tables.read(kept)) > 5
    summary = block(text, "corpus")
    shown = {summary["people"]["id"][summary["found"]["person"][f["found"]]] for f in faces}
    assert shown == set(tables.read(kept)["person"])
    page_results.write(results, small[1])
    assert not kept.exists(), "faces are biometric data: what is not asked for is removed"


def test_an_empty_corpus_and_missing_tables(tmp_path):
    manifest = tmp_path / "manifest.tsv"
    manifest.write_text("video_id\tsource\nv\t/somewhere/here/v.mp4\n")
    for table in ("clusters", "tracks", "people"):
        empty = {name: [] for name in tables.SCHEMAS[table].names}
        tables.write(tmp_path / f"{table}.parquet", table, empty, {"step": table})
    row = {"video_id": ["v"], "source": ["/somewhere/here/v.mp4"], "status": ["unavailable"]}
    tables.write(tmp_path / "corpus.parquet", "corpus", row, {"step": "people"})
    (tmp_path / "people.tsv").write_text("person\tname\tvideo_id\ttime_s\tx\ty\n")
    text = page_results.write(tmp_path, manifest).read_text("utf-8")
    assert block(text, "corpus")["videos"]["concerns"] == [["unavailable"]]
    assert block(text, "video-0")["gestures"]["start"] == []
    assert "/somewhere" not in text, "no folders of one machine"


# Movement and time --------------------------------------------------------------------------------


def kinematics(path: Path, rows: list[tuple]) -> Path:
    """time_s, track, point, speed in each row."""
    names = ("time_s", "track", "point", "speed")
    columns = dict(zip(names, zip(*rows, strict=True), strict=True)) if rows else {}
    tables.write(path, "kinematics", columns or {name: [] for name in names}, {})
    return path


def level(letter: str) -> int:
    return movement.LEVELS.index(letter)


def test_speeds_are_binned_by_person_and_hand(tmp_path):
    rows = [
        (5.0, 0, "left_hand", 1.0), (5.05, 0, "left_hand", 3.0), (5.1, 0, "left_hand", None),
        (5.25, 0, "left_hand", 4.0), (5.0, 1, "right_hand", 2.0), (5.0, -1, "left_hand", 99.0),
        (5.0, 0, "left_wrist", 77.0), (6.0, 2, "left_hand", 1.0),
    ]  # fmt: skip
    curves = movement.curves(kinematics(tmp_path / "k.parquet", rows), 5.0, 1.0, {0: 4, 1: 2, 2: 4})
    assert [curve["found"] for curve in curves] == [2, 4]
    assert curves[0]["hands"][0] is None and curves[0]["hands"][1]["max"] == 200
    left = curves[1]["hands"][0]
    assert left["max"] == 400
    assert left["mean"] == f"{movement.LEVELS[round(61 / 2)]}.z......{movement.LEVELS[15]}"
    assert level(left["peak"][0]) == round(61 * 3 / 4)
    assert movement.curves(kinematics(tmp_path / "none.parquet", []), 0, 0, {}) == []


@pytest.mark.parametrize("length_s", [0, 0.04, 5, 59.99, 3600, 40000])
def test_a_curve_has_few_parts_that_cover_the_video(length_s):
    parts, width_ms = movement.parts_of(length_s)
    assert 1 <= parts <= movement.BINS
    assert parts * width_ms >= length_s * 1000 > (parts - 1) * width_ms - 1


def test_still_hands_are_level_zero_and_do_not_divide_by_nothing(tmp_path):
    path = kinematics(tmp_path / "k.parquet", [(0.0, 0, "left_hand", 0.0)])
    [curve] = movement.curves(path, 0.0, 0.1, {0: 0})
    assert curve["hands"][0] == {"max": 0, "mean": "0", "peak": "0"}


def test_moments_are_never_early():
    assert data.milliseconds(1.0010009) == 1002
    assert data.milliseconds(0.1 + 0.2) == 300, "but not late for what floats add"
    assert data.milliseconds(None) is data.milliseconds(float("nan")) is None


# Quality ------------------------------------------------------------------------------------------


def measured(times, faces=(), tracks=(), shots=None) -> dict:
    frames = pd.DataFrame({"frame": range(len(times)), "time_s": times, "shot": 0})
    found = pd.DataFrame(faces, columns=["frame", "score"])
    who = pd.DataFrame(tracks, columns=["start_s", "end_s", "probability"], dtype=float)
    return quality.measure(frames, found, who, 5)


def test_figures_of_quality():
    times = np.arange(50) / 25
    figures = measured(times, [(0, 0.99), (5, 0.9), (5, 0.99), (10, 0.9)], [(0, 1, 0.4), (0, 3, 1)])
    assert figures == {
        "faceless_frames": 0.7, "low_score": 0.5, "unsure": 0.25, "backwards": 0, "gap_ms": 40,
    }  # fmt: skip
    broken = [0, 0.04, 0.04, 0.03, 2.5]
    assert measured(broken)["backwards"] == 2 and measured(broken)["gap_ms"] == 2470
    assert measured([])["faceless_frames"] is None


def test_bodies_are_counted_from_keypoints(tmp_path):
    columns = {"frame": [0, 0, 2, 2], "track": [0, -1, -2, -1]}
    tables.write(tmp_path / "k.parquet", "keypoints", columns, {})
    assert quality.bodies(tmp_path / "k.parquet", 4) == {"nobody": 0.5, "bodies": 2}
    assert quality.bodies(tmp_path / "k.parquet", 0)["nobody"] is None


def test_the_worst_comes_first():
    fine = {"status": "ok", "reason": None, "vfr": False}
    orders = [
        fine | {"status": "unavailable"}, fine | {"status": "truncated"},
        fine | {"reason": "damaged"}, fine | {"nobody": 1.0}, fine | {"nobody": 0.5},
        fine | {"vfr": True}, fine,
    ]  # fmt: skip
    weights = [quality.concerns(row)[1] for row in orders]
    assert weights == sorted(weights, reverse=True) and len(set(weights)) == len(weights)
    assert quality.concerns(fine) == ([], 0)
    assert quality.concerns(fine | {"late_ms": 40})[0] == []
    assert quality.concerns(fine | {"late_ms": 41, "gap_ms": 1001})[0] == ["gap", "late"]


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
    assert page_results.write(results, small[1]).read_text("utf-8") == written
    assert str(tmp_path) not in written and str(small[0]) not in written


def test_a_names_file_outside_is_told_by_its_name_only():
    import write_page

    assert write_page.names_shown(Path("config/people.tsv")) == "config/people.tsv"
    assert write_page.names_shown(Path("/home/ada/people.tsv")) == "people.tsv"


# Colours ------------------------------------------------------------------------------------------

PLAIN = {"page": ("ink", "soft", "accent", "bad"), "panel": ("ink", "soft", "accent", "bad")}
TEXT = PLAIN | {"sunk": ("ink", "soft"), "good-soft": ("good",), "warn-soft": ("warn",)}
TEXT |= {"bad-soft": ("bad",), "accent": ("on-accent",)}
SHAPES = [f"p{number}" for number in range(8)]


def colours() -> dict[str, dict[str, str]]:
    """The colours of both schemes, by name."""
    style = (page.FOLDER / "base.css").read_text("utf-8")
    blocks = re.findall(r":root \{(.*?)\}", style, re.DOTALL)
    light, dark = (dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6})", text)) for text in blocks)
    return {"light": light, "dark": light | dark}


def contrast(one: str, other: str) -> float:
    """Ratio of the luminances of two colours, as WCAG 2.2 defines it: 1 to 21."""

    def luminance(colour: str) -> float:
        parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
        linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
        return float(np.dot(linear, [0.2126, 0.7152, 0.0722]))

    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_and_shapes_stand_out(scheme):
    """WCAG AA: 4.5 for text, 3 for shapes and the edges of controls."""
    named = colours()[scheme]
    weak = [(a, b) for a, many in TEXT.items() for b in many if contrast(named[a], named[b]) < 4.5]
    weak += [(ground, shape) for ground in ("page", "panel", "sunk") for shape in [*SHAPES, "edge"]
             if contrast(named[ground], named[shape]) < 3]  # fmt: skip
    assert weak == []
    assert contrast("#000000", "#ffffff") == pytest.approx(21)


def seen(colour: str, lack: np.ndarray) -> np.ndarray:
    """A colour in linear light as somebody sees it who lacks one kind of cones."""
    parts = np.array([int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)])
    return lack @ np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_first_people_are_told_apart_by_the_colour_blind(scheme):
    """Matrices of Machado et al. 2009 (doi:10.1109/TVCG.2009.113) for severity 1. Shape and name
    stand beside every colour, so this is a help and no condition."""
    protan = [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216],
              [-0.003882, -0.048116, 1.051998]]  # fmt: skip
    deutan = [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413],
              [-0.011820, 0.042940, 0.968881]]  # fmt: skip
    named = colours()[scheme]
    for lack in (protan, deutan):
        looks = [seen(named[shape], np.array(lack)) for shape in SHAPES[:4]]
        apart = [np.abs(a - b).max() for n, a in enumerate(looks) for b in looks[:n]]
        assert min(apart) > 0.04


# The demo -----------------------------------------------------------------------------------------


@pytest.mark.workflow
def test_the_demo_has_a_page(demo):
    text = (demo / "report/index.html").read_text("utf-8")
    summary = block(text, "corpus")
    assert summary["videos"]["id"] == ["collins", "hopper", "both"]
    assert summary["videos"]["file"] == [f"videos/{v}.mp4" for v in summary["videos"]["id"]]
    assert len(block(text, "pictures")) == 8
    assert len(text) < 1_000_000
