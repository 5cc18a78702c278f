"""Which stages of a video are up to date: their tables exist, and nothing they need changed."""

from pathlib import Path

import pyarrow as pa

from corpus.core.checksums import sha256
from corpus.core.file_records import IDENTITY_DIGITS
from corpus.planning.lost_files import has_side_files
from corpus.tables import schemas, seals
from corpus.video_groups.commands import Stage
from corpus.video_groups.states import read_state

UNREADABLE = (OSError, pa.ArrowException, ValueError)
"""Errors of reading a missing or damaged table."""


def is_current(results: Path, video: str, stage: Stage) -> bool:
    """Whether all tables of a stage are those that the present code, settings and inputs make."""
    noted = read_state(results, video).get(stage.name, {})
    if noted.get("made_with") != stage.made_with:
        return False
    identities = table_identities(results, video, stage)
    return (
        identities is not None
        and identities == noted.get("tables")
        and all(has_side_files(str(results), table, video) for table in stage.tables)
        and all(_has_current_inputs(results, video, table) for table in stage.tables)
    )


def table_identities(results: Path, video: str, stage: Stage) -> dict[str, str] | None:
    """Return the identity of each table of a stage, by table; None if one is missing or damaged."""
    identities = {table: _identity(_path(results, table, video)) for table in stage.tables}
    complete = {table: found for table, found in identities.items() if found}
    return complete if len(complete) == len(identities) else None


def _has_current_inputs(results: Path, video: str, table: str) -> bool:
    """Whether the files of this video from which a table was made are still the same."""
    tables = schemas.all_tables()
    for folder, files in seals.inputs(seals.file_metadata(_path(results, table, video))).items():
        for stem, identity in files.items():
            if folder == "videos":
                record = results / folder / stem
                found = sha256(record)[:IDENTITY_DIGITS] if record.exists() else None
            elif folder in tables and stem == video:
                found = _identity(_path(results, folder, stem))
            else:
                continue
            if found != identity:
                return False
    return True


def _path(results: Path, table: str, video: str) -> Path:
    return results / table / f"{video}.parquet"


def _identity(path: Path) -> str | None:
    try:
        found = seals.identity(seals.file_metadata(path))
    except UNREADABLE:
        return None
    return found[:IDENTITY_DIGITS] if found else None
