"""Read the networks in a MediaPipe .task file, which is a zip file of .tflite files."""

import io
import zipfile
import zlib
from pathlib import Path
from typing import NamedTuple

from corpus.core.errors import ModelError

UNREADABLE = (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError, ValueError)
"""Errors of `zipfile` for damaged and encrypted files, and for unknown compression."""


class TfliteFile(NamedTuple):
    """A network: where it comes from, for messages, and the content of its .tflite file."""

    source: str
    content: bytes


def read_task_file(path: Path) -> dict[str, TfliteFile]:
    """The networks in a .task file by file name, such as "pose_detector.tflite".

    Raises ModelError if the file cannot be read, or is no undamaged zip file of .tflite files.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise ModelError(f"model {path} cannot be read: {error.strerror or error}") from error
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = sorted(name for name in archive.namelist() if name.endswith(".tflite"))
            networks = {name: TfliteFile(f"{path}: {name}", archive.read(name)) for name in names}
    except UNREADABLE as error:
        raise ModelError(
            f"model {path} is damaged, or not a .task file: {error}. Delete it and run "
            "the workflow with network access, or name another file under `models` in the "
            "configuration"
        ) from error
    if not networks:
        raise ModelError(f"model {path} is not a .task file: no .tflite file is in it")
    return networks
