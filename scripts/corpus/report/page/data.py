"""What the page knows: columns of plain lists, times in whole milliseconds.

People are those of people.parquet. `found` are those whom the clustering told apart, a row of the
results' people.tsv each; a person is one of them, or several that a name has joined.
"""

import base64
import hashlib
import json
from dataclasses import dataclass
from math import ceil, floor
from pathlib import Path

import pandas as pd

from corpus.core.errors import InputError, VideoError
from corpus.identity.anchors import anchor_lookup
from corpus.inputs import manifest, people_file
from corpus.inputs.tsv import cells_of, read_lines
from corpus.report.page import about, movement, own_names, quality
from corpus.tables import parquet
from corpus.tables.schemas import HANDS, SCHEMAS, STATUSES
from corpus.video.stream_info import player_zero

FIGURES = (
    *("faceless_frames", "low_score", "unsure", "backwards", "gap_ms"),
    *("nobody", "faceless_bodies"),
)


def milliseconds(seconds: float | None) -> int | None:
    """Rounded up, as in people.tsv: a moment earlier may be in the shot before."""
    return None if pd.isna(seconds) else ceil(round(seconds * 1000, 3))


@dataclass
class Corpus:
    """The tables about the whole corpus, and what was counted of each video's own."""

    results: Path
    rows: dict[str, manifest.Row]
    container: str
    samples_per_second: float
    coverage: pd.DataFrame
    """The table coverage, by video."""

    def __post_init__(self) -> None:
        self.corpus = self._table("corpus")
        self.people = self._table("people")
        clusters = parquet.read(self.results / "clusters.parquet", ["video_id", "track", "cluster"])
        tracks = self._table("tracks").merge(clusters, on=["video_id", "track"])
        self.found = self._found(tracks)
        place = {cells[0]: row for row, cells in enumerate(self.found)}
        tracks["found"] = [place[people_file.person_id(cluster)] for cluster in tracks["cluster"]]
        self.all_tracks = tracks
        self.tracks = dict(tuple(tracks.groupby("video_id")))
        self.no_tracks = tracks.iloc[:0]
        self.whole = dict(zip(tracks["found"], tracks["person"], strict=True))

    def _found(self, tracks: pd.DataFrame) -> list[list[str]]:
        """Rows of the results' people.tsv. Raises InputError where they are not what was found."""
        path = self.results / "people.tsv"
        lines = [cells_of(line) for _, line in read_lines(path)]
        found = [cells + [""] * (6 - len(cells)) for cells in lines[1:]]
        named = dict(zip(self.people["person"], self.people["name"], strict=True))
        whole = dict(zip(tracks["cluster"], tracks["person"], strict=True))
        expected = [
            (people_file.person_id(cluster), _or(named[person], ""))
            for cluster, person in whole.items()
        ]
        if sorted((cells[0], cells[1]) for cells in found) != sorted(expected):
            raise InputError(
                f"{path}: not as the workflow wrote it; delete it and run snakemake again. Names "
                "belong in a file of your own, which the config key people names"
            )
        return found

    def names(self, path: Path) -> tuple[list[own_names.Line], list[dict[str, str]]]:
        """Lines of the user's own people.tsv, and its rows that fit nobody: see `own_names`."""
        people = [people_file.person_id(cluster) for cluster in self.all_tracks["cluster"]]
        tracks = self.all_tracks.assign(person=people)
        at = anchor_lookup(self.results, tracks, 1 / self.samples_per_second)
        return own_names.read(path, self.rows, self.found, at)

    def _table(self, name: str) -> pd.DataFrame:
        return parquet.read(self.results / f"{name}.parquet")

    def _path(self, table: str, video: str) -> Path | None:
        """A table of one video, where it was made."""
        path = self.results / f"{table}/{video}.parquet"
        return path if path.exists() else None

    def video(self, row: pd.Series) -> tuple[dict, dict]:
        """Of one row of the corpus table: the figures in lists and on cards, and the details that
        only the video's own page shows."""
        video, start_s = row["video_id"], _or(row["start_s"], 0.0)
        length_s, n_frames = _or(row["duration_s"], 0.0), int(_or(row["n_frames"], 0))
        tracks = self.tracks.get(video, self.no_tracks)
        summary = self._file(video) | self._figures(video, n_frames, tracks)
        summary["status"], summary["reason"] = row["status"], _or(row["reason"], None)
        summary["vfr"] = bool(_or(row["is_vfr"], False))
        summary["late_ms"] = max(0, milliseconds(start_s) - summary["zero"])
        summary["concerns"], summary["weight"] = quality.concerns(summary)
        whose = dict(zip(tracks["track"], tracks["found"], strict=True))
        details = {"shots": [], "curves": [], "bin": movement.parts_of(length_s)[1]}
        if path := self._path("shots", video):
            shots = parquet.read(path, ["start_s"])
            details["shots"] = [milliseconds(start) for start in shots["start_s"]]
        if path := self._path("kinematics", video):
            details["curves"] = movement.curves(path, start_s, length_s, whose)
        details["gestures"] = self._gestures(video, whose)
        makers = details["gestures"]["found"]
        summary["gestures"] = len(makers)
        summary["gestures_of_people"] = len(makers) - makers.count(-1)
        return summary, details

    def _file(self, video: str) -> dict:
        """Where the video's file is in the results; its title; what most players show as 0:00."""
        suffix = manifest.media_suffix(self.rows[video]["source"], self.container)
        name = f"videos/{video}.{suffix}"
        file, record = self.results / name, self.results / f"{name}.json"
        told = json.loads(record.read_text(encoding="utf-8")) if record.exists() else {}
        there = file.exists() and file.stat().st_size > 0
        zero = 0.0
        if there:
            try:
                zero = player_zero(file)
            except VideoError:
                there = False
        return {
            "file": name if there else None,
            # Down, as times go up: a frame too early would be in the shot before.
            "zero": floor(zero * 1000 + 1e-6),
            "title": told.get("title"),
        }

    def _figures(self, video: str, n_frames: int, tracks: pd.DataFrame) -> dict:
        figures = dict.fromkeys(FIGURES)
        frames, faces = self._path("frames", video), self._path("faces", video)
        if n_frames and frames and faces:
            scores = parquet.read(faces, ["score"])
            figures |= quality.measure(parquet.read(frames, ["time_s"]), scores, tracks)
        if video in self.coverage.index:
            figures |= quality.covered(self.coverage.loc[video])
        return figures

    def _gestures(self, video: str, whose: dict[int, int]) -> dict[str, list[int]]:
        """Columns: whose (-1: nobody's), hand, start, end, and peak speed in hundredths."""
        columns = ["track", "hand", "start_s", "end_s", "peak_speed"]
        path = self._path("gestures", video)
        rows = parquet.read(path, columns) if path else pd.DataFrame(columns=columns)
        rows = rows.sort_values(["start_s", "end_s", "track", "hand"])
        return {
            "found": [whose.get(track, -1) for track in rows["track"]],
            "hand": [HANDS.index(hand) for hand in rows["hand"]],
            "start": [milliseconds(start) for start in rows["start_s"]],
            "end": [milliseconds(end) for end in rows["end_s"]],
            "peak": [round(_or(speed, 0.0) * 100) for speed in rows["peak_speed"]],
        }

    def summary(self, videos: list[dict], names: dict, title: str) -> dict:
        """What the lists need, from the summaries of all videos in the corpus's order."""
        corpus = self.corpus
        columns = {name: [video[name] for video in videos] for name in (videos or [{}])[0]}
        columns["id"] = corpus["video_id"].tolist()
        columns["source"] = [manifest.shown_source(source) for source in corpus["source"]]
        for name in ("width", "height", "n_frames", "n_shots", "n_people"):
            columns[name] = [int(_or(value, 0)) for value in corpus[name]]
        columns["start"] = [milliseconds(_or(value, 0.0)) for value in corpus["start_s"]]
        columns["length"] = [milliseconds(_or(value, 0.0)) for value in corpus["duration_s"]]
        own = [name for name in corpus.columns if name not in SCHEMAS["corpus"].names]
        place = {person: row for row, person in enumerate(self.people["person"])}
        return {
            "title": title,
            "names": names,
            "key": _checksum(title, names["file"], *columns["id"][:1], *columns["source"][:1]),
            "statuses": STATUSES,
            "gestures_sought": all(self._path("gestures", v) for v in corpus["video_id"]),
            "videos": columns,
            "own": {name: [_or(value, "") for value in corpus[name]] for name in own},
            "people": {
                "id": self.people["person"].tolist(),
                "name": [_or(name, "") for name in self.people["name"]],
                "length": [milliseconds(seconds) for seconds in self.people["seconds"]],
            },
            "found": {
                "cells": self.found,
                "person": [place[self.whole[row]] for row in range(len(self.found))],
            },
            "tracks": self._all_tracks(),
            "concerns": {
                code: {"title": one.title, "meaning": one.meaning, "figure": one.figure}
                for code, one in quality.CONCERNS.items()
            },
            "about": about.tell(
                self.results, corpus, {"samples_per_second": self.samples_per_second}
            ),
        }

    def _all_tracks(self) -> dict[str, list[int]]:
        columns: dict[str, list[int]] = {
            name: [] for name in ("video", "track", "found", "start", "end", "sure")
        }
        for place, video in enumerate(self.corpus["video_id"]):
            rows = self.tracks.get(video, self.no_tracks).sort_values(["start_s", "track"])
            columns["video"] += [place] * len(rows)
            columns["track"] += rows["track"].tolist()
            columns["found"] += rows["found"].tolist()
            columns["start"] += [milliseconds(start) for start in rows["start_s"]]
            columns["end"] += [milliseconds(end) for end in rows["end_s"]]
            columns["sure"] += [round(_or(p, 0.0) * 100) for p in rows["probability"]]
        return columns


def pictures(path: Path, corpus: Corpus) -> list[dict]:
    """Faces for the page: whose they are, where they were seen, and the picture as an address."""
    whose = {
        (video, row.track): row.found
        for video, rows in corpus.tracks.items()
        for row in rows.itertuples()
    }
    place = {video: row for row, video in enumerate(corpus.corpus["video_id"])}
    return [
        {
            "found": whose[row.video_id, row.track],
            "video": place[row.video_id],
            "time": milliseconds(row.time_s),
            "src": "data:image/jpeg;base64," + base64.b64encode(row.jpeg).decode(),
        }
        for row in parquet.read(path).itertuples()
    ]


def _checksum(*texts: str) -> str:
    """What tells this corpus from another one whose page lies at the same address, also when videos
    are added."""
    return hashlib.sha256("\n".join(texts).encode()).hexdigest()[:12]


def _or(value: object, instead: object) -> object:
    """The value, or what to take where it is not known."""
    return instead if pd.isna(value) else value
