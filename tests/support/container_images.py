"""The images that the tests run in: the recipes as they are, built by containers/build.

    python tests/images.py    build them, or see that they are what the recipes would give

No registry of images is asked: a base with the name that the recipes give is made here, of Debian's
packages. It takes six minutes the first time, so it runs beside other tests.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from repository import ROOT

FOLDER = ROOT / "resources" / "images"
CORPUS = FOLDER / "corpus.sif"
FETCH = FOLDER / "fetch.sif"
LOG = FOLDER / "build.log"
BASE = "docker.io/library/debian:bookworm-slim"
PROGRAMS = ("podman", "buildah", "mmdebstrap", "apptainer", "mksquashfs", "runc")
ENGINE = ("--isolation=chroot", "--pull=never", "--network=host")
"""Of podman and buildah: no namespaces of their own, no registry."""
MODELS = "pose_landmarker_bundled hand_landmarker_bundled dlib dlib_landmarks"
"""Those that come with the package index."""


def missing() -> str | None:
    """What this machine lacks, in words, or None."""
    absent = [program for program in PROGRAMS if not shutil.which(program)]
    if absent:
        return f"no {', '.join(absent)} here; .ci/run installs them on Debian"
    return None if os.geteuid() == 0 else "the images' base is made as root"


def make_base() -> None:
    """The recipes' base, with this machine's certificates, which a package index may need."""
    if subprocess.run(["podman", "image", "exists", BASE]).returncode == 0:
        return
    own = "/usr/local/share/ca-certificates"
    copy = f'if [ -d {own} ]; then cp -r {own} "$1/usr/local/share/"; fi'
    hook = f'{copy}; chroot "$1" update-ca-certificates'
    tar = FOLDER / "base.tar"
    mirror = ["--include=ca-certificates", f"--customize-hook={hook}", "bookworm", tar]
    run("mmdebstrap", "--variant=minbase", *mirror)
    certificates = "ENV=SSL_CERT_FILE=/etc/ssl/certs/ca-certificates.crt"
    run("podman", "import", "--change", certificates, tar, BASE)
    tar.unlink()


def make() -> None:
    """Both images, by two of the engines."""
    make_base()
    build = [sys.executable, ROOT / "containers" / "build"]
    fetch = ("--engine", "buildah", "--recipe", "containers/fetch/Dockerfile", "--image", FETCH)
    run(*build, *fetch, "--", *ENGINE)
    corpus = ("--engine", "podman", "--image", CORPUS, "--", *ENGINE)
    run(*build, *corpus, "--build-arg", f"MODELS={MODELS}")


def run(*command: str | Path) -> None:
    subprocess.run(list(map(str, command)), check=True)


class Making:
    """The build, under way in the background; `wait` for it."""

    process: subprocess.Popen | None = None

    @classmethod
    def start(cls) -> None:
        FOLDER.mkdir(parents=True, exist_ok=True)
        with open(LOG, "wb") as log:
            command = [sys.executable, __file__]
            cls.process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT
            )

    @classmethod
    def wait(cls) -> None:
        if cls.process is None:
            cls.start()
        assert cls.process.wait(1800) == 0, LOG.read_text(errors="replace")[-4000:]


if __name__ == "__main__":
    FOLDER.mkdir(parents=True, exist_ok=True)
    make()
