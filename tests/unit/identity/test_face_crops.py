"""Images of faces: which faces are chosen, how they are cropped, and from which frames."""

import io
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from PIL import Image

import crop_faces
import synthetic_videos
from corpus.identity import face_crops
from corpus.tables import parquet, schemas
from corpus.video.reader import Reader
from page_corpus import times_of
from script_runs import default_flags, run_script

BOX = [40.0, 30.0, 80.0, 80.0]

# Choice of faces


def tracks_of(*rows: tuple[str, str, int, float]) -> pd.DataFrame:
    """Tracks of (person, video, track, quality)."""
    return pd.DataFrame(rows, columns=["person", "video_id", "track", "best_quality"])


def choose(tracks: pd.DataFrame, n_per_person: int) -> list[tuple]:
    """The chosen faces as (person, rank, video, track)."""
    chosen = face_crops.choose_faces(tracks, n_per_person)
    columns = chosen[["person", "rank", "video_id", "track"]]
    return list(columns.itertuples(index=False, name=None))


def test_the_best_faces_of_different_videos_are_preferred():
    tracks = tracks_of(
        ("p0001", "a", 0, 0.9),
        ("p0001", "a", 1, 0.8),
        ("p0001", "b", 0, 0.3),
        ("p0001", "a", 2, 0.7),
        ("p0002", "b", 1, 0.5),
    )
    assert choose(tracks, 2) == [("p0001", 0, "a", 0), ("p0001", 1, "b", 0), ("p0002", 0, "b", 1)]
    assert [row[2:] for row in choose(tracks, 3)[:3]] == [("a", 0), ("a", 1), ("b", 0)]
    assert len(choose(tracks, 50)) == 5


def test_the_order_of_tracks_does_not_change_the_choice():
    rows = [("p0001", video, track, 0.5) for video in "cab" for track in (1, 0)]
    assert choose(tracks_of(*rows), 4) == choose(tracks_of(*rows[::-1]), 4)


def test_no_tracks_give_no_faces():
    assert choose(tracks_of(), 4) == []


def test_one_track_gives_faces_of_different_times():
    times = [1.0, 1.2, 5.0, 9.0, 9.1]
    faces = pd.DataFrame({"best_time_s": times, "best_quality": [0.9, 0.8, 0.7, 0.6, 0.65]})
    faces = faces.assign(person="p0001", video_id="a", track=0, best_box=[np.array(BOX)] * 5)
    chosen = face_crops.choose_faces(faces.iloc[:1], 4)
    three = face_crops.add_other_times(chosen, faces, 3)
    # 9.1 s is farthest from 1 s, then 5 s from both; the best face keeps rank 0.
    assert three["best_time_s"].tolist() == [1.0, 5.0, 9.1]
    assert three["rank"].tolist() == [0, 1, 2]
    assert len(face_crops.add_other_times(chosen, faces, 50)) == 5
    assert face_crops.add_other_times(chosen, faces.iloc[:1], 4).equals(chosen)


# Crops


@pytest.mark.parametrize(
    ("box", "square"),
    [
        ((100, 100, 150, 140), (80, 75, 170, 165)),
        ((-20, -10, 30, 40), (0, 0, 90, 90)),
        ((370, 270, 400, 300), (346, 246, 400, 300)),
        ((0, 0, 400, 300), (50, 0, 350, 300)),
    ],
)
def test_a_face_is_cropped_as_a_square_inside_the_image(box, square):
    left, top, right, bottom = face_crops.crop_square(np.array(box), 400, 300)
    assert (left, top, right, bottom) == square
    assert right - left == bottom - top


def test_images_have_a_maximum_size_and_repeatable_bytes():
    image = np.random.default_rng(0).integers(0, 255, (600, 800, 3), np.uint8)
    for side, size in ((300, 192), (50, 90)):
        box = np.array([100, 100, 100 + side, 100 + side])
        jpeg = face_crops.crop_face(image, box)
        assert Image.open(io.BytesIO(jpeg)).size == (size, size)
        assert jpeg == face_crops.crop_face(image, box)


# Table of pictures


def write_results(folder: Path, clip: Path) -> Path:
    """Write tables of a video in which two people appear one after the other.

    Returns the manifest.
    """
    times = times_of(clip)
    parquet.write(folder / "frames/v.parquet", "frames", {"time_s": times}, {})
    status = {"video_id": ["v"], "width": [160], "height": [120], "stored_sizes": ["160x120"]}
    parquet.write(folder / "status/v.parquet", "status", status, {})
    clusters = {"video_id": ["v", "v"], "track": [0, 1], "best_time_s": [times[5], times[30]]}
    clusters |= {"best_box": [BOX, BOX], "best_quality": [0.5, 0.9], "cluster": [0, 1]}
    parquet.write(folder / "clusters.parquet", "clusters", clusters, {})
    # The second track has a further face; both have their best one.
    faces: dict = {
        "track": [0, 1, 1],
        "frame": [5, 30, 40],
        "time_s": [times[5], times[30], times[40]],
    }
    embeddings = faces | {"embedding": [[0.0]] * 3}
    parquet.write(folder / "embeddings/v.parquet", "embeddings", embeddings, {})
    faces |= dict(zip(("x1", "y1", "x2", "y2"), ([edge] * 3 for edge in BOX), strict=True))
    faces["quality"] = [0.5, 0.9, 0.4]
    parquet.write(folder / "faces/v.parquet", "faces", faces, {})
    return write_manifest(folder)


def write_manifest(folder: Path) -> Path:
    manifest = folder / "videos.tsv"
    manifest.write_text("video_id\tsource\nv\thttps://example.org/v.mp4\n")
    return manifest


def run(folder: Path, manifest: Path, monkeypatch, name: str = "pictures.parquet") -> pd.DataFrame:
    """Run crop_faces.py and return the table that it writes."""
    flags = default_flags("crop_faces", videos=manifest)
    run_script(monkeypatch, crop_faces, *flags, "--results", folder, "--output", folder / name)
    return parquet.read(folder / name)


def test_faces_are_cropped_from_the_right_frames(tmp_path, monkeypatch):
    (tmp_path / "videos").mkdir()
    clip = synthetic_videos.plain(tmp_path / "videos/v.mp4")
    manifest = write_results(tmp_path, clip)
    pictures = run(tmp_path, manifest, monkeypatch)
    assert pictures["person"].tolist() == ["p0001", "p0002", "p0002"]
    assert pictures["rank"].tolist() == [0, 0, 1]
    images = [frame.image for frame in Reader(clip, {5, 30, 40}) if frame.image is not None]
    expected = [face_crops.crop_face(image, np.array(BOX)) for image in images]
    assert pictures["jpeg"].tolist() == expected
    run(tmp_path, manifest, monkeypatch, "again.parquet")
    contents = [(tmp_path / f"{name}.parquet").read_bytes() for name in ("pictures", "again")]
    assert contents[0] == contents[1]
    provenance = parquet.read_provenance(tmp_path / "pictures.parquet")
    assert provenance["parameters"] == {"pictures_per_person": 4}


def test_a_corpus_without_people_gives_an_empty_table(tmp_path, monkeypatch):
    manifest = write_manifest(tmp_path)
    empty = {name: [] for name in schemas.SCHEMAS["clusters"].names}
    parquet.write(tmp_path / "clusters.parquet", "clusters", empty, {})
    assert len(run(tmp_path, manifest, monkeypatch)) == 0
