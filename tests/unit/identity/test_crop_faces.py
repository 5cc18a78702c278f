"""Pictures of faces: which are chosen, that they are of the right frames, and of those only."""

import io
import logging
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from PIL import Image

import crop_faces
import synthetic_videos
from corpus.tables import parquet, schemas
from corpus.video.frames_at import read_frames_at
from corpus.video.reader import Reader
from page_corpus import times_of

BOX = [40.0, 30.0, 80.0, 80.0]


def tracks_of(*rows: tuple[str, str, int, float]) -> pd.DataFrame:
    """A row a track: person, video, track, quality."""
    return pd.DataFrame(rows, columns=["person", "video_id", "track", "best_quality"])


def chosen(tracks: pd.DataFrame, number: int) -> list[tuple]:
    rows = crop_faces.choose(tracks, number)
    return list(rows[["person", "rank", "video_id", "track"]].itertuples(index=False, name=None))


# Choosing -----------------------------------------------------------------------------------------


def test_the_best_faces_of_different_videos_come_first():
    tracks = tracks_of(
        ("p0001", "a", 0, 0.9), ("p0001", "a", 1, 0.8), ("p0001", "b", 0, 0.3),
        ("p0001", "a", 2, 0.7), ("p0002", "b", 1, 0.5),
    )  # fmt: skip
    assert chosen(tracks, 2) == [("p0001", 0, "a", 0), ("p0001", 1, "b", 0), ("p0002", 0, "b", 1)]
    assert [row[2:] for row in chosen(tracks, 3)[:3]] == [("a", 0), ("a", 1), ("b", 0)]
    assert len(chosen(tracks, 50)) == 5


def test_the_order_of_rows_changes_nothing():
    rows = [("p0001", video, track, 0.5) for video in "cab" for track in (1, 0)]
    assert chosen(tracks_of(*rows), 4) == chosen(tracks_of(*rows[::-1]), 4)


def test_nobody_gives_no_pictures():
    assert chosen(tracks_of(), 4) == []


@pytest.mark.parametrize(
    ("box", "square"),
    [
        ((100, 100, 150, 140), (80, 75, 170, 165)),
        ((-20, -10, 30, 40), (0, 0, 90, 90)),
        ((370, 270, 400, 300), (346, 246, 400, 300)),
        ((0, 0, 400, 300), (50, 0, 350, 300)),
    ],
)
def test_a_face_is_cut_out_as_a_square_inside_the_picture(box, square):
    found = crop_faces.square(np.array(box), 400, 300)
    assert found == square
    assert found[2] - found[0] == found[3] - found[1]


def test_pictures_are_at_most_so_large_and_always_the_same():
    image = np.random.default_rng(0).integers(0, 255, (600, 800, 3), np.uint8)
    for side, size in ((300, 192), (50, 90)):
        jpeg = crop_faces.picture(image, np.array([100, 100, 100 + side, 100 + side]))
        assert Image.open(io.BytesIO(jpeg)).size == (size, size)
        assert jpeg == crop_faces.picture(image, np.array([100, 100, 100 + side, 100 + side]))


# Frames -------------------------------------------------------------------------------------------


def clips(folder: Path) -> dict[str, Path]:
    """Videos of all kinds, by what is odd about them."""
    x264 = ("-c:v", "libx264", "-preset", "ultrafast", "-bf", "2", "-g", "10")
    open_gop = ("-x264-params", "open-gop=1:keyint=10:bframes=3:scenecut=0", "-c:v", "libx264")
    return {
        "mp4": synthetic_videos.plain(folder / "plain.mp4"),
        "mkv": synthetic_videos.plain(folder / "plain.mkv"),
        "webm": synthetic_videos.plain(folder / "plain.webm"),
        "mpg": synthetic_videos.plain(folder / "plain.mpg"),
        "avi": synthetic_videos.plain(folder / "plain.avi"),
        "ts": synthetic_videos.plain(folder / "plain.ts"),
        "late": synthetic_videos.late(folder / "late.mp4", 1.0),
        "edited": synthetic_videos.edited(folder / "edited.mp4", folder, 0.7),
        "fragmented": synthetic_videos.fragmented(folder / "fragmented.mp4"),
        "turned": synthetic_videos.turned(folder / "turned.mp4", folder, 90, "h"),
        "open": synthetic_videos.silent(folder / "open.mp4", *open_gop, seconds=2),
        "damaged": synthetic_videos.damaged(
            synthetic_videos.silent(folder / "damaged.mp4", *x264), [4]
        ),
        "short": synthetic_videos.shortened(synthetic_videos.plain(folder / "short.mkv"), 0.7),
    }


def test_stills_are_the_frames_of_a_whole_reading(tmp_path):
    for kind, path in clips(tmp_path).items():
        times = times_of(path)
        wanted = {0, 1, 11, len(times) // 2, len(times) - 1} & set(range(len(times)))
        whole = {f.number: f.image for f in Reader(path, wanted) if f.image is not None}
        seen = dict(read_frames_at(path, wanted, times))
        assert list(seen) == sorted(wanted), kind
        for number, image in seen.items():
            assert (image == whole[number]).all(), (kind, number)


def test_a_video_is_not_read_from_its_start_where_that_can_be_helped(tmp_path, caplog):
    caplog.set_level(logging.INFO)
    path = synthetic_videos.plain(tmp_path / "plain.mp4")
    assert len(dict(read_frames_at(path, {45}, times_of(path)))) == 1
    assert caplog.text == ""
    path = synthetic_videos.plain(tmp_path / "plain.mpg")
    assert len(dict(read_frames_at(path, {45}, times_of(path)))) == 1
    assert "plain.mpg: read from its start" in caplog.text


def test_times_that_do_not_fit_are_not_trusted(tmp_path, caplog):
    """Two frames at one time, as broken clocks have them: the number decides, not the time."""
    caplog.set_level(logging.INFO)
    path = synthetic_videos.plain(tmp_path / "plain.mp4")
    times = times_of(path)
    times[20] = times[21]
    [(number, image)] = read_frames_at(path, {21}, times)
    [right] = [f.image for f in Reader(path, {21}) if f.image is not None]
    assert number == 21 and (image == right).all() and "from its start" in caplog.text


# The table ----------------------------------------------------------------------------------------


def results_of(folder: Path, clip: Path) -> Path:
    """Tables of one video with two people, who are in it one after the other."""
    times = times_of(clip)
    parquet.write(folder / "frames/v.parquet", "frames", {"time_s": times}, {})
    best = {"video_id": ["v", "v"], "track": [0, 1], "best_time_s": [times[5], times[30]]}
    best |= {"best_box": [BOX, BOX], "best_quality": [0.5, 0.9], "cluster": [0, 1]}
    parquet.write(folder / "clusters.parquet", "clusters", best, {})
    manifest = folder / "videos.tsv"
    manifest.write_text("video_id\tsource\nv\thttps://example.org/v.mp4\n")
    return manifest


def run(folder: Path, manifest: Path, monkeypatch, name: str = "pictures.parquet") -> pd.DataFrame:
    command = ["picture_people", "--results", folder, "--videos", manifest]
    monkeypatch.setattr(sys, "argv", [*map(str, command), "--output", str(folder / name)])
    crop_faces.main()
    return parquet.read(folder / name)


def test_pictures_are_written(tmp_path, monkeypatch):
    (tmp_path / "videos").mkdir()
    clip = synthetic_videos.plain(tmp_path / "videos/v.mp4")
    manifest = results_of(tmp_path, clip)
    found = run(tmp_path, manifest, monkeypatch)
    assert found["person"].tolist() == ["p0001", "p0002"]
    assert found["rank"].tolist() == [0, 0]
    images = [f.image for f in Reader(clip, {5, 30}) if f.image is not None]
    assert found["jpeg"].tolist() == [crop_faces.picture(i, np.array(BOX)) for i in images]
    run(tmp_path, manifest, monkeypatch, "again.parquet")
    both = [(tmp_path / f"{name}.parquet").read_bytes() for name in ("pictures", "again")]
    assert both[0] == both[1]
    made_by = parquet.read_provenance(tmp_path / "pictures.parquet")
    assert made_by["parameters"] == {"pictures_per_person": 4}


def test_a_corpus_without_people_has_an_empty_table(tmp_path, monkeypatch):
    manifest = tmp_path / "videos.tsv"
    manifest.write_text("video_id\tsource\nv\thttps://example.org/v.mp4\n")
    empty = {name: [] for name in schemas.SCHEMAS["clusters"].names}
    parquet.write(tmp_path / "clusters.parquet", "clusters", empty, {})
    assert len(run(tmp_path, manifest, monkeypatch)) == 0


@pytest.mark.workflow
def test_the_demo_keeps_four_faces_of_each(demo):
    found = parquet.read(demo / "pictures.parquet")
    assert found.groupby("person").size().to_dict() == {"p0001": 4, "p0002": 4}
    assert found.groupby("person")["video_id"].nunique().to_dict() == {"p0001": 2, "p0002": 2}
    assert {Image.open(io.BytesIO(jpeg)).size for jpeg in found["jpeg"]} <= {(192, 192)} | {
        (side, side) for side in range(100, 192)
    }
