"""Failing videos do not stop the workflow: each gets a row with the reason of the failure."""

import shutil
from pathlib import Path

import pandas as pd
import pytest

import synthetic_videos as videos
from corpus.tables import parquet, schemas
from media_server import Fault, serve
from workflow_runs import DEMO


@pytest.fixture(scope="module")
def failing_corpus(demo_clips: Path, snakemake, tmp_path_factory: pytest.TempPathFactory):
    """Run the workflow on faulty videos, first while a site is down, then when it is up again."""
    folder = tmp_path_factory.mktemp("failing_corpus")
    (folder / "zero.mp4").touch()
    (folder / "text.mkv").write_text("not a video")
    videos.only_sound(folder / "sound.mp4")
    videos.plain(folder / "nobody.mp4")
    site = folder / "site"
    site.mkdir()
    shutil.copy(demo_clips / "hopper.mp4", site / "hopper.mp4")
    shutil.copy(demo_clips / "collins.mp4", site / "busy.mp4")
    complete = videos.plain(folder / "whole.mkv", seconds=4)
    shutil.copy(videos.shortened(complete), site / "cut.mkv")
    results = folder / "results"
    options = (*DEMO, "--config", f"results={results}", f"videos={folder / 'videos.tsv'}")
    with serve(site) as server:
        addresses = {name: server.url(f"/{name}") for name in ("hopper.mp4", "busy.mp4", "cut.mkv")}
        rows = {
            "hopper": addresses["hopper.mp4"],
            "gone": server.url("/gone.mp4"),
            "zero": "zero.mp4",
            "text": "text.mkv",
            "sound": "sound.mp4",
            "nobody": "nobody.mp4",
            "cut": addresses["cut.mkv"],
            "busy": addresses["busy.mp4"],
        }
        lines = [f"{video}\t{source}\tnote {video}" for video, source in rows.items()]
        (folder / "videos.tsv").write_text("\n".join(["video_id\tsource\tremark", *lines]) + "\n")
        server.faults["/busy.mp4"] = Fault(status=503)
        while_down = snakemake(*options, "--retries", 0, check=False)
        videos_while_down = {path.stem for path in (results / "keypoints").glob("*.parquet")}
        server.faults.clear()
        afterwards = snakemake(*options)
    return results, while_down, videos_while_down, afterwards


@pytest.mark.fault(
    "downloads", "a site answers 503 while the workflow runs", "all other videos are processed"
)
def test_temporary_error_fails_only_its_own_job(failing_corpus) -> None:
    _, while_down, videos_while_down, _ = failing_corpus
    assert while_down.returncode != 0
    assert "503" in while_down.stdout
    assert videos_while_down == {"hopper", "gone", "zero", "text", "sound", "nobody", "cut"}


def test_next_run_computes_only_missing_files(failing_corpus) -> None:
    *_, afterwards = failing_corpus
    job_lines = [
        line for line in afterwards.stdout.splitlines() if "media=" in line or "output: " in line
    ]
    outputs = " ".join(job_lines)
    assert "busy" in outputs
    assert "keypoints/hopper.parquet" not in outputs


def test_corpus_table_gives_the_reason_of_each_failure(failing_corpus) -> None:
    results, *_ = failing_corpus
    corpus = parquet.read(results / "corpus.parquet").set_index("video_id")
    assert corpus["status"].to_dict() == {
        "hopper": "ok",
        "gone": "unavailable",
        "zero": "no_video",
        "text": "no_video",
        "sound": "no_video",
        "nobody": "ok",
        "cut": "truncated",
        "busy": "ok",
    }
    assert "404" in corpus.loc["gone", "reason"]
    assert corpus.loc[corpus["status"] != "ok", "reason"].str.len().gt(5).all()
    assert corpus.loc["cut", "n_frames"] > 10
    assert corpus.loc["nobody", "n_face_tracks"] == corpus.loc["nobody", "n_people"] == 0
    assert corpus["remark"].tolist() == [f"note {video}" for video in corpus.index]


def test_empty_tables_are_valid(failing_corpus) -> None:
    results, *_ = failing_corpus
    for video in ("gone", "zero", "text", "sound"):
        for table in ("frames", "shots", "faces", "embeddings", "keypoints"):
            rows = parquet.read(results / table / f"{video}.parquet")
            assert len(rows) == 0
            assert list(rows) == schemas.SCHEMAS[table].names
    assert len(parquet.read(results / "frames" / "nobody.parquet")) > 0
    for table in ("faces", "embeddings", "keypoints"):
        assert len(parquet.read(results / table / "nobody.parquet")) == 0


def test_people_are_identified_in_the_remaining_videos(failing_corpus) -> None:
    results, *_ = failing_corpus
    assert len(parquet.read(results / "people.parquet")) == 2
    tracks: pd.DataFrame = parquet.read(results / "tracks.parquet")
    assert set(tracks["video_id"]) == {"hopper", "busy"}
