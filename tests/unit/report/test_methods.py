"""The methods text: each number comes from the tables, each citation has its work."""

import json
import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path

import pandas as pd
import pytest
import yaml

import measure_movement
import plot_coverage
import write_methods
from corpus.inputs.model_catalogue import CATALOGUE
from corpus.report import lineage
from corpus.report.methods import bibliography
from corpus.report.methods import page as page_module
from corpus.report.methods.facts import CorpusSummary, gather
from corpus.tables import provenance
from small_corpus import COMMIT, Results

VIDEOS = {"a": "ok", "b": "truncated", "c": "ok"}
TRACKS = [("a", "p0001", 4), ("a", "p0002", 2), ("b", "p0001", 3)]


def facts(results: Results) -> CorpusSummary:
    measured = plot_coverage.measure(results.folder, list(results.videos))
    path = results.folder / "coverage.tsv"
    measured.to_csv(path, sep="\t", index=False)
    return gather(results.folder, path)


def text(results: Results) -> str:
    return write_methods.compose(facts(results))


@pytest.fixture
def small(tmp_path: Path) -> Results:
    return Results(tmp_path / "results", VIDEOS, TRACKS)


# What the text says


def test_a_video_may_be_called_na(tmp_path: Path) -> None:
    found = facts(Results(tmp_path / "results", {"NA": "ok", "null": "ok"}, [("NA", "p0001", 4)]))
    assert sorted(found.coverage.index) == ["NA", "null"]


def test_it_counts_the_corpus(small: Results) -> None:
    told = text(small)
    assert "The corpus comprised 3 videos." in told
    assert "All of them (12.0 s and 300 frames in total, 640 × 480 pixels) were analysed" in told
    assert "Of these, 1 file broke off early and was analysed up to there." in told
    assert "gave 3 shots" in told and "left 3 tracks" in told
    assert "This gave 2 people. Of these, 1 was seen in more than one video." in told
    assert "for a median of 4.5 s each (2.0 s to 7.0 s)" in told
    assert "All networks ran on the CPU." in told
    assert "A body was found in 50% of a video's analysed frames, and a hand in 0%" in told


def test_every_parameter_in_it_comes_from_the_metadata(small: Results) -> None:
    for video in VIDEOS:
        small.write(
            "status", video, {k: [v] for k, v in small.status(video).items()}, threshold=31.5
        )
        small.keypoints(video, [(0, 0, 0.9)], frames_per_second=12.5, min_confidence=0.75)
    small.write("clusters", None, {"cluster": [0, 1]}, same_person=0.44, min_cluster_size=7)
    told = text(small)
    assert "changed by at least 31.5" in told
    assert "In 12.5 frames a second, 33 keypoints" in told
    assert "confidence of 0.75 were" in told
    assert "within a distance of 0.44" in told and "min_cluster_size 7" in told
    assert "PyAV 1.2.3" in told and "hdbscan 1.2.3" in told


def test_names_and_people_joined_by_hand_are_told(small: Results) -> None:
    small.corpus(names={"p0001": "Ada <b>"}, clusters=5)
    told = text(small)
    assert "This gave 5 people. Of these, 3 were joined by hand" in told
    assert "which left 2." in told
    assert "By hand, 1 person was named." in told
    assert "checked by hand at most for the 1 person named" in told
    assert "Ada" not in told, "names are personal data, and no matter of method"
    assert "Except for names given by hand, all of this was automatic." in told
    assert "were not checked by hand" in text(Results(small.folder / "other", VIDEOS, TRACKS))


@pytest.mark.parametrize(
    ("add", "told"),
    [
        ("cluster", "kept their ids, by the seconds of tracks they shared. The embeddings of all"),
        ("assign", "by distance was nearest, within 0.35. The embeddings of faces of nobody known"),
    ],
)
def test_known_people_are_told(small: Results, add: str, told: str) -> None:
    assert "earlier run" not in text(small)
    path = small.folder / "clusters.parquet"
    made = lineage.tables.read_provenance(path)
    made["parameters"] |= {"known": "0" * 64, "add": add, "numbers": 2}
    lineage.tables.write(path, "clusters", lineage.tables.read(path), made)
    assert told in text(small)


def test_what_was_not_analysed_is_told(tmp_path: Path) -> None:
    videos = {"a": "ok", "x": "unavailable", "y": "unavailable", "z": "no_video"}
    told = text(Results(tmp_path / "r", videos, [("a", "p0001", 4)]))
    assert "Of all videos, 2 were no longer available at the source and 1 was without a" in told
    assert "The other one (4.0 s and 100 frames in total" in told
    assert "This person was on screen for 4.0 s." in told


@pytest.mark.parametrize("status", ["unavailable", "no_video"])
def test_a_corpus_of_which_nothing_is_left(tmp_path: Path, status: str) -> None:
    told = text(Results(tmp_path / "r", {"a": status}))
    assert "The corpus comprised 1 video." in told
    assert "It was no longer available" in told or "It was without a picture" in told
    assert "and therefore not analysed." in told and "MTCNN" not in told
    assert "[@videocorpusworkflow]" in told and "nan" not in told


def test_a_corpus_without_people(tmp_path: Path) -> None:
    told = text(Results(tmp_path / "r", {"a": "ok"}))
    assert "No face was found, so nobody was identified." in told
    assert "left 0 tracks" in told and "HDBSCAN" not in told and "nan" not in told


def test_downloads_are_told_and_local_files_are_not(small: Results) -> None:
    assert "yt-dlp" not in text(small)
    small.record("a", **{"yt-dlp": "2026.1"})
    small.record("b", **{"yt-dlp": "2026.2"})
    (small.folder / "videos/a.info.json").write_text("{}")
    told = text(small)
    assert "Of these, 2 were downloaded with yt-dlp 2026.1 and 2026.2 [@ytdlp]." in told
    assert "Differences" not in told, "the paragraph about the corpus names them"
    assert "| yt-dlp | 2026.1, 2026.2 |" in told


def test_movement_is_told_where_it_was_measured(small: Results) -> None:
    assert "gesture" not in text(small)
    small.gestures("a", ["p0001", "p0001", None])
    assert "gesture" not in text(small), "not yet of all videos"
    for video in "bc":
        small.gestures(video, [])
    told = text(small)
    assert "gave 3 gestures, each of one hand, 2 of them by identified people" in told
    assert "median length of 0.5 s" in told
    assert "cutoff of 6 Hz" in told and "above 0.4 shoulder widths a second and reached 1," in told
    assert "whether a gesture went with speech, was a sign or served another end was not" in told
    assert "co-speech" not in told and "more than 1.2 shoulder widths below" in told


@pytest.mark.parametrize(
    ("people", "end"),
    [
        ([], "No gesture was found."),
        ([None], "This gave 1 gesture, by nobody identified, with a length of 0.5 s."),
        (["p0001"], "This gave 1 gesture, by an identified person, with a length of 0.5 s."),
        (["p0001"] * 2, "2 gestures, each of one hand, both of them by identified people, with"),
        (["p0001"] * 3, "3 gestures, each of one hand, all of them by identified people, with"),
        ([None] * 3, "3 gestures, each of one hand, none of them by identified people, with"),
    ],
)
def test_the_number_of_gestures_in_words(small: Results, people: list, end: str) -> None:
    for video in VIDEOS:
        small.gestures(video, people if video == "a" else [])
    assert end in text(small)


def test_every_parameter_of_movement_is_told_and_in_the_table(small: Results, root: Path) -> None:
    """Each key of the configuration, with a number that stands nowhere else."""
    keys = list(yaml.safe_load((root / "config/config.yaml").read_text())["movement"])
    assert len(keys) == 14
    numbers = {key: 0.011 + place / 100 for place, key in enumerate(keys)}
    for video in VIDEOS:
        small.gestures(video, [])
        small.write("kinematics", video, {"frame": []}, **numbers)
    told = text(small)
    prose, table = told.split("## Parameters")
    for key, number in numbers.items():
        assert f"| measure_movement | {key} | {number:g} |" in table
        shown = f"{100 * number:g}%" if key == "seen_share" else f"{number:g}"
        assert shown in prose, key


def test_measuring_movement_keeps_all_its_parameters(root: Path, monkeypatch) -> None:
    keys = yaml.safe_load((root / "config/config.yaml").read_text())["movement"]
    paths = ("keypoints", "frames", "shots", "status", "kinematics", "phases")
    monkeypatch.setattr(sys, "argv", ["", *(p for n in paths for p in (f"--{n}", n))])
    options = measure_movement.parse_arguments()
    assert provenance.parameters(options, ()).keys() == keys.keys()


def test_movement_with_other_parameters_is_still_told(small: Results) -> None:
    for video in VIDEOS:
        small.gestures(video, [])
        path = small.folder / f"kinematics/{video}.parquet"
        made = lineage.tables.read_provenance(path) | {"parameters": {"new": 1}}
        lineage.tables.write(path, "kinematics", {"frame": []}, made)
    told = text(small)
    assert "No gesture was found." in told and "at rest for longer" not in told


def test_a_varying_frame_rate_and_sizes_are_told(small: Results) -> None:
    usual, other = small.status, {"is_vfr": True, "width": 1920, "height": 1080}
    small.status = lambda video: usual(video) | (other if video == "a" else {})
    small.corpus()
    told = text(small)
    assert "640 × 480 to 1920 × 1080 pixels" in told
    assert "1 video had a varying frame rate" in told


def test_where_the_networks_ran(small: Results) -> None:
    for video in VIDEOS:
        small.keypoints(video, [], device="gpu")
    told = text(small)
    assert "on a GPU, but `detect_faces` and `embed_faces` on the CPU." in told


@pytest.mark.parametrize(
    ("tracks", "told"),
    [
        ([("a", "p0001", 4), ("b", "p0002", 4)], "Of these, none was seen in more than one"),
        ([(v, p, 4) for v in "ab" for p in ("p1", "p2")], "Of these, both were seen in more"),
        ([(v, p, 4) for v in "ab" for p in ("p1", "p2", "p3")], "Of these, all were seen in more"),
    ],
)
def test_how_many_people_are_in_several_videos(tmp_path: Path, tracks: list, told: str) -> None:
    assert told in text(Results(tmp_path / "r", {"a": "ok", "b": "ok"}, tracks))


@pytest.mark.parametrize("status", ["ok", "truncated"])
def test_one_of_everything(tmp_path: Path, status: str) -> None:
    small = Results(tmp_path / "r", {"a": status}, [("a", "p0001", 4)])
    small.record("a", **{"yt-dlp": "2026.1"})
    small.gestures("a", ["p0001"])
    small.write(
        "embeddings", "a", {"track": [], "frame": [], "time_s": [], "embedding": []}, best=1
    )
    told = text(small)
    prose = told.partition("## Data")[0]
    assert "It was downloaded with yt-dlp 2026.1" in prose and "It (4.0 s and 100 frames" in prose
    assert ("The file broke off early and was analysed up" in prose) == (status == "truncated")
    assert "Of each track, the best 1 face at most was embedded" in prose
    assert "A body was found in 50% of the analysed frames, and a hand in 0%." in prose
    assert "more than one video" not in prose and "medians" not in prose
    assert not re.findall(r"\b1 (?!Hz|s\b)[a-z]+s (?:was|were)\b|\b1 were\b", prose)


# Where tables differ


def test_tables_that_were_made_alike_are_not_warned_of(small: Results) -> None:
    small.write("faces", "c", {"frame": []}, device=None, batch_size=64)
    assert "Differences" not in text(small)


def test_another_device_for_one_video_is_told(small: Results) -> None:
    small.keypoints("b", [], device="gpu")
    told = text(small)
    assert "`device` of the step `extract_keypoints` was cpu in 2 videos and gpu in 1 video" in told
    assert "All networks ran on the CPU." in told, "the most frequent"


def test_another_parameter_model_or_version_is_told(small: Results) -> None:
    made = lineage.tables.read_provenance(small.folder / "embeddings/a.parquet")
    made["models"] = dict.fromkeys(made["models"], "7" * 64)
    made["tools"] = dict.fromkeys(made["tools"], "9.9")
    made["parameters"]["best"] = 9
    columns = {"track": [], "frame": [], "time_s": [], "embedding": []}
    path = small.folder / "embeddings/a.parquet"
    lineage.tables.write(path, "embeddings", columns, made, vector=2)
    told = text(small)
    assert "`best` of the step `embed_faces` was 6 in 2 videos and 9 in 1 video" in told
    assert "was 55555555 in 2 videos and 77777777 in 1 video" in told
    assert "`dlib-bin` of the step `embed_faces` was 1.2.3 in 2 videos" in told


def test_another_state_of_the_workflow_is_a_fact_and_no_difference(small: Results) -> None:
    small.keypoints("b", [], commit="f" * 40 + "+changes")
    told = text(small)
    assert "version 0.1.0 (commit 01234567, and 1 other as listed below)" in told
    assert f"| 0.1.0 | `{COMMIT}` | 13 |\n| 0.1.0 | `{'f' * 40}+changes` | 1 |" in told
    assert "Differences" not in told and "forcerun" not in told and "again" not in told
    assert lineage.advice(facts(small).made) == ""


def test_another_version_of_the_workflow_is_named(small: Results) -> None:
    path = small.folder / "faces/a.parquet"
    made = lineage.tables.read_provenance(path)
    made["workflow"] |= {"version": "0.2.0", "commit": "e" * 40}
    lineage.tables.write(path, "faces", {"frame": []}, made)
    assert "versions 0.1.0 and 0.2.0 (commit 01234567, and 1 other" in text(small)


def test_the_advice_names_the_rules_to_force(small: Results) -> None:
    small.keypoints("b", [], device="gpu")
    assert "with `--forcerun extract_keypoints`." in text(small)
    small.write("faces", "c", {"frame": []}, device="gpu")
    assert "with `--forcerun detect_faces extract_keypoints`." in text(small)


def forget(small: Results, **other: object) -> None:
    """Take out a track of one video and two of another, as forgetting somebody does."""
    for video, n_tracks in {"a": 1, "b": 2}.items():
        for table in ("faces", "kinematics"):
            made = {"tracks_taken_out": n_tracks} | (other if table == "faces" else {})
            small.write(table, video, {"frame": []}, **made)
        small.keypoints(video, [], tracks_taken_out=n_tracks)
    small.write("clusters", None, {"cluster": [0, 1]}, tracks_taken_out=3)


def test_tracks_that_were_taken_out_are_told_and_no_difference(small: Results) -> None:
    assert "removed" not in text(small)
    forget(small, device="cpu")
    told = text(small)
    assert "3 face tracks and all that was derived from them were removed" in told
    assert "Differences" not in told and "forcerun" not in told
    small.write("faces", "b", {"frame": []}, device="cpu")
    assert "1 face track and all that was derived from it were removed" in text(small)


def test_nobody_is_sent_to_find_again_who_was_forgotten(small: Results) -> None:
    forget(small, device="gpu")
    told = text(small)
    assert "`device` of the step `detect_faces` was gpu in 2 videos" in told
    assert "find those who were taken out" in told and "make the tables alike:" not in told


def test_steps_that_search_no_video_may_be_run_again_after_forgetting(small: Results) -> None:
    forget(small, device="cpu")
    small.write(
        "embeddings", "a", {"track": [], "frame": [], "time_s": [], "embedding": []}, best=9
    )
    assert "alike: run snakemake as always, and with `--forcerun embed_faces`." in text(small)


# Files


def test_models_are_listed_with_checksum_and_licence(small: Results) -> None:
    assert f"`{'5' * 64}` | your own copy |" in text(small)
    model = CATALOGUE["dlib"]
    path = small.folder / "embeddings/a.parquet"
    made = lineage.tables.read_provenance(path) | {"models": {model.file: model.sha256}}
    columns = {"track": [], "frame": [], "time_s": [], "embedding": []}
    for video in VIDEOS:
        path = small.folder / f"embeddings/{video}.parquet"
        lineage.tables.write(path, "embeddings", columns, made, vector=2)
    assert f"| {model.file} | `{model.sha256}` | {model.licence} |" in text(small)


class Page(HTMLParser):
    """Tags that are open, and the text."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.open, self.text, self.tags = [], "", set()
        self.feed(page)

    def handle_starttag(self, tag: str, attributes: list) -> None:
        self.tags.add(tag)
        if tag != "meta":
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


def test_the_page_shows_text_tables_and_works() -> None:
    source = "# A <b>\n\nOne & `two` [@c].\n\n- x\n- y\n\n| p | q |\n| --- | --- |\n| 1 | `<2>` |\n"
    page = Page(page_module.render(source, "@misc{c,\n}\n"))
    assert page.open == [] and "b" not in page.tags
    assert {"h1", "p", "code", "li", "table", "td", "pre"} <= page.tags
    for told in ("A <b>", "One & two [@c].", "<2>", "@misc{c,"):
        assert told in page.text
    assert "---" not in page.text and "script" not in page.tags


def test_the_script_writes_the_same_bytes_each_time(small: Results, root: Path) -> None:
    facts(small)
    runs = []
    for name in ("one", "two"):
        out = small.folder.parent / name
        files = {"methods": out / "m.md", "references": out / "r.bib", "page": out / "p.html"}
        command = [sys.executable, root / "scripts/write_methods.py", "--results", small.folder]
        command += ["--coverage", small.folder / "coverage.tsv"]
        command += [part for option, path in files.items() for part in (f"--{option}", path)]
        subprocess.run(command, check=True, capture_output=True)
        assert sorted(out.iterdir()) == sorted(files.values())
        runs.append([path.read_bytes() for path in files.values()])
    assert runs[0] == runs[1]
    written = b"".join(runs[0]).decode()
    assert str(small.folder) not in written
    assert not re.search(r"20\d\d-\d\d-\d\d", written)
    [comment] = re.findall(r"^<!-- provenance: (.*) -->$", runs[0][0].decode(), re.MULTILINE)
    assert json.loads(comment)["step"] == "write_methods"
    assert bibliography.read(out / "r.bib")


def test_the_call_of_pandoc_names_the_files_that_are_written() -> None:
    told = write_methods.__doc__.split()
    written = {told[told.index(option) + 1] for option in ("--methods", "--references")}
    call = told[told.index("--citeproc") :]
    assert written == {call[2], call[3]}


@pytest.mark.workflow
def test_the_demos_text(demo: Path) -> None:
    told = (demo / "report/methods.md").read_text()
    assert "The corpus comprised 3 videos. All of them (16.0 s and 400 frames in total" in told
    assert "This gave 2 people. Of these, both were seen in more than one video." in told
    assert "gave 8 shots" in told and "left 10 tracks" in told
    assert "Differences" not in told
    entries = bibliography.read(demo / "report/references.bib")
    assert list(entries) == sorted(bibliography.cited(told))
    corpus = pd.read_csv(demo / "report/corpus.tsv", sep="\t")
    assert corpus["video_id"].tolist() == ["collins", "hopper", "both"]
