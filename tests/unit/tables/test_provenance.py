"""Provenance says what decided a file's content, and nothing else."""

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
from corpus import provenance
made_by = provenance.describe("step", {"x": 1.5}, ("av",), {"model.dat": "00"})
json.dump(made_by, sys.stdout, sort_keys=True)
"""


@pytest.fixture
def fresh(monkeypatch, tmp_path):
    """A folder in place of the workflow's own, and no commit remembered."""
    monkeypatch.setattr(provenance, "ROOT", tmp_path)
    provenance.commit.cache_clear()
    yield tmp_path
    provenance.commit.cache_clear()


def git(folder, *arguments):
    identity = ("-c", "user.name=t", "-c", "user.email=t@example.org", "-c", "commit.gpgsign=false")
    subprocess.run(["git", "-C", folder, *identity, *arguments], check=True, capture_output=True)


def test_every_run_anywhere_tells_the_same(root, tmp_path):
    texts = []
    for folder, zone in ((root, "UTC"), (tmp_path, "Asia/Tokyo")):
        environment = {"PYTHONPATH": str(root / "scripts"), "TZ": zone, "HOME": str(folder)}
        environment["PATH"] = "/usr/local/bin:/usr/bin:/bin"
        environment["GIT_CONFIG_COUNT"], environment["GIT_CONFIG_KEY_0"] = "1", "safe.directory"
        environment["GIT_CONFIG_VALUE_0"] = "*"
        command = [sys.executable, "-c", DESCRIBE]
        done = subprocess.run(
            command, env=environment, cwd=folder, capture_output=True, text=True, check=True
        )
        texts.append(done.stdout)
    assert texts[0] == texts[1]
    made_by = json.loads(texts[0])
    assert set(made_by) == {"workflow", "step", "parameters", "tools", "models"}
    assert set(made_by["workflow"]) == {"name", "version", "commit"}
    assert made_by["tools"] == {name: version(name) for name in ("av", "numpy", "pyarrow")}
    assert (made_by["parameters"], made_by["models"]) == ({"x": 1.5}, {"model.dat": "00"})
    assert str(root) not in texts[0]
    assert str(Path(sys.prefix)) not in texts[0]


def test_parameters_leave_out_files_and_what_changes_nothing():
    options = argparse.Namespace(video=Path("v.mp4"), size=2, device="cpu", best=6)
    found = provenance.parameters(options, leave_out=("device",))
    assert list(found.items()) == [("best", 6), ("size", 2)]


def test_the_version_is_the_projects(root):
    project = tomllib.loads((root / "pyproject.toml").read_text())["project"]
    assert (provenance.WORKFLOW, project["name"]) == (project["version"], "video-corpus-workflow")


def test_commit_of_a_checkout_and_what_was_edited_since(fresh):
    (fresh / "scripts").mkdir()
    (fresh / "scripts/a.py").write_text("1")
    git(fresh, "init", "-q")
    git(fresh, "add", ".")
    git(fresh, "commit", "-qm", "first")
    commit = provenance.commit()
    assert len(commit) == 40
    provenance.commit.cache_clear()
    (fresh / "notes.txt").write_text("my own")
    assert provenance.commit() == commit, "what is no code does not count"
    provenance.commit.cache_clear()
    (fresh / "scripts/a.py").write_text("2")
    assert provenance.commit() == commit + "+changes"


def test_commit_of_a_copy_without_git(fresh):
    assert provenance.commit() == "unknown"
    provenance.commit.cache_clear()
    (fresh / "COMMIT").write_text("abc123\n")
    assert provenance.commit() == "abc123"
