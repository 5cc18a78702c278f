"""Provenance contains only what determines the content of a file."""

import argparse
import json
import subprocess
import sys
import tomllib
from importlib.metadata import version
from pathlib import Path

import pytest

from corpus.tables import provenance

DESCRIBE = """
import json, sys
from corpus.tables import provenance
description = provenance.describe("step", {"x": 1.5}, ("av",), {"model.dat": "00"})
json.dump(description, sys.stdout, sort_keys=True)
"""


@pytest.fixture
def repository_folder(monkeypatch, tmp_path):
    """An empty folder in place of the repository, and an empty cache of the commit."""
    monkeypatch.setattr(provenance, "ROOT", tmp_path)
    provenance.commit.cache_clear()
    yield tmp_path
    provenance.commit.cache_clear()


def git(folder, *arguments):
    identity = ("-c", "user.name=t", "-c", "user.email=t@example.org", "-c", "commit.gpgsign=false")
    subprocess.run(["git", "-C", folder, *identity, *arguments], check=True, capture_output=True)


def test_provenance_does_not_depend_on_folder_or_time_zone(root, tmp_path):
    texts = []
    for folder, zone in ((root, "UTC"), (tmp_path, "Asia/Tokyo")):
        environment = {"PYTHONPATH": str(root / "scripts"), "TZ": zone, "HOME": str(folder)}
        environment["PATH"] = "/usr/local/bin:/usr/bin:/bin"
        environment["GIT_CONFIG_COUNT"], environment["GIT_CONFIG_KEY_0"] = "1", "safe.directory"
        environment["GIT_CONFIG_VALUE_0"] = "*"
        command = [sys.executable, "-c", DESCRIBE]
        process = subprocess.run(
            command, env=environment, cwd=folder, capture_output=True, text=True, check=True
        )
        texts.append(process.stdout)
    assert texts[0] == texts[1]
    description = json.loads(texts[0])
    assert set(description) == {"workflow", "step", "parameters", "tools", "models"}
    assert set(description["workflow"]) == {"name", "version", "commit"}
    assert description["tools"] == {name: version(name) for name in ("av", "numpy", "pyarrow")}
    assert (description["parameters"], description["models"]) == ({"x": 1.5}, {"model.dat": "00"})
    assert str(root) not in texts[0]
    assert str(Path(sys.prefix)) not in texts[0]


def test_parameters_leave_out_files_and_options_without_effect():
    options = argparse.Namespace(video=Path("v.mp4"), size=2, device="cpu", best=6)
    options_kept = provenance.parameters(options, leave_out=("device",))
    assert list(options_kept.items()) == [("best", 6), ("size", 2)]


def test_the_version_is_that_of_the_project(root):
    project = tomllib.loads((root / "pyproject.toml").read_text())["project"]
    assert (provenance.WORKFLOW, project["name"]) == (project["version"], "video-corpus-workflow")


def test_commit_of_a_checkout_with_and_without_edits(repository_folder):
    (repository_folder / "scripts").mkdir()
    (repository_folder / "scripts/a.py").write_text("1")
    git(repository_folder, "init", "-q")
    git(repository_folder, "add", ".")
    git(repository_folder, "commit", "-qm", "first")
    commit = provenance.commit()
    assert len(commit) == 40
    provenance.commit.cache_clear()
    (repository_folder / "notes.txt").write_text("a note")
    assert provenance.commit() == commit, "files that are not code do not count"
    provenance.commit.cache_clear()
    (repository_folder / "scripts/a.py").write_text("2")
    assert provenance.commit() == commit + "+changes"


def test_commit_of_a_copy_without_git(repository_folder):
    assert provenance.commit() == "unknown"
    provenance.commit.cache_clear()
    (repository_folder / "COMMIT").write_text("abc123\n")
    assert provenance.commit() == "abc123"
