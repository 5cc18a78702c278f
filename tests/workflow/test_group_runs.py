"""Many videos per job: the same tables as with one video per job, and failures of single videos."""

from pathlib import Path
from subprocess import CompletedProcess

import pyarrow.parquet as pq
import pytest

import synthetic_videos
from repository import ROOT
from workflow_runs import (
    KEYPOINTS_OF_TWO_VIDEOS,
    TWO_VIDEOS,
    corpus_options,
    run_snakemake,
)

TABLES = ("frames", "shots", "status", "faces", "embeddings", "keypoints", "kinematics", "phases")
TABLES += ("gesture_measures", "movement_quality", "skeletons")
VIDEOS = ("both", "hands")


class Group:
    """A corpus of two videos of the demo, a broken one, and one whose table cannot be written.

    The manifest names the two videos as TWO_VIDEOS does, because tables depend on the name.
    """

    def __init__(self, folder: Path) -> None:
        self.results = folder / "results"
        (folder / "resources").symlink_to(ROOT / "resources")
        self.manifest = folder / "tests" / "support" / "four.tsv"
        self.manifest.parent.mkdir(parents=True)
        (self.manifest.parent / "broken.mkv").write_text("no video")
        synthetic_videos.plain(self.manifest.parent / "fails.mp4", seconds=1)
        rows = "broken\tbroken.mkv\nfails\tfails.mp4\n"
        self.manifest.write_text(TWO_VIDEOS.read_text() + rows)
        self.obstacle = self.results / "shots" / "fails.parquet"

    def run(self, videos_per_job: int = 10) -> CompletedProcess:
        corpus = corpus_options(
            self.results,
            f"videos={self.manifest}",
            f"people={self.manifest.parent}/none.tsv",
            KEYPOINTS_OF_TWO_VIDEOS,
            f"videos_per_job={videos_per_job}",
        )
        targets = ("faces", "movement", "--profile", "profiles/laptop", "--retries", "0")
        return run_snakemake(*targets, *corpus, check=False)

    def changes(self) -> dict[Path, int]:
        """Time of the last change of each table of the videos that do not fail."""
        videos = (*VIDEOS, "broken")
        files = (self.results / table / f"{v}.parquet" for table in TABLES for v in videos)
        return {file: file.stat().st_mtime_ns for file in files if file.exists()}


@pytest.fixture(scope="module")
def group(demo_clips: Path, tmp_path_factory: pytest.TempPathFactory) -> Group:
    return Group(tmp_path_factory.mktemp("group"))


@pytest.mark.fault(
    "interruptions",
    "a table of one of many videos in a job cannot be written",
    "the job names the video; the tables of the others stay, and a retry runs only what is missing",
)
def test_one_failing_video_leaves_the_others_alone(group: Group, local_results: Path) -> None:
    (group.obstacle / "inside").mkdir(parents=True)
    failed = group.run()
    assert failed.returncode == 1 and "1 of 4 videos failed" in failed.stdout
    assert "  fails: " in failed.stdout
    before = group.changes()
    assert len(before) == 5 * 3, "the tables of one job"
    (group.obstacle / "inside").rmdir()
    group.obstacle.rmdir()
    done = group.run()
    assert done.returncode == 0, done.stdout[-6000:]
    after = group.changes()
    assert len(after) == len(TABLES) * 3
    assert {path: after[path] for path in before} == before
    [status] = pq.read_table(group.results / "status" / "broken.parquet").to_pylist()
    assert status["status"] != "ok"
    for table in TABLES:
        for video in VIDEOS:
            name = f"{table}/{video}.parquet"
            assert (group.results / name).read_bytes() == (local_results / name).read_bytes(), name


def test_one_video_per_job_again_analyses_nothing_again(group: Group) -> None:
    """Also not after a change back to groups."""
    before = group.changes()
    single = group.run(videos_per_job=1)
    assert single.returncode == 0 and before == group.changes(), single.stdout[-6000:]
    again = group.run()
    assert again.returncode == 0 and before == group.changes(), again.stdout[-6000:]
