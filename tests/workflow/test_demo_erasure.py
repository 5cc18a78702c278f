"""One of the demo's two people is erased, and the workflow continues with the other."""

import re
import shutil
from pathlib import Path

import pandas as pd
import pytest

import erase_person
from corpus.privacy import personal_data
from corpus.tables import parquet
from masked_regions import are_equal, masked_regions
from script_runs import run_script
from workflow_runs import DEMO

COSTLY_RULES = {
    "fetch_video",
    "index_frames",
    "detect_faces",
    "embed_faces",
    "extract_keypoints",
    "measure_movement",
    "cluster_faces",
}
"""Rules that search videos or cluster faces."""


def erase(monkeypatch: pytest.MonkeyPatch, results: Path, annotations: Path, person: str) -> None:
    """Run erase_person on results of the demo."""
    run_script(
        monkeypatch,
        erase_person,
        f"--results={results}",
        "--videos=config/laptop.tsv",
        f"--annotations={annotations}",
        "--yes",
        "--person",
        person,
    )


def test_the_next_run_makes_the_deleted_files_again_and_searches_no_video(
    demo: Path, snakemake, tmp_path: Path, monkeypatch
) -> None:
    results = tmp_path / "results"
    shutil.copytree(demo, results)
    settings = ("--config", f"results={results}", f"annotations={tmp_path / 'annotations'}")
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
    assert remaining.equals(tracks[tracks["person"] == remaining_person].reset_index(drop=True))


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
    assert are_equal(before, masked_regions(results, "both", media))
    covers_file = str(results / "covers/both.parquet")
    for kind, uses_covers in (("blurred", True), ("overlay", False), ("skeleton", False)):
        video = results / f"exports/{kind}/both.mp4"
        planned = snakemake("-n", "-p", *DEMO, "--config", f"results={results}", "--", video)
        assert (covers_file in planned.stdout) == uses_covers, kind
