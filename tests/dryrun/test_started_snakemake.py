"""Snakemake that is forked from a process which has imported it runs like a process of its own."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

import started_snakemake

RULE = """
import os, sys
import helper
print("folder", os.getcwd())
print("name", os.environ.get("NO_COLOR"))
print("arguments", sys.argv[1:])
print("started as", sys.orig_argv == [sys.executable, "-m", "snakemake", *sys.argv[1:]])
print("parent", os.getppid())
print("random hashes", sys.flags.hash_randomization)
print("helper", helper.VALUE, file=sys.stderr)

rule a:
    output: "a.txt"
    shell: "echo $NO_COLOR > {output}"
"""


def write_workflow(folder: Path, value: int) -> None:
    """Write a workflow that reads a module."""
    (folder / "Snakefile").write_text(f"import sys\nsys.path.insert(0, {str(folder)!r})\n{RULE}")
    (folder / "helper.py").write_text(f"VALUE = {value}\n")


def started(folder: Path, *arguments: str, merged: bool = False, **variables: str):
    """A forked run in a folder, with these variables besides those of the forking process."""
    environment = started_snakemake.ENVIRONMENT | variables
    return started_snakemake.run(list(arguments), folder, environment, merged=merged, timeout_s=100)


def test_a_fork_has_the_arguments_environment_and_folder_of_its_caller(tmp_path: Path) -> None:
    write_workflow(tmp_path, 1)
    done = started(tmp_path, "--cores", "1", "a", NO_COLOR="first")
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[:4] == [
        f"folder {tmp_path}",
        "name first",
        "arguments ['--cores', '1', 'a']",
        "started as True",
    ]
    assert "helper 1" in done.stderr and "Finished jobid: 0" in done.stderr
    assert (tmp_path / "a.txt").read_text() == "first\n"
    assert done.args == [sys.executable, "-m", "snakemake", "--cores", "1", "a"]


def test_forks_share_no_module_of_the_workflow_and_no_variable(tmp_path: Path) -> None:
    for value in (1, 22):
        write_workflow(tmp_path, value)
        done = started(tmp_path, "--dry-run", "a", **({"NO_COLOR": "x"} if value == 1 else {}))
        assert f"helper {value}\n" in done.stderr
        assert f"name {'x' if value == 1 else None}\n" in done.stdout


def test_a_variable_that_python_reads_at_its_start_has_its_effect(tmp_path: Path) -> None:
    write_workflow(tmp_path, 1)
    done = started(tmp_path, "--dry-run", "a", NO_COLOR="x", PYTHONHASHSEED="0")
    own = {"random hashes 0", "name x", "started as True", f"parent {os.getpid()}"}
    assert own <= set(done.stdout.splitlines())
    assert done.returncode == 0 and "helper 1\n" in done.stderr
    # OpenCV and scikit-learn set such variables when they are imported.
    forked = started(
        tmp_path,
        "--dry-run",
        "a",
        LD_LIBRARY_PATH="/x",
        KMP_INIT_AT_FORK="FALSE",
        CUBLAS_WORKSPACE_CONFIG=":4096:8",
    )
    assert "random hashes 1\n" in forked.stdout and f"parent {os.getpid()}\n" not in forked.stdout


def test_a_failing_run_prints_and_returns_what_a_process_of_its_own_does(tmp_path: Path) -> None:
    write_workflow(tmp_path, 1)
    (tmp_path / "helper.py").write_text("raise ValueError('a fault')\n")
    command = [sys.executable, "-m", "snakemake", "--cores", "1"]
    own = subprocess.run(
        command, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    forked = started(tmp_path, "--cores", "1", merged=True)
    assert own.returncode == forked.returncode == 1
    assert own.stdout == forked.stdout and "a fault" in own.stdout
    assert forked.stderr == ""


def test_a_run_is_killed_at_its_timeout_and_the_next_one_starts(tmp_path: Path) -> None:
    (tmp_path / "Snakefile").write_text("import signal\nsignal.pause()\n")
    with pytest.raises(subprocess.TimeoutExpired):
        started_snakemake.run(["--cores", "1"], tmp_path, timeout_s=1)
    write_workflow(tmp_path, 1)
    assert started(tmp_path, "--dry-run", "a").returncode == 0
