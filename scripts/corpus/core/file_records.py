"""Record of each result file: its checksum, and which tables it was made from.

`tools/verify_results.py` compares these records with the files. It finds altered files, and files
whose inputs were replaced, also in a copy of the results, whose modification times mean nothing.

A table has its record in its own metadata (`corpus.tables.seals`). Any other file in the results
has it beside itself, in a hidden file (`record_path`). The record is written first, so a file that
exists has the record of its own content, unless the job was killed between the two steps.
"""

import hashlib
import json
import os
from collections import defaultdict
from pathlib import Path

from corpus.core import atomic_files
from corpus.core.checksums import sha256

Inputs = dict[str, dict[str, str]]
"""Identity of each input by folder (a table's name; "" for the results folder) and file stem."""

OF_CORPUS = ("", "report", "report/page", "unedited", "exports/csv")
"""Folders below the results folder whose files are about the whole corpus. The files of all other
folders are about one video, and named after it."""
SIDE_FILES = "report/page/"
"""Start of the path of a side file about one video: the folder that follows is named after it."""

TABLE_SUFFIX = ".parquet"
"""Suffix of tables, which contain their own record."""

IDENTITY_DIGITS = 16
"""Length to which checksums of inputs are shortened: they tell versions of one file apart."""

_read_tables: dict[str, dict[str, Inputs]] = defaultdict(lambda: defaultdict(dict))
"""The tables that this process read, by results folder and video ("" for tables of the corpus)."""


def note_input(results: Path, folder: str, stem: str, identity: str) -> None:
    """Remember that this process read the file `stem` in a folder of the results."""
    video = _video(Path(folder, stem)) if folder else ""
    tables = _read_tables[os.path.abspath(results)][video]
    tables.setdefault(folder, {})[stem] = identity[:IDENTITY_DIGITS]


def note_results(results: Path) -> None:
    """Let files in a results folder have a record although this process has read no table there."""
    _read_tables[os.path.abspath(results)]  # made by the access


def note_record(record: Path) -> None:
    """Remember that this process read the record of a download, `{results}/videos/{file}.json`."""
    note_input(record.parent.parent, record.parent.name, record.name, sha256(record))


def forget_inputs() -> None:
    """Forget which tables were read, for tests that run several scripts in one process."""
    _read_tables.clear()


def results_of(path: Path) -> Path | None:
    """The results folder that `path` is in, if this process has read a table there."""
    absolute = os.path.abspath(path)
    folders = [folder for folder in _read_tables if absolute.startswith(f"{folder}{os.sep}")]
    return Path(max(folders, key=len)) if folders else None


def inputs_of(path: Path) -> Inputs:
    """The tables from which a file was made: those that this process has read.

    Of the tables of single videos, a file about one video has only those of its own video.
    """
    if not (results := results_of(path)):
        return {}
    name = Path(os.path.abspath(path)).relative_to(results)
    by_video = _read_tables[str(results)]
    is_of_corpus = name.parent.as_posix().strip(".") in OF_CORPUS
    chosen = list(by_video.values()) if is_of_corpus else [by_video[""], by_video[_video(name)]]
    inputs: Inputs = {}
    for tables in chosen:
        for folder, identities in tables.items():
            inputs.setdefault(folder, {}).update(identities)
    itself = inputs.get(name.parent.as_posix().strip("."), {})
    itself.pop(name.stem, None)
    return {folder: stems for folder, stems in inputs.items() if stems}


def _video(file: Path) -> str:
    """Id of the video that a file in the results is about: its name up to the first dot."""
    if file.as_posix().startswith(SIDE_FILES):
        return file.parts[len(Path(SIDE_FILES).parts)]
    return file.name.split(".")[0]


def record_path(path: Path) -> Path:
    """The hidden file with the record of a file that is not a table."""
    return path.with_name(f".{path.name}.checksum")


def record_text(checksum: str, inputs: Inputs) -> str:
    """Text of a record, which also has a checksum of its own."""
    content = {"inputs": inputs, "sha256": checksum}
    digest = hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()
    return json.dumps({**content, "record": digest}, sort_keys=True) + "\n"


def read_record(path: Path) -> tuple[str, Inputs] | None:
    """Checksum and inputs of a file from the record beside it; None if there is none.

    Raises ValueError for a record that was altered.
    """
    try:
        text = record_path(path).read_text(encoding="utf-8")
    except FileNotFoundError:
        return None
    content = json.loads(text)
    if record_text(content["sha256"], content["inputs"]) != text:
        raise ValueError(f"{record_path(path)} was altered")
    return content["sha256"], content["inputs"]


def write_record(path: Path, content: Path) -> None:
    """Write the record of `path`, whose content is still in the file `content`.

    Only files in a results folder from which this process has read tables have a record: all others
    are not made from tables, such as models or a file of the user.
    """
    if path.suffix != TABLE_SUFFIX and results_of(path):
        record = record_path(path)
        partial = atomic_files.partial_path(record)
        partial.write_text(record_text(sha256(content), inputs_of(path)), encoding="utf-8")
        os.replace(partial, record)


atomic_files.before_replacing.append(write_record)
