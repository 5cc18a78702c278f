"""The images contain the workflow's files, and no file that a user keeps in the same folder."""

import subprocess
import sys
from pathlib import Path

import pytest

import container_images
import network_watch
import planted_files
from repository import ROOT, repository_files
from requirements import require
from workflow_runs import copied_workflow

RECIPE = "FROM scratch\nCOPY . /workflow\n"
"""Copies all that the engine may copy."""


@pytest.fixture(scope="module")
def planted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the workflow without git, with files of a user in all folders."""
    require(container_images.missing())
    workflow = copied_workflow(tmp_path_factory.mktemp("planted") / "workflow")
    planted_files.plant(workflow)
    (workflow.parent / "Recipe").write_text(RECIPE)
    return workflow


def contents(tag: str) -> dict[str, str]:
    """Path below /workflow and text of each file of an image, which is removed."""
    name = run("buildah", "from", "--pull-never", tag)
    folder = Path(run("buildah", "mount", name), "workflow")
    files = {
        path.relative_to(folder).as_posix(): path.read_text(errors="replace")
        for path in folder.rglob("*")
        if path.is_file()
    }
    run("buildah", "rm", name)
    run("podman", "rmi", tag)
    return files


def run(*command: str | Path, **settings) -> str:
    done = subprocess.run(command, capture_output=True, text=True, **settings)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


@pytest.mark.parametrize(
    "build",
    [
        pytest.param(
            ("podman", "build", "--isolation=chroot"),
            marks=pytest.mark.fault(
                "image", "cookies, people and videos in all folders, built by hand", "not copied"
            ),
        ),
        pytest.param(
            ("buildah", "bud", "--isolation=chroot"),
            marks=pytest.mark.fault("image", "the same, built with buildah", "not copied"),
        ),
        pytest.param(
            (sys.executable, "containers/build", "--engine=podman", "--oci-only"),
            marks=pytest.mark.fault(
                "image", "the same in a downloaded archive, with containers/build", "not copied"
            ),
        ),
    ],
    ids=["podman", "buildah", "build"],
)
def test_files_of_users_are_not_copied(planted: Path, build: tuple[str, ...]) -> None:
    tag = f"planted-{Path(build[0]).name}"
    recipe = planted.parent / "Recipe"
    if "containers/build" in build:
        run(*build, "--recipe", recipe, "--tag", tag, "--", "--isolation=chroot", cwd=planted)
    else:
        run(*build, "--file", recipe, "--tag", tag, ".", cwd=planted)
    check_files(contents(tag))


@pytest.mark.fault("image", "a script that git does not track, next to those of the workflow",
                   "containers/build names it and does not copy it")  # fmt: skip
def test_only_tracked_files_are_copied(planted: Path, tmp_path: Path) -> None:
    workflow = tmp_path / "clone"
    copied_workflow(workflow)
    for command in (["init", "-q"], ["add", "--all"]):
        run("git", "-C", workflow, *command)
    planted_files.plant(workflow)
    (workflow / "scripts/private.py").write_text(planted_files.SECRET)
    build = (sys.executable, "containers/build", "--engine=buildah", "--oci-only", "--tag=clone")
    recipe = ("--recipe", planted.parent / "Recipe", "--", "--isolation=chroot")
    output = run(*build, *recipe, cwd=workflow)
    assert "Not in the image, because git does not track it: " in output
    assert "scripts/private.py" in output and "cookies" not in output
    check_files(contents("clone"))


def check_files(files: dict[str, str]) -> None:
    """No planted file is there, but all code is."""
    assert [name for name, text in files.items() if planted_files.SECRET in text] == []
    assert files.keys() <= set(repository_files())
    code = {name for name in repository_files() if name.startswith(("rules/", "scripts/"))}
    assert code | {"Snakefile", "config/config.yaml", "LICENSE"} <= files.keys()


@pytest.mark.fault("image", "files of the user in the folder of the workflow, in the built image",
                   "not there")  # fmt: skip
def test_image_has_only_files_of_the_workflow(image: Path) -> None:
    folder = "/opt/video-corpus-workflow"
    listed = run("apptainer", "exec", image, "find", folder, "-type", "f")
    files = {name.removeprefix(f"{folder}/") for name in listed.splitlines()}
    assert files - set(repository_files()) == {"COMMIT"}


NETWORKS = """
import sys
from pathlib import Path
import numpy as np
sys.path.insert(0, "/opt/video-corpus-workflow/scripts")
from corpus.pose.pose_networks import open_networks
models = [Path("/opt/models", f"{part}_landmarker_bundled") for part in ("pose", "hand")]
for network in open_networks(*models, "cpu")[:4]:
    network(np.zeros((1, network.side, network.side, 3), np.float32))
"""


def test_networks_in_the_image_contact_nobody(image: Path, tmp_path: Path) -> None:
    require(network_watch.missing())
    record = tmp_path / "network"
    command = ["apptainer", "exec", "--cleanenv", str(image), "python", "-c", NETWORKS]
    run(*network_watch.watched(command, record), cwd=ROOT)
    assert "/opt/venv/bin/python" in record.read_text()
    assert network_watch.contacts(record) == []
