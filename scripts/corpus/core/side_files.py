"""Side files: data that the page loads when it is needed, from the folder `page` beside it.

A page that is opened as a file may not read other files, except scripts. A side file is therefore a
script with a single call, `sideFile(name, data)`. The data is base64 of a gzip stream, so it cannot
contain anything else that a browser would run. `side_files.js` of the page reads it.
"""

import base64
import json
from pathlib import Path

import pyarrow as pa

from corpus.core.atomic_files import write_text

FOLDER = "page"
"""Name of the folder with side files, beside the page."""


def side_file_text(name: str, data: bytes) -> str:
    """The script that gives `data` to the page under `name`.

    `name` is the path of the file in the folder of side files, without its suffix; it has only
    characters of video ids and `/`. The compression is that of pyarrow, whose version is locked:
    zlib of the operating system would give other bytes on other computers.
    """
    packed = pa.compress(data, codec="gzip", asbytes=True)
    return f'sideFile("{name}","{base64.b64encode(packed).decode()}");\n'


def write_side_file(folder: Path, name: str, data: bytes) -> None:
    """Write `data` as the side file `name` in the folder of side files."""
    write_text(folder / f"{name}.js", side_file_text(name, data))


def write_json_side_file(folder: Path, name: str, value: object) -> None:
    """Write `value` as JSON into the side file `name`. NaN and infinity raise ValueError."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    write_side_file(folder, name, text.encode())
