"""What jobs ask for: enough for all that was measured, more for more input and at each attempt."""

import math
import re
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest

import resources
from corpus.planning import input_facts, resource_model
from corpus.planning.resource_model import InputFacts
from corpus.tables import parquet
from repository import ROOT
from workflow_runs import DEMO

DOCS = ROOT / "docs"
POINTS = resources.read_points(DOCS / "resources.tsv")
NEEDS = tuple(resource_model.MEMORY)
VIDEO = InputFacts(
    size_mb=20, width=1280, height=720, n_frames=1500, duration_s=60, n_shots=8,
    n_faces=500, n_tracks=12, at_once=3, n_videos=10, n_embeddings=5000,
)  # fmt: skip
"""A video, and a corpus, of which all is known."""


def asked(need: str, known: InputFacts, attempt: int = 1) -> tuple[int, int]:
    """Memory and time a rule asks for."""
    return resource_model.memory_mb(need, known, attempt), resource_model.minutes(
        need, known, attempt
    )


# What is asked for


@pytest.mark.parametrize("point", POINTS, ids=lambda p: f"{p['need']}-{p['clip']}")
def test_what_was_measured_is_asked_for_with_a_margin(point):
    row = resources.compare(point)
    assert 1.2 * row["mb"] <= row["mb_asked"]
    assert 2 * row["seconds"] <= row["seconds_asked"]


@pytest.mark.parametrize("need", NEEDS)
def test_every_rule_was_measured_often_enough_for_its_fit(need):
    measured = [point for point in POINTS if point["need"] == need]
    assert len(measured) >= max(len(resource_model.MEMORY[need]), len(resource_model.SECONDS[need]))


@pytest.mark.parametrize("need", NEEDS)
@pytest.mark.parametrize(
    "more",
    [
        {"size_mb": 4000},
        {"width": 3840, "height": 2160},
        {"n_frames": 15000},
        {"n_frames": 15000, "duration_s": 600, "n_faces": 5000, "n_shots": 80},
        {"n_faces": 5000},
        {"n_faces": 5000, "n_tracks": 120, "at_once": 30},
        {"min_size": 0.01},
        {"batch_size": 64},
        {"best": 20},
        {"faceless": 1},
        {"dimensions": 512},
        {"n_videos": 10000},
        {"n_embeddings": 200_000},
        {"n_tracks": 30_000},
    ],
    ids=lambda more: ",".join(more),
)
def test_more_input_never_asks_for_less(need, more):
    before, after = asked(need, VIDEO), asked(need, replace(VIDEO, **more))
    assert after[0] >= before[0] and after[1] >= before[1]


@pytest.mark.parametrize(
    ("need", "more", "memory", "time"),
    [
        ("index_frames", {"n_frames": 150_000}, False, True),
        ("detect_faces", {"n_frames": 150_000, "duration_s": 6000}, False, True),
        ("detect_faces", {"width": 3840, "height": 2160}, True, True),
        ("detect_faces", {"min_size": 0.01}, True, True),
        ("detect_faces", {"batch_size": 64}, True, False),
        ("embed_faces_dlib", {"n_faces": 50_000, "n_tracks": 9000}, False, True),
        ("embed_faces_facenet", {"n_faces": 50_000, "n_tracks": 9000}, False, True),
        ("extract_keypoints", {"n_faces": 5000}, False, True),
        ("extract_keypoints", {"at_once": 30}, True, False),
        ("cluster_faces", {"n_embeddings": 500_000}, False, True),
        ("cluster_faces", {"n_embeddings": 20_000_000}, True, True),
        ("cluster_faces", {"n_embeddings": 9_000_000, "dimensions": 512}, True, True),
        ("people", {"n_tracks": 3_000_000}, True, True),
    ],
)
def test_what_a_rule_needs_more_of_it_asks_for(need, more, memory, time):
    before, after = asked(need, VIDEO), asked(need, replace(VIDEO, **more))
    assert (after[0] > before[0], after[1] > before[1]) == (memory, time)


@pytest.mark.parametrize("size_mb", [30, 200, 3000])
def test_index_frames_knows_the_size_alone(size_mb):
    known = InputFacts(size_mb=size_mb)
    assert asked("index_frames", replace(known, size_mb=2 * size_mb)) > asked("index_frames", known)


@pytest.mark.parametrize("need", NEEDS)
def test_each_attempt_asks_for_twice_as_much(need):
    first, second, third = (asked(need, VIDEO, attempt) for attempt in (1, 2, 3))
    for one, two, four in zip(first, second, third, strict=True):
        assert one < two < four
        assert two == pytest.approx(2 * one, abs=2)
    assert resource_model.grown(10, 1) == 10


def test_fetching_asks_for_more_at_each_attempt_too():
    assert [resource_model.fetch_mb(attempt) for attempt in (1, 2)] == [1000, 2000]
    assert [resource_model.model_minutes(attempt) for attempt in (1, 2)] == [60, 120]
    assert [resource_model.download_minutes(attempt) for attempt in (1, 2)] == [240, 480]
    assert resource_model.link_minutes(InputFacts(size_mb=1)) < 15
    assert resource_model.link_minutes(InputFacts(size_mb=100_000)) > 60


@pytest.mark.parametrize("need", NEEDS)
def test_what_is_not_known_is_guessed(need):
    assert asked(need, InputFacts()) == asked(need, InputFacts(size_mb=resource_model.UNKNOWN_MB))
    empty = InputFacts(size_mb=0, n_frames=0, n_faces=0, n_tracks=0, at_once=0)
    assert asked(need, empty)[1] <= resource_model.START_MINUTES + 2


def test_a_guess_follows_from_what_is_known():
    found = resource_model.complete(InputFacts(size_mb=10))
    assert found.width * found.height == pytest.approx(1920 * 1080, rel=0.05)
    assert found.n_frames == pytest.approx(10 * resource_model.MPX_PER_MB / 2.1, rel=0.05)
    assert resource_model.complete(InputFacts(size_mb=9000)).height == pytest.approx(2160, rel=0.01)
    known = resource_model.complete(
        InputFacts(size_mb=10, n_frames=300, duration_s=10, width=640, height=360)
    )
    assert known.n_faces == 10 * 5 * resource_model.GUESSED_PEOPLE
    assert known.at_once == resource_model.GUESSED_PEOPLE
    assert resource_model.complete(VIDEO) == VIDEO


def test_a_gpu_takes_memory_of_the_host_on_top():
    without = resource_model.memory_mb("detect_faces", VIDEO)
    assert (
        resource_model.memory_mb("detect_faces", VIDEO, n_gpus=1) == without + resource_model.GPU_MB
    )


def test_the_detectors_picture_is_what_detect_faces_makes_of_it():
    searched, pyramid = resource_model.detector_mpx(
        InputFacts(width=1920, height=1080, min_size=0.06)
    )
    assert searched == pytest.approx(0.8 * 0.8 * 16 / 9)
    assert pyramid == pytest.approx(0.2 * 0.2 * 16 / 9)
    assert resource_model.detector_mpx(InputFacts(width=160, height=120))[0] == pytest.approx(
        0.0192
    )


# What is known


def test_what_is_not_there_is_not_read_and_imports_nothing(root):
    code = (
        "import sys; sys.path.insert(0, 'scripts')\n"
        "from corpus import facts, needs\n"
        "gone = 'no/such.parquet'\n"
        "found = [facts.size_mb(gone), facts.of_status(gone), facts.of_faces(gone)]\n"
        "found += [facts.of_embeddings([gone], 128), facts.of_clusters(gone)]\n"
        "assert found == [{}] * 5, found\n"
        "needs.minutes('cluster_faces', needs.Facts())\n"
        "assert not {'pyarrow', 'numpy', 'pandas'} & set(sys.modules)\n"
    )
    subprocess.run([sys.executable, "-c", code], cwd=root, check=True)


def test_facts_come_from_the_tables(tmp_path):
    status, faces, clusters = (tmp_path / f"{n}.parquet" for n in ("status", "faces", "clusters"))
    row = {"width": 640, "height": 360, "n_frames": 250, "duration_s": 10.0, "n_shots": 2}
    parquet.write(status, "status", {name: [value] for name, value in row.items()}, {})
    parquet.write(faces, "faces", {"frame": [0, 0, 5, 5, 5, 9], "track": [0, 1, 0, 1, 2, 2]}, {})
    parquet.write(clusters, "clusters", {"track": [0, 1, 2, 0]}, {})
    assert input_facts.of_status(status) == row
    assert input_facts.of_faces(faces) == {"n_faces": 6, "n_tracks": 3, "at_once": 3}
    assert input_facts.of_clusters(clusters) == {"n_tracks": 4}
    assert input_facts.size_mb(faces) == {"size_mb": faces.stat().st_size / 1e6}


def test_a_video_without_a_picture_or_a_face_has_tables_too(tmp_path):
    status, faces = tmp_path / "status.parquet", tmp_path / "faces.parquet"
    parquet.write(status, "status", {"status": ["no_video"], "n_frames": [0], "n_shots": [0]}, {})
    parquet.write(faces, "faces", {"frame": [], "track": []}, {})
    known = input_facts.of_status(status) | input_facts.of_faces(faces)
    assert known == {"n_frames": 0, "n_shots": 0, "n_faces": 0, "n_tracks": 0, "at_once": 0}
    for need in NEEDS[:5]:
        assert asked(need, InputFacts(**known))[1] <= resource_model.START_MINUTES + 2


def test_a_table_that_is_broken_tells_nothing(tmp_path):
    broken = tmp_path / "broken.parquet"
    broken.write_bytes(b"PAR1 cut off")
    (tmp_path / "empty.parquet").touch()
    for path in (broken, tmp_path / "empty.parquet"):
        assert (
            input_facts.of_status(path)
            == input_facts.of_faces(path)
            == input_facts.of_clusters(path)
            == {}
        )


@pytest.mark.parametrize("length", [128, 512])
@pytest.mark.parametrize("n_faces", [0, 6, 600, 10_000])
def test_embedded_faces_are_counted_by_size(tmp_path, length, n_faces):
    path = tmp_path / "embeddings.parquet"
    vectors = np.random.default_rng(0).normal(size=(n_faces, length)).astype(np.float32)
    columns = {"track": np.arange(n_faces), "embedding": list(vectors)}
    parquet.write(path, "embeddings", columns, {"parameters": {}}, vector=length)
    found = input_facts.of_embeddings([path, path, tmp_path / "gone"], length)["n_embeddings"]
    assert 0.7 * n_faces - 10 <= found / 2 <= 1.25 * n_faces + 10


# In the workflow


def planned(printed: str) -> list[tuple[str, int, int]]:
    """Rule, memory and minutes of each job that a dry run prints."""
    found = re.findall(r"^(?:local)?rule (\w+):|\bruntime=(\d+).*?\bmem_mb=(\d+)", printed, re.M)
    rules = [rule for rule, _, _ in found if rule]
    numbers = [(int(mb), int(minutes)) for rule, minutes, mb in found if not rule]
    return [(rule, *both) for rule, both in zip(rules, numbers, strict=False)]


@pytest.mark.parametrize("device", ["cpu", "cuda"])
def test_the_demo_asks_for_what_a_small_partition_has(snakemake, demo_clips, tmp_path, device):
    done = snakemake(*DEMO, "--dry-run", "--config", f"results={tmp_path}", f"device={device}")
    jobs = planned(done.stdout)
    assert {rule for rule, _, _ in jobs} >= {"fetch_video", "index_frames", "people"}
    clustering = [mb for rule, mb, _ in jobs if rule == "cluster_faces"]
    assert clustering == [resource_model.LEAST_MB["cluster_faces"]]
    small = [(mb, minutes) for rule, mb, minutes in jobs if rule != "cluster_faces"]
    assert all(100 <= mb <= 8000 and 1 <= minutes <= 60 for mb, minutes in small), jobs


@pytest.mark.workflow
def test_rules_ask_by_what_is_known(snakemake, demo, tmp_path):
    results = tmp_path / "results"
    results.symlink_to(demo)
    done = snakemake(*DEMO, "--dry-run", "--forceall", "--config", f"results={results}")
    jobs = planned(done.stdout)
    settings = {"samples_per_second": 5, "faceless": 1}
    expected = set()
    for video in ("collins", "hopper", "both"):
        known = input_facts.size_mb(demo / f"videos/{video}.mp4")
        expected.add(("index_frames", *asked("index_frames", InputFacts(**known))))
        known |= input_facts.of_status(demo / f"status/{video}.parquet")
        expected.add(("detect_faces", *asked("detect_faces", InputFacts(**known, **settings))))
        known |= input_facts.of_faces(demo / f"faces/{video}.parquet")
        whole = InputFacts(**known, **settings)
        expected.add(("embed_faces", *asked("embed_faces_dlib", whole)))
        expected.add(("extract_keypoints", *asked("extract_keypoints", whole)))
    assert expected <= set(jobs)


# How it is measured


def test_a_fit_finds_the_numbers_it_was_made_from():
    random = np.random.default_rng(0)
    rows = [{"base": 1.0, "frames": a, "mpx": b} for a, b in random.uniform(1, 9, (20, 2))]
    measured = [5 + 2 * row["frames"] for row in rows]
    expected = pytest.approx({"base": 5, "frames": 2, "mpx": 0}, abs=1e-6)
    assert resources.fit(rows, measured, {}) == expected
    assert resources.fit(rows, measured, {"frames": 2}) == expected
    assert resources.fit(rows, measured, {"frames": 1})["frames"] == 1
    assert resources.envelope(rows, measured, {}) == expected


def test_no_memory_lies_above_its_fit():
    rows = [{"base": 1.0, "mpx": mpx} for mpx in (1.0, 2, 3, 1, 2, 3)]
    measured = [100.0, 200, 300, 90, 120, 80]
    found = resources.envelope(rows, measured, {})
    fitted = [found["base"] + found["mpx"] * row["mpx"] for row in rows]
    assert all(sum_ >= mb for sum_, mb in zip(fitted, measured, strict=True))


def test_too_few_jobs_leave_the_numbers_as_they_are():
    alike = [point for point in POINTS if point["need"] == "index_frames"][:1] * 9
    told = resources.constants(alike)
    assert '"index_frames": ' in told and "too alike" in told
    scope = {}
    exec(told, scope)
    assert scope["MEMORY"] == resource_model.MEMORY and scope["SECONDS"] == resource_model.SECONDS


def test_the_numbers_are_those_of_the_measured_points():
    scope = {}
    exec(resources.constants(POINTS), scope)
    assert scope["MEMORY"] == resource_model.MEMORY
    assert scope["SECONDS"] == resource_model.SECONDS


def test_a_benchmark_is_read_in_the_units_of_rules(tmp_path):
    file = tmp_path / "video.tsv"
    file.write_text("s\tmax_rss\tcpu_time\n12.5\t1000.00\t3.0\n")
    assert resources.took(file) == {"mb": 1048.6, "seconds": 12.5}
    file.write_text("s\tmax_rss\tcpu_time\n0.1\tNA\tNA\n")
    assert math.isnan(resources.took(file)["mb"])


def test_points_are_read_as_they_were_written(tmp_path):
    resources.write_points(tmp_path / "again.tsv", POINTS)
    assert (tmp_path / "again.tsv").read_text() == (DOCS / "resources.tsv").read_text()


@pytest.mark.workflow
def test_a_run_of_ones_own_can_be_taken(demo):
    points = resources.collect(demo)
    assert {point["need"] for point in points} == set(NEEDS) - {
        "embed_faces_facenet",
        "export_video",
    }
    assert len(points) == 5 * 3 + 5
    for point in points:
        assert 0 < resources.compare(point)["seconds"] < resources.compare(point)["seconds_asked"]


def test_clips_have_the_pictures_they_say():
    clip = resources.Clip(360, 2, 4)
    frame = resources.draw(clip, 0.3, list(resources.portraits().values()))
    assert frame.shape == (360, 640, 3)
    cells = np.split(frame, 4, axis=1)
    assert all(cell.std() > 20 for cell in cells)
    assert resources.draw(resources.Clip(360, 2, 0), 0.3, []).std(axis=(0, 1)).max() == 0


# The documentation


def test_the_page_has_the_fits_and_the_points():
    page = (DOCS / "resources.md").read_text(encoding="utf-8")
    told = "run: python benchmarks/resources.py --points docs/resources.tsv --work /tmp/resources"
    assert resources.fits_table(POINTS) in page, told
    assert resources.points_table(POINTS) in page, told
    for name in ("MEMORY_FACTOR", "TIME_FACTOR", "START_MINUTES", "GPU_MB"):
        assert f"`{name}`, {getattr(resource_model, name)}" in page


def test_the_plot_shows_every_rule():
    drawn = (DOCS / "resources.svg").read_text(encoding="utf-8")
    assert [need for need in NEEDS if need not in drawn] == []
