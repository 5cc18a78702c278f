"""The container images on a single machine, with real Apptainer.

tests/support/container_images.py builds the images from the recipes.
"""

import json
import re
import subprocess
import sys
from pathlib import Path

import pyarrow.parquet as pq
import pytest

import container_images
from image_host import AS_OTHER_USER, Host, open_to_all
from repository import ROOT
from workflow_runs import copied_workflow, corpus_options, one_video, run_snakemake


@pytest.fixture(scope="module")
def host(site: Path) -> Host:
    """A machine without SLURM."""
    return Host(site)


def test_image_record_has_commit_lock_file_and_checksum(image: Path) -> None:
    record = json.loads(Path(f"{image}.json").read_text())
    labels = record["labels"]
    assert labels["lock.sha256"] == digest(ROOT / "envs" / "lock.txt")
    from corpus.tables import provenance

    assert labels["org.opencontainers.image.revision"] == provenance.commit()
    assert record["size"] == image.stat().st_size and record["sha256"] == digest(image)
    # The image contains CUDA, but not the driver, which belongs to the host.
    code = "import torch; print(torch.version.cuda)"
    start = ["apptainer", "exec", "--cleanenv", image, "python", "-c", code]
    assert re.match(r"\d+\.\d+", subprocess.run(start, capture_output=True, text=True).stdout)


def digest(file: Path) -> str:
    return subprocess.run(["sha256sum", file], capture_output=True, text=True).stdout.split()[0]


def test_any_user_can_run_image(image: Path, tmp_path: Path) -> None:
    """The user has no home and may not write to any folder."""
    code = (
        "import cv2, hdbscan, os, pyarrow\n"
        "print(os.getuid(), sorted(os.listdir('/opt/models')))\n"
        "print(open('/opt/video-corpus-workflow/COMMIT').read())"
    )
    start = ["apptainer", "exec", "--cleanenv", "--no-home", image, "python", "-c", code]
    with open_to_all(image):
        done = subprocess.run([*AS_OTHER_USER, *start], cwd="/", capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert re.match(r"65534 \['dlib', 'dlib_landmarks', 'hand_landmarker_bundled', ", lines[0])
    assert (
        lines[1]
        == json.loads(Path(f"{image}.json").read_text())["labels"][
            "org.opencontainers.image.revision"
        ]
    )


def test_up_to_date_image_is_not_built_again(image: Path) -> None:
    before = container_images.FETCH.stat().st_mtime_ns
    command = [sys.executable, ROOT / "containers/build", "--engine", "buildah", "--image"]
    recipe = ["--recipe", "containers/fetch/Dockerfile", "--", *container_images.ENGINE]
    done = subprocess.run(
        [*command, container_images.FETCH, *recipe], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    assert "is up to date: it was made from this image" in done.stdout
    assert done.stdout.count("Using cache") + done.stderr.count("Using cache") >= 8
    assert container_images.FETCH.stat().st_mtime_ns == before


def test_edited_script_is_used_without_new_image(
    host: Host, demo_clips: Path, tmp_path: Path
) -> None:
    """The working copy is bound over the workflow in the image; the test edits a copy of it."""
    workflow = copied_workflow(tmp_path / "workflow")
    corpus = corpus_options(tmp_path / "r", *one_video(tmp_path, demo_clips / "both.mp4"))
    run = ("--profile", "profiles/laptop", "videos", "--cores", "2", *corpus)

    def run_output() -> str:
        command = [str(workflow / "containers" / "run"), *map(str, run)]
        done = subprocess.run(command, cwd=workflow, env=host.environment, capture_output=True)
        assert done.returncode == 0, done.stderr[-4000:]
        return done.stderr.decode() + done.stdout.decode()

    assert ": index_frames one" in run_output()
    assert "Nothing to be done" in run_output()
    script = workflow / "scripts" / "index_frames.py"
    edit = "import sys; print('this was edited', file=sys.stderr)\n"
    script.write_text(f"{script.read_text()}\n{edit}")
    assert ": index_frames one" in run_output()
    assert "this was edited" in (tmp_path / "r/logs/index_frames/one.log").read_text()
    inside = [workflow / "containers" / "exec", "tail", "-n1"]
    there = subprocess.run(
        [*inside, "/opt/video-corpus-workflow/scripts/index_frames.py"],
        env=host.environment, capture_output=True, text=True,
    )  # fmt: skip
    assert there.stdout == edit


def test_workflow_copied_from_image_records_its_commit(
    host: Host, image, demo_clips, tmp_path
) -> None:
    """The workflow is copied out of the image and run in it. Its tables record the commit."""
    workflow = tmp_path / "mine"
    copy = ["cp", "-r", "/opt/video-corpus-workflow", workflow]
    subprocess.run(["apptainer", "exec", image, *copy], cwd=tmp_path, check=True)
    corpus = corpus_options(tmp_path / "r", *one_video(tmp_path, demo_clips / "both.mp4"))
    run = ("--profile", "profiles/laptop", "videos", "--cores", "2", *corpus)
    command = [str(workflow / "containers" / "run"), *map(str, run)]
    done = subprocess.run(command, cwd=workflow, env=host.environment, capture_output=True)
    assert done.returncode == 0, done.stderr[-4000:]
    provenance_text = pq.read_schema(tmp_path / "r/frames/one.parquet").metadata[b"provenance"]
    record = json.loads(Path(f"{image}.json").read_text())
    commit = record["labels"]["org.opencontainers.image.revision"]
    assert json.loads(provenance_text)["workflow"]["commit"] == commit


def test_rules_run_in_image_on_local_machine(image: Path, demo_clips: Path, tmp_path: Path) -> None:
    """Snakemake runs outside the image; the commands of every rule run in it."""
    corpus = corpus_options(tmp_path / "r", *one_video(tmp_path, demo_clips / "both.mp4"))
    done = run_snakemake(
        "videos", "--profile", "profiles/laptop", "--cores", "2", "--sdm", "apptainer",
        *corpus, f"containers={{all: {image}}}",
    )  # fmt: skip
    assert done.stdout.count(f"Activating singularity image {image}") >= 2
    assert (tmp_path / "r/frames/one.parquet").exists()
