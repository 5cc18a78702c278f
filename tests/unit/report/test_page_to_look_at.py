"""What the view Check of the page lists, and in which order."""

from functools import partial
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

import page_corpus
from corpus.report.identity_checks import find_mixed, find_strangers
from corpus.report.page.quality import CONCERNS as ALL_CONCERNS
from corpus.report.page.to_look_at.entries import KINDS, Entry, Ranking
from corpus.report.page.to_look_at.gestures import CUT_OFF, JUMP, MISSING_S, gesture_entries
from corpus.report.page.to_look_at.moments import moment_of_concern
from corpus.report.page.to_look_at.videos import CONCERNS, video_entries
from corpus.tables import parquet
from page_corpus import read_block, video_name

VIDEO = video_name(0)


def entry(kind: str, chance: float, seconds: float, video: int = 0, time: int = 0) -> Entry:
    return Entry(kind, chance, seconds, video, time)


def ranked(entries: list[Entry], limit: int = 100) -> list[tuple[str, int]]:
    """Kind and video of the entries by rank."""
    ranking = Ranking(limit)
    for one in entries:
        ranking.add([one])
    columns = ranking.describe()["entries"]
    kinds = [KINDS[kind] for kind in columns["kind"]]
    return list(zip(kinds, columns["video"], strict=True)) if kinds else []


def test_the_probability_times_the_seconds_decides():
    entries = [
        entry("jump", 0.9, 2, 1), entry("same", 0.6, 100, 2), entry("video", 0.1, 300, 3),
        entry("trunk", 0.5, 2, 4),
    ]  # fmt: skip
    assert ranked(entries) == [("same", 2), ("video", 3), ("jump", 1), ("trunk", 4)]


def test_a_contradiction_comes_before_all_estimates():
    entries = [entry("video", 0.9, 36000, 1), entry("twice", 0.95, 0.5, 2)]
    assert ranked(entries) == [("twice", 2), ("video", 1)]


def test_equal_entries_are_in_the_order_of_the_corpus_however_they_arrive():
    entries = [entry("jump", 0.5, 2, video, time) for video in (2, 0, 1) for time in (9, 3)]
    assert ranked(entries) == ranked(entries[::-1])
    assert [video for _, video in ranked(entries)] == [0, 0, 1, 1, 2, 2]


def test_the_page_lists_the_most_doubtful_entries_and_counts_all():
    ranking = Ranking(limit=3)
    for n in range(40):
        ranking.add([entry("jump", 0.5, n % 20, video=n), entry("trunk", 0.5, 0.1)])
    data = ranking.describe()
    assert data["entries"]["seconds"] == [19, 19, 18] and data["entries"]["video"] == [19, 39, 18]
    assert data["counts"] == dict.fromkeys(KINDS, 0) | {"jump": 40, "trunk": 40}


def test_a_corpus_without_doubts_has_no_entries():
    data = Ranking().describe()
    assert sum(data["counts"].values()) == 0 and data["entries"]["kind"] == []


# Identities ---------------------------------------------------------------------------------------


def tracks(*rows: tuple) -> pd.DataFrame:
    columns = ["person", "probability", "other_person", "other_probability", "kind"]
    return pd.DataFrame(rows, columns=columns)


def test_a_lone_close_up_has_no_warning_however_low_its_probability():
    lone = tracks(("p1", 0.0, "p2", 0.9, "person"), ("p2", 1.0, None, None, "person"))
    assert find_strangers(lone).empty


def test_a_low_probability_is_a_warning_only_if_another_person_is_likely():
    several = tracks(
        ("p1", 0.3, "p2", 0.4, "person"), ("p1", 0.3, "p2", 0.6, "person"),
        ("p1", 0.3, None, None, "person"), ("p1", 0.3, "p2", 0.6, "copy"),
        ("p1", 0.9, "p2", 0.95, "person"),
    )  # fmt: skip
    assert find_strangers(several).index.tolist() == [1]


def of_probabilities(person: str, *probabilities: float, kind: str = "person") -> list[tuple]:
    return [(person, probability, None, None, kind) for probability in probabilities]


def test_a_person_may_be_several_if_two_tracks_are_unlike_the_others():
    table = tracks(
        *of_probabilities("p1", 1, 0.4, 0.7, 0.2, 1), *of_probabilities("p2", 1, 0.1, 0.6),
        *of_probabilities("p3", 0.1, 0.1), *of_probabilities("p4", 0.1, 1, 1),
        *of_probabilities("p4", 0.1, 0.1, kind="copy"),
    )  # fmt: skip
    [mixed] = find_mixed(table)
    assert (mixed.person, mixed.tracks) == ("p1", (3, 1, 2)), "the least probable first"
    assert mixed.chance == pytest.approx(0.6), "that of the second one"


def test_people_of_one_name_are_not_several_because_nothing_is_known_of_their_tracks():
    named = tracks(*of_probabilities("p1", 0, 0, 0, 1))
    assert find_mixed(named)
    assert not find_mixed(named.assign(cluster=[1, 2, 3, 4]))


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> dict:
    """The data of a page: Ada is two people who share frames, two people may be one, and one track
    may show somebody else."""
    results, videos = page_corpus.write_corpus(tmp_path_factory.mktemp("to_look_at"), 1)
    changes = {
        (VIDEO, 8): {"probability": 0.31, "other_cluster": 4, "other_probability": 0.604},
        (VIDEO, 14): {"other_cluster": 2, "other_probability": 0.72},
        (VIDEO, 6): {"probability": 0.1},
        (VIDEO, 12): {"probability": 0.2},
    }
    names = results / "names.tsv"
    names.write_text("person\tname\np0004\tAda\np0005\tAda\n")
    page_corpus.set_identities(results, videos, changes, names)
    text = page_corpus.write_html(results, videos, "--names", names).read_text("utf-8")
    return {name: read_block(text, name) for name in ("corpus", "to-look-at")}


def test_merged_people_on_screen_together_come_first(data):
    columns, people = data["to-look-at"]["entries"], data["corpus"]["people"]
    kinds = [KINDS[kind] for kind in columns["kind"]]
    assert kinds[0] == "twice" and kinds.count("twice") == 1
    assert people["name"][columns["person"][0]] == "Ada"
    assert columns["seconds"][0] == people["length"][columns["person"][0]] / 1000, "all their time"
    overlap = data["corpus"]["overlaps"][columns["number"][0]]
    assert columns["time"][0] == overlap["start"]


def test_a_pair_is_about_the_time_of_the_one_who_is_seen_less(data):
    columns, people = data["to-look-at"]["entries"], data["corpus"]["people"]
    [row] = [n for n, kind in enumerate(columns["kind"]) if KINDS[kind] == "same"]
    doubt = data["corpus"]["doubts"][columns["number"][row]]
    lengths = [people["length"][doubt[name]] for name in ("person", "other")]
    assert columns["seconds"][row] == min(lengths) / 1000 and columns["percent"][row] == 72


def test_a_doubtful_track_is_shown_beside_both_people(data):
    columns, people = data["to-look-at"]["entries"], data["corpus"]["people"]
    [row] = [n for n, kind in enumerate(columns["kind"]) if KINDS[kind] == "another"]
    track, own, other = columns["faces"][row]
    assert track[:2] == [0, 8] and columns["time"][row] == track[2]
    rows = data["corpus"]["tracks"]
    cluster_of = dict(zip(rows["track"], rows["cluster"], strict=True))
    persons = {key: data["corpus"]["clusters"]["person"][n] for key, n in cluster_of.items()}
    assert persons[own[1]] == persons[8] == columns["person"][row]
    assert people["name"][persons[other[1]]] == "Ada"


def test_tracks_that_are_unlike_the_others_of_their_person_are_shown_beside_the_best_face(data):
    columns, people = data["to-look-at"]["entries"], data["corpus"]["people"]
    [row] = [n for n, kind in enumerate(columns["kind"]) if KINDS[kind] == "mixed"]
    shown = columns["faces"][row]
    assert [face[1] for face in shown[:2]] == [6, 12], "the least probable first"
    assert columns["time"][row] == shown[0][2] and columns["number"][row] == len(shown) - 1
    assert columns["seconds"][row] == people["length"][columns["person"][row]] / 1000, "all time"


# Gestures -----------------------------------------------------------------------------------------


class OneVideo:
    """Stands for CorpusTables: two people, one of them also in a copy."""

    people = pd.DataFrame({"person": ["p1", "p2"]})

    def __init__(self, folder: Path, gestures: list[dict]) -> None:
        self.path = folder / "gestures.parquet"
        usual = {"start_seen": True, "end_seen": True, "jump": False, "interpolated_share": 0.0}
        rows = [
            usual | {"gesture": n, "start_s": float(n), "end_s": n + 0.5, "hand": "left"} | row
            for n, row in enumerate(gestures)
        ]
        parquet.write(self.path, "gestures", pd.DataFrame(rows), {})

    def tracks_of(self, video: str) -> pd.DataFrame:
        people = {"track": [0, 1, 2], "person": ["p1", "p2", "p1"]}
        return pd.DataFrame(people | {"kind": ["person", "person", "copy"]})

    def video_table(self, table: str, video: str) -> Path | None:
        return self.path if table == "gestures" else None


def entries_of(folder: Path, *gestures: dict) -> list[tuple]:
    """Kind, gesture, person and score of the entries about these gestures."""
    entries = gesture_entries(OneVideo(folder, list(gestures)), "v", 3)
    return [(e.kind, e.gesture, e.person, e.score, e.number) for e in entries]


def test_gestures_that_may_be_wrong_are_entries(tmp_path):
    gestures = (
        {"track": 0}, {"track": 0, "jump": True}, {"track": 1, "trunk_movement": True},
        {"track": -1, "interpolated_share": 0.4}, {"track": 1, "interpolated_share": 0.25},
        {"track": 1, "trunk_movement": None, "interpolated_share": None},
    )  # fmt: skip
    assert entries_of(tmp_path, *gestures) == [
        ("jump", 1, 0, round(JUMP * 0.5, 3), None),
        ("trunk", 2, 1, 0.25, None),
        ("unseen", 3, None, 0.1, None),
    ]


def test_cut_off_gestures_of_a_person_in_a_video_are_one_entry(tmp_path):
    cut = {"start_seen": False, "end_seen": False}
    gestures = [
        {"track": 1},
        {"track": 1, "end_seen": False},
        {"track": 0} | cut,
        {"track": 1} | cut,
    ]
    assert entries_of(tmp_path, *gestures) == [
        ("cut_off", 2, 0, round(2 * CUT_OFF * MISSING_S, 3), 1),
        ("cut_off", 1, 1, round(3 * CUT_OFF * MISSING_S, 3), 2),
    ]


def test_entries_about_gestures_say_which_hand_moves_until_when(tmp_path):
    gestures = [{"track": 0, "jump": True}, {"track": 1, "end_seen": False, "hand": "right"}]
    entries = gesture_entries(OneVideo(tmp_path, gestures), "v", 3)
    assert [(e.kind, e.hand, e.time, e.end) for e in entries] == [
        ("jump", 0, 0, 500),
        ("cut_off", 1, 1000, 1500),
    ]


def test_gestures_of_a_copy_are_left_out(tmp_path):
    assert entries_of(tmp_path, {"track": 2, "jump": True, "start_seen": False}) == []


def test_a_video_without_the_table_gestures_has_no_entries(tmp_path):
    tables = OneVideo(tmp_path, [{"track": 0, "jump": True}])
    tables.video_table = lambda table, video: None
    assert list(gesture_entries(tables, "v", 0)) == []


# Videos -------------------------------------------------------------------------------------------


def test_concerns_that_a_look_can_settle_are_entries():
    row = pd.Series({"duration_s": 60.0, "start_s": 1.0})
    summary = {
        "concerns": ["gap", "faceless_frames", "vfr"],
        "gap_ms": 4000,
        "faceless_frames": 0.6,
    }
    shown = [(e.concern, e.seconds, e.time) for e in video_entries(row, summary, 0)]
    assert shown == [("gap", 4.0, 1000), ("faceless_frames", pytest.approx(36.0), 1000)]
    assert set(CONCERNS) < set(ALL_CONCERNS)


@pytest.mark.parametrize(
    ("code", "expected"),
    [("gap", 0.9), ("faceless_frames", 3.1), ("nobody", 2.9), ("low_score", 0.4), ("clock", None)],
)
def test_a_concern_is_shown_where_it_can_be_seen(tmp_path, code, expected):
    times = [*np.arange(10) / 10, *(2 + np.arange(20) / 10)]
    parquet.write(tmp_path / "frames.parquet", "frames", {"time_s": times}, {})
    scores = {"time_s": [0.2, 0.4, 0.6], "score": [0.99, 0.5, 0.6]}
    parquet.write(tmp_path / "faces.parquet", "faces", scores, {})
    found = [0, 1, *range(3, 19)]
    body = {"frame": found, "track": 0, "part": "pose", "keypoint": "nose", "visibility": 1.0}
    parquet.write(tmp_path / "keypoints.parquet", "keypoints", pd.DataFrame(body), {})
    tracks = pd.DataFrame({"start_s": [0.0, 0.45], "end_s": [0.3, 3.05]})
    tables = SimpleNamespace(
        video_table=lambda table, video: tmp_path / f"{table}.parquet",
        tracks_of=lambda video: tracks,
    )
    assert moment_of_concern(tables, "v", code) == (expected and pytest.approx(expected))
    row = pd.Series({"duration_s": 4.0, "start_s": 0.0})
    summary = {"concerns": [code], "gap_ms": 1100, "faceless_frames": 0.6, "nobody": 0.4}
    summary["low_score"] = 0.5
    moment_of = partial(moment_of_concern, tables, "v")
    [shown] = video_entries(row, summary, 0, moment_of)
    assert shown.time == round(1000 * (expected or 0))


def test_a_video_without_frames_cannot_be_looked_at():
    row = pd.Series({"duration_s": None, "start_s": None})
    assert list(video_entries(row, {"concerns": ["truncated"]}, 0)) == []
