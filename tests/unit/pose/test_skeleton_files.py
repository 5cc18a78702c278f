"""The side files with skeletons: what is drawn, exact numbers, small files, none left over."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import write_skeletons
from corpus.faces.track_boxes import TrackBoxes
from corpus.pose import skeleton_files
from corpus.pose.keypoint_stream import VISIBILITY
from corpus.pose.skeleton_chunks import (
    CHUNK_S,
    MISSING,
    PARTS,
    Chunk,
    cut_into_chunks,
    drawn_points,
    encode,
)
from corpus.tables import parquet
from corpus.tables.schemas import HAND_KEYPOINTS, POSE_KEYPOINTS
from script_runs import run_script
from skeleton_decoding import decode, read_side_file

POSE, LEFT_HAND, FACE = (PARTS.index(part) for part in ("pose", "left_hand", "face"))


def keypoints(n: int, seed: int = 0, **columns: object) -> np.ndarray:
    """(n, 8) keypoints at random places of a picture of 640 x 480."""
    points = np.random.default_rng(seed).uniform(0, 480, (n, 8)).astype(np.float32)
    points[:, VISIBILITY] = columns.get("visibility", 1)
    return points


def no_faces() -> TrackBoxes:
    columns = ["track", "frame", "time_s", "x1", "y1", "x2", "y2"]
    extents = pd.DataFrame(columns=["shot", "start_s", "end_s"], dtype=float)
    return TrackBoxes(pd.DataFrame(columns=columns, dtype=float), extents)


def test_what_the_overlay_video_draws_is_kept() -> None:
    body, hand = keypoints(33), keypoints(21, 1, visibility=np.nan)
    body[3, VISIBILITY], body[5, 0], hand[7, 1] = 0.49, np.nan, np.nan
    points = drawn_points({2: {"pose": body, "left_hand": hand}}, {1: np.arange(4.0)}, unit=0.25)
    assert points.keys() == {(2, POSE), (2, LEFT_HAND), (1, FACE)}
    assert points[1, FACE].tolist() == [[0, 4], [8, 12]]
    assert np.flatnonzero(points[2, POSE][:, 0] == MISSING).tolist() == [3, 5]
    assert np.flatnonzero(points[2, LEFT_HAND][:, 1] == MISSING).tolist() == [7]
    seen = np.delete(np.arange(33), [3, 5])
    assert np.abs(points[2, POSE][seen] * 0.25 - body[seen, :2]).max() <= 0.125
    invisible = keypoints(33, visibility=0.1)
    assert drawn_points({0: {"pose": invisible}}, {}, unit=1.0) == {}


def test_numbers_are_the_same_after_decoding() -> None:
    random = np.random.default_rng(5)
    chunk = Chunk(1000)
    for frame in range(40):
        points = {(0, FACE): random.integers(-32768, 32768, (2, 2)).astype(np.int16)}
        if frame % 3 == 0:
            points[-1, POSE] = random.integers(-32768, 32768, (33, 2)).astype(np.int16)
        chunk.add(3600 + frame / 60 + (frame > 20) * 31.4, points)
    decoded = decode(encode(chunk))
    assert decoded["first"] == 1000
    assert decoded["times"].tolist() == [round(time * 1e6) for time in chunk.times_s]
    assert decoded["series"].keys() == chunk.series.keys()
    for key, (frames, rows) in chunk.series.items():
        assert decoded["series"][key][0].tolist() == frames
        assert np.array_equal(decoded["series"][key][1], np.stack(rows))


def test_a_chunk_without_people_has_the_times_of_its_frames() -> None:
    chunk = Chunk(0, [0.0, 0.04])
    assert decode(encode(chunk)) | {"times": None} == {"first": 0, "times": None, "series": {}}


def test_chunks_last_a_minute_also_where_the_clock_jumps_back() -> None:
    times = np.concatenate([np.arange(0, 130, 0.5), np.arange(90, 100, 0.5)])
    frames = ((frame, {}) for frame in range(len(times)))
    chunks = list(cut_into_chunks(times, np.zeros(len(times), int), frames, no_faces(), 1.0))
    assert [chunk.first_frame for chunk in chunks] == [0, 120, 240, 260]
    assert all(chunk.times_s[-1] - chunk.times_s[0] < CHUNK_S for chunk in chunks)
    assert np.concatenate([chunk.times_s for chunk in chunks]).tolist() == times.tolist()


def write_video(folder: Path, seconds: float, fps: float, start_s: float = 0.0) -> Path:
    """Write the tables of the video v, in which one person moves; return the results folder."""
    n = round(seconds * fps)
    times, frames = start_s + np.arange(n) / fps, np.arange(n)
    parquet.write(
        folder / "frames/v.parquet",
        "frames",
        {"frame": frames, "time_s": times, "shot": [0] * n},
        {},
    )
    shots = {"shot": [0], "start_s": [start_s], "end_s": [start_s + seconds]}
    parquet.write(folder / "shots/v.parquet", "shots", shots, {})
    status = {"video_id": ["v"], "width": [640], "height": [480]}
    parquet.write(folder / "status/v.parquet", "status", status, {})
    sampled = frames[:: round(fps / 5)]
    faces = {"frame": sampled, "time_s": times[sampled], "shot": 0, "track": 0, "score": 1.0}
    faces |= {"x1": 100.0 + sampled, "y1": 50.0, "x2": 180.0 + sampled, "y2": 130.0}
    faces |= {"shown_until_s": times[sampled] + 1 / fps}
    parquet.write(folder / "faces/v.parquet", "faces", pd.DataFrame(faces), {})
    names = [("pose", name) for name in POSE_KEYPOINTS]
    names += [("left_hand", name) for name in HAND_KEYPOINTS]
    names += [("right_hand", name) for name in HAND_KEYPOINTS]
    random = np.random.default_rng(1)
    # Points swing with up to 1.5 Hz, and jitter by half a pixel.
    swing = np.sin(2 * np.pi * np.outer(times, random.uniform(0, 1.5, 2 * len(names))))
    values = 240 + 80 * swing + random.normal(0, 0.5, swing.shape)
    rows = pd.DataFrame(
        {
            "frame": np.repeat(frames, len(names)),
            "time_s": np.repeat(times, len(names)),
            "shot": 0,
            "track": 0,
            "part": [part for part, _ in names] * n,
            "keypoint": [name for _, name in names] * n,
            "x": values[:, ::2].ravel(),
            "y": values[:, 1::2].ravel(),
            "visibility": 1.0,
        }
    )
    parquet.write(folder / "keypoints/v.parquet", "keypoints", rows, {})
    return folder


def write(monkeypatch: pytest.MonkeyPatch, results: Path) -> Path:
    """Run write_skeletons.py on the video v; return the folder of its side files."""
    names = ("keypoints", "faces", "frames", "shots", "status")
    tables = [text for name in names for text in (f"--{name}", results / name / "v.parquet")]
    index = results / "report/page/v/skeleton/index.js"
    output = results / "skeletons/v.parquet"
    options = (*tables, "--samples-per-second", 5, "--index", index, "--output", output)
    run_script(monkeypatch, write_skeletons, *options)
    return index.parent


@pytest.mark.parametrize("fps", [25, 60])
def test_a_minute_of_one_person_is_smaller_than_a_megabyte(monkeypatch, tmp_path, fps) -> None:
    """Body and both hands are always in view, and jitter as much as measured keypoints."""
    folder = write(monkeypatch, write_video(tmp_path, 20, fps))
    assert 3 * (folder / "0.js").stat().st_size < 1e6


def test_side_files_have_what_the_tables_have(monkeypatch, tmp_path) -> None:
    results = write_video(tmp_path, 65, 10, start_s=2.5)
    folder = write(monkeypatch, results)
    index = json.loads(read_side_file(folder / "index.js"))
    assert index["chunks"] == [[0, 2_500_000], [600, 62_500_000]]
    assert (index["width"], index["height"], index["parts"]) == (640, 480, list(PARTS))
    chunk = decode(read_side_file(folder / "1.js"))
    table = parquet.read(results / "keypoints/v.parquet")
    rows = table[(table["frame"] == 620) & (table["part"] == "pose")]
    frames, points = chunk["series"][0, POSE]
    [position] = np.flatnonzero(frames == 20)
    assert np.abs(points[position] * index["unit"] - rows[["x", "y"]]).max().max() < 0.05
    # Between two detections the box moves on evenly.
    frames, boxes = chunk["series"][0, FACE]
    assert boxes[frames == 21][0] * index["unit"] == pytest.approx(
        np.array([[721, 50], [801, 130]]), abs=0.05
    )
    listed = parquet.read(results / "skeletons/v.parquet")
    assert listed["n_frames"].tolist() == [600, 50] and listed["n_tracks"].tolist() == [1, 1]
    assert listed["file_size"].tolist() == [(folder / f"{n}.js").stat().st_size for n in (0, 1)]


def test_no_chunk_of_a_longer_video_is_left_over(monkeypatch, tmp_path) -> None:
    folder = write(monkeypatch, write_video(tmp_path, 130, 5))
    before = (folder / "0.js").read_bytes()
    assert {file.name for file in folder.glob("[!.]*")} == {"0.js", "1.js", "2.js", "index.js"}
    write(monkeypatch, write_video(tmp_path, 61, 5))
    expected = {"0.js", "1.js", "index.js"}
    assert {file.name for file in folder.iterdir()} == expected | {
        f".{name}.checksum" for name in expected
    }
    write(monkeypatch, write_video(tmp_path, 130, 5))
    assert (folder / "0.js").read_bytes() == before


def test_a_video_without_frames_has_an_index_without_chunks(monkeypatch, tmp_path) -> None:
    folder = write(monkeypatch, write_video(tmp_path, 0, 25))
    assert json.loads(read_side_file(folder / "index.js"))["chunks"] == []
    assert skeleton_files.delete_all(tmp_path) and not folder.exists()
    assert not (tmp_path / "skeletons").exists() and not skeleton_files.delete_all(tmp_path)
