"""Images for the tests, which containers/build builds from the unchanged recipes.

    python tests/support/container_images.py    build the images, unless they are up to date

No image registry is used: the base image that the recipes name is built here from Debian packages.
The first build takes some minutes, so it runs in parallel with other tests.
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
"""Options of podman and buildah: no separate namespaces and no registry."""


def missing() -> str | None:
    """Return a message about what this machine lacks, or None."""
    absent = [program for program in PROGRAMS if not shutil.which(program)]
    if absent:
        return f"{', '.join(absent)} not installed; .ci/run installs them on Debian"
    return None if os.geteuid() == 0 else "the base image can be built only as root"


def make_base() -> None:
    """Build the base image, with this machine's certificates; a package index may need them."""
    if subprocess.run(["podman", "image", "exists", BASE]).returncode == 0:
        return
    ca_folder = "/usr/local/share/ca-certificates"
    copy = f'if [ -d {ca_folder} ]; then cp -r {ca_folder} "$1/usr/local/share/"; fi'
    hook = f'{copy}; chroot "$1" update-ca-certificates'
    tar = FOLDER / "base.tar"
    mirror = ["--include=ca-certificates", f"--customize-hook={hook}", "bookworm", tar]
    run("mmdebstrap", "--variant=minbase", *mirror)
    variable = "ENV=SSL_CERT_FILE=/etc/ssl/certs/ca-certificates.crt"
    run("podman", "import", "--change", variable, tar, BASE)
    tar.unlink()


def make() -> None:
    """Build both images, each with a different engine and compression."""
    make_base()
    build = [sys.executable, ROOT / "containers" / "build"]
    fetch = ("--engine", "buildah", "--recipe", "containers/fetch/Dockerfile", "--image", FETCH)
    run(*build, *fetch, "--", *ENGINE)
    corpus = ("--engine", "podman", "--compression", "zstd", "--image", CORPUS)
    run(*build, *corpus, "--", *ENGINE)


def run(*command: str | Path) -> None:
    subprocess.run(list(map(str, command)), check=True)


class ImageBuild:
    """The build, which runs in the background; `wait` returns when it is complete."""

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
