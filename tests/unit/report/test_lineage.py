"""How the tables of a corpus were made: differences between them, and advice on what to do."""

from collections import Counter
from pathlib import Path

import pytest

from corpus.report import lineage
from methods_corpora import plain_corpus
from small_corpus import COMMIT, SmallCorpus


@pytest.fixture
def corpus(tmp_path: Path) -> SmallCorpus:
    return plain_corpus(tmp_path / "results")


def read_steps(corpus: SmallCorpus) -> dict[str, lineage.StepProvenance]:
    videos = [video for video in corpus.statuses if corpus.has_frames(video)]
    return lineage.read_steps(corpus.folder, videos)


def differences(corpus: SmallCorpus) -> list[str]:
    return lineage.describe_differences(read_steps(corpus))


def advice(corpus: SmallCorpus) -> str:
    return lineage.suggest_reruns(read_steps(corpus))


def test_steps_are_in_the_order_of_the_workflow(corpus: SmallCorpus) -> None:
    assert list(read_steps(corpus)) == [
        "index_frames",
        "detect_faces",
        "extract_keypoints",
        "cluster_faces",
        "identify_people",
    ]


def test_of_equally_frequent_values_the_first_in_order_is_chosen() -> None:
    assert lineage.most_frequent(Counter({"b": 2, "a": 1})) == "b"
    assert lineage.most_frequent(Counter({"b": 1, "a": 1})) == "a"


def test_missing_values_and_batch_sizes_are_not_differences(corpus: SmallCorpus) -> None:
    corpus.write("faces", "c", {"frame": []}, device=None, batch_size=64)
    assert differences(corpus) == [] and advice(corpus) == ""


def test_another_device_is_a_difference(corpus: SmallCorpus) -> None:
    corpus.write_keypoints("b", [], device="gpu")
    assert differences(corpus) == [
        "`device` of the step `extract_keypoints` was cpu in 2 videos and gpu in 1 video"
    ]
    assert read_steps(corpus)["extract_keypoints"].parameters["device"] == "cpu"


def test_another_parameter_model_or_tool_version_is_a_difference(corpus: SmallCorpus) -> None:
    model = "dlib_face_recognition_resnet_model_v1.dat"
    corpus.change_provenance(
        "faces",
        "a",
        models={model: "7" * 64},
        tools={"dlib-bin": "9.9"},
        parameters={"best": 9},
    )
    assert differences(corpus) == [
        f"`{model}` of the step `detect_faces` was 55555555 in 2 videos and 77777777 in 1 video",
        "`best` of the step `detect_faces` was 6 in 2 videos and 9 in 1 video",
        "`dlib-bin` of the step `detect_faces` was 1.2.3 in 2 videos and 9.9 in 1 video",
    ]


def test_another_revision_of_the_workflow_is_not_a_difference(corpus: SmallCorpus) -> None:
    commit = "f" * 40 + "+changes"
    corpus.write_keypoints("b", [], commit=commit)
    assert differences(corpus) == [] and advice(corpus) == ""
    versions = lineage.workflow_versions(read_steps(corpus).values())
    assert versions == [("0.1.0", COMMIT, 10), ("0.1.0", commit, 1)]


def test_commits_are_abbreviated() -> None:
    assert lineage.abbreviate_commit(COMMIT) == "01234567"
    assert lineage.abbreviate_commit(COMMIT + "+changes") == "01234567 with changes"


def test_the_advice_names_the_steps_to_run_again(corpus: SmallCorpus) -> None:
    corpus.write_keypoints("b", [], device="gpu")
    assert "with `--forcerun extract_keypoints` added." in advice(corpus)
    corpus.write("faces", "c", {"frame": []}, device="gpu")
    assert "with `--forcerun detect_faces extract_keypoints` added." in advice(corpus)


def remove_tracks(corpus: SmallCorpus, device: str) -> None:
    """Rewrite tables as if one track of a video and two of another had been removed."""
    for video, n_tracks in {"a": 1, "b": 2}.items():
        corpus.write("faces", video, {"frame": []}, tracks_taken_out=n_tracks, device=device)
        corpus.write("kinematics", video, {"frame": []}, tracks_taken_out=n_tracks)
        corpus.write_keypoints(video, [], tracks_taken_out=n_tracks)
    corpus.write("clusters", None, {"cluster": [0, 1]}, tracks_taken_out=3)


def test_removed_tracks_are_counted_but_not_a_difference(corpus: SmallCorpus) -> None:
    assert lineage.count_removed_tracks(read_steps(corpus)) == 0
    remove_tracks(corpus, device="cpu")
    assert lineage.count_removed_tracks(read_steps(corpus)) == 3
    assert differences(corpus) == [] and advice(corpus) == ""


def test_the_advice_does_not_find_removed_people_again(corpus: SmallCorpus) -> None:
    remove_tracks(corpus, device="gpu")
    [difference] = differences(corpus)
    assert difference.startswith("`device` of the step `detect_faces` was gpu in 2 videos")
    assert "find the people who were removed" in advice(corpus)
    assert "or make the tables consistent" not in advice(corpus)


def test_steps_that_search_no_video_may_run_again_after_a_removal(corpus: SmallCorpus) -> None:
    remove_tracks(corpus, device="cpu")
    corpus.write("kinematics", "a", {"frame": []}, tracks_taken_out=1, onset_speed=9.0)
    assert advice(corpus) == (
        "Report the differences, or make the tables consistent: run snakemake as before, with "
        "`--forcerun measure_movement` added."
    )
