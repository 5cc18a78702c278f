"""The launcher and the site file, with a fake Apptainer.

The fake Apptainer records its arguments and runs the command on this machine.
tests/cluster/test_image_on_slurm.py uses the real Apptainer.
"""

import ast
import fcntl
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import textwrap
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from bridge import launcher
from bridge.site import KEYS, Site, SiteError
from bridge_commands import CONTAINERS, ON_LINUX
from fake_apptainer import ApptainerMachine
from repository import ROOT

pytestmark = ON_LINUX


@pytest.fixture
def machine(tmp_path: Path) -> ApptainerMachine:
    return ApptainerMachine(tmp_path)


def until(happened: Callable[[], bool], timeout_s: float = 10) -> None:
    end = time.monotonic() + timeout_s
    while not happened():
        assert time.monotonic() < end
        time.sleep(0.02)


# Exit status, signals, callers


@pytest.mark.parametrize("status", [0, 1, 7, 143])
def test_launcher_returns_exit_status_of_command(machine: ApptainerMachine, status: int) -> None:
    assert machine.run("sh", "-c", f"exit {status}").returncode == status


def test_calling_script_continues_after_launcher(machine: ApptainerMachine) -> None:
    """The script shares the process group of the launcher, as the script of a job does."""
    script = f"'{CONTAINERS}/exec' sh -c 'exit 3'; echo status $?; echo goes on"
    done = subprocess.run(
        ["bash", "-c", script], env=machine.environment, capture_output=True, text=True
    )
    assert done.stdout == "status 3\ngoes on\n" and done.returncode == 0


def test_command_receives_signal_sent_to_launcher(machine: ApptainerMachine) -> None:
    ready = machine.folder / "ready"
    script = f"trap 'exit 5' USR1; touch '{ready}'; for i in $(seq 500); do sleep 0.02; done"
    process = subprocess.Popen([CONTAINERS / "exec", "bash", "-c", script], env=machine.environment)
    until(ready.exists)
    process.send_signal(signal.SIGUSR1)
    assert process.wait(10) == 5


def test_run_passes_all_arguments_to_snakemake(machine: ApptainerMachine) -> None:
    (machine.bin / "snakemake").write_text('#!/bin/sh\nprintf "%s\\n" "$@"\n')
    (machine.bin / "snakemake").chmod(0o755)
    # The fake Apptainer has another PATH than the host, as an image has.
    shown = machine.folder / "b" / "snakemake"
    shown.parent.mkdir()
    file = machine.bin / "apptainer"
    file.write_text(file.read_text().replace(":/usr/bin", f":{machine.bin}:/usr/bin"))
    default_profile = ["--profile", "profiles/slurm"]
    assert machine.run("-n", "a b", program="run").stdout.splitlines() == [
        *default_profile,
        "-n",
        "a b",
    ]
    arguments = ["--profile=profiles/laptop", "--cores", "2"]
    assert machine.run(*arguments, program="run").stdout.splitlines() == arguments


# Folders that are removed


def test_bridge_folder_is_removed_when_container_ends(machine: ApptainerMachine) -> None:
    done = machine.run("sh", "-c", 'dirname "$(dirname "$(command -v apptainer)")"')
    folder = Path(done.stdout.strip())
    assert folder.name.startswith(f"corpus-bridge-{os.getuid()}-")
    until(lambda: not folder.exists())


@pytest.mark.fault("interruptions", "a launcher is killed", "the next one removes its folder")
def test_folder_of_killed_bridge_is_removed_by_next_launcher(machine: ApptainerMachine) -> None:
    process = subprocess.Popen(
        [CONTAINERS / "exec", "sh", "-c", 'command -v apptainer; exec sleep 60'],
        env=machine.environment, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    folder = Path(process.stdout.readline().strip()).parents[1]
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
    # The folder of a running bridge stays when another launcher starts.
    machine.run("true")
    assert folder.exists()
    for pid in children:
        os.kill(int(pid), signal.SIGKILL)
    process.kill()
    process.wait()
    assert folder.exists()
    machine.run("true")
    assert not folder.exists()


def test_folder_that_is_removed_before_it_is_locked_is_replaced(monkeypatch) -> None:
    """Another launcher that starts at the same time may take it for the folder of a dead bridge."""
    removed, lock_file = [], fcntl.flock

    def remove_first(lock: int, operation: int) -> None:
        if operation == fcntl.LOCK_EX and not removed:
            removed.append(Path(f"/proc/self/fd/{lock}").readlink().parent)
            shutil.rmtree(removed[0])
        lock_file(lock, operation)

    monkeypatch.setattr(launcher.fcntl, "flock", remove_first)
    folder, lock = launcher.make_folder()
    try:
        assert Path(folder, "lock").exists() and Path(folder) not in removed
    finally:
        os.close(lock)
        shutil.rmtree(folder)


@pytest.mark.fault(
    "slurm",
    "a launcher is killed between making its folder and its lock",
    "the next launcher removes the folder",
)
def test_folder_without_a_lock_is_removed_by_next_launcher() -> None:
    left_behind = tempfile.mkdtemp(prefix=launcher.FOLDER % os.getuid(), dir="/tmp")
    folder, lock = launcher.make_folder()
    os.close(lock)
    shutil.rmtree(folder)
    assert not os.path.exists(left_behind)


def test_folder_that_is_removed_before_it_has_a_lock_is_replaced(monkeypatch) -> None:
    """Another launcher that starts at the same time may take it for one of a killed launcher."""
    made = []

    def make_and_lose(**options: str) -> str:
        made.append(make(**options))
        if len(made) == 1:
            launcher.remove_if_dead(made[0])
        return made[-1]

    make = tempfile.mkdtemp
    monkeypatch.setattr(launcher.tempfile, "mkdtemp", make_and_lose)
    folder, lock = launcher.make_folder()
    os.close(lock)
    shutil.rmtree(folder)
    assert folder == made[1] and not os.path.exists(made[0])


# Environment of the command


def test_command_sees_only_listed_variables(machine: ApptainerMachine) -> None:
    machine.set(f"image = {machine.image}", "environment = MY_TOKEN")
    machine.environment |= {
        "SLURM_JOB_ID": "5", "MY_TOKEN": "a,b\nc", "PYTHONPATH": "/home/me", "VIRTUAL_ENV": "/v",
        "https_proxy": "p", "APPTAINERENV_LEFT": "1", "APPTAINER_BIND": "/data", "USER": "me",
    }  # fmt: skip
    machine.run("true")
    given = {
        name.removeprefix("APPTAINERENV_"): value
        for name, value in machine.seen["environment"].items()
        if name.startswith("APPTAINERENV_")
    }
    assert {n: given[n] for n in ("SLURM_JOB_ID", "MY_TOKEN", "https_proxy", "USER")} == {
        "SLURM_JOB_ID": "5", "MY_TOKEN": "a,b\nc", "https_proxy": "p", "USER": "me",
    }  # fmt: skip
    assert not {"PYTHONPATH", "VIRTUAL_ENV", "LEFT", "BIND"} & set(given)
    assert "--cleanenv" in machine.seen["options"]
    assert machine.binds[-1] == "/data" and "APPTAINER_BIND" not in machine.seen["environment"]


def test_folders_and_workflow_are_bound_into_image(machine) -> None:
    scratch = machine.folder / "scratch"
    scratch.mkdir()
    machine.environment["NODE_SCRATCH"] = str(scratch)
    machine.set(
        f"image = {machine.image}", "binds =", "    /usr/share", "    /usr/lib",
        "tmp =", "    $NOT_HERE/tmp", "    $NODE_SCRATCH", f"cache = {machine.folder}/cache",
        "options = --writable-tmpfs",
    )  # fmt: skip
    done = machine.run(
        "sh", "-c", 'echo "$APPTAINERENV_TMPDIR"; echo "$APPTAINERENV_XDG_CACHE_HOME"'
    )
    assert done.stdout.split() == [str(scratch), f"{machine.folder}/cache"]
    expected = {str(ROOT), str(machine.folder), "/usr/share", "/usr/lib", str(scratch)}
    assert expected <= set(machine.binds)
    assert f"{ROOT}:/opt/video-corpus-workflow" in machine.binds
    assert "--writable-tmpfs" in machine.seen["options"]
    assert (machine.folder / "cache").is_dir(), "Apptainer refuses to bind a missing folder"


def test_images_started_through_bridge_see_folders_of_site_file(machine: ApptainerMachine) -> None:
    machine.set(f"image = {machine.image}", "binds = /usr/share")
    machine.run("sh", "-c", "apptainer exec other.sif true")
    environment = machine.seen["environment"]
    assert machine.seen["image"] == "other.sif"
    assert environment["APPTAINER_BIND"].split(",") == ["/usr/share"]


@pytest.mark.parametrize("gpu", [True, False])
def test_nv_option_is_set_only_with_nvidia_driver(monkeypatch, tmp_path, gpu: bool) -> None:
    """The device file of the driver decides: on a login node --nv would only print a warning."""
    device = tmp_path / "nvidiactl"
    if gpu:
        device.touch()
    monkeypatch.setattr(launcher, "GPU", str(device))
    assert launcher.options_of(Site(site_file(tmp_path), str(ROOT))) == (["--nv"] if gpu else [])


def site_file(folder: Path, text: str = "image = x.sif") -> str:
    file = folder / "site file.ini"
    file.write_text(f"[site]\n{text}\n")
    return str(file)


def test_apptainer_is_preferred_to_singularity(machine: ApptainerMachine) -> None:
    machine.add("singularity")
    machine.run("true")
    assert machine.seen["name"].endswith("/apptainer")
    (machine.bin / "apptainer").unlink()
    machine.environment["PATH"] = str(machine.bin)
    for tool in ("env", "sh", "true"):
        (machine.bin / tool).symlink_to(shutil.which(tool))
    assert machine.run("true").returncode == 0
    assert machine.seen["name"].endswith("/singularity")
    assert any(name.startswith("SINGULARITYENV_") for name in machine.seen["environment"])
    machine.run("sh", "-c", "singularity exec other.sif true")
    assert "SINGULARITY_BIND" in machine.seen["environment"]
    (machine.bin / "singularity").unlink()
    done = machine.run("true")
    assert done.returncode == 1 and "neither apptainer nor singularity" in done.stderr


# Errors


def test_missing_image_ends_launcher_with_error(machine: ApptainerMachine) -> None:
    machine.image.unlink()
    done = machine.run("touch", "ran")
    assert done.returncode == 1 and not (machine.folder / "ran").exists()
    assert f"image {machine.image} does not exist. Make it with containers/build" in done.stderr
    assert done.stderr.count("\n") == 1


def test_image_is_refused_if_size_differs_from_record(machine: ApptainerMachine) -> None:
    Path(f"{machine.image}.json").write_text(json.dumps({"size": 6, "sha256": "0"}))
    done = machine.run("true")
    assert done.returncode == 1 and "has 5 bytes, but 6 are recorded" in done.stderr


@pytest.mark.fault("image", "the record of an image is damaged", "reported")
@pytest.mark.parametrize("text", ["", "[]", "{", '["a"]'])
def test_invalid_record_is_reported(machine: ApptainerMachine, text: str) -> None:
    Path(f"{machine.image}.json").write_text(text)
    done = machine.run("true")
    assert done.returncode == 1 and "Traceback" not in done.stderr
    assert "is not a valid record of an image" in done.stderr or "None are recorded" in done.stderr


@pytest.mark.fault("image", "errors in the site file", "each message names the key or the folder")
@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[site]\nimagine = x\n", "unknown key imagine; valid keys are image, binds"),
        ("image = x\n", "cannot be read"),
        ("[other]\n", "must have exactly one section, [site]"),
        ("[site]\nimage = $GONE/x.sif\n", "image: $GONE is not set here"),
        ("[site]\nimage = a$\n", "write $$ for a literal $"),
        (
            "[site]\nimage = x.sif\nbinds = /no/such\n",
            "binds: folder /no/such does not exist on this machine",
        ),
        ("[site]\nimage = x.sif\ncache = /dev/null/a\n", "cache: /dev/null/a: Not a directory"),
        (
            "[site]\nimage = x.sif\ncache = FOLDER/a:b\n",
            "cannot bind a path that contains ':' or ','",
        ),
    ],
)
def test_errors_in_site_file_are_reported(
    machine: ApptainerMachine, text: str, message: str
) -> None:
    text = text.replace("x.sif", str(machine.image)).replace("FOLDER", str(machine.folder))
    machine.site.write_text(text)
    done = machine.run("true")
    assert done.returncode == 1 and message in done.stderr, done.stderr
    assert "Traceback" not in done.stderr


def test_missing_site_file_is_reported(machine: ApptainerMachine) -> None:
    machine.environment["CORPUS_SITE"] = "/no/such.ini"
    assert "/no/such.ini cannot be read" in machine.run("true").stderr


def test_double_dollar_is_read_as_literal_dollar(tmp_path: Path) -> None:
    assert Site(site_file(tmp_path, "image = /a$$HOME/x.sif"), "/").image == "/a$HOME/x.sif"


def test_scratch_folder_is_read_from_environment_of_machine(tmp_path, monkeypatch) -> None:
    """The login node has no such folder, and each compute node has a different one."""
    file = site_file(tmp_path, "image = x.sif\ntmp =\n    $LOCAL_SCRATCH\n    /no/such/folder")
    monkeypatch.delenv("LOCAL_SCRATCH", raising=False)
    assert Site(file, "/w").tmp is None
    monkeypatch.setenv("LOCAL_SCRATCH", str(tmp_path))
    assert Site(file, "/w").tmp == str(tmp_path)


def test_default_site_file_is_valid_and_lists_every_key() -> None:
    shipped = CONTAINERS / "site.ini"
    site = Site(str(shipped), str(ROOT))
    assert site.image == str(CONTAINERS / "video-corpus-workflow.sif")
    assert re.findall(r"^(\w+) =", shipped.read_text(), re.M) == list(KEYS)
    with pytest.raises(SiteError):
        Site("/no/such.ini", "/")


def test_site_file_in_readme_is_valid(tmp_path: Path, monkeypatch) -> None:
    (text,) = re.findall(r"```ini\n(.*?)```", (CONTAINERS / "README.md").read_text(), re.S)
    file = tmp_path / "site.ini"
    file.write_text(textwrap.dedent(text))
    monkeypatch.delenv("LOCAL_SCRATCH", raising=False)
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    site = Site(str(file), str(ROOT))
    assert site.binds == ["/scratch", "/projappl"] and site.tmp == str(tmp_path)


# Host systems and documentation


def test_host_side_runs_with_python_3_6() -> None:
    """Old enterprise systems have no newer version of Python."""
    files = [
        *(CONTAINERS / "bridge").glob("*.py"),
        *(CONTAINERS / n for n in ("exec", "run", "doctor")),
    ]
    for file in files:
        ast.parse(file.read_text(), file.name, feature_version=(3, 6))
        imported = set(re.findall(r"^(?:import|from) (\w+)", file.read_text(), re.M))
        assert imported - {"bridge"} <= set(sys.stdlib_module_names), file


def test_comparison_table_names_only_existing_tests() -> None:
    names = re.findall(r"\| `(test_\w+)` \|", (CONTAINERS / "README.md").read_text())
    assert len(names) > 15
    tests = "\n".join(file.read_text() for file in (ROOT / "tests").rglob("test_*.py"))
    assert [name for name in names if f"def {name}(" not in tests] == []
