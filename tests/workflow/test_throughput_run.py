"""The benchmarks of throughput and of keypoints, on films of a few frames."""

from pathlib import Path

import pyarrow.parquet as pq
import pytest

import keypoint_films
import reference_loops
import throughput_films
from placed_bodies import body, rows
from repository import ROOT
from stage_runs import run_workflow
from throughput_films import Film

FILM = Film(96, 2, 0.4)


@pytest.fixture(scope="module")
def film(demo_clips: Path, tmp_path_factory) -> Path:
    clips = [demo_clips / "hands.mp4"]
    return throughput_films.write(FILM, clips, tmp_path_factory.mktemp("films"))


def test_a_film_shows_the_clip_twice(film: Path) -> None:
    pictures = list(keypoint_films.read_pictures(film))
    assert len(pictures) == FILM.n_frames == 10
    assert pictures[0].shape == (96, FILM.width, 3)
    assert keypoint_films.frame_rate(film) == 25


def test_jobs_of_the_workflow_are_measured(film: Path, tmp_path: Path) -> None:
    jobs = run_workflow(ROOT, tmp_path, {"v": film}, ["frames"])
    assert [job.stage for job in jobs] == ["fetch_video", "index_frames"]
    for job in jobs:
        assert job.status == 0 and job.cpu_s > 0.05 and job.wall_s > 0 and job.peak_mb > 10
    assert pq.read_metadata(tmp_path / "results" / "frames" / "v.parquet").num_rows == 10


def test_references_are_measured_where_people_are(film: Path, tmp_path: Path) -> None:
    n_frames, decode_s, rgb_s = reference_loops.decode_seconds(film)
    assert n_frames == 10 and decode_s > 0 and rgb_s > 0
    rows(0, 0, body()).to_parquet(tmp_path / "keypoints.parquet")
    boxes = reference_loops.person_boxes(tmp_path / "keypoints.parquet")
    models = ROOT / "resources" / "models"
    n_people, seconds = reference_loops.mediapipe_seconds(film, boxes, models)
    assert n_people == 1 and seconds > 0


def test_mediapipe_alone_finds_the_demo_s_figure(demo_clips: Path) -> None:
    import plain_mediapipe

    pictures = list(keypoint_films.read_pictures(demo_clips / "hands.mp4", 0.04))
    found = plain_mediapipe.find_keypoints(pictures, ROOT / "resources" / "models")
    assert set(found["frame"]) == {0}
    assert (found["part"] == "pose").sum() == 33
