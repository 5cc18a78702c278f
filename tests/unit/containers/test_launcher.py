"""The launcher, and what it reads of the site, with a stand-in for Apptainer.

The stand-in notes how it was called and starts the command on this machine; test_containers.py has
the real one.
"""

import ast
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from bridge import launcher
from bridge.site import KEYS, Site, SiteError
from bridge_commands import CONTAINERS, ON_LINUX
from repository import ROOT

pytestmark = ON_LINUX

APPTAINER = """#!{python} -IS
import json, os, sys
if sys.argv[1:] == ["--version"]:
    sys.exit(print("apptainer version 1.4.5"))
image = next(i for i, word in enumerate(sys.argv) if word.endswith(".sif"))
with open({seen!r}, "w") as file:
    json.dump({{"name": sys.argv[0], "options": sys.argv[1:image], "image": sys.argv[image],
               "environment": dict(os.environ)}}, file)
command = sys.argv[image + 1:]
first = [value for name, value in os.environ.items() if name.endswith("ENV_PREPEND_PATH")]
os.environ["PATH"] = ":".join(first) + ":/usr/bin:/bin"
os.execvp(command[0], command)
"""


class Started:
    """A machine with a stand-in for Apptainer, an image and a site file."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.bin = folder / "bin"
        self.bin.mkdir()
        self.seen_file = folder / "seen.json"
        self.image = folder / "an image.sif"
        self.image.write_bytes(b"image")
        self.site = folder / "site.ini"
        self.set(f"image = {self.image}")
        self.add("apptainer")
        (self.bin / "python3").symlink_to(sys.executable)
        self.environment = {"PATH": f"{self.bin}:/usr/bin:/bin", "CORPUS_SITE": str(self.site)}

    def add(self, name: str) -> None:
        file = self.bin / name
        file.write_text(APPTAINER.format(python=sys.executable, seen=str(self.seen_file)))
        file.chmod(0o755)

    def set(self, *lines: str) -> None:
        self.site.write_text("\n".join(["[site]", *lines]) + "\n")

    def run(self, *command: str, program: str = "exec", **settings) -> subprocess.CompletedProcess:
        settings = {"env": self.environment, "capture_output": True, "text": True} | settings
        settings.setdefault("cwd", self.folder)
        return subprocess.run([CONTAINERS / program, *command], timeout=60, **settings)

    @property
    def seen(self) -> dict:
        return json.loads(self.seen_file.read_text())

    @property
    def binds(self) -> list[str]:
        options = self.seen["options"]
        return [options[i + 1] for i, option in enumerate(options) if option == "--bind"]


@pytest.fixture
def started(tmp_path: Path) -> Started:
    return Started(tmp_path)


def until(happened: Callable[[], bool], timeout_s: float = 10) -> None:
    end = time.monotonic() + timeout_s
    while not happened():
        assert time.monotonic() < end
        time.sleep(0.02)


# Exit status, signals, callers


@pytest.mark.parametrize("status", [0, 1, 7, 143])
def test_the_exit_status_is_the_commands(started: Started, status: int) -> None:
    assert started.run("sh", "-c", f"exit {status}").returncode == status


def test_the_callers_script_goes_on(started: Started) -> None:
    """One that shares its process group, as a job's script does."""
    script = f"'{CONTAINERS}/exec' sh -c 'exit 3'; echo status $?; echo goes on"
    done = subprocess.run(
        ["bash", "-c", script], env=started.environment, capture_output=True, text=True
    )
    assert done.stdout == "status 3\ngoes on\n" and done.returncode == 0


def test_a_signal_to_the_launcher_is_one_to_the_command(started: Started) -> None:
    ready = started.folder / "ready"
    script = f"trap 'exit 5' USR1; touch '{ready}'; for i in $(seq 500); do sleep 0.02; done"
    process = subprocess.Popen([CONTAINERS / "exec", "bash", "-c", script], env=started.environment)
    until(ready.exists)
    process.send_signal(signal.SIGUSR1)
    assert process.wait(10) == 5


def test_run_passes_all_arguments_to_snakemake(started: Started) -> None:
    (started.bin / "snakemake").write_text('#!/bin/sh\nprintf "%s\\n" "$@"\n')
    (started.bin / "snakemake").chmod(0o755)
    # The stand-in for Apptainer has another PATH than the host, as an image has.
    shown = started.folder / "b" / "snakemake"
    shown.parent.mkdir()
    file = started.bin / "apptainer"
    file.write_text(file.read_text().replace(":/usr/bin", f":{started.bin}:/usr/bin"))
    usual = ["--profile", "profiles/slurm"]
    assert started.run("-n", "a b", program="run").stdout.splitlines() == [*usual, "-n", "a b"]
    own = ["--profile=profiles/laptop", "--cores", "2"]
    assert started.run(*own, program="run").stdout.splitlines() == own


# What is left


def test_the_folder_goes_with_the_container(started: Started) -> None:
    done = started.run("sh", "-c", 'dirname "$(dirname "$(command -v apptainer)")"')
    folder = Path(done.stdout.strip())
    assert folder.name.startswith(f"corpus-bridge-{os.getuid()}-")
    until(lambda: not folder.exists())


def test_what_a_killed_bridge_left_is_removed(started: Started) -> None:
    process = subprocess.Popen(
        [CONTAINERS / "exec", "sh", "-c", 'command -v apptainer; exec sleep 60'],
        env=started.environment, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    folder = Path(process.stdout.readline().strip()).parents[1]
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
    # One that lives stays, whoever starts another.
    started.run("true")
    assert folder.exists()
    for pid in children:
        os.kill(int(pid), signal.SIGKILL)
    process.kill()
    process.wait()
    assert folder.exists()
    started.run("true")
    assert not folder.exists()


# What the command sees


def test_the_command_sees_named_variables_and_no_others(started: Started) -> None:
    started.set(f"image = {started.image}", "environment = MY_TOKEN")
    started.environment |= {
        "SLURM_JOB_ID": "5", "MY_TOKEN": "a,b\nc", "PYTHONPATH": "/home/me", "VIRTUAL_ENV": "/v",
        "https_proxy": "p", "APPTAINERENV_LEFT": "1", "APPTAINER_BIND": "/data", "USER": "me",
    }  # fmt: skip
    started.run("true")
    given = {
        name.removeprefix("APPTAINERENV_"): value
        for name, value in started.seen["environment"].items()
        if name.startswith("APPTAINERENV_")
    }
    assert {n: given[n] for n in ("SLURM_JOB_ID", "MY_TOKEN", "https_proxy", "USER")} == {
        "SLURM_JOB_ID": "5", "MY_TOKEN": "a,b\nc", "https_proxy": "p", "USER": "me",
    }  # fmt: skip
    assert not {"PYTHONPATH", "VIRTUAL_ENV", "LEFT", "BIND"} & set(given)
    assert "--cleanenv" in started.seen["options"]
    assert started.binds[-1] == "/data" and "APPTAINER_BIND" not in started.seen["environment"]


def test_folders_have_the_same_path_inside_and_the_workflow_lies_over_the_images(started) -> None:
    scratch = started.folder / "scratch"
    scratch.mkdir()
    started.environment["NODE_SCRATCH"] = str(scratch)
    started.set(
        f"image = {started.image}", "binds =", "    /usr/share", "    /usr/lib",
        "tmp =", "    $NOT_HERE/tmp", "    $NODE_SCRATCH", f"cache = {started.folder}/cache",
        "options = --writable-tmpfs",
    )  # fmt: skip
    done = started.run(
        "sh", "-c", 'echo "$APPTAINERENV_TMPDIR"; echo "$APPTAINERENV_XDG_CACHE_HOME"'
    )
    assert done.stdout.split() == [str(scratch), f"{started.folder}/cache"]
    wanted = {str(ROOT), str(started.folder), "/usr/share", "/usr/lib", str(scratch)}
    assert wanted <= set(started.binds)
    assert f"{ROOT}:/opt/video-corpus-workflow" in started.binds
    assert "--writable-tmpfs" in started.seen["options"]
    assert (started.folder / "cache").is_dir(), "else Apptainer would refuse to bind it"


def test_siblings_see_the_sites_folders(started: Started) -> None:
    started.set(f"image = {started.image}", "binds = /usr/share")
    started.run("sh", "-c", "apptainer exec other.sif true")
    environment = started.seen["environment"]
    assert started.seen["image"] == "other.sif"
    assert environment["APPTAINER_BIND"].split(",") == ["/usr/share"]


@pytest.mark.parametrize("gpu", [True, False])
def test_a_gpu_is_passed_on_where_there_is_one(monkeypatch, tmp_path, gpu: bool) -> None:
    """The driver's device tells: on a login node --nv would only warn."""
    device = tmp_path / "nvidiactl"
    if gpu:
        device.touch()
    monkeypatch.setattr(launcher, "GPU", str(device))
    assert launcher.options_of(Site(site_file(tmp_path), str(ROOT))) == (["--nv"] if gpu else [])


def site_file(folder: Path, text: str = "image = x.sif") -> str:
    file = folder / "own.ini"
    file.write_text(f"[site]\n{text}\n")
    return str(file)


def test_apptainer_goes_before_singularity(started: Started) -> None:
    started.add("singularity")
    started.run("true")
    assert started.seen["name"].endswith("/apptainer")
    (started.bin / "apptainer").unlink()
    started.environment["PATH"] = str(started.bin)
    for tool in ("env", "sh", "true"):
        (started.bin / tool).symlink_to(shutil.which(tool))
    assert started.run("true").returncode == 0
    assert started.seen["name"].endswith("/singularity")
    assert any(name.startswith("SINGULARITYENV_") for name in started.seen["environment"])
    started.run("sh", "-c", "singularity exec other.sif true")
    assert "SINGULARITY_BIND" in started.seen["environment"]
    (started.bin / "singularity").unlink()
    done = started.run("true")
    assert done.returncode == 1 and "neither apptainer nor singularity" in done.stderr


# What is refused


def test_a_missing_image_ends_at_once(started: Started) -> None:
    started.image.unlink()
    done = started.run("touch", "ran")
    assert done.returncode == 1 and not (started.folder / "ran").exists()
    assert f"image {started.image} does not exist. Make it with containers/build" in done.stderr
    assert done.stderr.count("\n") == 1


def test_an_image_of_another_size_than_recorded_is_refused(started: Started) -> None:
    Path(f"{started.image}.json").write_text(json.dumps({"size": 6, "sha256": "0"}))
    done = started.run("true")
    assert done.returncode == 1 and "has 5 bytes, but 6 are recorded" in done.stderr


@pytest.mark.parametrize("text", ["", "[]", "{", '["a"]'])
def test_a_broken_record_is_named(started: Started, text: str) -> None:
    Path(f"{started.image}.json").write_text(text)
    done = started.run("true")
    assert done.returncode == 1 and "Traceback" not in done.stderr
    assert "is not a valid record of an image" in done.stderr or "None are recorded" in done.stderr


@pytest.mark.parametrize(
    ("text", "told"),
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
def test_mistakes_in_the_site_file_are_named(started: Started, text: str, told: str) -> None:
    text = text.replace("x.sif", str(started.image)).replace("FOLDER", str(started.folder))
    started.site.write_text(text)
    done = started.run("true")
    assert done.returncode == 1 and told in done.stderr, done.stderr
    assert "Traceback" not in done.stderr


def test_a_missing_site_file_is_named(started: Started) -> None:
    started.environment["CORPUS_SITE"] = "/no/such.ini"
    assert "/no/such.ini cannot be read" in started.run("true").stderr


def test_a_plain_dollar_is_written_twice(tmp_path: Path) -> None:
    assert Site(site_file(tmp_path, "image = /a$$HOME/x.sif"), "/").image == "/a$HOME/x.sif"


def test_scratch_is_looked_for_where_the_command_runs(tmp_path, monkeypatch) -> None:
    """On the login node there is none; on each node another."""
    file = site_file(tmp_path, "image = x.sif\ntmp =\n    $LOCAL_SCRATCH\n    /no/such/folder")
    monkeypatch.delenv("LOCAL_SCRATCH", raising=False)
    assert Site(file, "/w").tmp is None
    monkeypatch.setenv("LOCAL_SCRATCH", str(tmp_path))
    assert Site(file, "/w").tmp == str(tmp_path)


def test_the_shipped_site_file_is_valid_and_explains_every_key() -> None:
    shipped = CONTAINERS / "site.ini"
    site = Site(str(shipped), str(ROOT))
    assert site.image == str(CONTAINERS / "video-corpus-workflow.sif")
    assert re.findall(r"^(\w+) =", shipped.read_text(), re.M) == list(KEYS)
    with pytest.raises(SiteError):
        Site("/no/such.ini", "/")


def test_the_documented_site_file_is_valid(tmp_path: Path, monkeypatch) -> None:
    (text,) = re.findall(r"```ini\n(.*?)```", (CONTAINERS / "README.md").read_text(), re.S)
    file = tmp_path / "site.ini"
    file.write_text(textwrap.dedent(text))
    monkeypatch.delenv("LOCAL_SCRATCH", raising=False)
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    site = Site(str(file), str(ROOT))
    assert site.binds == ["/scratch", "/projappl"] and site.tmp == str(tmp_path)


# Where it runs


def test_the_host_side_is_python_3_6() -> None:
    """Old enterprise systems have no newer one."""
    files = [
        *(CONTAINERS / "bridge").glob("*.py"),
        *(CONTAINERS / n for n in ("exec", "run", "doctor")),
    ]
    for file in files:
        ast.parse(file.read_text(), file.name, feature_version=(3, 6))
        imported = set(re.findall(r"^(?:import|from) (\w+)", file.read_text(), re.M))
        assert imported - {"bridge"} <= set(sys.stdlib_module_names), file


def test_the_comparison_names_tests_that_there_are() -> None:
    named = re.findall(r"\| `(test_\w+)` \|", (CONTAINERS / "README.md").read_text())
    assert len(named) > 15
    tests = "\n".join(file.read_text() for file in (ROOT / "tests").rglob("test_*.py"))
    assert [name for name in named if f"def {name}(" not in tests] == []
