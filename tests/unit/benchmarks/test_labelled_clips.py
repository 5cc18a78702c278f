"""Clips are found in a folder, get unique ids, and have valid labels."""

import pytest

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
    ],
)
def test_invalid_labels_are_refused(tmp_path, text, message):
    (tmp_path / "labels.csv").write_text(text)
    with pytest.raises(InputError, match=message):
        labelled_clips.read_labels(tmp_path / "labels.csv", ["a.mp4"])
