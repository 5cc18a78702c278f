"""Tables as CSV: flat, with ids and names, for R, spreadsheets and everything else.

UTF-8, RFC 4180: commas, quotes around text, CRLF. An empty cell is a value that is not known; text
that is empty is `""`. Times have six decimals, other numbers as many as tell them apart. Rows of a
video begin with `video_id`, and where they have a track, with the person's id and name.
Embeddings are left out: as biometric data they are no use in a spreadsheet, and a risk.
"""

from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from pyarrow import csv

from corpus.core.atomic_files import atomic_path
from corpus.identity import track_people
from corpus.tables.schemas import FACE_LANDMARKS

ROWS = 1 << 16
"""Rows that are turned into text at a time."""
SECONDS = pa.decimal128(18, 6)
"""Times, so that none comes as 4e-05."""
CORNERS = ("x1", "y1", "x2", "y2")
STYLE = csv.WriteOptions(eol="\r\n", quoting_style="needed")


def export_tables(
    source: Path, output: Path, video: str | None, who: track_people.TrackPeople
) -> None:
    """Write one table as CSV, piece by piece. `video` is None for a table of the whole corpus."""
    with pq.ParquetFile(source) as file, atomic_path(output) as partial:
        empty = pa.Table.from_batches([], file.schema_arrow)
        with csv.CSVWriter(partial, tidy(empty, video, who).schema, write_options=STYLE) as out:
            for batch in file.iter_batches(ROWS):
                out.write_table(tidy(pa.Table.from_batches([batch]), video, who))


def tidy(rows: pa.Table, video: str | None, who: track_people.TrackPeople) -> pa.Table:
    """Rows in the columns of the CSV file: flat, with the video's id and the people's names."""
    columns: dict[str, pa.ChunkedArray | pa.Array] = {}
    if video is not None:
        columns["video_id"] = pa.repeat(pa.scalar(video), len(rows))
        if "track" in rows.column_names:
            columns |= people_columns(rows["track"], who)
    elif "track" in rows.column_names:
        columns = {"video_id": rows["video_id"], "person": rows["person"]}
        columns["name"] = looked_up(rows["person"], who.names, pa.string())
    for name in rows.column_names:
        for part, column in flat(name, rows[name]).items():
            columns.setdefault(part, column)
    return pa.table({name: text(column) for name, column in columns.items()})


def people_columns(track: pa.ChunkedArray, who: track_people.TrackPeople) -> dict[str, pa.Array]:
    """Columns person and name for a column of tracks; null for bodies whose face was not found."""
    names = {t: who.names[p] for t, p in who.person_of.items() if p in who.names}
    return {
        "person": looked_up(track, who.person_of, pa.int32()),
        "name": looked_up(track, names, pa.int32()),
    }


def looked_up(column: pa.ChunkedArray, known: dict, dtype: pa.DataType) -> pa.Array:
    """What `known` says of each value of a column, else null."""
    places = pc.index_in(column, pa.array(list(known), dtype))
    return pa.array(list(known.values()), pa.string()).take(places)


def flat(name: str, column: pa.ChunkedArray) -> dict[str, pa.ChunkedArray]:
    """A column as it is; the points and boxes of a list column as a column for each number."""
    if name == "landmarks":
        points = {p: pc.list_element(column, i) for i, p in enumerate(FACE_LANDMARKS)}
        return {
            f"{point}_{axis}": pc.list_element(pair, place)
            for point, pair in points.items()
            for place, axis in enumerate("xy")
        }
    if name == "best_box":
        return {f"best_{edge}": pc.list_element(column, i) for i, edge in enumerate(CORNERS)}
    return {name: column}


def text(column: pa.ChunkedArray | pa.Array) -> pa.ChunkedArray | pa.Array:
    """Columns as they are to be printed: seconds (all columns of float64) with six decimals."""
    if pa.types.is_floating(column.type):
        column = pc.if_else(pc.is_finite(column), column, pa.scalar(None, column.type))
    if pa.types.is_dictionary(column.type):
        return column.cast(pa.string())
    return pc.round(column, 6).cast(SECONDS) if column.type == pa.float64() else column
