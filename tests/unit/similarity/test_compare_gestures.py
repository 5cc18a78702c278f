"""Puppets whose gestures are known: which ones compare_gestures.py finds similar."""

import base64
import gzip
import json
import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import compare_gestures
from corpus.similarity.poses import POINTS
from corpus.similarity.thumbnails import MISSING, STEPS
from corpus.tables import parquet, schemas
from moving_bodies import HANGING, frame_times, measure_people, minimum_jerk_path, moving_body
from script_runs import run_script

N_PATHS, N_REPEATED = 10, 4
GESTURE_S, SLOWNESS = 3.5, 1.6
SIZE = 0.7
REST = np.array(HANGING["right"])


def random_points(seed: int) -> np.ndarray:
    """Four random places in front of the body, shoulder widths."""
    return np.random.default_rng(seed).uniform([-1.1, -0.9], [0.5, 0.4], (4, 2))


def successive_gestures(n: int, slowness: float = 1.0, size: float = 1.0):
    """The path of a right hand that makes `n` different gestures and rests between them."""
    points = [(0.0, *REST)]
    for number in range(n):
        start = number * GESTURE_S * slowness
        places = np.vstack([REST, random_points(number), REST])
        steps = start + slowness * (0.6 + 0.45 * np.arange(len(places)))
        points += [(t, *(REST + size * (p - REST))) for t, p in zip(steps, places, strict=True)]
    return minimum_jerk_path(*points, (1000.0, *REST))


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two people: the first makes ten different gestures with the right hand.

    The second one is smaller in the picture and elsewhere, and repeats the first four with the left
    hand, mirrored, slower and smaller. A track that is a copy of the first person does so, too.
    """
    folder = tmp_path_factory.mktemp("compared")
    times = frame_times(25, N_PATHS * GESTURE_S)
    right = successive_gestures(N_PATHS)
    repeated = successive_gestures(N_REPEATED, SLOWNESS, SIZE)
    bodies = [
        moving_body(times, right=right),
        moving_body(
            times, left=lambda t: repeated(t) * [-1, 1], track=1, zoom=0.6, pan=(480.0, 260.0)
        ),
        moving_body(times, right=right, track=2),
    ]
    measure_people(folder, times, *bodies)
    kinds = {"track": [0, 1, 2], "kind": ["person", "person", "copy"]}
    (folder / "faces").mkdir()
    parquet.write(folder / "faces" / "v.parquet", "faces", kinds, {})
    for table in ("phases", "gesture_measures", "faces", "kinematics", "keypoints"):
        empty = {name: [] for name in schemas.SCHEMAS[table].names}
        parquet.write(folder / table / "gone.parquet", table, empty, {})
    (folder / "videos.tsv").write_text("video_id\tsource\ngone\tg.mp4\nv\tv.mp4\n")
    compare(folder)
    return folder


def compare(folder: Path) -> None:
    """Run compare_gestures.py on a results folder."""
    options = ("--results", folder, "--videos", folder / "videos.tsv")
    tables = ("--neighbours", folder / "gesture_neighbours.parquet")
    with pytest.MonkeyPatch.context() as patch:
        run_script(
            patch, compare_gestures, *options, *tables, "--map", folder / "gesture_map.parquet"
        )


@pytest.fixture(scope="module")
def gestures(results: Path) -> pd.DataFrame:
    """The gestures of the video, by number, with the number of their path."""
    phases = parquet.read(results / "phases" / "v.parquet")
    gestures = phases.dropna(subset="gesture").groupby("gesture").first()
    slowness = np.where(gestures["track"] == 1, SLOWNESS, 1.0)
    return gestures.assign(path=(gestures["start_s"] // (GESTURE_S * slowness)).astype(int))


def read_side_file(results: Path, name: str) -> bytes:
    """The data in a side file of the page."""
    text = (results / "report" / "page" / f"{name}.js").read_text()
    match = re.fullmatch(r'sideFile\("([^"]+)","([^"]+)"\);\n', text)
    assert match is not None and match[1] == name
    return gzip.decompress(base64.b64decode(match[2]))


def read_video_file(results: Path, video: str) -> tuple[dict, np.ndarray]:
    """Text and poses (n, k, 2) in a video's side file; missing coordinates are NaN."""
    data = read_side_file(results, f"{video}/gestures")
    length = int.from_bytes(data[:4], "little")
    head = json.loads(data[4 : 4 + length])
    steps = np.frombuffer(data[4 + length :], np.uint8).reshape(sum(head["poses"]), len(POINTS), 2)
    parts = np.split(steps, np.cumsum(head["poses"])[:-1]) if len(steps) else []
    poses = [np.cumsum(part, axis=0, dtype=np.uint8).view(np.int8) for part in parts]
    values = np.concatenate([*poses, np.empty((0, len(POINTS), 2), np.int8)]).astype(float)
    values[values == MISSING] = np.nan
    return head, values / STEPS


def test_every_gesture_of_the_puppets_was_found(gestures):
    counts = gestures.groupby("track").size().to_dict()
    assert counts == {0: N_PATHS, 1: N_REPEATED, 2: N_PATHS}


def test_the_same_path_by_another_person_size_speed_and_hand_comes_first(results, gestures):
    neighbours = parquet.read(results / "gesture_neighbours.parquet")
    first = neighbours[neighbours["rank"] == 1].set_index("gesture")
    repeated = gestures[gestures["track"] == 1]
    found = first.loc[repeated.index]
    paths = gestures.loc[found["other_gesture"], "path"]
    assert paths.tolist() == repeated["path"].tolist() == list(range(N_REPEATED))
    assert found["mirrored"].all()
    assert found["distance"].max() < 0.15
    second = neighbours[neighbours["rank"] == 2].set_index("gesture").loc[repeated.index]
    assert (second["distance"] > 2 * found["distance"]).all()
    back = first.loc[gestures.query("track == 0 and path < @N_REPEATED").index]
    assert back["other_gesture"].isin(repeated.index).all() and back["mirrored"].all()


def test_gestures_of_copies_are_not_compared(results, gestures):
    neighbours = parquet.read(results / "gesture_neighbours.parquet")
    copies = gestures.index[gestures["track"] == 2]
    assert not neighbours["gesture"].isin(copies).any()
    assert not neighbours["other_gesture"].isin(copies).any()
    head, _ = read_video_file(results, "v")
    assert set(head["gesture"]) == set(gestures.index[gestures["track"] != 2])


def test_ranks_are_complete_and_in_order_of_the_distance(results):
    neighbours = parquet.read(results / "gesture_neighbours.parquet")
    for _, rows in neighbours.groupby("gesture"):
        assert rows["rank"].tolist() == list(range(1, N_PATHS + N_REPEATED))
        assert rows["distance"].is_monotonic_increasing


def test_the_map_has_the_same_path_at_the_same_place(results, gestures):
    positions = parquet.read(results / "gesture_map.parquet").set_index("gesture")[["x", "y"]]
    assert len(positions) == N_PATHS + N_REPEATED
    for path in range(N_REPEATED):
        numbers = gestures.index[(gestures["track"] < 2) & (gestures["path"] == path)]
        a, b = positions.loc[numbers].to_numpy()
        assert np.linalg.norm(a - b) < 0.12
    side = json.loads(read_side_file(results, "gesture_map"))
    assert side["gesture"] == positions.index.tolist() and side["videos"] == ["v"]
    assert np.array(side["x"]) / side["unit"] == pytest.approx(positions["x"], abs=1e-6)


def test_the_side_file_lists_the_similar_gestures(results):
    head, _ = read_video_file(results, "v")
    neighbours = parquet.read(results / "gesture_neighbours.parquet")
    for number, similar in zip(head["gesture"], head["similar"], strict=True):
        rows = neighbours[neighbours["gesture"] == number]
        quads = np.array(similar).reshape(-1, 4)
        assert [head["videos"][index] for index in quads[:, 0]] == ["v"] * len(rows)
        assert quads[:, 1].tolist() == rows["other_gesture"].tolist()
        assert quads[:, 2] / 1000 == pytest.approx(rows["distance"], abs=5.1e-4)
        assert quads[:, 3].tolist() == rows["mirrored"].astype(int).tolist()


def test_poses_are_in_body_coordinates(results, gestures):
    head, poses = read_video_file(results, "v")
    starts = np.append(0, np.cumsum(head["poses"]))
    kinematics = parquet.read(results / "kinematics" / "v.parquet")
    index = {name: POINTS.index(("pose", name)) for name in ("left_shoulder", "right_wrist")}
    for place, number in enumerate(head["gesture"]):
        part = poses[starts[place] : starts[place + 1]]
        track, start_s = gestures.loc[number, ["track", "start_s"]]
        assert part[:, index["left_shoulder"]] == pytest.approx(
            np.tile([0.5, 0.0], (len(part), 1)), abs=0.04
        )
        rows = kinematics.query("track == @track and point == 'right_wrist'")
        at_start = rows.iloc[np.searchsorted(rows["time_s"], start_s)]
        assert part[0, index["right_wrist"]] == pytest.approx(at_start[["x", "y"]], abs=0.05)
        # The puppet has no elbows.
        assert np.isnan(part[:, POINTS.index(("pose", "left_elbow"))]).all()
        assert 6 <= len(part) <= 40
        assert head["ms"][place] / 1000 == pytest.approx(len(part) / 12, abs=0.15)


def test_a_video_without_gestures_has_an_empty_side_file(results):
    head, poses = read_video_file(results, "gone")
    assert head == {"gesture": [], "ms": [], "poses": [], "videos": [], "similar": []}
    assert len(poses) == 0


def test_a_second_run_writes_the_same_bytes(results):
    files = [results / "gesture_neighbours.parquet", results / "gesture_map.parquet"]
    files += sorted((results / "report").rglob("*.js"))
    before = [file.read_bytes() for file in files]
    compare(results)
    assert [file.read_bytes() for file in files] == before
    assert len(files) == 5
