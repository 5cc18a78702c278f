"""Heads of forgotten people: blurred videos cover them as before, and nothing else is kept."""

import shutil
from pathlib import Path

import numpy as np
import pytest
from test_renderers import NEEDED, changed, noisy, pictures

import erase_person
import export_video
import exported_video
from corpus.faces.track_boxes import TrackBoxes
from corpus.faces.track_extents import track_extents
from corpus.pose.keypoint_stream import align_to_frames, people_by_frame
from corpus.privacy import erasure, kept_masks
from corpus.privacy.head_regions import first_sightings
from corpus.privacy.kept_masks import Covers
from corpus.privacy.masking import Heads
from corpus.tables import parquet, schemas
from corpus.video.reader import Reader
from erasable_corpus import Corpus
from exported_video import Found, call, named
from synthetic_videos import from_pictures
from workflow_runs import DEMO

found = exported_video.found


def forget(found: Found, *tracks: int) -> None:
    """As forget_person does with a video's tables."""
    kept_masks.keep(found.folder, "v", tracks)
    for table in ("faces", "keypoints"):
        erasure.take_out(found.path(table), {None: list(tracks)})


def places(results: Path, video: str, media: Path) -> list[list[tuple[float, ...]]]:
    """The ellipses that are covered in each frame of a video."""
    table = {
        name: results / f"{name}/{video}.parquet"
        for name in ("frames", "shots", "faces", "keypoints", "covers")
    }
    faces, shots, frames = (parquet.read(table[name]) for name in ("faces", "shots", "frames"))
    boxes = TrackBoxes(faces, track_extents(faces, shots, 5))
    times, shot_of = frames["time_s"], frames["shot"]
    seen = ((times[n], shot_of[n], people) for n, people in people_by_frame(table["keypoints"]))
    kept = Covers(parquet.read(table["covers"])) if table["covers"].exists() else Covers()
    heads = Heads(boxes, first_sightings(seen, boxes), kept)
    people = align_to_frames(range(len(frames)), people_by_frame(table["keypoints"]))
    covered = []
    for frame, (number, those) in zip(Reader(media), people, strict=True):
        groups = heads(frame, int(shot_of[number]), those)
        ellipses = [(e.x, e.y, e.across, e.down) for own in groups for e in own]
        covered.append(sorted(ellipses, key=lambda ellipse: np.round(ellipse, 1).tolist()))
    return covered


def same(before: list[list[tuple]], after: list[list[tuple]]) -> bool:
    return [len(own) for own in before] == [len(own) for own in after] and all(
        np.allclose(a, b, atol=0.05) for a, b in zip(before, after, strict=True)
    )


def test_a_forgotten_head_stays_covered_in_every_frame(found, tmp_path, monkeypatch):
    """The only one left is covered as well, and so is the body without a face."""
    source, output = noisy(found, tmp_path), found.folder / "blurred.mp4"
    before = pictures(source)
    forget(found, 0, 2)
    own = ["--covers", kept_masks.path_of(found.folder, "v")]
    for more, is_covered in ((own, True), ([], False)):
        call(
            monkeypatch, export_video, "--kind", "blurred", "--video", source,
            *named(found, *NEEDED), *more, "--output", output,
        )  # fmt: skip
        after = pictures(output)
        for n in range(20):
            assert changed(before[n], after[n], 40 + n, 30) == is_covered, n
            assert changed(before[n], after[n], 110, 30), n


def test_all_is_covered_that_was_whoever_is_forgotten_and_in_whatever_order(found, tmp_path):
    source = noisy(found, tmp_path)
    before = places(found.folder, "v", source)
    assert len(before[4]) == 5, "two faces, two heads and a body without a face"
    for tracks in ((1, 3), (0,), (2,)):
        forget(found, *tracks)
        assert same(before, places(found.folder, "v", source))
    assert set(parquet.read(found.path("keypoints"))["track"]) == {-1}


def test_faces_alone_are_covered_before_and_after_they_are_seen(tmp_path):
    """And followed by the picture, where no skeleton was found."""
    found = Found(tmp_path, [0.04 * n for n in range(30)], cut=30)
    faces = parquet.read(found.path("faces"))
    some = faces[faces["frame"].between(10, 20) & (faces["track"] == 0)]
    found.write("faces", some)
    found.write("keypoints", {name: [] for name in schemas.SCHEMAS["keypoints"].names})
    source = from_pictures(tmp_path / "v.mp4", [np.zeros((120, 160, 3), np.uint8)] * 30,
                           [40 * n for n in range(30)])  # fmt: skip
    before = places(tmp_path, "v", source)
    forget(found, 0)
    assert len(parquet.read(kept_masks.path_of(tmp_path, "v"))) == 11
    assert [len(own) for own in before] == [1] * 30
    assert same(before, places(tmp_path, "v", source))


def test_nothing_but_places_is_kept(found):
    """No face, no body, no track, no person."""
    forget(found, 1, 3)
    path = kept_masks.path_of(found.folder, "v")
    rows = parquet.read(path)
    assert list(rows) == ["frame", "time_s", "shot", "cover", "known_by", "x1", "y1", "x2", "y2"]
    assert set(rows["cover"]) == {0, 1} and rows["frame"].is_monotonic_increasing
    made_by = parquet.read_provenance(path)
    assert made_by["step"] == "forget_person" and not made_by["parameters"]


def test_numbers_tell_nothing_of_the_order_of_forgetting(tmp_path):
    contents = []
    for name, order in (("a", [(0, 2), (1, 3)]), ("b", [(1, 3), (0, 2)]), ("c", [(0, 1, 2, 3)])):
        (tmp_path / name).mkdir()
        found = Found(tmp_path / name, [0.04 * n for n in range(20)])
        for tracks in order:
            forget(found, *tracks)
        contents.append(kept_masks.path_of(found.folder, "v").read_bytes())
    assert contents[0] == contents[1] == contents[2]


@pytest.mark.parametrize("lost", [(), ("faces",), ("faces", "keypoints")])
def test_started_again_it_keeps_each_head_once(found, lost):
    kept_masks.keep(found.folder, "v", [0, 2])
    path = kept_masks.path_of(found.folder, "v")
    before = path.read_bytes()
    for table in lost:
        erasure.take_out(found.path(table), {None: [0, 2]})
    kept_masks.keep(found.folder, "v", [0, 2])
    assert path.read_bytes() == before


def test_only_videos_in_which_somebody_was_forgotten_have_covers(tmp_path, monkeypatch, capsys):
    corpus = Corpus(tmp_path, monkeypatch)
    corpus.forget("p0003", yes=False)
    assert not (corpus.results / "covers").exists()
    assert "go on covering them:\n  covers/v1.parquet\n  covers/w.parquet\n" in (
        capsys.readouterr().out
    )
    corpus.forget("p0003")
    assert sorted(p.name for p in (corpus.results / "covers").iterdir()) == [
        "v1.parquet", "w.parquet",
    ]  # fmt: skip
    kept = parquet.read(corpus.table("covers/w"))
    assert kept["frame"].tolist() == [0, 1, 2, 3, 4] and set(kept["known_by"]) == {"face"}
    middle = (kept["x1"] + kept["x2"]) / 2
    assert middle.tolist() == [30] * 5 and (kept["x2"] - kept["x1"] > 40).all()


@pytest.mark.workflow
def test_the_demos_blurred_video_still_covers_who_was_forgotten(
    demo: Path, snakemake, tmp_path: Path, monkeypatch
) -> None:
    results = tmp_path / "results"
    shutil.copytree(demo, results, ignore=shutil.ignore_patterns("exports"))
    media = next((results / "videos").glob("both.mp4"))
    before = places(results, "both", media)
    gone = parquet.read(results / "tracks.parquet").query("video_id == 'both'")["person"].iloc[0]
    flags = {"results": results, "videos": "config/laptop.tsv", "annotations": tmp_path}
    call(
        monkeypatch, erase_person,
        *(f"--{key}={value}" for key, value in flags.items()), "--yes", "--person", gone,
    )  # fmt: skip
    assert same(before, places(results, "both", media))
    table = str(results / "covers/both.parquet")
    for kind, is_covered in (("blurred", True), ("overlay", False), ("skeleton", False)):
        video = results / f"exports/{kind}/both.mp4"
        planned = snakemake("-n", "-p", *DEMO, "--config", f"results={results}", "--", video)
        assert (table in planned.stdout) == is_covered, kind
