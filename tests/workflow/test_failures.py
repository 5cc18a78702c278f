"""A corpus in which much is wrong: what can be had is had, and each failure is a row."""

import shutil
from pathlib import Path

import pandas as pd
import pytest

import synthetic_videos
from corpus.tables import parquet, schemas
from media_server import Fault, serve
from workflow_runs import DEMO

pytestmark = pytest.mark.workflow


@pytest.fixture(scope="module")
def broken(demo_clips: Path, snakemake, tmp_path_factory: pytest.TempPathFactory):
    """A run over odd videos while one site is down, and the run after it came up again."""
    folder = tmp_path_factory.mktemp("broken")
    (folder / "zero.mp4").touch()
    (folder / "text.mkv").write_text("no video at all")
    synthetic_videos.only_sound(folder / "sound.mp4")
    synthetic_videos.plain(folder / "nobody.mp4")
    site = folder / "site"
    site.mkdir()
    shutil.copy(demo_clips / "hopper.mp4", site / "hopper.mp4")
    shutil.copy(demo_clips / "collins.mp4", site / "busy.mp4")
    whole = synthetic_videos.plain(folder / "whole.mkv", seconds=4)
    shutil.copy(synthetic_videos.shortened(whole), site / "cut.mkv")
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
        made_while_down = {path.stem for path in (results / "keypoints").glob("*.parquet")}
        server.faults.clear()
        afterwards = snakemake(*options)
    return results, while_down, made_while_down, afterwards


def test_a_passing_fault_fails_its_job_and_no_other(broken) -> None:
    _, while_down, made_while_down, _ = broken
    assert while_down.returncode != 0
    assert "503" in while_down.stdout
    assert made_while_down == {"hopper", "gone", "zero", "text", "sound", "nobody", "cut"}


def test_the_next_run_does_only_what_was_missing(broken) -> None:
    *_, afterwards = broken
    fetched = [
        line for line in afterwards.stdout.splitlines() if "media=" in line or "output: " in line
    ]
    outputs = " ".join(fetched)
    assert "busy" in outputs
    assert "keypoints/hopper.parquet" not in outputs


def test_each_failure_is_a_row_with_its_reason(broken) -> None:
    results, *_ = broken
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


def test_empty_tables_are_valid(broken) -> None:
    results, *_ = broken
    for video in ("gone", "zero", "text", "sound"):
        for table in ("frames", "shots", "faces", "embeddings", "keypoints"):
            rows = parquet.read(results / table / f"{video}.parquet")
            assert len(rows) == 0
            assert list(rows) == schemas.SCHEMAS[table].names
    assert len(parquet.read(results / "frames" / "nobody.parquet")) > 0
    for table in ("faces", "embeddings", "keypoints"):
        assert len(parquet.read(results / table / "nobody.parquet")) == 0


def test_people_come_from_what_could_be_had(broken) -> None:
    results, *_ = broken
    assert len(parquet.read(results / "people.parquet")) == 2
    tracks: pd.DataFrame = parquet.read(results / "tracks.parquet")
    assert set(tracks["video_id"]) == {"hopper", "busy"}
