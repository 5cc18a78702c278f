"""The summary of a corpus and the facts computed from it."""

import sys
from pathlib import Path

import pytest
import yaml

import measure_movement
from corpus.report.methods.facts import compute_facts
from corpus.tables import provenance
from methods_corpora import large_corpus, plain_corpus, summarise
from script_runs import default_flags
from small_corpus import SmallCorpus


@pytest.fixture
def corpus(tmp_path: Path) -> SmallCorpus:
    return plain_corpus(tmp_path / "results")


def test_facts_count_the_corpus(corpus: SmallCorpus) -> None:
    facts = compute_facts(summarise(corpus))
    videos, people, keypoints = facts["corpus"], facts["people"], facts["keypoints"]
    assert (videos.n_videos, videos.n_analysed, videos.n_truncated) == (3, 3, 1)
    assert (videos.seconds, videos.n_frames) == (12, 300)
    assert videos.smallest == videos.largest == (640, 480)
    assert (facts["shots"].n_shots, facts["faces"].n_tracks) == (3, 3)
    assert (people.n_people, people.n_in_several_videos) == (2, 1)
    assert (people.median_s, people.min_s, people.max_s) == (4.5, 2, 7)
    assert (people.n_clusters, people.n_merged, people.n_named) == (2, 0, 0)
    assert (keypoints.body_share, keypoints.hand_share) == (0.5, 0)
    assert facts["devices"].steps == facts["devices"].cpu_steps


def test_facts_count_what_was_lost_merged_and_named(tmp_path: Path) -> None:
    facts = compute_facts(summarise(large_corpus(tmp_path / "results")))
    videos, people, movement = facts["corpus"], facts["people"], facts["movement"]
    assert (videos.n_videos, videos.n_unavailable, videos.n_no_video) == (5, 1, 1)
    assert (videos.n_downloaded, videos.downloaders) == (2, ["2026.1", "2026.2"])
    assert (people.n_people, people.n_clusters, people.n_merged, people.n_named) == (2, 5, 3, 2)
    assert (movement.n_gestures, movement.n_identified, movement.median_s) == (3, 2, 0.5)


def test_facts_of_steps_that_did_not_run_are_none(tmp_path: Path) -> None:
    facts = compute_facts(summarise(SmallCorpus(tmp_path / "results", {"a": "unavailable"})))
    assert facts["faces"] is facts["keypoints"] is facts["movement"] is None
    assert facts["corpus"].smallest is None and facts["devices"].steps == []


def test_a_video_may_have_the_id_na(tmp_path: Path) -> None:
    corpus = SmallCorpus(tmp_path / "results", {"NA": "ok", "null": "ok"}, [("NA", "p0001", 4)])
    assert sorted(summarise(corpus).coverage.index) == ["NA", "null"]


def test_descriptions_that_yt_dlp_writes_are_not_download_records(corpus: SmallCorpus) -> None:
    corpus.write_download_record("a", **{"yt-dlp": "2026.1"})
    (corpus.folder / "videos/a.info.json").write_text("{}")
    (corpus.folder / "videos/other.mp4.json").write_text('{"tools": {"yt-dlp": "1"}}')
    assert summarise(corpus).downloader_counts == {"2026.1": 1}


def test_gestures_are_read_only_if_all_videos_have_the_table(corpus: SmallCorpus) -> None:
    corpus.write_gestures("a", ["p0001"])
    assert summarise(corpus).gestures is None
    corpus.write_all_gestures("a", ["p0001", None])
    assert len(summarise(corpus).gestures) == 2
    corpus.change_tracks(kind=["copy", "person", "copy"])
    tables = [("a", [1, 0, -1]), ("b", [0]), ("c", [])]
    for video, tracks in tables:
        n = len(tracks)
        columns = {"gesture": range(n), "track": tracks, "start_s": [0.0] * n, "end_s": [0.5] * n}
        corpus.write("gestures", video, columns)
    assert len(summarise(corpus).gestures) == 2, "gestures of copies are not counted"


def test_measuring_movement_records_all_its_parameters(root: Path, monkeypatch) -> None:
    keys = yaml.safe_load((root / "config/config.yaml").read_text())["movement"]
    names = ("keypoints", "frames", "shots", "status", "kinematics", "phases")
    names += ("gesture-measures", "movement-quality")
    options = [option for name in names for option in (f"--{name}", name)]
    flags = default_flags("measure_movement")
    monkeypatch.setattr(sys, "argv", ["measure_movement.py", *flags, *options])
    parameters = provenance.parameters(measure_movement.parse_arguments(), ())
    # It decides whether another rule runs.
    del keys["gesture_score"]
    assert parameters.keys() == keys.keys()
