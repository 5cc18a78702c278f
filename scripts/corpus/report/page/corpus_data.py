"""The page's data about the whole corpus: columns of plain lists, times in whole milliseconds."""

import base64
import hashlib
from pathlib import Path

from corpus.core import person_colours
from corpus.core.addresses import shareable_source
from corpus.report.page import about, quality
from corpus.report.page.identity_notes import describe_identity_checks
from corpus.report.page.tables import CorpusTables
from corpus.report.page.values import milliseconds, value_or
from corpus.similarity.gesture_files import has_map
from corpus.tables import parquet
from corpus.tables.schemas import KINDS, SCHEMAS, STATUSES


def describe_corpus(
    tables: CorpusTables, videos: list[dict], names: dict, corpus_name: str, title: str
) -> dict:
    """The data that the lists on the page need.

    `videos` are the summaries of all videos in the order of the table corpus, `names` the data
    about the user's people.tsv. `corpus_name` is the manifest's name, with which names of saved
    files begin. The key depends only on it, so that a browser still shows what was typed after
    videos were added, removed or sorted: names, marks and verdicts are matched by places and times.
    """
    columns = _video_columns(tables, videos)
    corpus = tables.corpus
    return {
        "title": title,
        "names": names,
        "key": _corpus_key(corpus_name),
        "name": corpus_name,
        "statuses": STATUSES,
        "kinds": KINDS,
        "gestures_computed": all(tables.video_table("gestures", v) for v in corpus["video_id"]),
        "numbers": (tables.results / "hand_use.parquet").exists(),
        "similar": has_map(tables.results),
        "videos": columns,
        "manifest_columns": {
            name: [value_or(value, "") for value in corpus[name]]
            for name in corpus.columns
            if name not in SCHEMAS["corpus"].names
        },
        "people": {
            "id": tables.people["person"].tolist(),
            "name": [value_or(name, "") for name in tables.people["name"]],
            "length": [milliseconds(seconds) for seconds in tables.people["seconds"]],
            "colour": [person_colours.colour_number(person) for person in tables.people["person"]],
            "shape": [person_colours.shape_number(person) for person in tables.people["person"]],
        },
        "clusters": _clusters(tables),
        "tracks": _track_columns(tables),
        **describe_identity_checks(tables),
        "concerns": {
            code: {"title": concern.title, "meaning": concern.meaning, "figure": concern.figure}
            for code, concern in quality.CONCERNS.items()
        },
        "about": about.describe_lineage(
            tables.results, corpus, {"samples_per_second": tables.samples_per_second}
        ),
    }


def face_pictures(path: Path, tables: CorpusTables) -> list[dict]:
    """Face pictures of the table at `path`, each JPEG file as a data URL."""
    keys = zip(tables.tracks["video_id"], tables.tracks["track"], strict=True)
    cluster_of = dict(zip(keys, tables.tracks["cluster_index"].tolist(), strict=True))
    video_index = {video: index for index, video in enumerate(tables.corpus["video_id"])}
    return [
        {
            "cluster": cluster_of[row.video_id, row.track],
            "video": video_index[row.video_id],
            "track": row.track,
            "time": milliseconds(row.time_s),
            "src": "data:image/jpeg;base64," + base64.b64encode(row.jpeg).decode(),
        }
        for row in parquet.read(path).itertuples()
    ]


def _video_columns(tables: CorpusTables, videos: list[dict]) -> dict[str, list]:
    """The summaries of the videos as columns, with more columns of the table corpus."""
    corpus = tables.corpus
    columns = {name: [video[name] for video in videos] for name in (videos or [{}])[0]}
    columns["id"] = corpus["video_id"].tolist()
    columns["source"] = [shareable_source(source) for source in corpus["source"]]
    for name in ("width", "height", "n_frames", "n_shots", "n_people"):
        columns[name] = [int(value_or(value, 0)) for value in corpus[name]]
    columns["start"] = [milliseconds(value_or(value, 0.0)) for value in corpus["start_s"]]
    columns["length"] = [milliseconds(value_or(value, 0.0)) for value in corpus["duration_s"]]
    return columns


def _clusters(tables: CorpusTables) -> dict[str, list]:
    """The cells of each cluster's row in people.tsv, and the index of its person."""
    person_index = {person: index for index, person in enumerate(tables.people["person"])}
    persons = (tables.person_of_cluster[index] for index in range(len(tables.cluster_rows)))
    return {"cells": tables.cluster_rows, "person": [person_index[person] for person in persons]}


def _track_columns(tables: CorpusTables) -> dict[str, list]:
    """Face tracks of all videos, sorted by video and start; `kind` is an index of KINDS."""
    kinds = list(KINDS)
    columns: dict[str, list] = {
        name: [] for name in ("video", "track", "cluster", "start", "end", "kind")
    }
    for index, video in enumerate(tables.corpus["video_id"]):
        rows = tables.tracks_of(video).sort_values(["start_s", "track"])
        columns["video"] += [index] * len(rows)
        columns["track"] += rows["track"].tolist()
        columns["cluster"] += rows["cluster_index"].tolist()
        columns["start"] += [milliseconds(start) for start in rows["start_s"]]
        columns["end"] += [milliseconds(end) for end in rows["end_s"]]
        columns["kind"] += [kinds.index(value_or(kind, kinds[0])) for kind in rows["kind"]]
    return columns


def _corpus_key(corpus_name: str) -> str:
    """A key that distinguishes this corpus from another with its page at the same address."""
    return hashlib.sha256(corpus_name.encode()).hexdigest()[:12]
