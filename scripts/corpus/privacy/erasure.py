"""Erase people from the results, following a plan (`corpus.privacy.erasure_plan`)."""

import json
import os
import unicodedata
from collections.abc import Iterable
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from corpus.core.atomic_files import atomic_path, write_bytes
from corpus.core.file_records import record_path
from corpus.core.progress import with_progress
from corpus.inputs import erased_folder, people_file, text_tables
from corpus.privacy import kept_masks, personal_data
from corpus.privacy.erasure_plan import TRACK_KEY, ErasurePlan, corpus_table
from corpus.tables import parquet, provenance, seals

OTHER_COLUMNS = ("other_cluster", "other_probability")
"""Columns of the table clusters that compare a track with the most probable other person."""
TracksByVideo = dict[str, list[int]] | dict[None, list[int]]
"""Tracks by video id; with the key None for a table of a single video."""


def erase_people(
    plan: ErasurePlan, people_tsv: Path | None = None, known_people: Path | None = None
) -> None:
    """Carry out a plan. If it is interrupted, plan and start it again.

    Parameters
    ----------
    plan
        What to erase.
    people_tsv
        The user's file of names; their rows are removed from it if it exists.
    known_people
        The file of the config key clustering.known; their rows are removed from it.
    """
    tracks = plan.tracks_by_video
    for video in with_progress(tracks, "masks", len(tracks), "videos"):
        kept_masks.keep_masks(plan.results, plan.erased, video, plan.masks[video])
    kept_masks.move_masks(plan.results, plan.erased)
    keep_ids(plan)
    for path in with_progress(plan.track_tables, "tables", len(plan.track_tables), "files"):
        remove_tracks(path, {None: plan.track_tables[path]})
    if people_tsv is not None and people_tsv.exists():
        clusters = plan.tracks["cluster"].dropna().astype(int)
        rewrite_people_tsv(people_tsv, plan.names, set(map(people_file.person_id, clusters)))
    if plan.known_tracks:
        if known_people is None:
            raise ValueError("the plan removes known people, but their file is not given")
        remove_tracks(known_people, plan.known_tracks)
    for name in personal_data.CORPUS_TRACK_TABLES:
        if (path := corpus_table(plan.results, name)).exists():
            remove_tracks(path, tracks)
    for path in plan.files_to_delete:
        record_path(path).unlink(missing_ok=True)
        path.unlink()


def keep_ids(plan: ErasurePlan) -> None:
    """Write who remains, so that they keep their ids if the results are made again.

    Videos that have left the corpus keep the rows of the last erasure.
    """
    clusters = parquet.read(corpus_table(plan.results, "clusters"))
    numbers = int(clusters["cluster"].max()) + 1 if len(clusters) else 0
    erased = set(plan.tracks["cluster"].dropna().astype(int))
    path = erased_folder.kept_ids_path(plan.erased)
    if path.exists():
        earlier = parquet.read(path)
        numbers = max(numbers, parquet.read_provenance(path)["parameters"]["numbers"])
        clusters = pd.concat([clusters, earlier[~earlier["video_id"].isin(clusters["video_id"])]])
    kept = clusters[~clusters["cluster"].isin(erased)].sort_values(TRACK_KEY)
    kept.loc[~kept["other_cluster"].isin(kept["cluster"]), list(OTHER_COLUMNS)] = None
    made_by = provenance.describe(kept_masks.STEP, {"numbers": numbers})
    parquet.write(path, "clusters", kept, made_by)


def count_rows(path: Path, tracks: Iterable[int]) -> int:
    """Number of rows of `tracks` in a table of one video."""
    column = parquet.read_arrow(path, columns=["track"])["track"]
    return pc.sum(pc.is_in(column, pa.array(tracks, column.type))).as_py() or 0


def remove_tracks(path: Path, tracks: TracksByVideo) -> None:
    """Rewrite a table without the rows of some tracks.

    Other tracks that were compared with a person of whom no row remains lose this comparison.

    Reads one row group at a time. The file keeps its modification time, so that Snakemake does not
    make other files again because of it. Its provenance records how many tracks were removed, but
    not which.

    Parameters
    ----------
    path
        The table, with a column track.
    tracks
        Tracks to remove by video id, for a table with a column video_id; by None for a table of one
        video.
    """
    before = path.stat()
    with atomic_path(path) as partial:
        with parquet.open_file(path) as file:
            schema = _record_removal(file, sum(map(len, tracks.values())))
            clusters = _remaining_clusters(file, tracks)
            with pq.ParquetWriter(partial, schema, compression="zstd") as out:
                for group in range(file.num_row_groups):
                    rows = file.read_row_group(group)
                    remaining = rows.filter(pc.invert(_is_removed(rows, tracks)))
                    if clusters is not None:
                        remaining = _without_comparisons(remaining, clusters)
                    out.write_table(remaining.cast(schema), row_group_size=parquet.ROW_GROUP)
                out.add_key_value_metadata(seals.kept(file.metadata))
        seals.seal(path, partial)
        os.utime(partial, ns=(before.st_atime_ns, before.st_mtime_ns))


def _is_removed(rows: pa.Table, tracks: TracksByVideo) -> pa.ChunkedArray:
    """Booleans (n,): which rows belong to the tracks."""
    is_removed = pa.chunked_array([pa.repeat(False, len(rows))])
    for video, track_numbers in tracks.items():
        matches = pc.is_in(rows["track"], pa.array(track_numbers, rows["track"].type))
        if video is not None:
            matches = pc.and_(matches, pc.equal(rows["video_id"], video))
        is_removed = pc.or_(is_removed, matches)
    return is_removed


def _remaining_clusters(file: pq.ParquetFile, tracks: TracksByVideo) -> pa.Array | None:
    """The clusters of the rows that remain; None for a table that compares no clusters."""
    if not set(OTHER_COLUMNS) <= set(file.schema_arrow.names):
        return None
    rows = file.read(["video_id", "track", "cluster"])
    return pc.unique(rows.filter(pc.invert(_is_removed(rows, tracks)))["cluster"])


def _without_comparisons(rows: pa.Table, clusters: pa.Array) -> pa.Table:
    """The rows with null in `OTHER_COLUMNS` if the other person is not one of `clusters`."""
    is_kept = pc.is_in(rows["other_cluster"], clusters)
    for name in OTHER_COLUMNS:
        null = pa.scalar(None, rows[name].type)
        column = pc.if_else(is_kept, rows[name], null)
        rows = rows.set_column(rows.schema.get_field_index(name), rows.schema.field(name), column)
    return rows


def _record_removal(file: pq.ParquetFile, n_tracks: int) -> pa.Schema:
    """The schema with `n_tracks` added to the number of removed tracks in its provenance.

    A table of clusters also records how many numbers of people were given, so that nobody gets the
    number of an erased person if the table is used as `clustering.known`.
    """
    schema = file.schema_arrow
    metadata = dict(schema.metadata or {})
    made_by = json.loads(metadata.get(parquet.PROVENANCE_KEY, b"{}"))
    made_by["tracks_taken_out"] = made_by.get("tracks_taken_out", 0) + n_tracks
    if "cluster" in schema.names:
        parameters = made_by.setdefault("parameters", {})
        highest = pc.max(file.read(["cluster"])["cluster"]).as_py()
        numbers = 0 if highest is None else highest + 1
        parameters["numbers"] = max(parameters.get("numbers", 0), numbers)
    metadata[parquet.PROVENANCE_KEY] = json.dumps(made_by, sort_keys=True).encode()
    return schema.with_metadata(metadata)


def remove_names(rows: Iterable[text_tables.Row], names: set[str], people: set[str]) -> str:
    """The text of a people.tsv without the rows of some people.

    Parameters
    ----------
    rows
        All rows of the file, also comments. The lines of the others stay unchanged.
    names
        Names (Unicode NFC) to remove, with every row that gives one of them.
    people
        Person ids; rows of these ids without a name are removed as well.
    """
    columns: list[str] = []
    remaining = []
    for line in rows:
        if line.cells:
            row = dict(zip(columns, line.cells, strict=False))
            columns = columns or line.cells
            name = unicodedata.normalize("NFC", row.get("name", ""))
            if name in names or (not name and row.get("person") in people):
                continue
        remaining.append(line.text)
    return "".join(remaining)


def rewrite_people_tsv(path: Path, names: set[str], people: set[str]) -> None:
    """Remove people from a people.tsv (see `remove_names`); an unaffected file is not written."""
    content = text_tables.read_text(path)
    rows = people_file.split_rows(content, str(path))
    remaining = remove_names(rows, names, people)
    if remaining != content.text:
        write_bytes(path, remaining.encode(content.encoding))
