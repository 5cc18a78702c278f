"""Clips are found in a folder, get unique ids, and have valid labels."""

import pytest

import film_truth
import labelled_clips
from corpus.core.errors import InputError
from empty_files import touch_files


def test_clips_in_subfolders_are_found_and_other_files_are_not(tmp_path):
    touch_files(
        tmp_path, "b.MP4", "a/b c.mkv", "a/notes.txt", ".old/x.mp4", "a/.x.mp4", "LABELS.csv"
    )
    assert labelled_clips.find_clips(tmp_path) == ["a/b c.mkv", "b.MP4"]


def test_ids_are_valid_file_names_and_differ_by_more_than_case():
    clips = ["a/b.mkv", "a/b.mp4", "A_B.mov", "a_b_2.ts", "é ü.mp4", "x.y.mp4"]
    ids = labelled_clips.video_ids(clips)
    assert list(ids.values()) == ["a_b", "a_b_2", "A_B_3", "a_b_2_2", "___", "x_y"]


def test_the_person_and_the_number_of_people_may_be_empty(tmp_path):
    path = tmp_path / "labels.csv"
    path.write_text('\ufeffclip,person,people,note\na.mp4, Ada ,1,"x, y"\nb.mp4,,,\n', "utf-8")
    labels = labelled_clips.read_labels(path, ["a.mp4", "b.mp4", "c.mp4"])
    assert {clip: label["person"] for clip, label in labels.items()} == {
        "a.mp4": "Ada",
        "b.mp4": "",
    }
    assert [labelled_clips.expected_people(label) for label in labels.values()] == [1, None]
    assert labelled_clips.expected_people({}) is None


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("clip;person\n", "missing column clip and person"),
        ("clip,person\nz.mp4,Ada\n", "z.mp4"),
        ("clip,person\na.mp4,Ada\na.mp4,Ada\n", "twice"),
        ("clip,person,people\na.mp4,Ada,two\n", "whole number"),
        ("clip,person,cuts\na.mp4,Ada,1.0 two\n", "cuts of a.mp4: 'two'"),
        ("clip,person,cuts\na.mp4,Ada,2.0-1.0\n", "'2.0-1.0' must be"),
    ],
)
def test_invalid_labels_are_refused(tmp_path, text, message):
    (tmp_path / "labels.csv").write_text(text)
    with pytest.raises(InputError, match=message):
        labelled_clips.read_labels(tmp_path / "labels.csv", ["a.mp4"])


@pytest.mark.parametrize(
    ("cell", "changes"),
    [("", None), ("none", []), ("1 2.5", [(1, 1), (2.5, 2.5)]), ("0.5-1.25", [(0.5, 1.25)])],
)
def test_cuts_are_times_and_transitions_are_ranges(cell, changes):
    assert labelled_clips.expected_changes({"cuts": cell}) == changes
    assert labelled_clips.expected_changes({}) is None


def test_written_labels_are_read_again(tmp_path):
    rows = [
        film_truth.Appearance(0.0, 1.0, "Ada", 0.25, 0.5),
        film_truth.Appearance(1.0, 2.5, "Bo"),
    ]
    changes = [film_truth.Change(1.0, 1.0), film_truth.Change(2.0, 2.5)]
    truths = {"b.mp4": film_truth.Truth(changes, rows), "a.mp4": film_truth.Truth([], rows[:1])}
    truths["c.mp4"] = film_truth.Truth(None, rows[:1])
    film_truth.write_labels(tmp_path, truths)
    labels = labelled_clips.read_labels(tmp_path / "LABELS.csv", truths)
    people = {clip: label["person"] for clip, label in labels.items()}
    assert people == {"a.mp4": "Ada", "b.mp4": "", "c.mp4": "Ada"}
    assert labelled_clips.expected_changes(labels["b.mp4"]) == changes
    assert labelled_clips.expected_changes(labels["a.mp4"]) == []
    assert labelled_clips.expected_changes(labels["c.mp4"]) is None
    appearances = labelled_clips.read_appearances(tmp_path / "APPEARANCES.csv", truths)
    assert appearances == {"a.mp4": rows[:1], "b.mp4": rows, "c.mp4": rows[:1]}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("clip,person\n", "missing column end_s and start_s"),
        ("clip,start_s,end_s,person\nz.mp4,0,1,Ada\n", "line 2: .*z.mp4"),
        ("clip,start_s,end_s,person\na.mp4,0,1,Ada\na.mp4,0,x,Ada\n", "line 3: .*'x'"),
        ("clip,start_s,end_s,person\na.mp4,1,1,Ada\n", "line 2: end_s 1 must be after"),
        ("clip,start_s,end_s,person,x,y\na.mp4,0,1,Ada,0.5,\n", "line 2: x and y"),
    ],
)
def test_invalid_appearances_are_refused(tmp_path, text, message):
    (tmp_path / "appearances.csv").write_text(text)
    with pytest.raises(InputError, match=message):
        labelled_clips.read_appearances(tmp_path / "appearances.csv", ["a.mp4"])
