"""What benchmarks/accuracy.py works out, on small tables that were made up."""

import math
from urllib.request import urlopen

import numpy as np
import pandas as pd
import pytest

import accuracy
from corpus.core.errors import InputError
from corpus.inputs import manifest
from corpus.tables import parquet, schemas

SHOWINFO = """\
[Parsed_showinfo_0 @ 0x7fe2c0001a40] config in time_base: 1/11988, frame_rate: 2997/100
[Parsed_showinfo_0 @ 0x7fe2c0001a40] config out time_base: 0/0, frame_rate: 0/0
[Parsed_showinfo_0 @ 0x7fe2c0001a40] n:   0 pts:  10214 pts_time:0.852019 duration:    400
[Parsed_showinfo_0 @ 0x7fe2c0001a40]   side data - User Data Unregistered: n: 7 pts: 3
[Parsed_showinfo_0 @ 0x7fe2c0001a40] n:   1 pts: NOPTS pts_time:NOPTS duration:    400
[Parsed_showinfo_0 @ 0x7fe2c0001a40] n:1000 pts: -11988 pts_time:-1 duration:    400
"""


def touch(folder, *names):
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).touch()


def person(frame, track, hands=(), **places):
    """A person in a frame, all in the middle of the picture but the places given."""
    points = dict.fromkeys(sorted(accuracy.HANDS | {"nose"}), (50.0, 40.0)) | places
    rows = [(frame, track, "pose", name, *place) for name, place in points.items()]
    return rows + [(frame, track, hand, tip, 1.0, 1.0) for hand in hands for tip in ("wrist", "x")]


def keypoints(*people):
    columns = ["frame", "track", "part", "keypoint", "x", "y"]
    return pd.DataFrame([row for rows in people for row in rows], columns=columns)


def row(clip="a.mp4", **changes):
    counts = dict.fromkeys(accuracy.COUNTS, 4)
    facts = {"status": "ok", "shots": 1, "tracks": 1, "people": 1, "is_vfr": False, "start_s": 0.5}
    facts |= {"frames_ffmpeg": 4, "pts_off_us": 0.0, "people_labelled": None}
    facts |= {"hands_shared": 0, "hands_found": 4}
    facts |= {"clip": clip, "person": "", "found": "p0001"} | counts | accuracy.shares(counts)
    return facts | changes


# What goes in


def test_clips_are_found_in_folders_and_nothing_else(tmp_path):
    touch(tmp_path, "b.MP4", "a/b c.mkv", "a/notes.txt", ".old/x.mp4", "a/.x.mp4", "LABELS.csv")
    assert accuracy.find_clips(tmp_path) == ["a/b c.mkv", "b.MP4"]


def test_ids_are_safe_and_differ_by_more_than_case():
    ids = accuracy.video_ids(["a/b.mkv", "a/b.mp4", "A_B.mov", "a_b_2.ts", "é ü.mp4", "x.y.mp4"])
    assert list(ids.values()) == ["a_b", "a_b_2", "A_B_3", "a_b_2_2", "___", "x_y"]


def test_the_manifest_is_one_that_the_workflow_takes(tmp_path):
    ids = accuracy.video_ids(["a/b #1?.mkv", "50%.mp4", "-é.mov"])
    text = accuracy.manifest_text(ids, 1234)
    (tmp_path / "videos.tsv").write_text(text)
    rows = manifest.read(tmp_path / "videos.tsv")
    assert rows["a_b__1_"]["source"] == "http://127.0.0.1:1234/a/b%20%231%3F.mkv"
    suffixes = [manifest.media_suffix(found["source"], "none") for found in rows.values()]
    assert suffixes == ["mkv", "mp4", "mov"]
    assert accuracy.port_of(text) == 1234
    assert accuracy.port_of("") == 0


def test_equal_inputs_keep_the_manifest_as_it_is(tmp_path):
    overlay = accuracy.write_inputs(tmp_path, {"a.mp4": "a"}, 1234, {"device": "cpu"})
    videos = tmp_path / "videos.tsv"
    before = videos.stat().st_mtime_ns
    assert accuracy.write_inputs(tmp_path, {"a.mp4": "a"}, 1234, {"device": "cpu"}) == overlay
    assert videos.stat().st_mtime_ns == before
    accuracy.write_inputs(tmp_path, {"a.mp4": "a"}, 4321, {})
    assert ":4321/a.mp4" in videos.read_text()


def test_options_go_before_the_own_file_and_that_before_the_defaults(tmp_path):
    own = {"results": "elsewhere", "faces": {"embedder": "facenet-vggface2", "best": 3}}
    config = accuracy.configuration(own, {"faces": {"embedder": "dlib"}}, tmp_path)
    assert config["faces"] == {"embedder": "dlib", "best": 3}
    assert config["device"] == "cpu"
    assert config["results"] == str(tmp_path / "results")
    assert accuracy.configuration(own, {}, tmp_path)["faces"]["embedder"] == "facenet-vggface2"
    assert accuracy.configuration({}, {}, tmp_path)["faces"] == {"embedder": "dlib"}


def test_clips_are_served_as_videos(tmp_path):
    (tmp_path / "a b.ts").write_bytes(b"1234")
    with accuracy.serve(tmp_path, 0) as port:
        answer = urlopen(f"http://127.0.0.1:{port}/a%20b.ts")
        assert answer.headers["Content-Type"] == "video/ts"
        assert answer.read() == b"1234"
        with accuracy.serve(tmp_path, port) as other:
            assert other != port, "it is taken"


def test_labels_need_a_person_only_where_there_is_one(tmp_path):
    path = tmp_path / "labels.csv"
    path.write_text('\ufeffclip,person,people,note\na.mp4, Ada ,1,"x, y"\nb.mp4,,,\n', "utf-8")
    labels = accuracy.read_labels(path, ["a.mp4", "b.mp4", "c.mp4"])
    assert {clip: label["person"] for clip, label in labels.items()} == {
        "a.mp4": "Ada",
        "b.mp4": "",
    }
    assert [accuracy.expected_people(label) for label in labels.values()] == [1, None]
    assert accuracy.expected_people({}) is None


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("clip;person\n", "no column clip and person"),
        ("clip,person\nz.mp4,Ada\n", "z.mp4"),
        ("clip,person\na.mp4,Ada\na.mp4,Ada\n", "twice"),
        ("clip,person,people\na.mp4,Ada,two\n", "whole number"),
    ],
)
def test_labels_that_cannot_be_meant_are_refused(tmp_path, text, word):
    (tmp_path / "labels.csv").write_text(text)
    with pytest.raises(InputError, match=word):
        accuracy.read_labels(tmp_path / "labels.csv", ["a.mp4"])


# Clip by clip


def test_hands_count_for_the_person_whose_wrists_are_seen():
    table = keypoints(
        person(0, 0, ("left_hand", "right_hand")),
        person(0, 1, left_wrist=(50.0, 80.0)),
        person(1, 0, ("left_hand",), right_thumb=(-0.1, 5.0)),
        person(3, -1, left_wrist=(100.0, 5.0)),
    )
    people = accuracy.skeletons(table, width=100, height=80)
    assert people.to_numpy().tolist() == [
        [0, 0, True, True, 2],
        [0, 1, False, False, 0],
        [1, 0, True, False, 1],
        [3, -1, False, False, 0],
    ]
    counts = accuracy.count(people, n_frames=5)
    assert list(counts.values()) == [5, 4, 2, 2, 2, 1, 1, 1, 1, 1]
    assert set(counts) == set(accuracy.COUNTS)
    shares = accuracy.shares(counts)
    assert list(shares.values()) == [0.8, 0.4, 1.0, 0.5, 0.2, 1.0, 1.0]


def test_a_clip_without_people_has_no_shares_of_them():
    people = accuracy.skeletons(keypoints(), math.nan, math.nan)
    counts = accuracy.count(people, n_frames=2)
    assert counts == dict.fromkeys(accuracy.COUNTS, 0) | {"frames": 2}
    shares = accuracy.shares(counts)
    assert shares["skeletons_per_frame"] == shares["wrists_in"] == 0
    assert math.isnan(shares["wrists_in_one_found"])
    assert math.isnan(accuracy.shares(counts | {"frames": 0})["skeletons_per_frame"])


def test_a_hand_of_two_people_is_counted_for_both():
    def hands(frame, track, at):
        points = [(frame, track, "left_hand", "x", at + step, at) for step in (0.0, 10.0, 20.0)]
        return [*points, (frame, track, "pose", "nose", 0.0, 0.0)]

    near = hands(0, 0, 50.0), hands(0, -1, 52.0), hands(0, 2, 90.0), hands(1, 2, 50.0)
    assert accuracy.shared_hands(keypoints(*near)) == (2, 4)
    assert accuracy.shared_hands(keypoints()) == (0, 0)


def test_times_are_read_as_whole_ticks():
    times = accuracy.parse_showinfo(SHOWINFO)
    assert times == pytest.approx([10214 / 11988, math.nan, -1.0], abs=0, nan_ok=True)
    assert accuracy.parse_showinfo("not a video") == []


def test_clocks_are_compared_as_far_as_both_go():
    assert accuracy.microseconds_off(np.array([0.0, 0.04, 0.08]), [0.0, 0.040003]) == 3
    assert math.isnan(accuracy.microseconds_off(np.array([]), [0.0]))
    assert math.isnan(accuracy.microseconds_off(np.array([0.0]), [math.nan]))


def test_tables_that_are_missing_or_broken_or_others_are_told(tmp_path):
    for table in schemas.SCHEMAS.keys() - accuracy.OF_THE_CORPUS:
        vector = 128 if table == "embeddings" else None
        empty = {name: [] for name in schemas.SCHEMAS[table].names}
        parquet.write(tmp_path / f"{table}/v.parquet", table, empty, {}, vector=vector)
    assert accuracy.table_faults(tmp_path, "v") == []
    assert accuracy.person_rows(tmp_path, "v")["keypoints"] == 0
    (tmp_path / "faces/v.parquet").write_bytes(b"")
    (tmp_path / "shots/v.parquet").unlink()
    (tmp_path / "frames/v.parquet").write_bytes((tmp_path / "status/v.parquet").read_bytes())
    faults = accuracy.table_faults(tmp_path, "v")
    assert [fault.split(":")[0] for fault in faults] == ["faces", "frames", "shots"]


# All clips together


def test_a_clip_is_of_who_is_longest_in_it():
    tracks = pd.DataFrame(
        [("v", "p1", 0, 2), ("v", "p2", 0, 1.5), ("v", "p2", 2, 3), ("w", "p3", 0, 1),
         ("w", "p1", 5, 6)],
        columns=["video_id", "person", "start_s", "end_s"],
    )  # fmt: skip
    assert accuracy.main_people(tracks) == {"v": "p2", "w": "p1"}
    assert accuracy.main_people(tracks[:0]) == {}


def test_agreement_is_full_for_other_names_of_the_same_people():
    assert accuracy.agreement(list("AABC"), ["3", "3", "1", "2"]) == {
        "ari": 1.0, "pair_precision": 1.0, "pair_recall": 1.0, "b_cubed_f": 1.0,
    }  # fmt: skip


def test_agreement_falls_with_joined_and_divided_people():
    # Six pairs: of the two of one label one was found together, and one of two labels as well.
    scores = accuracy.agreement(list("AABB"), ["1", "1", "1", "2"])
    assert scores["pair_precision"] == pytest.approx(1 / 3)
    assert scores["pair_recall"] == pytest.approx(1 / 2)
    precision, recall = (2 / 3 + 2 / 3 + 1 / 3 + 1) / 4, (1 + 1 + 1 / 2 + 1 / 2) / 4
    assert scores["b_cubed_f"] == pytest.approx(2 * precision * recall / (precision + recall))
    assert scores["ari"] == 0


def test_clips_in_which_nobody_was_found_are_not_one_person():
    scores = accuracy.agreement(["A", "A", "B"], ["", "", ""])
    assert math.isnan(scores["pair_precision"])
    assert scores["pair_recall"] == 0


def test_the_summary_names_what_is_wrong():
    rows = [
        row("a.mp4", person="Ada", people_labelled=1),
        row("b.mp4", person="Ada", found="", people=3, people_labelled=2, pts_off_us=7.0),
        row("c.mp4", frames_ffmpeg=5, pts_off_us=math.nan),
        row("d.mp4", people=0, people_labelled=0),
    ]
    assert accuracy.identity_lines(rows)[0] == (
        "2 labelled clips of 1 people; 1 people found in them, nobody in 1 clips"
    )
    assert accuracy.identity_lines(rows[2:]) == ["No clip is labelled with a person."]
    [wrong] = accuracy.number_lines(rows)
    assert wrong == "1 of 3 clips with a wrong number of people: b.mp4: 3 for 2"
    assert accuracy.number_lines(rows[2:3]) == []
    [shared] = accuracy.hand_lines([*rows, row("e.mp4", hands_shared=2, hands_found=9)])
    assert shared == "1 clips with hands that were given to two people: e.mp4: 2 of 9 hands"
    late, missing = accuracy.time_lines(rows)
    assert late.endswith(": b.mp4: 7 us; c.mp4: - us"), "unknown is not equal"
    assert missing.endswith(": c.mp4: 4 for ffmpeg's 5")
    lines = accuracy.table_lines(rows, {"a.mp4": ["faces: gone"]}, {"d.mp4": {"faces": 0}})
    assert lines[0].endswith(": a.mp4: faces: gone")
    assert lines[1:] == ["d.mp4 is without people; rows: faces 0"]


def test_the_table_has_one_width_and_shows_what_differs():
    gone = {"status": "unavailable", "shots": 0, "people": math.nan, "is_vfr": None}
    gone |= {"start_s": math.nan, "pts_off_us": math.nan, "skeletons_per_frame": math.nan}
    rows = [row(people=3, people_labelled=2, frames_ffmpeg=5), row("b/long name.mov", **gone)]
    lines = accuracy.table([*rows, accuracy.total(rows, 3)]).splitlines()
    assert len({len(line) for line in lines}) == 1
    assert lines[1].startswith("|---") and lines[1].endswith("-:|")
    cells = [[cell.strip() for cell in line.split("|")[1:-1]] for line in lines]
    assert cells[2][:6] == ["a.mp4", "ok", "4 not 5", "1", "1", "3 not 2"]
    assert cells[3][:7] == ["b/long name.mov", "unavailable", "4", "0", "1", "-", "-"]
    assert cells[4][:7] == ["all 2", "", "8", "1", "2", "3", "1.00"]
    assert cells[4][-3:] == ["0", "-", "-"]
