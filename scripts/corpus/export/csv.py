"""Write tables as CSV with flat columns, person ids and names, for R and spreadsheets.

The format is UTF-8 and RFC 4180: commas, quotes where a text needs them, CRLF. An empty cell is a
missing value; an empty text is `""`. Times have six decimals. Other numbers have as many digits as
are needed to read the same value back. Rows of a video begin with `video_id`; rows with a track
also have the person's id and name. Embeddings are not exported: they are biometric data, and
useless in a spreadsheet.

A text that a spreadsheet could run as a formula begins with an apostrophe
(`corpus.core.safe_text`).
"""

from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv

from corpus.core.atomic_files import atomic_path
from corpus.core.safe_text import FORMULA, GUARD, NUMBER, guard_cell
from corpus.identity.track_people import TrackPeople
from corpus.tables import parquet
from corpus.tables.schemas import FACE_LANDMARKS

ROWS_PER_BATCH = 1 << 16
"""Rows that are converted at a time."""
SECONDS = pa.decimal128(18, 6)
"""Type of times, so that they are never written in scientific notation, such as 4e-05."""
BOX_EDGES = ("x1", "y1", "x2", "y2")
CSV_OPTIONS = csv.WriteOptions(eol="\r\n", quoting_style="needed")


def write_csv(source: Path, output: Path, video: str | None, people: TrackPeople) -> None:
    """Convert one Parquet table to a CSV file, batch by batch.

    Parameters
    ----------
    source, output
        The Parquet table and the CSV file.
    video
        Id of the table's video; None for a table of the whole corpus.
    people
        The people in the video's tracks, or the names of all people of the corpus.
    """
    with parquet.open_file(source) as file, atomic_path(output) as partial:
        empty = pa.Table.from_batches([], file.schema_arrow)
        schema = csv_columns(empty, video, people).schema
        with csv.CSVWriter(partial, schema, write_options=CSV_OPTIONS) as writer:
            for batch in file.iter_batches(ROWS_PER_BATCH):
                writer.write_table(csv_columns(pa.Table.from_batches([batch]), video, people))


def csv_columns(rows: pa.Table, video: str | None, people: TrackPeople) -> pa.Table:
    """Rows in the columns of the CSV file, with the parameters of `write_csv`."""
    columns: dict[str, pa.ChunkedArray | pa.Array] = {}
    if video is not None:
        columns["video_id"] = pa.repeat(pa.scalar(video), len(rows))
        if "track" in rows.column_names:
            columns |= person_columns(rows["track"], people)
    elif {"video_id", "person"} <= set(rows.column_names):
        columns = {"video_id": rows["video_id"], "person": rows["person"]}
        columns["name"] = look_up(rows["person"], people.names, pa.string())
    for name in rows.column_names:
        for flat_name, column in flatten(name, rows[name]).items():
            columns.setdefault(flat_name, column)
    return pa.table({guard_cell(name): printable(column) for name, column in columns.items()})


def person_columns(tracks: pa.ChunkedArray, people: TrackPeople) -> dict[str, pa.Array]:
    """Columns person and name for a column of tracks; null for bodies without a detected face."""
    person_of = people.person_of
    name_of = {
        track: people.names[person] for track, person in person_of.items() if person in people.names
    }
    return {
        "person": look_up(tracks, person_of, pa.int32()),
        "name": look_up(tracks, name_of, pa.int32()),
    }


def look_up(keys: pa.ChunkedArray, texts: dict, key_type: pa.DataType) -> pa.Array:
    """The text of each key in a column; null for keys that are not in `texts`."""
    indices = pc.index_in(keys, pa.array(list(texts), key_type))
    return pa.array(list(texts.values()), pa.string()).take(indices)


def flatten(name: str, column: pa.ChunkedArray) -> dict[str, pa.ChunkedArray]:
    """Split landmarks and boxes into one column per number; other columns stay the same."""
    if name == "landmarks":
        points = {p: pc.list_element(column, i) for i, p in enumerate(FACE_LANDMARKS)}
        return {
            f"{landmark}_{axis}": pc.list_element(point, index)
            for landmark, point in points.items()
            for index, axis in enumerate("xy")
        }
    if name == "best_box":
        return {f"best_{edge}": pc.list_element(column, i) for i, edge in enumerate(BOX_EDGES)}
    return {name: column}


def printable(column: pa.ChunkedArray | pa.Array) -> pa.ChunkedArray | pa.Array:
    """Convert a column to what is printed.

    Numbers that are not finite become null. Columns of type float64 are times in seconds and get
    six decimals. Dictionary columns become text. Texts are guarded against formulas.
    """
    if pa.types.is_floating(column.type):
        column = pc.if_else(pc.is_finite(column), column, pa.scalar(None, column.type))
    if pa.types.is_dictionary(column.type):
        column = column.cast(pa.string())
    if pa.types.is_string(column.type) or pa.types.is_large_string(column.type):
        return guard_column(column)
    return pc.round(column, 6).cast(SECONDS) if column.type == pa.float64() else column


def guard_column(column: pa.ChunkedArray | pa.Array) -> pa.ChunkedArray | pa.Array:
    """A column of texts, each as `corpus.core.safe_text.guard_cell` returns it."""
    is_formula = pc.and_not(
        pc.match_substring_regex(column, FORMULA), pc.match_substring_regex(column, NUMBER)
    )
    guarded = pc.binary_join_element_wise(GUARD, column, "")
    return pc.if_else(is_formula, guarded, column)
