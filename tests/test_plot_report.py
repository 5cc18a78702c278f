"""The report: its plots, their numbers, edges and bytes, and what Snakemake makes of them."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pandas as pd
import pytest

import efficiency
import plot_coverage
import plot_funnel
import plot_people
from conftest import DEMO
from corpus import coverage, efficiency_plot, plotting, words
from small_results import COMMIT, Results

SVG = "{http://www.w3.org/2000/svg}"


def texts(drawing, folder: Path) -> list[str]:
    """What a figure says, out of the SVG that is written of it."""
    path = folder / "drawn.svg"
    plotting.save(drawing, path, {"step": "test"})
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
    assert words.length(seconds) == told.replace("119.9", "120")


@pytest.mark.parametrize(
    ("share", "told"),
    [(0, "0%"), (0.001, "less than 1%"), (0.5, "50%"), (0.999, "more than 99%"), (1, "100%")],
)
def test_nearly_all_is_not_all(share: float, told: str) -> None:
    assert words.percent(share) == told


def test_words() -> None:
    assert words.counted(1, "person", "people") == "1 person"
    assert words.counted(12345, "video") == "12,345 videos"
    assert words.listed(["a", "b", "c"]) == "a, b and c"
    assert words.shortened("Ada Lovelace", 6) == "Ada L…"


@pytest.mark.parametrize(
    ("seconds", "name"), [(0.1, "0.1 s"), (10, "10 s"), (60, "1 min"), (360000, "100 h")]
)
def test_ticks_of_time(seconds: float, name: str) -> None:
    assert plotting.time_name(seconds) == name


def test_ticks_are_never_too_many() -> None:
    assert plotting.ticks_between(1, 100, plotting.TIMES_S) == [1, 10, 60]
    assert len(plotting.ticks_between(0, 1e9, plotting.TIMES_S)) <= 4
    assert plotting.ticks_between(2, 3, plotting.TIMES_S) == []


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
    assert "…" in label and len(label) < plotting.NAME_LETTERS + 10


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


# Efficiency


def jobs(n: int, **columns: object) -> pd.DataFrame:
    usual = {
        "rule": "find", "job": [f"v{k}" for k in range(n)], "seconds": np.arange(n) + 1.0,
        "mem_mb_used": 100.0, "mem_mb_asked": 500.0, "minutes_used": (np.arange(n) + 1) / 60,
        "minutes_asked": 10.0, "cores_used": 1.0, "cores_asked": 1.0, "gpus_asked": 0.0,
    }  # fmt: skip
    return pd.DataFrame(usual | columns, columns=list(efficiency.JOB))


def test_seconds_for_a_second_of_video() -> None:
    names = ["v0", "v1.mp4", "model.dat", "v2"]
    found = efficiency_plot.with_real_time(
        jobs(4, job=names, seconds=[1.0, 4.0, 1.0, 1.0]), {"v0": 2.0, "v1": 2.0, "v2": 0.0}
    )
    assert found["real_time"].fillna(-1).tolist() == [0.5, 2.0, -1, -1]


def test_many_jobs_are_thinned_out_with_both_ends() -> None:
    values = efficiency_plot.thinned(pd.Series(np.arange(10_000.0)[::-1]))
    assert len(values) == efficiency_plot.MOST_POINTS
    assert (values[0], values[-1]) == (1, 9999)
    assert len(efficiency_plot.thinned(pd.Series([2.0, 1.0]))) == 2
    assert len(efficiency_plot.thinned(pd.Series([], dtype=float))) == 0


def test_rules_with_most_work_come_first(tmp_path: Path) -> None:
    every = pd.concat([jobs(2), jobs(2, rule="join", seconds=[100.0, 100.0])])
    drawing = efficiency_plot.render(every, {})
    labels = [label.get_text() for label in drawing.axes[0].get_yticklabels()]
    assert labels == ["join", "find"]
    assert "4 jobs" in texts(drawing, tmp_path)


@pytest.mark.parametrize("unknown", ["mem_mb_used", "mem_mb_asked", "minutes_asked"])
def test_what_was_not_measured_is_left_out(tmp_path: Path, unknown: str) -> None:
    texts(efficiency_plot.render(jobs(3, **{unknown: np.nan}), {}), tmp_path)


def test_no_jobs(tmp_path: Path) -> None:
    told = texts(efficiency_plot.render(jobs(0), {}), tmp_path)
    assert told == ["There are no benchmark files."]


# Files


def test_a_users_own_settings_do_not_change_a_plot(tmp_path: Path, root: Path) -> None:
    """The same bytes, another day, in another place, with a matplotlibrc."""
    plotting.save(plot_people.draw(people(30)), tmp_path / "here.svg", {"step": "test"})
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


# Snakemake's report


def entries(root: Path) -> list[tuple[str, str, dict[str, str]]]:
    """Caption, category and labels of each output that is marked for the report."""
    found = []
    for file in sorted((root / "rules").glob("*.smk")):
        for marked in re.findall(r"report\(\n(.*?)\n        \),", file.read_text(), re.DOTALL):
            caption = re.search(r'caption="\.\./(.*)"', marked)[1]
            labels = dict(
                re.findall(r'"(\w+)": "([^"]+)"', re.search(r"labels=(.*)", marked, re.S)[1])
            )
            found.append((caption, re.search(r'category="(\w+)"', marked)[1], labels))
    return found


def test_each_entry_has_a_short_caption_and_one_label(root: Path) -> None:
    """Of two labels the report makes a switch, and fails where one position shows nothing."""
    found = entries(root)
    assert {category for _, category, _ in found} >= {
        *("Corpus", "People", "Coverage", "Methods", "Efficiency"),
    }
    for caption, category, labels in found:
        assert 0 < len((root / caption).read_text().splitlines()) < 10, caption
        assert list(labels) == ["shows"], (category, labels)
    shown = [(category, labels["shows"]) for _, category, labels in found]
    assert len(set(shown)) == len(shown)


@pytest.fixture(scope="module")
def report(demo: Path, snakemake, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Snakemake's report of the demo."""
    path = tmp_path_factory.mktemp("report") / "report.html"
    snakemake("--configfile", DEMO[-1], "--config", f"results={demo}", "--report", path)
    return path


@pytest.mark.workflow
def test_the_report_has_all_categories_files_and_captions(report: Path) -> None:
    text = report.read_text()
    categories = json.loads(re.search(r"^ *var categories = ({.*?});?$", text, re.M)[1])
    assert {"Corpus", "People", "Coverage", "Methods", "Efficiency"} <= set(categories)
    results = re.search(r"^ *var results = ({.*)", text, re.M)[1]
    for name in ("funnel.svg", "people.svg", "coverage.svg", "efficiency.svg", "methods.html"):
        assert name in results
    assert "config/laptop.tsv" in results, "captions know the configuration"


@pytest.mark.workflow
def test_every_category_opens_in_a_browser(report: Path, tmp_path: Path) -> None:
    if lack := [name for name in ("chromium", "chromedriver") if not shutil.which(name)]:
        (pytest.fail if os.environ.get("CI") else pytest.skip)(f"not installed: {lack}")
    from selenium import webdriver
    from selenium.webdriver.common.by import By
    from selenium.webdriver.support.wait import WebDriverWait

    options = webdriver.ChromeOptions()
    options.binary_location = shutil.which("chromium")
    for flag in ("--headless=new", "--no-sandbox", f"--user-data-dir={tmp_path}"):
        options.add_argument(flag)
    service = webdriver.ChromeService(shutil.which("chromedriver"))
    with webdriver.Chrome(options=options, service=service) as browser:
        wait = WebDriverWait(browser, 60)

        def shows(text: str) -> None:
            wait.until(lambda b: text in b.find_element(By.TAG_NAME, "body").text)

        for category, shown in {
            "Corpus": "all videos (TSV)",
            "People": "time on screen (plot)",
            "Coverage": "frames in which something was found (plot)",
            "Methods": "its references (BibTeX)",
            "Efficiency": "time and memory of all jobs (plot)",
        }.items():
            browser.get("about:blank")
            browser.get(report.as_uri())
            shows("Efficiency")
            browser.find_element(By.XPATH, f"//*[text()='{category}']").click()
            shows(shown)


@pytest.mark.workflow
def test_the_demos_plots_tell_its_numbers(demo: Path) -> None:
    told = {
        name: ["".join(e.itertext()) for e in ElementTree.parse(path).iter(f"{SVG}text")]
        for name in ("funnel", "people", "coverage", "efficiency")
        if (path := demo / f"report/{name}.svg")
    }
    assert told["funnel"].count("3 videos · 16.0 s") >= 3
    assert told["people"].count("2 videos") == 2
    assert {"collins", "hopper", "both"} <= set(told["coverage"])
    assert {"extract_keypoints", "plot_funnel", "write_methods"} <= set(told["efficiency"])
    shares = pd.read_csv(demo / "report/coverage.tsv", sep="\t").set_index("video_id")
    assert (shares[["face", "body"]] > 0.95).all(axis=None)
