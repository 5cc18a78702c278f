"""The record of a video's download, beside the video's file in the results."""

import json
from pathlib import Path

from corpus.core.errors import DamagedFileError, MissingFileError


def read_record(path: Path) -> dict:
    """Read a record. Raises MissingFileError or DamagedFileError."""
    try:
        record = json.loads(path.read_text(encoding="utf-8"))
        if not isinstance(record, dict):
            raise ValueError("not a record of this workflow")
    except FileNotFoundError as error:
        raise MissingFileError(
            f"{path}: no such file. It was deleted, or the manifest was edited while the workflow "
            "ran; run snakemake again"
        ) from error
    except ValueError as error:
        raise DamagedFileError(
            f"{path}: damaged ({error}). Delete it and run snakemake again, which fetches the "
            "video again"
        ) from error
    return record
