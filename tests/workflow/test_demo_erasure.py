"""One of the demo's two people is erased, and the workflow continues with the other."""

import re
import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import erase_person
from corpus.privacy import personal_data
from corpus.tables import parquet
from masked_regions import are_equal, masked_regions
from personal_traces import traces
from script_runs import run_script
from workflow_runs import DEMO

COSTLY_RULES = {
    "fetch_video",
    "index_frames",
    "detect_faces",
    "extract_keypoints",
    "measure_movement",
    "cluster_faces",
}
"""Rules that search videos or cluster faces."""


def erase(monkeypatch: pytest.MonkeyPatch, results: Path, folder: Path, person: str) -> None:
    """Run erase_person on results of the demo; `folder` is for what it keeps."""
    run_script(
        monkeypatch,
        erase_person,
        f"--results={results}",
        "--videos=config/laptop.tsv",
        f"--annotations={folder / 'annotations'}",
        f"--erased={folder / 'erased'}",
        "--yes",
        "--person",
        person,
    )


def test_the_next_run_makes_the_deleted_files_again_and_searches_no_video(
    demo: Path, snakemake, tmp_path: Path, monkeypatch
) -> None:
    results = tmp_path / "results"
    shutil.copytree(demo, results)
    folders = (f"annotations={tmp_path / 'annotations'}", f"erased={tmp_path / 'erased'}")
    settings = ("--config", f"results={results}", *folders)
    # Snakemake has no records about the copied files; --touch creates them.
    snakemake("--touch", *DEMO, *settings)
    assert "Nothing to be done" in snakemake("-n", *DEMO, *settings).stdout
    tracks = parquet.read(results / "tracks.parquet")
    erased = tracks["person"].iloc[0]
    [remaining_person] = set(tracks["person"]) - {erased}
    erase(monkeypatch, results, tmp_path, erased)
    planned = snakemake("-n", *DEMO, *settings).stdout
    job_counts = planned.split("Job stats:")[1].split("total")[0]
    assert COSTLY_RULES & set(re.findall(r"^(\w+)\s+\d+$", job_counts, re.M)) == set()
    snakemake(*DEMO, *settings)
    assert "Nothing to be done" in snakemake("-n", *DEMO, *settings).stdout
    check_erased(results, erased, tracks[tracks["person"] == erased])
    remaining = parquet.read(results / "tracks.parquet").reset_index(drop=True)
    expected = tracks[tracks["person"] == remaining_person].reset_index(drop=True)
    # Nothing says any more that somebody looked like the erased person.
    comparison = ["other_person", "other_probability"]
    assert set(expected["other_person"].dropna()) == {erased}
    assert remaining[comparison].isna().all(axis=None)
    assert remaining.drop(columns=comparison).equals(expected.drop(columns=comparison))


@pytest.mark.fault(
    "privacy",
    "all results deleted after an erasure, and made again with more sensitive settings",
    "the erased person is not found, the other keeps the id",
)
def test_nobody_is_found_again_from_nothing_but_videos_settings_and_masks(
    demo: Path, snakemake, tmp_path: Path, monkeypatch
) -> None:
    erased_results, results = tmp_path / "erased_results", tmp_path / "results"
    shutil.copytree(demo, erased_results, ignore=shutil.ignore_patterns("exports"))
    tracks = parquet.read(demo / "tracks.parquet")
    erased = tracks["person"].iloc[0]
    of_erased = tracks[tracks["person"] == erased].groupby("video_id")["track"]
    vectors = np.vstack([vectors_of(demo, str(video), numbers) for video, numbers in of_erased])
    erase(monkeypatch, erased_results, tmp_path, erased)
    shutil.rmtree(erased_results)
    settings = (f"results={results}", f"erased={tmp_path / 'erased'}")
    faces = "faces={embedder: dlib, samples_per_second: 7, min_size: 0.04, min_score: 0.8}"
    keypoints = "keypoints={frames_per_second: 2}"
    targets = ("people", results / "keypoints/both.parquet")
    snakemake(*DEMO, "--config", *settings, faces, keypoints, "--", *targets)
    assert traces(results, [erased], vectors, max_distance=0.35) == []
    again, others = parquet.read(results / "tracks.parquet"), tracks[tracks["person"] != erased]
    assert set(again["person"]) == set(others["person"])
    assert set(again["video_id"]) == set(others["video_id"])
    seconds, seconds_before = ((rows["end_s"] - rows["start_s"]).sum() for rows in (again, others))
    assert seconds > 0.95 * seconds_before
    bodies = parquet.read(results / "keypoints/both.parquet", ["track"])["track"]
    assert set(bodies) == set(again.query("video_id == 'both'")["track"])


def vectors_of(results: Path, video: str, tracks: pd.Series) -> np.ndarray:
    """Embeddings (n, d) of tracks of a video."""
    rows = parquet.read(results / f"embeddings/{video}.parquet")
    return np.vstack(rows.loc[rows["track"].isin(tracks), "embedding"].tolist())


@pytest.mark.fault(
    "privacy", "a run of the whole workflow", "no file or folder of it can be read by others"
)
def test_others_have_no_access_to_any_result(demo: Path) -> None:
    paths = [path for path in demo.rglob("*") if not path.is_symlink()]
    assert len(paths) > 100
    assert [path for path in paths if path.stat().st_mode & 0o007] == []


def check_erased(results: Path, person: str, tracks: pd.DataFrame) -> None:
    """Assert that no file of the results mentions `person` or contains rows of their `tracks`."""
    erased_tracks = tracks.groupby("video_id")["track"].agg(set)
    for path in sorted(results.rglob("*.parquet")):
        rows = parquet.read(path)
        if path.parent.name in personal_data.TRACK_TABLES:
            assert not set(rows["track"]) & erased_tracks.get(path.stem, set()), path
        if "person" in rows:
            assert person not in set(rows["person"]), path
    assert not any(person in file.read_text() for file in (results / "elan").iterdir())
    assert person not in (results / "people.tsv").read_text()


def test_the_blurred_video_still_masks_the_erased_person(
    demo: Path, snakemake, tmp_path: Path, monkeypatch
) -> None:
    results = tmp_path / "results"
    shutil.copytree(demo, results, ignore=shutil.ignore_patterns("exports"))
    media = results / "videos/both.mp4"
    before = masked_regions(results, "both", media)
    tracks = parquet.read(results / "tracks.parquet").query("video_id == 'both'")
    erase(monkeypatch, results, tmp_path, tracks["person"].iloc[0])
    assert are_equal(before, masked_regions(results, "both", media, tmp_path / "erased"))
    covers_file = str(tmp_path / "erased/covers/both.parquet")
    for kind, uses_covers in (("blurred", True), ("overlay", False), ("skeleton", False)):
        video = results / f"exports/{kind}/both.mp4"
        settings = (f"results={results}", f"erased={tmp_path / 'erased'}")
        planned = snakemake("-n", "-p", *DEMO, "--config", *settings, "--", video)
        assert (covers_file in planned.stdout) == uses_covers, kind
