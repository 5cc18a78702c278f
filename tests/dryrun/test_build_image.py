"""containers/build and containers/doctor, also with missing programs and existing images.

The engines and Apptainer are fake programs; tests/cluster/test_image.py uses real ones.
"""

import fcntl
import hashlib
import json
import os
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from bridge_commands import CONTAINERS, ON_LINUX
from fake_apptainer import APPTAINER, ApptainerMachine

pytestmark = ON_LINUX

ENGINE = """#!/bin/bash
echo "$@" >> {log}
case "$1 $2" in
    "image inspect") echo '[{{"Id": "sha256:abc", "Config": {{"Env": ["PATH=/x", "A=it'"'"'s $B"],
        "Labels": {{"l": "1"}}, "Entrypoint": ["snakemake"], "Cmd": ["-n", "a b"]}}}}]' ;;
    create*) echo container ;;
    export*) cd {root} && tar -c . ;;
esac
"""
PACK = """
if sys.argv[1] == "pull" or "build" in sys.argv:
    target = sys.argv[-2]
    with open({seen!r}, "w") as file:
        json.dump({{"arguments": sys.argv[1:], "environment": dict(os.environ)}}, file)
    open(target, "w").write("packed")
    if "build" in sys.argv:
        os.system("cp -r " + sys.argv[-1] + " " + {copy!r})
    sys.exit()
"""


class Builder(ApptainerMachine):
    """A machine with a fake Apptainer and a fake engine."""

    def __init__(self, folder: Path, engine: str | None = "podman") -> None:
        super().__init__(folder)
        self.image.unlink()
        self.log = folder / "engine.log"
        self.copy = folder / "copy"
        (folder / "root" / "dev").mkdir(parents=True)
        (folder / "root" / "dev" / "sda").touch()
        (folder / "root" / "file").write_text("content")
        if engine:
            self.script(engine, ENGINE.format(log=self.log, root=folder / "root"))
        pack = PACK.format(seen=str(self.seen_file), copy=str(self.copy))
        text = APPTAINER.format(python=sys.executable, seen=str(self.seen_file))
        self.script("apptainer", text.replace("image = next", pack + "image = next"))

    def script(self, name: str, text: str) -> None:
        (self.bin / name).write_text(text)
        (self.bin / name).chmod(0o755)

    def build(self, *options: str) -> subprocess.CompletedProcess:
        # The real engines of this machine are not on this PATH.
        command = [sys.executable, str(CONTAINERS / "build"), *options]
        path = {"PATH": f"{self.bin}:/usr/bin:/bin"}
        return subprocess.run(
            command, env=self.environment | path, capture_output=True, text=True, timeout=60
        )


@pytest.fixture
def builder(tmp_path: Path) -> Builder:
    return Builder(tmp_path)


@pytest.mark.parametrize("engine", ["docker", "podman"])
def test_image_is_built_packed_and_recorded(tmp_path: Path, engine: str) -> None:
    builder = Builder(tmp_path, engine)
    done = builder.build("--engine", engine, "--", "--build-arg", "MODELS=dlib")
    assert done.returncode == 0, done.stderr
    first = builder.log.read_text().splitlines()[0]
    assert "--build-arg COMMIT=" in first and "--file containers/Dockerfile" in first
    assert "--build-arg MODELS=dlib" in first
    record = json.loads(Path(f"{builder.image}.json").read_text())
    assert record == {
        "compression": "gzip", "labels": {"l": "1"}, "oci": "abc", "size": 6,
        "sha256": hashlib.sha256(b"packed").hexdigest(),
    }  # fmt: skip
    # Variables and start command of the engine's image are where Apptainer reads them.
    settings = builder.copy / ".singularity.d"
    shown = f'. {settings}/env/90-environment.sh; echo "$PATH|$A"'
    assert subprocess.check_output(["sh", "-c", shown], text=True) == "/x|it's $B\n"
    assert (settings / "runscript").read_text() == "#!/bin/sh\nexec snakemake -n 'a b' \"$@\"\n"
    assert (builder.copy / "file").exists() and not (builder.copy / "dev" / "sda").exists()
    assert builder.log.read_text().splitlines()[-1] == "rm container"


def test_unchanged_image_is_not_packed_again(builder: Builder) -> None:
    builder.build("--engine", "podman")
    builder.seen_file.unlink()
    done = builder.build("--engine", "podman")
    assert (
        "is up to date: it was made from this image" in done.stdout
        and not builder.seen_file.exists()
    )


CHANGES = {
    "truncated": lambda image: image.write_bytes(b"pack"),
    "altered": lambda image: image.write_bytes(b"pAcked"),
    "replaced": lambda image: (image.unlink(), image.write_bytes(b"others")),
}
"""Ways to change an image after it was made; its time stays the same in the tests."""


@pytest.mark.fault(
    "image",
    "an image file is truncated, or altered with the same size and time, before a build",
    "it is not called up to date, but packed again",
)
@pytest.mark.parametrize("change", CHANGES)
def test_changed_image_is_packed_again(builder: Builder, change: str) -> None:
    builder.build("--engine", "podman")
    change_image(builder, change)
    done = builder.build("--engine", "podman")
    assert "was changed or damaged after it was made" in done.stdout
    assert "is up to date" not in done.stdout and builder.image.read_bytes() == b"packed"


@pytest.mark.fault(
    "image",
    "a downloaded image is truncated, or altered with the same size and time",
    "it does not count as downloaded, but is downloaded again",
)
@pytest.mark.parametrize("change", CHANGES)
def test_changed_image_is_downloaded_again(builder: Builder, change: str) -> None:
    builder.build("--pull", "docker://x")
    change_image(builder, change)
    done = builder.build("--pull", "docker://x")
    assert "was changed or damaged after it was made" in done.stdout
    assert "already downloaded" not in done.stdout and builder.image.read_bytes() == b"packed"


def change_image(builder: Builder, change: str) -> None:
    """Change the content of an image, but not its time."""
    time_ns = builder.image.stat().st_mtime_ns
    CHANGES[change](builder.image)
    os.utime(builder.image, ns=(time_ns, time_ns))


@pytest.mark.fault(
    "image",
    "two downloads of one image at once",
    "one downloads it, the other waits and takes it",
)
def test_two_downloads_at_once_download_once(builder: Builder) -> None:
    command = [sys.executable, str(CONTAINERS / "build"), "--pull", "docker://x"]
    pipes = {"stdout": subprocess.PIPE, "text": True}
    both = [subprocess.Popen(command, env=builder.environment, **pipes) for _ in range(2)]
    printed = [process.communicate(timeout=60)[0] for process in both]
    assert [process.returncode for process in both] == [0, 0]
    assert sum("was already downloaded" in text for text in printed) == 1
    assert builder.image.read_bytes() == b"packed"


@pytest.mark.fault(
    "image",
    "builds are killed or fail on two machines that share a folder",
    "no build uses the incomplete file of another; the next one removes its own",
)
def test_incomplete_images_have_names_of_their_own(builder: Builder) -> None:
    of_killed_build = Path(f"{builder.image}.{socket.gethostname()}.1.partial")
    of_other_machine = Path(f"{builder.image}.elsewhere.1.partial")
    for file in (of_killed_build, of_other_machine):
        file.touch()
    builder.script("apptainer", "#!/bin/sh\nfor file; do target=$file; done; exit 9\n")
    assert builder.build("--pull", "docker://x").returncode == 1
    assert list(builder.image.parent.glob("*.partial")) == [of_other_machine]


def test_other_compression_packs_the_image_again(builder: Builder) -> None:
    builder.build("--engine", "podman")
    assert "-comp gzip -Xcompression-level 1" in builder.seen["arguments"]
    builder.build("--engine", "podman", "--compression", "zstd")
    assert "-comp zstd -Xcompression-level 1" in builder.seen["arguments"]
    assert json.loads(Path(f"{builder.image}.json").read_text())["compression"] == "zstd"


def test_an_image_without_recorded_compression_counts_as_gzip(builder: Builder) -> None:
    builder.build("--engine", "podman")
    record_file = Path(f"{builder.image}.json")
    record = json.loads(record_file.read_text())
    del record["compression"]
    record_file.write_text(json.dumps(record))
    assert "is up to date" in builder.build("--engine", "podman").stdout


@pytest.mark.parametrize("option", [("--pull", "docker://x"), ("--oci-only",)])
def test_compression_of_what_is_not_packed_is_an_error(builder: Builder, option: tuple) -> None:
    done = builder.build(*option, "--compression", "zstd")
    assert done.returncode == 2 and "--compression is only for an image" in done.stderr


def test_published_image_is_downloaded_once(builder: Builder) -> None:
    builder.set(f"image = {builder.image}", f"cache = {builder.folder}/cache")
    address = "docker://ghcr.io/me/image:v1"
    assert builder.build("--pull", address).returncode == 0
    assert builder.seen["arguments"][:2] == ["pull", "--force"]
    assert builder.seen["environment"]["APPTAINER_CACHEDIR"] == f"{builder.folder}/cache/apptainer"
    assert json.loads(Path(f"{builder.image}.json").read_text())["from"] == address
    builder.seen_file.unlink()
    assert "was already downloaded from there" in builder.build("--pull", address).stdout
    assert not builder.seen_file.exists()


def test_second_build_waits_for_first(builder: Builder) -> None:
    with open(f"{builder.image}.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        command = [sys.executable, str(CONTAINERS / "build"), "--engine", "podman"]
        process = subprocess.Popen(
            command, env=builder.environment, stdout=subprocess.PIPE, text=True
        )
        assert "waiting" in process.stdout.readline()
        time.sleep(0.3)
        assert process.poll() is None and not builder.log.exists()
    assert process.wait(30) == 0
    assert builder.log.exists()


def test_error_without_engine_suggests_pull(tmp_path: Path) -> None:
    builder = Builder(tmp_path, engine=None)
    builder.environment["PATH"] = str(builder.bin)
    command = [sys.executable, str(CONTAINERS / "build")]
    done = subprocess.run(command, env=builder.environment, capture_output=True, text=True)
    assert done.returncode == 1
    assert (
        "none of docker, podman and buildah is installed and responds" in done.stderr
        and "--pull" in done.stderr
    )


@pytest.mark.fault("image", "a container engine does not respond", "the next one is used")
def test_engine_that_does_not_respond_is_skipped(builder: Builder) -> None:
    builder.script("docker", "#!/bin/sh\nexit 1\n")
    assert builder.build().returncode == 0
    first, second, *_ = builder.log.read_text().splitlines()
    assert first == "info" and second.startswith("build --layers ")


@pytest.mark.fault("image", "the build of an image fails", "no image is left")
def test_failed_build_leaves_no_image(builder: Builder) -> None:
    builder.script("podman", "#!/bin/sh\necho broken >&2; exit 7\n")
    done = builder.build("--engine", "podman")
    assert done.returncode == 1 and "exit status 7 of: podman build" in done.stderr
    assert not builder.image.exists()


# The doctor


def doctor(machine: ApptainerMachine, *options: str) -> tuple[int, str]:
    done = machine.run(*options, program="doctor")
    return done.returncode, done.stdout


def install_script(machine: ApptainerMachine, program: str, body: str) -> None:
    (machine.bin / program).write_text(f"#!/bin/sh\n{body}\n")
    (machine.bin / program).chmod(0o755)


@pytest.fixture
def doctor_machine(tmp_path: Path) -> ApptainerMachine:
    machine = ApptainerMachine(tmp_path)
    scripts = {
        "python": "echo 9.27.1", "sinfo": "echo cpu up 1:00:00", "sbatch": "echo would start",
        "sacct": "true",
    }  # fmt: skip
    for name, body in scripts.items():
        install_script(machine, name, body)
    apptainer = machine.bin / "apptainer"
    apptainer.write_text(apptainer.read_text().replace(":/usr/bin", f":{machine.bin}:/usr/bin"))
    content = machine.image.read_bytes()
    record = {"size": len(content), "sha256": hashlib.sha256(content).hexdigest()}
    Path(f"{machine.image}.json").write_text(json.dumps(record))
    return machine


def test_doctor_reports_no_fault_on_working_machine(doctor_machine: ApptainerMachine) -> None:
    status, report = doctor(doctor_machine)
    assert "FAULT" not in report and status == 0, report


@pytest.mark.fault("image", "each fault of a machine that the doctor knows", "reported")
@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (lambda m: m.image.unlink(), "FAULT  image: not usable\n       image "),
        (lambda m: m.image.write_bytes(b"IMAGE"), "FAULT  image: its sha256 is"),
        (lambda m: Path(f"{m.image}.json").unlink(), "has no record"),
        (lambda m: m.set("imag = x"), "FAULT  site file"),
        (lambda m: install_script(m, "python", "exit 3"), "FAULT  start: exit status 3"),
        (lambda m: install_script(m, "sinfo", "exit 1"), "FAULT  bridge: sinfo"),
        (lambda m: install_script(m, "sbatch", "exit 1"), "FAULT  sbatch: exit status 1"),
        (
            lambda m: m.set(f"image = {m.image}", "binds = /no/such"),
            "folder /no/such does not exist",
        ),
    ],
)  # fmt: skip
def test_doctor_reports_each_fault(doctor_machine: ApptainerMachine, damage, message: str) -> None:
    damage(doctor_machine)
    status, report = doctor(doctor_machine)
    assert message in report and status == 1, report


def test_doctor_notes_missing_accounting(doctor_machine: ApptainerMachine) -> None:
    install_script(doctor_machine, "sacct", "exit 1")
    status, report = doctor(doctor_machine)
    assert "set slurm-status-command: squeue" in report and status == 0
