"""The report's plots: their numbers, their edges, their bytes."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pandas as pd
import pytest

import plot_coverage
import plot_funnel
import plot_people
from corpus.core import wording
from corpus.inputs import manifest
from corpus.report import coverage, plot_style
from small_corpus import COMMIT, Results

SVG = "{http://www.w3.org/2000/svg}"


def texts(drawing, folder: Path) -> list[str]:
    """What a figure says, out of the SVG that is written of it."""
    path = folder / "drawn.svg"
    plot_style.save(drawing, path, {"step": "test"})
    return ["".join(e.itertext()) for e in ElementTree.parse(path).iter(f"{SVG}text")]


@pytest.fixture
def small(tmp_path: Path) -> Results:
    """Two people; p0001 is in two videos. One video is gone, one has no picture, one nobody."""
    videos = {"a": "ok", "b": "truncated", "c": "ok", "gone": "unavailable", "blind": "no_video"}
    tracks = [("a", "p0001", 4), ("a", "p0002", 2), ("b", "p0001", 3)]
    return Results(tmp_path / "results", videos, tracks)


# Words


@pytest.mark.parametrize(
    ("seconds", "told"),
    [(0, "0.0 s"), (119.9, "119.9 s"), (120, "2.0 min"), (7199, "120 min"), (7200, "2.0 h"),
     (4e5, "111 h"), (7.2e6, "2,000 h")],
)  # fmt: skip
def test_lengths_of_time(seconds: float, told: str) -> None:
    assert wording.format_duration(seconds) == told.replace("119.9", "120")


@pytest.mark.parametrize(
    ("share", "told"),
    [(0, "0%"), (0.001, "less than 1%"), (0.5, "50%"), (0.999, "more than 99%"), (1, "100%")],
)
def test_nearly_all_is_not_all(share: float, told: str) -> None:
    assert wording.format_percent(share) == told


def test_words() -> None:
    assert wording.count_noun(1, "person", "people") == "1 person"
    assert wording.count_noun(12345, "video") == "12,345 videos"
    assert wording.join_words(["a", "b", "c"]) == "a, b and c"
    assert wording.shorten("Ada Lovelace", 6) == "Ada L…"


@pytest.mark.parametrize(
    ("seconds", "name"), [(0.1, "0.1 s"), (10, "10 s"), (60, "1 min"), (360000, "100 h")]
)
def test_ticks_of_time(seconds: float, name: str) -> None:
    assert plot_style.time_name(seconds) == name


def test_ticks_are_never_too_many() -> None:
    assert plot_style.ticks_between(1, 100, plot_style.TIMES_S) == [1, 10, 60]
    assert len(plot_style.ticks_between(0, 1e9, plot_style.TIMES_S)) <= 4
    assert plot_style.ticks_between(2, 3, plot_style.TIMES_S) == []


# The funnel


def funnel(results: Results) -> list[plot_funnel.Stage]:
    corpus = plot_funnel.tables.read(results.folder / "corpus.parquet")
    tracks = plot_funnel.tables.read(results.folder / "tracks.parquet")
    moving = plot_funnel.gestured(results.folder, corpus["video_id"].tolist())
    return plot_funnel.stages(corpus, tracks, moving)


def test_the_funnel_counts_and_gives_reasons(small: Results) -> None:
    steps = {" ".join(step.label.split()): step for step in funnel(small)}
    assert [step.videos for step in steps.values()] == [5, 4, 3, 2, 2]
    assert "with gestures" not in steps
    assert steps["fetched"].notes == ("1 unavailable: Private",)
    assert steps["with a picture"].seconds == 12
    assert steps["with a picture"].notes == (
        "1 without a picture: Private",
        "1 broken off, and analysed up to there",
    )
    assert steps["with faces"].notes == ("1 without a face",)
    assert steps["with people who are in other videos, too"].seconds == 8


def test_gestures_count_where_they_were_looked_for_and_a_person_made_them(small: Results) -> None:
    for video in small.videos:
        small.gestures(video, {"a": ["p0001", None], "b": [None]}.get(video, []))
    [step] = [step for step in funnel(small) if step.label == "with gestures"]
    assert (step.videos, step.seconds, step.is_part) == (1, 4, True)


def test_reasons_are_counted_without_the_videos_own_words() -> None:
    ids = [f"[youtube] dQw4w9WgX{n}: Private video. Sign in" for n in range(5)]
    more = ["ERROR: [vimeo] 123: Not found.", None, "x" * 200, "a\nb"]
    told = plot_funnel.listed("gone", [*ids, *more])
    assert told[0] == "5 gone: Private video. Sign in"
    assert told[-1] == "2 gone for other reasons"
    assert len(told) == 1 + plot_funnel.REASONS
    assert max(map(len, told)) < plot_funnel.REASON_LETTERS + 20
    assert plot_funnel.reason("[youtube] abc-1_2: Gone.") == "Gone"
    assert plot_funnel.listed("gone", []) == []


@pytest.mark.parametrize("status", ["unavailable", "no_video", "ok"])
def test_a_corpus_of_which_nothing_is_left(tmp_path: Path, status: str) -> None:
    steps = funnel(Results(tmp_path / "r", {"a": status, "b": status}))
    assert steps[-1].videos == 0
    told = texts(plot_funnel.draw(steps), tmp_path)
    assert "2 videos" in told and any(text.startswith("0 videos") for text in told)


@pytest.mark.parametrize(
    ("source", "shown"),
    [
        ("/home/ada/study 7/Ada.mp4", "Ada.mp4"),
        ("clips/Ada.mp4", "clips/Ada.mp4"),
        ("../Ada.mp4", "../Ada.mp4"),
        ("https://example.org/v/Ada.mp4?t=1", "https://example.org/v/Ada.mp4?t=1"),
    ],
)
def test_sources_are_shown_without_the_folders_of_one_machine(source: str, shown: str) -> None:
    assert manifest.shown_source(source) == shown


def test_the_table_to_pass_on_has_no_folders_of_one_machine(small: Results, monkeypatch) -> None:
    usual = small.status
    small.status = lambda video: usual(video) | {"source": f"/home/ada/study 7/{video}.mp4"}
    small.corpus()
    out = small.folder / "report"
    options = {"--results": small.folder, "--plot": out / "x.svg", "--table": out / "corpus.tsv"}
    monkeypatch.setattr(sys, "argv", ["", *(str(p) for pair in options.items() for p in pair)])
    plot_funnel.main()
    assert "ada" not in (out / "corpus.tsv").read_text()
    rows = pd.read_csv(out / "corpus.tsv", sep="\t")
    assert rows["source"].tolist() == [f"{video}.mp4" for video in small.videos]


# People


def people(n: int, **columns: object) -> pd.DataFrame:
    usual = {
        "person": [f"p{k + 1:04d}" for k in range(n)],
        "name": [None] * n,
        "seconds": [1000.0 / (k + 1) for k in range(n)],
        "n_videos": [2 if k % 2 else 1 for k in range(n)],
    }
    return pd.DataFrame(usual | columns)


def test_people_are_named_and_counted(tmp_path: Path) -> None:
    name = '<b>"Zoë" & $x_1$</b>, 王小明'
    told = texts(plot_people.draw(people(2, name=[name, None])), tmp_path)
    assert f"{name}  p0001" in told and "p0002" in told
    assert "1 video" in told and "2 videos" in told


def test_long_names_are_cut(tmp_path: Path) -> None:
    told = texts(plot_people.draw(people(1, name=["A" * 100])), tmp_path)
    [label] = [text for text in told if "AAA" in text]
    assert "…" in label and len(label) < plot_style.NAME_LETTERS + 10


def test_nobody(tmp_path: Path) -> None:
    assert texts(plot_people.draw(people(0)), tmp_path) == ["Nobody was found in this corpus."]


def test_of_many_people_all_are_on_the_curve(tmp_path: Path) -> None:
    drawing = plot_people.draw(people(300))
    left, right = drawing.axes
    assert len(left.patches) == plot_people.MOST_BARS
    [points] = right.collections
    assert len(points.get_offsets()) == 300
    told = texts(drawing, tmp_path)
    assert "All 300" in told and "p0026" not in told


@pytest.mark.parametrize(("part", "rank"), [(0.5, 1), (0.51, 2), (0.8, 2), (1.0, 3)])
def test_how_many_people_make_up_a_part(part: float, rank: int) -> None:
    assert plot_people.rank_reaching(people(3, seconds=[5.0, 3.0, 2.0]), part) == rank


# Coverage


def test_shares_of_frames(small: Results) -> None:
    small.keypoints(
        "a",
        poses=[(k, 0, 0.9) for k in range(20)] + [(k, -1, 0.1) for k in range(10, 40)],
        hands=[(3, 0, "left_hand"), (3, 0, "right_hand"), (4, 0, "left_hand")],
    )
    row = coverage.of_video(small.folder, "a")
    assert row["face"] == 1
    assert (row["body"], row["body_without_face"]) == (0.4, 0.3)
    assert (row["wrist"], row["hand"]) == (0.2, 0.02)
    assert row["face_score"] == pytest.approx(0.99)
    assert row["n_frames_analysed"] == 100


def test_a_face_counts_as_long_as_its_track(small: Results) -> None:
    assert coverage.of_video(small.folder, "b")["face"] == pytest.approx(0.75)
    assert coverage.of_video(small.folder, "c")["face"] == 0


def test_shares_are_of_the_frames_that_were_analysed(small: Results) -> None:
    small.keypoints("a", [(k, 0, 0.9) for k in range(0, 50, 5)], frames_per_second=5.0)
    row = coverage.of_video(small.folder, "a")
    assert (row["n_frames_analysed"], row["body"]) == (20, 0.5)


def test_keypoints_are_read_piece_by_piece(small: Results, monkeypatch) -> None:
    """Many pieces, each of which knows its texts by its own numbers."""
    monkeypatch.setattr("corpus.tables.ROW_GROUP", 7)
    poses = [(k, 0, 0.9) for k in range(0, 100, 2)]
    small.keypoints("a", poses, [(99, 0, "right_hand")])
    row = coverage.of_video(small.folder, "a")
    assert (row["body"], row["wrist"], row["hand"]) == (0.5, 0.5, 0.01)


@pytest.mark.parametrize("video", ["gone", "blind"])
def test_videos_without_frames_have_no_shares(small: Results, video: str) -> None:
    row = coverage.of_video(small.folder, video)
    assert row["n_frames_analysed"] == 0
    assert all(np.isnan(row[kind]) for kind in (*coverage.KINDS, "face_score"))


def test_coverage_names_videos_and_flags_them(small: Results, tmp_path: Path) -> None:
    measured = plot_coverage.measure(small.folder, list(small.videos))
    measured.loc[0, "is_vfr"], measured.loc[2, "face_score"] = True, 0.9
    told = texts(plot_coverage.draw(measured), tmp_path)
    assert {"a", "b", "c"} <= set(told) and not {"gone", "blind"} & set(told)
    assert {"VFR", "truncated", "score 0.90"} <= set(told)


def test_coverage_of_a_corpus_without_pictures(tmp_path: Path) -> None:
    measured = plot_coverage.measure(Results(tmp_path / "r", {"a": "no_video"}).folder, ["a"])
    assert texts(plot_coverage.draw(measured), tmp_path) == [
        "No video of this corpus has a picture."
    ]


def many_videos(n: int) -> pd.DataFrame:
    share = np.arange(n) / n
    columns = dict.fromkeys(coverage.COLUMNS, 0.5) | dict.fromkeys(coverage.KINDS, share)
    named = [f"v{k:04d}" for k in range(n)]
    return pd.DataFrame(columns | {"video_id": named, "status": "ok", "is_vfr": False})


def test_of_many_videos_the_lowest_are_named(tmp_path: Path) -> None:
    told = texts(plot_coverage.draw(many_videos(500)), tmp_path)
    assert "v0000" in told and "v0019" in told and "v0020" not in told
    assert "a body: median 50%" in told
    assert (tmp_path / "drawn.svg").stat().st_size < 500_000


# Files


def test_a_users_own_settings_do_not_change_a_plot(tmp_path: Path, root: Path) -> None:
    """The same bytes, another day, in another place, with a matplotlibrc."""
    plot_style.save(plot_people.draw(people(30)), tmp_path / "here.svg", {"step": "test"})
    (tmp_path / "matplotlibrc").write_text("axes.facecolor: red\nsvg.fonttype: path\n")
    code = (
        "import sys; sys.path += ['scripts', 'tests']; from pathlib import Path\n"
        "import plot_people, test_plot_report as t\n"
        "drawing = plot_people.draw(t.people(30))\n"
        f"t.plotting.save(drawing, Path({str(tmp_path / 'there.svg')!r}), {{'step': 'test'}})\n"
    )
    environment = os.environ | {"MATPLOTLIBRC": str(tmp_path), "TZ": "Asia/Tokyo"}
    environment |= {"PYTHONHASHSEED": "7", "SOURCE_DATE_EPOCH": "7"}
    subprocess.run([sys.executable, "-c", code], check=True, cwd=root, env=environment)
    assert (tmp_path / "here.svg").read_bytes() == (tmp_path / "there.svg").read_bytes()


SCRIPTS = {
    "plot_funnel": ("--results", "{results}"),
    "plot_people": ("--people", "{results}/people.parquet"),
    "plot_coverage": ("--results", "{results}", "--videos", "{manifest}"),
}


@pytest.mark.parametrize("script", SCRIPTS)
def test_scripts_write_a_plot_and_a_table(small: Results, root: Path, script: str) -> None:
    out = small.folder.parent / "out"
    options = [o.format(results=small.folder, manifest=small.manifest) for o in SCRIPTS[script]]
    command = [sys.executable, root / f"scripts/{script}.py", *options]
    plot, table = out / "x.svg", out / "x.tsv"
    done = subprocess.run(
        [*command, "--plot", plot, "--table", table], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    assert "Warning" not in done.stderr
    assert sorted(out.iterdir()) == [plot, table]
    text = plot.read_text()
    ElementTree.fromstring(text)
    assert str(small.folder) not in text and "<dc:date>" not in text
    [facts] = re.findall(r"<dc:description>(.*)</dc:description>", text)
    assert json.loads(facts.replace("&quot;", '"'))["step"] == script
    rows = pd.read_csv(table, sep="\t")
    assert len(rows) == (2 if script == "plot_people" else 5)
    assert COMMIT not in text
