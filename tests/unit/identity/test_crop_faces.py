"""Pictures of faces: which are chosen, that they are of the right frames, and of those only."""

import io
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from PIL import Image

import crop_faces
import synthetic_videos
from corpus.tables import parquet, schemas
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
