"""Coverage: the share of a video's frames with a face, a body, wrists or a hand."""

from pathlib import Path

import numpy as np
import pytest

from corpus.report import coverage
from small_corpus import SmallCorpus, mixed_corpus


@pytest.fixture
def corpus(tmp_path: Path) -> SmallCorpus:
    return mixed_corpus(tmp_path / "results")


def test_shares_of_frames(corpus: SmallCorpus) -> None:
    corpus.write_keypoints(
        "a",
        poses=[(k, 0, 0.9) for k in range(20)] + [(k, -1, 0.1) for k in range(10, 40)],
        hands=[(3, 0, "left_hand"), (3, 0, "right_hand"), (4, 0, "left_hand")],
    )
    row = coverage.measure_video(corpus.folder, "a")
    assert row["face"] == 1
    assert (row["body"], row["body_without_face"]) == (0.4, 0.3)
    assert (row["wrist"], row["hand"]) == (0.2, 0.02)
    assert row["face_score"] == pytest.approx(0.99)
    assert row["n_frames_analysed"] == 100


def test_a_face_covers_the_frames_of_its_track(corpus: SmallCorpus) -> None:
    assert coverage.measure_video(corpus.folder, "b")["face"] == pytest.approx(0.75)
    assert coverage.measure_video(corpus.folder, "c")["face"] == 0


def test_shares_refer_to_the_analysed_frames(corpus: SmallCorpus) -> None:
    poses = [(k, 0, 0.9) for k in range(0, 50, 5)]
    corpus.write_keypoints("a", poses, frames_per_second=5.0)
    row = coverage.measure_video(corpus.folder, "a")
    assert (row["n_frames_analysed"], row["body"]) == (20, 0.5)


def test_keypoints_are_read_in_batches(corpus: SmallCorpus, monkeypatch) -> None:
    """Each row group has a separate dictionary of texts."""
    monkeypatch.setattr("corpus.tables.parquet.ROW_GROUP", 7)
    poses = [(k, 0, 0.9) for k in range(0, 100, 2)]
    corpus.write_keypoints("a", poses, [(99, 0, "right_hand")])
    row = coverage.measure_video(corpus.folder, "a")
    assert (row["body"], row["wrist"], row["hand"]) == (0.5, 0.5, 0.01)


@pytest.mark.parametrize("video", ["gone", "sound"])
def test_videos_without_frames_have_no_shares(corpus: SmallCorpus, video: str) -> None:
    row = coverage.measure_video(corpus.folder, video)
    assert row["n_frames_analysed"] == 0
    assert all(np.isnan(row[column]) for column in (*coverage.KINDS, "face_score"))


def test_the_table_has_one_row_per_video(corpus: SmallCorpus) -> None:
    table = coverage.measure_corpus(corpus.folder, list(corpus.statuses))
    assert table.columns.tolist() == coverage.COLUMNS
    assert table["video_id"].tolist() == list(corpus.statuses)
