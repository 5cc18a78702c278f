"""Planning stays cheap: few files a job, no list of all videos in each of them, even batches."""

import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from corpus.planning.code_version import source_checksum, source_files

STAGES = ("fetch_video", "index_frames", "detect_faces", "embed_faces", "extract_keypoints")
STAGES += ("measure_movement",)
N_VIDEOS = 7
IDS = {f"video{number}" for number in range(N_VIDEOS)}


@pytest.fixture
def corpus(tmp_path: Path) -> tuple[str, ...]:
    """Options for a corpus of web addresses with nothing done yet."""
    rows = [f"{video}\thttps://example.org/{video}" for video in sorted(IDS)]
    manifest = tmp_path / "videos.tsv"
    manifest.write_text("\n".join(["video_id\tsource", *rows]) + "\n")
    values = {"videos": manifest, "results": tmp_path / "results", "people": tmp_path / "none.tsv"}
    settings = [f"{key}={value}" for key, value in values.items()]
    return ("--profile", "profiles/laptop", "--config", *settings, "device=cpu")


def planned(printed: str) -> dict[str, list[str]]:
    """Videos of the planned jobs, by rule."""
    found: dict[str, list[str]] = {}
    pattern = r"^(?:local)?rule (\w+):$.*?(?=^\[|^Job stats|\Z)"
    for block in re.finditer(pattern, printed, re.M | re.S):
        video = re.search(r"wildcards: (?:.*, )?video=(\w+)", block[0])
        found.setdefault(block[1], []).append(video[1] if video else "")
    return found


def n_inputs(printed: str, rule: str) -> int:
    """The most inputs of a job of the rule."""
    pattern = rf"^(?:local)?rule {rule}:\n(?:    input: (.*)\n)?"
    return max(
        len(found.split(", ")) if found else 0 for found in re.findall(pattern, printed, re.M)
    )


def finish(folder: Path, *names: str) -> None:
    """Put empty files where jobs would have left theirs."""
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).touch()


def test_jobs_have_few_inputs(snakemake: Callable, corpus: tuple[str, ...]) -> None:
    printed = snakemake("--dry-run", *corpus).stdout
    assert {rule: len(videos) for rule, videos in planned(printed).items() if rule in STAGES} == {
        rule: N_VIDEOS for rule in STAGES
    }
    assert n_inputs(printed, "fetch_video") == 0
    assert all(n_inputs(printed, rule) <= 6 for rule in STAGES)
    assert n_inputs(printed, "cluster_faces") == N_VIDEOS


def test_batches_are_slices_of_the_videos(
    snakemake: Callable, corpus: tuple[str, ...], tmp_path: Path
) -> None:
    whole, slices = {rule: [] for rule in STAGES}, []
    for number in (1, 2):
        if number == 2:
            # The last batch asks for what the other left.
            done = set().union(*slices)
            finish(tmp_path / "results", *(f"embeddings/{video}.parquet" for video in done))
            for table in ("keypoints", "kinematics", "phases"):
                finish(tmp_path / "results", *(f"{table}/{video}.parquet" for video in done))
        faces = planned(
            snakemake("people", "-n", *corpus, "--batch", f"cluster_faces={number}/2").stdout
        )
        bodies = planned(
            snakemake("movement", "-n", *corpus, "--batch", f"movement={number}/2").stdout
        )
        assert ("cluster_faces" in faces) == ("people" in faces) == (number == 2)
        slices.append(set(faces["embed_faces"]))
        assert slices[-1] == set(bodies["measure_movement"]), "both loops cut at the same videos"
        for rule in STAGES[:3]:
            assert set(faces[rule]) == set(bodies[rule]) == slices[-1]
        for rule in STAGES:
            whole[rule] += faces.get(rule) or bodies[rule]
    assert all(sorted(videos) == sorted(IDS) for videos in whole.values()), "each video once"
    assert {len(videos) for videos in slices} == {3, 4}


def test_the_rules_are_read_without_listing_all_videos(root: Path) -> None:
    """Each job on a node reads them, and needs one video."""
    names = ("fetch", "frames", "faces", "keypoints", "people", "movement", "exports")
    files = [root / "Snakefile", *(root / "rules" / f"{name}.smk" for name in names)]
    found = [
        f"{file.name}: {line.strip()}"
        for file in files
        for line in file.read_text().splitlines()
        if re.search(r"video=VIDEOS\b", line)
    ]
    assert found == [], "all_tables() lists them where a job asks"


def test_what_each_job_imports_again_is_the_standard_library(root: Path) -> None:
    names = "manifest, settings, sources, naming, embedders, models, errors"
    script = f"import sys; from corpus import {names}; print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=root / "scripts", capture_output=True, text=True
    )
    heavy = {"numpy", "pandas", "pyarrow", "av", "torch", "jsonschema"}
    assert done.returncode == 0, done.stderr
    assert heavy & set(done.stdout.split()) == set()


def test_an_edit_reruns_the_stages_that_import_it(snakemake: Callable, root: Path, tmp_path: Path):
    """By the checksum that is a param of theirs; what was downloaded stays."""
    clone = tmp_path / "clone"
    for name in ("rules", "scripts", "config", "envs", "profiles", "docs"):
        shutil.copytree(root / name, clone / name)
    shutil.copy(root / "Snakefile", clone)
    (tmp_path / "videos.tsv").write_text("video_id\tsource\na\ta.mp4\n")
    tables = ("frames", "shots", "status", "faces", "embeddings", "keypoints")
    finish(tmp_path, "a.mp4", "results/videos/a.mp4", "results/videos/a.mp4.json")
    finish(tmp_path, *(f"results/{table}/a.parquet" for table in tables))
    models = ("facenet-vggface2.pt", "pose_landmarker_bundled.task", "hand_landmarker_bundled.task")
    finish(tmp_path, *(f"resources/models/{name}" for name in models))
    command = ("--snakefile", clone / "Snakefile", "--directory", tmp_path, "--cores", "1")
    command += ("faces", "keypoints", "--config", "videos=videos.tsv", "device=cpu")
    snakemake("--touch", *command)
    for name in ("hands", "fetch_errors"):
        with (clone / "scripts" / "corpus" / f"{name}.py").open("a") as file:
            file.write("# An edit.\n")
    printed = snakemake("--dry-run", *command).stdout
    assert planned(printed).keys() == {"extract_keypoints", "keypoints"}


def test_a_checksum_follows_contents_and_names_only(tmp_path: Path) -> None:
    for clone in ("one", "two"):
        finish(tmp_path / clone, "step.py", "corpus/__init__.py", "corpus/a.py", "corpus/other.py")
        (tmp_path / clone / "step.py").write_text("from corpus import a\n")
    one, two = (tmp_path / clone / "step.py" for clone in ("one", "two"))
    first = source_checksum(one)
    assert source_checksum(two) == first, "a clone elsewhere, of another time, is the same"
    (tmp_path / "one" / "corpus" / "other.py").write_text("x = 1\n")
    assert source_checksum(one) == first, "not imported"
    (tmp_path / "one" / "corpus" / "a.py").write_text("x = 1\n")
    assert source_checksum(one) != first
    assert len(source_files(one)) == 3
