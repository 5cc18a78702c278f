"""Masks of erased people stay in blurred videos, and nothing else about them is kept."""

import numpy as np
import pytest

import export_video
import exported_video
from corpus.privacy import erasure, kept_masks
from corpus.tables import parquet, schemas
from erasable_corpus import Corpus
from exported_video import Found, call, named
from masked_regions import are_equal, masked_regions
from noise_video import INPUT_TABLES, is_changed, noise_video, read_images
from synthetic_videos import from_pictures

found = exported_video.found


def erase_tracks(found: Found, *tracks: int) -> None:
    """Change the tables of a video as erase_person does."""
    kept_masks.keep_masks(found.folder, "v", tracks)
    for table in ("faces", "keypoints"):
        erasure.remove_tracks(found.path(table), {None: list(tracks)})


def test_the_head_of_an_erased_person_stays_masked_in_every_frame(found, tmp_path, monkeypatch):
    """The remaining person and the body without a face are masked as well."""
    source, output = noise_video(found, tmp_path), found.folder / "blurred.mp4"
    before = read_images(source)
    erase_tracks(found, 0, 2)
    covers = ["--covers", kept_masks.kept_masks_path(found.folder, "v")]
    for options, is_masked in ((covers, True), ([], False)):
        call(
            monkeypatch, export_video, "--kind", "blurred", "--video", source,
            *named(found, *INPUT_TABLES), *options, "--output", output,
        )  # fmt: skip
        after = read_images(output)
        for n in range(20):
            assert is_changed(before[n], after[n], 40 + n, 30) == is_masked, n
            assert is_changed(before[n], after[n], 110, 30), n


def test_erasing_people_in_several_steps_does_not_change_what_is_masked(found, tmp_path):
    source = noise_video(found, tmp_path)
    before = masked_regions(found.folder, "v", source)
    assert len(before[4]) == 5, "two faces, two heads and a body without a face"
    for tracks in ((1, 3), (0,), (2,)):
        erase_tracks(found, *tracks)
        assert are_equal(before, masked_regions(found.folder, "v", source))
    assert set(parquet.read(found.path("keypoints"))["track"]) == {-1}


def test_faces_without_keypoints_are_masked_before_and_after_they_are_detected(tmp_path):
    """The mask follows the picture by optical flow if there is no skeleton."""
    found = Found(tmp_path, [0.04 * n for n in range(30)], cut=30)
    faces = parquet.read(found.path("faces"))
    is_kept = faces["frame"].between(10, 20) & (faces["track"] == 0)
    found.write("faces", faces[is_kept])
    found.write("keypoints", {name: [] for name in schemas.SCHEMAS["keypoints"].names})
    images = [np.zeros((120, 160, 3), np.uint8)] * 30
    source = from_pictures(tmp_path / "v.mp4", images, [40 * n for n in range(30)])
    before = masked_regions(tmp_path, "v", source)
    erase_tracks(found, 0)
    assert len(parquet.read(kept_masks.kept_masks_path(tmp_path, "v"))) == 11
    assert [len(regions) for regions in before] == [1] * 30
    assert are_equal(before, masked_regions(tmp_path, "v", source))


def test_only_the_positions_of_heads_are_kept(found):
    """The table has no embedding, keypoint, track or person."""
    erase_tracks(found, 1, 3)
    path = kept_masks.kept_masks_path(found.folder, "v")
    rows = parquet.read(path)
    assert list(rows) == ["frame", "time_s", "shot", "cover", "known_by", "x1", "y1", "x2", "y2"]
    assert set(rows["cover"]) == {0, 1} and rows["frame"].is_monotonic_increasing
    made_by = parquet.read_provenance(path)
    assert made_by["step"] == "forget_person" and not made_by["parameters"]


def test_the_numbers_of_masks_do_not_depend_on_the_order_of_erasures(tmp_path):
    contents = []
    for name, order in (("a", [(0, 2), (1, 3)]), ("b", [(1, 3), (0, 2)]), ("c", [(0, 1, 2, 3)])):
        (tmp_path / name).mkdir()
        found = Found(tmp_path / name, [0.04 * n for n in range(20)])
        for tracks in order:
            erase_tracks(found, *tracks)
        contents.append(kept_masks.kept_masks_path(found.folder, "v").read_bytes())
    assert contents[0] == contents[1] == contents[2]


@pytest.mark.parametrize("erased_tables", [(), ("faces",), ("faces", "keypoints")])
def test_an_interrupted_erasure_that_is_repeated_keeps_each_mask_once(found, erased_tables):
    kept_masks.keep_masks(found.folder, "v", [0, 2])
    path = kept_masks.kept_masks_path(found.folder, "v")
    before = path.read_bytes()
    for table in erased_tables:
        erasure.remove_tracks(found.path(table), {None: [0, 2]})
    kept_masks.keep_masks(found.folder, "v", [0, 2])
    assert path.read_bytes() == before


def test_only_videos_of_erased_people_get_a_table_of_masks(tmp_path, monkeypatch, capsys):
    corpus = Corpus(tmp_path, monkeypatch)
    corpus.erase("p0003", yes=False)
    assert not (corpus.results / "covers").exists()
    assert "still mask them:\n  covers/v1.parquet\n  covers/w.parquet\n" in (
        capsys.readouterr().out
    )
    corpus.erase("p0003")
    assert sorted(path.name for path in (corpus.results / "covers").iterdir()) == [
        "v1.parquet",
        "w.parquet",
    ]
    covers = parquet.read(corpus.table("covers/w"))
    assert covers["frame"].tolist() == [0, 1, 2, 3, 4] and set(covers["known_by"]) == {"face"}
    centres = (covers["x1"] + covers["x2"]) / 2
    assert centres.tolist() == [30] * 5 and (covers["x2"] - covers["x1"] > 40).all()
