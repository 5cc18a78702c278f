"""Masks of erased people stay in blurred videos; no other data about these people is kept."""

from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pytest

import processed_video
import video_exports
from corpus.inputs import erased_folder
from corpus.privacy import erasure, kept_masks
from corpus.tables import parquet
from erasable_corpus import ErasableCorpus
from masked_regions import are_equal, masked_regions
from noise_video import is_changed, noise_video, read_images
from processed_video import ProcessedVideo
from synthetic_videos import from_pictures

processed, write_video = processed_video.processed, video_exports.write_video


def keep_masks(processed: ProcessedVideo, tracks: Iterable[int]) -> None:
    """Write the table covers, in the folder of the results."""
    folder = processed.folder
    masks = kept_masks.add_masks(folder, folder, "v", tracks)
    kept_masks.keep_masks(folder, folder, "v", masks)


def erase_tracks(processed: ProcessedVideo, *tracks: int) -> None:
    """Change the tables of a video as erase_person does."""
    keep_masks(processed, tracks)
    for table in ("faces", "keypoints"):
        erasure.remove_tracks(processed.path(table), {None: list(tracks)})


def test_the_head_of_an_erased_person_stays_masked_in_every_frame(processed, tmp_path, write_video):
    """The remaining person and the body without a face are masked as well."""
    source = noise_video(processed, tmp_path)
    before = read_images(source)
    erase_tracks(processed, 0, 2)
    covers_options = ["--covers", erased_folder.masks_path(processed.folder, "v")]
    for options, is_masked in ((covers_options, True), ([], False)):
        after = read_images(write_video(processed, "blurred", source, *options))
        for n in range(20):
            assert is_changed(before[n], after[n], 40 + n, 30) == is_masked, n
            assert is_changed(before[n], after[n], 110, 30), n


def test_erasing_people_in_several_steps_does_not_change_what_is_masked(processed, tmp_path):
    source = noise_video(processed, tmp_path)
    before = masked_regions(processed.folder, "v", source)
    assert len(before[4]) == 5, "two faces, two heads and a body without a face"
    for tracks in ((1, 3), (0,), (2,)):
        erase_tracks(processed, *tracks)
        assert are_equal(before, masked_regions(processed.folder, "v", source))
    assert set(parquet.read(processed.path("keypoints"))["track"]) == {-1}


def test_faces_without_keypoints_are_masked_before_and_after_they_are_detected(tmp_path):
    """The mask follows the picture by optical flow if there is no skeleton."""
    processed = ProcessedVideo(tmp_path, [0.04 * n for n in range(30)], cut=30)
    faces = parquet.read(processed.path("faces"))
    is_kept = faces["frame"].between(10, 20) & (faces["track"] == 0)
    processed.write("faces", faces[is_kept])
    processed.empty("keypoints")
    images = [np.zeros((120, 160, 3), np.uint8)] * 30
    source = from_pictures(tmp_path / "v.mp4", images, [40 * n for n in range(30)])
    before = masked_regions(tmp_path, "v", source)
    erase_tracks(processed, 0)
    assert len(parquet.read(erased_folder.masks_path(tmp_path, "v"))) == 11
    assert [len(regions) for regions in before] == [1] * 30
    assert are_equal(before, masked_regions(tmp_path, "v", source))


def test_only_the_positions_of_heads_are_kept(processed):
    """The table has no embedding, keypoint, track or person."""
    erase_tracks(processed, 1, 3)
    path = erased_folder.masks_path(processed.folder, "v")
    rows = parquet.read(path)
    assert list(rows) == ["frame", "time_s", "shot", "cover", "known_by", "x1", "y1", "x2", "y2"]
    assert set(rows["cover"]) == {0, 1} and rows["frame"].is_monotonic_increasing
    provenance = parquet.read_provenance(path)
    assert provenance["step"] == "forget_person"
    assert provenance["parameters"] == {"pixels": "square"}


def write_status(folder, sizes: str, width: int = 240) -> Path:
    """Status table of a video whose pictures are 240 x 120 square pixels."""
    status = {"video_id": ["v"], "width": [width], "height": [120], "stored_sizes": [sizes]}
    parquet.write(folder / "status/v.parquet", "status", status, {})
    return folder / "status/v.parquet"


@pytest.mark.fault(
    "privacy", "masks are in the stored pixels of an earlier version", "heads stay masked"
)
def test_masks_in_stored_pixels_are_converted(processed):
    keep_masks(processed, [0, 2])
    path = erased_folder.masks_path(processed.folder, "v")
    masks = parquet.read(path)
    parquet.write(path, "covers", masks, {"parameters": {"video_sha256": "00"}})
    converted = kept_masks.read_masks(path, write_status(processed.folder, "160x120"))
    assert np.allclose(converted[["x1", "x2"]], masks[["x1", "x2"]] * 1.5)
    assert np.array_equal(converted[["y1", "y2"]], masks[["y1", "y2"]])
    same = kept_masks.read_masks(path, write_status(processed.folder, "240x120"))
    assert same.equals(masks)
    # Which of two sizes a mask refers to is unknown: both places are masked.
    both = kept_masks.read_masks(path, write_status(processed.folder, "240x120, 120x60"))
    assert len(both) == 2 * len(masks) and both["cover"].nunique() == 2 * masks["cover"].nunique()
    assert {masks["x1"].iloc[0], 2 * masks["x1"].iloc[0]} <= set(both["x1"])


def test_masks_in_square_pixels_stay_when_more_people_are_erased(processed):
    write_status(processed.folder, "120x120")
    keep_masks(processed, [0, 2])
    path = erased_folder.masks_path(processed.folder, "v")
    before = parquet.read(path)
    assert kept_masks.read_masks(path, processed.path("status")).equals(before)
    keep_masks(processed, [1, 3])
    after = parquet.read(path)
    assert set(before["x1"]) < set(after["x1"])


def test_the_numbers_of_masks_do_not_depend_on_the_order_of_erasures(tmp_path):
    contents = []
    for name, order in (("a", [(0, 2), (1, 3)]), ("b", [(1, 3), (0, 2)]), ("c", [(0, 1, 2, 3)])):
        (tmp_path / name).mkdir()
        processed = ProcessedVideo(tmp_path / name, [0.04 * n for n in range(20)])
        for tracks in order:
            erase_tracks(processed, *tracks)
        contents.append(erased_folder.masks_path(processed.folder, "v").read_bytes())
    assert contents[0] == contents[1] == contents[2]


@pytest.mark.parametrize("erased_tables", [(), ("faces",), ("faces", "keypoints")])
def test_repeating_an_interrupted_erasure_keeps_each_mask_once(processed, erased_tables):
    keep_masks(processed, [0, 2])
    path = erased_folder.masks_path(processed.folder, "v")
    before = path.read_bytes()
    for table in erased_tables:
        erasure.remove_tracks(processed.path(table), {None: [0, 2]})
    keep_masks(processed, [0, 2])
    assert path.read_bytes() == before


def test_only_videos_of_erased_people_get_a_table_of_masks(tmp_path, monkeypatch, capsys):
    corpus = ErasableCorpus(tmp_path, monkeypatch)
    corpus.erase("p0003", yes=False)
    assert not corpus.erased.exists()
    paths = [erased_folder.masks_path(corpus.erased, video) for video in ("v1", "w")]
    listed = "".join(f"  {path}\n" for path in paths)
    assert f"are not found again:\n{listed}" in capsys.readouterr().out
    corpus.erase("p0003")
    assert sorted((corpus.erased / "covers").iterdir()) == paths
    covers = parquet.read(paths[1])
    assert covers["frame"].tolist() == [0, 1, 2, 3, 4] and set(covers["known_by"]) == {"face"}
    centres = (covers["x1"] + covers["x2"]) / 2
    assert centres.tolist() == [30] * 5 and (covers["x2"] - covers["x1"] > 40).all()
