"""The results of a run are compared with labels of cuts, people and times, on made-up tables."""

import numpy as np
import pytest

import labelled_results
import people_report
from corpus.tables import parquet
from film_truth import Appearance

IDS = {"a.mp4": "a", "b.mp4": "b"}
LABELS = {"a.mp4": {"person": "", "cuts": "1.0"}, "b.mp4": {"person": "Ada", "cuts": ""}}
APPEARANCES = {"a.mp4": [Appearance(0, 1, "Ada"), Appearance(1, 2, "Bo")]}
TRACKS = [("a", 0, 0.0, 1.0, "p1"), ("a", 1, 1.0, 1.8, "p2"), ("b", 0, 0.0, 2.0, "p1")]


@pytest.fixture
def results(tmp_path):
    """Results for two videos of 2 s: Ada and then Bo in `a`, Ada in `b`; no error."""
    times = np.arange(10) / 5
    for video in IDS.values():
        tracks = (times >= 1).astype(int) if video == "a" else np.zeros(10, int)
        starts = [0.0, 1.04] if video == "a" else [0.0]
        centre = {"x1": [10.0] * 10, "x2": [20.0] * 10, "y1": [10.0] * 10, "y2": [20.0] * 10}
        faces = {"frame": range(10), "time_s": times, "track": tracks} | centre
        parquet.write(tmp_path / f"faces/{video}.parquet", "faces", faces, {})
        status = {"width": [40], "height": [30], "start_s": [0.0], "duration_s": [2.0]}
        parquet.write(tmp_path / f"status/{video}.parquet", "status", status, {})
        parquet.write(tmp_path / f"shots/{video}.parquet", "shots", {"start_s": starts}, {})
        numbers = sorted(set(tracks.tolist()))
        vectors = [np.eye(128)[0 if video == "b" else number] for number in numbers]
        embeddings = {"track": numbers, "embedding": vectors}
        path = tmp_path / f"embeddings/{video}.parquet"
        parquet.write(path, "embeddings", embeddings, {}, vector=128)
    names = ["video_id", "track", "start_s", "end_s", "person"]
    tracks = dict(zip(names, zip(*TRACKS, strict=True), strict=True)) | {"probability": [0.95] * 3}
    parquet.write(tmp_path / "tracks.parquet", "tracks", tracks, {})
    return tmp_path


def measures_of(results, labels=LABELS, appearances=APPEARANCES):
    """The report, and its values by theme, method and measure."""
    labelled = labelled_results.read_results(results, IDS, labels, appearances)
    text, measures = people_report.report(results, labelled)
    return text, measures.set_index(["theme", "method", "measure"])["value"].sort_index()


def test_results_without_errors_have_full_scores(results):
    text, values = measures_of(results)
    assert values["cuts", "the workflow", "cuts_found"] == 1
    tracks = values["tracks", "the workflow"]
    assert (tracks["tracks"], tracks["purity"], tracks["switches"]) == (3, 1, 0)
    assert (tracks["seconds"], tracks["covered"]) == (4, pytest.approx(3.8 / 4))
    for method in ("the workflow", *people_report.PEERS):
        people = values["people", method]
        if method != "hdbscan on all faces":  # needs more faces than this
            assert (people["true"], people["found"], people["f"]) == (2, 2, 1)
    assert values["probabilities", "own", "calibration error"] == pytest.approx(0.05)
    assert "| the workflow | 2 | 2 | 0 | 0 | 0 | 1.000 | 1.000 | 1.000 |" in text
    assert "| 0.9 to 1.0 | 3 | 0.950 | 1.000 |" in text


def test_a_track_of_two_people_and_a_split_person_lower_the_scores(results):
    path = results / "faces" / "a.parquet"
    faces = parquet.read(path).assign(track=0)
    parquet.write(path, "faces", faces, {})
    tracks = parquet.read(results / "tracks.parquet").assign(person=["p1", "p2", "p3"])
    parquet.write(results / "tracks.parquet", "tracks", tracks, {})
    _, values = measures_of(results)
    # Track 0 of `a` shows Ada 5 times and Bo 5 times; of `b`, Ada 10 times, as another person.
    people = values["people", "the workflow"]
    assert (people["found"], people["merged"], people["split"], people["missed"]) == (2, 0, 1, 1)
    assert people["precision"] == pytest.approx((5 / 2 + 5 / 2 + 10) / 20)
    assert people["recall"] == pytest.approx((5 * 5 / 15 + 10 * 10 / 15 + 5) / 20)
    assert values["tracks", "the workflow", "switches"] == 1
    assert values["warnings", "other", "errors"] == 1


def test_a_clip_of_several_people_without_appearances_is_not_measured(results):
    labels = {"b.mp4": {"person": "Ada", "people": "2"}}
    text, values = measures_of(results, labels, {})
    assert text == "" and values.empty


def test_a_person_alone_in_a_clip_is_in_all_of_it():
    assert labelled_results.labelled_appearances({"person": "Ada"}, None) == [
        Appearance(float("-inf"), float("inf"), "Ada")
    ]
    assert labelled_results.labelled_appearances({"person": "Ada"}, []) == []
    assert labelled_results.labelled_appearances({}, None) == []
