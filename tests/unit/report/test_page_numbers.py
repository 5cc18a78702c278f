"""The page's side file of numbers: hand use and hand positions, compared with the tables."""

import base64
import json
import shutil
import zlib

import numpy as np
import pandas as pd
import pytest

from corpus.report.page import hand_positions
from corpus.tables import parquet
from corpus.tables.schemas import HANDS
from page_corpus import add_hand_use, write_corpus, write_html


def read_numbers(page) -> dict:
    """The content of the side file beside a page."""
    text = (page.parent / "page/numbers.js").read_text(encoding="utf-8")
    return json.loads(zlib.decompress(base64.b64decode(text.split('"')[3]), 31))


@pytest.fixture(scope="module")
def corpus(tmp_path_factory):
    """Results folder, manifest and numbers of nine videos with positions of hands."""
    results, manifest = write_corpus(tmp_path_factory.mktemp("corpus"))
    add_hand_use(results, manifest)
    return results, manifest, read_numbers(write_html(results, manifest))


def ids(results) -> tuple[list[str], list[str]]:
    """Ids of videos and people in the order of the page."""
    videos = parquet.read(results / "corpus.parquet")["video_id"].tolist()
    return videos, parquet.read(results / "people.parquet")["person"].tolist()


def positions_of_people(results) -> pd.DataFrame:
    """Rows of kinematics of all hands that have a position, with video, person, and in gesture."""
    tracks = parquet.read(results / "tracks.parquet").fillna({"kind": "person"})
    tracks = tracks[tracks["kind"] == "person"].set_index(["video_id", "track"])["person"]
    gestures = parquet.read(results / "gestures.parquet")
    parts = []
    for path in sorted((results / "kinematics").glob("*.parquet")):
        rows = parquet.read(path).dropna(subset=["x", "y"])
        rows["video_id"] = path.stem
        rows["person"] = [tracks.get((path.stem, track)) for track in rows["track"]]
        rows["hand"] = rows["point"].astype(str).str.removesuffix("_hand")
        of_video = gestures[gestures["video_id"] == path.stem]
        rows["gesturing"] = False
        for gesture in of_video.itertuples():
            rows["gesturing"] |= (
                (rows["track"] == gesture.track)
                & (rows["hand"] == gesture.hand)
                & (gesture.start_s <= rows["time_s"])
                & (rows["time_s"] < gesture.end_s)
            )
        parts.append(rows.dropna(subset=["person"]))
    return pd.concat(parts)


def test_counts_are_those_of_the_table_kinematics(corpus):
    results, _, numbers = corpus
    videos, people = ids(results)
    space = pd.DataFrame(numbers["space"])
    assert not space.duplicated(["video", "person", "hand", "gesturing"]).any()
    written = {}
    for row in space.itertuples():
        key = (videos[row.video], people[row.person], HANDS[row.hand], bool(row.gesturing))
        cells = dict(zip(np.cumsum(row.cells), row.frames, strict=True))
        written[key] = (sum(row.frames) + row.outside, row.outside, cells)
    rows = positions_of_people(results)
    expected = rows.groupby(["video_id", "person", "hand", "gesturing"])
    assert written.keys() == set(expected.groups) and len(written) > 20
    for key, group in expected:
        n_frames, n_outside, cells = written[key]
        assert n_frames == len(group)
        outside = (group[["x", "y"]].abs() > hand_positions.REACH).any(axis=1)
        assert n_outside == outside.sum()
        column = np.floor((group.loc[~outside, "x"].astype(float) + 3) / 0.1 + 1e-6).astype(int)
        row = np.floor((group.loc[~outside, "y"].astype(float) + 3) / 0.1 + 1e-6).astype(int)
        assert cells == (row * 60 + column).value_counts().to_dict()
    assert space["outside"].sum() > 0 and {0, 1} == set(space["gesturing"])


def test_hand_use_is_that_of_the_table(corpus):
    results, _, numbers = corpus
    videos, people = ids(results)
    use = pd.DataFrame(numbers["use"])
    table = parquet.read(results / "hand_use.parquet")
    in_order = sorted(range(len(table)), key=lambda row: (
        videos.index(table["video_id"][row]), people.index(table["person"][row])))  # fmt: skip
    table = table.iloc[in_order]
    assert [videos[index] for index in use["video"]] == table["video_id"].tolist()
    assert [people[index] for index in use["person"]] == table["person"].tolist()
    assert use["n_left"].sum() > 0 and use["n_both"].sum() > 0
    for name in ("n_left", "n_right", "n_both"):
        assert use[name].tolist() == table[name].tolist()
    for name in ("screen", "visible", "left_movement", "both_visible"):
        np.testing.assert_allclose(use[name], table[f"{name}_s"] * 1000, atol=0.5)


def test_the_time_between_frames_is_that_of_the_video(corpus):
    results, _, numbers = corpus
    videos, _ = ids(results)
    assert numbers["frame_ms"][0] == pytest.approx(200)
    for video, frame_ms in zip(videos, numbers["frame_ms"], strict=True):
        times = parquet.read(results / f"kinematics/{video}.parquet", ["time_s"])["time_s"]
        assert (frame_ms is None) == (times.nunique() < 2)


def test_cells_have_their_lower_left_border():
    reach, n = hand_positions.REACH, hand_positions.N_CELLS
    inside = [(-reach, -reach), (0, 0), (0.0999, 0), (0.1, 0), (reach - 0.001, reach - 0.001)]
    expected = [0, 30 * n + 30, 30 * n + 30, 30 * n + 31, n * n - 1]
    assert hand_positions.cell_of(np.array(inside)).tolist() == expected
    outside = [(reach, 0), (-reach - 0.001, 0), (0, reach), (0, -reach - 0.001)]
    assert hand_positions.cell_of(np.array(outside)).tolist() == [-1] * 4
    floats = np.array([[0.1, 0.3], [-0.3, 0.7]], np.float32)
    assert hand_positions.cell_of(floats).tolist() == [33 * n + 31, 37 * n + 27]


def test_batches_give_the_same_counts_as_the_whole_table():
    times = np.arange(40) / 10
    rows = pd.DataFrame({"time_s": times, "track": 3, "point": "left_hand", "x": 0.05, "y": times})
    gestures = pd.DataFrame({"track": [3], "hand": ["left"], "start_s": [1.0], "end_s": [2.0]})
    whole, gap_ms = hand_positions.count_positions([rows], {3: 7}, gestures)
    parts = [rows.iloc[start : start + 7] for start in range(0, 40, 7)]
    split, _ = hand_positions.count_positions(parts, {3: 7}, gestures)
    assert gap_ms == pytest.approx(100)
    encoded = {key: hand_positions.encode(counts) for key, counts in whole.items()}
    assert encoded == {key: hand_positions.encode(counts) for key, counts in split.items()}
    assert sum(encoded[7, 0, True]["frames"]) == 10
    assert sum(encoded[7, 0, False]["frames"]) == 20
    assert encoded[7, 0, False]["outside"] == 10


def test_a_corpus_without_hand_use_has_none(tmp_path):
    results, manifest = write_corpus(tmp_path, n_videos=1)
    numbers = read_numbers(write_html(results, manifest))
    assert numbers["use"] is None and numbers["space"]["video"] == []


def test_hand_use_of_an_unknown_person_is_left_out(corpus, tmp_path, caplog):
    results, manifest, numbers = corpus
    copy = tmp_path / "results"
    shutil.copytree(results, copy)
    rows = parquet.read(copy / "hand_use.parquet")
    unknown = rows.iloc[[0]].assign(person="p9999")
    of_lost_video = rows.iloc[[0]].assign(video_id="lost")
    rows = pd.concat([unknown, rows, of_lost_video])
    parquet.write(copy / "hand_use.parquet", "hand_use", rows, {})
    assert read_numbers(write_html(copy, manifest))["use"] == numbers["use"]
    assert "2 rows left out" in caplog.text
