"""The tables that the page shows: those of the whole corpus, and the paths of those of one video.

A cluster is a group of face tracks that the clustering assigned to one person; it has one row in
the people.tsv of the results. A person of people.parquet is one cluster, or several clusters that
have the same name.
"""

from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from corpus.core.errors import InputError
from corpus.identity.anchors import anchor_lookup
from corpus.inputs import manifest, people_file
from corpus.inputs.manifest_changes import require_rows
from corpus.report import identity_checks
from corpus.report.page import user_names
from corpus.report.page.player_zero import player_zero_or_none
from corpus.report.page.values import value_or
from corpus.tables import parquet

CLUSTER_COLUMNS = ["video_id", "track", "cluster", "best_time_s", "best_box", "best_quality"]


@dataclass
class CorpusTables:
    """The tables of the whole corpus, read once.

    Raises InputError if the people.tsv of the results, or the manifest, does not match the tables.
    """

    results: Path
    rows: dict[str, manifest.ManifestRow]
    """Rows of the manifest by video."""
    container: str
    """The config key fetch.container."""
    samples_per_second: float
    """The config key faces.samples_per_second."""
    coverage: pd.DataFrame
    """The table coverage, indexed by video."""

    def __post_init__(self) -> None:
        self._zeros: dict[str, float | None] = {}
        self.corpus = self._read("corpus")
        require_rows(self.rows, self.corpus["video_id"])
        self.people = self._read("people")
        clusters = parquet.read(self.results / "clusters.parquet", CLUSTER_COLUMNS)
        tracks = self._read("tracks").merge(clusters, on=["video_id", "track"])
        self.cluster_rows = self._read_cluster_rows(tracks)
        index_of = {cells[0]: index for index, cells in enumerate(self.cluster_rows)}
        tracks["cluster_index"] = [
            index_of[people_file.person_id(cluster)] for cluster in tracks["cluster"]
        ]
        self.tracks = tracks
        self._tracks_by_video = dict(tuple(tracks.groupby("video_id")))
        self.person_of_cluster = dict(zip(tracks["cluster_index"], tracks["person"], strict=True))
        named = self.people.loc[self.people["name"].notna(), "person"]
        self.doubts = identity_checks.find_doubts(tracks, set(named))
        self.doubtful_tracks = {track for doubt in self.doubts for track in doubt.tracks}
        self.overlaps = identity_checks.find_overlaps(tracks, self.slack_s)

    @property
    def slack_s(self) -> float:
        """Longest time in seconds between the last detection of a track and its end."""
        return 1 / self.samples_per_second

    def tracks_of(self, video: str) -> pd.DataFrame:
        """Rows of the table tracks of one video, with the column cluster_index."""
        return self._tracks_by_video.get(video, self.tracks.iloc[:0])

    def media_name(self, video: str) -> str:
        """Path of a video's file relative to the results folder; it need not exist."""
        suffix = manifest.media_suffix(self.rows[video]["source"], self.container)
        return f"videos/{video}.{suffix}"

    def player_zero(self, video: str) -> float | None:
        """The time (s) that most players show as 0:00; None without a readable file."""
        if video not in self._zeros:
            self._zeros[video] = player_zero_or_none(self.results / self.media_name(video))
        return self._zeros[video]

    def video_table(self, table: str, video: str) -> Path | None:
        """Path of a table of one video, or None if the table was not made."""
        path = self.results / f"{table}/{video}.parquet"
        return path if path.exists() else None

    def user_lines(self, path: Path) -> tuple[list[user_names.Line], list[user_names.UnmatchedRow]]:
        """Lines of the user's people.tsv at `path`, and its rows that match no person.

        See `user_names.read`.
        """
        people = [people_file.person_id(cluster) for cluster in self.tracks["cluster"]]
        tracks = self.tracks.assign(person=people)
        person_at = anchor_lookup(self.results, tracks, self.slack_s)
        return user_names.read(path, self.rows, self.cluster_rows, person_at)

    def _read(self, name: str) -> pd.DataFrame:
        return parquet.read(self.results / f"{name}.parquet")

    def _read_cluster_rows(self, tracks: pd.DataFrame) -> list[list[str]]:
        """Rows of the people.tsv of the results, one per cluster, padded to all columns.

        Raises InputError if they do not match the tables.
        """
        path = self.results / "unedited" / "people.tsv"
        lines = [row.cells for row in people_file.read_rows(path) if row.cells]
        rows = [cells + [""] * (6 - len(cells)) for cells in lines[1:]]
        name_of = dict(zip(self.people["person"], self.people["name"], strict=True))
        person_of = dict(zip(tracks["cluster"], tracks["person"], strict=True))
        expected = [
            (people_file.person_id(cluster), value_or(name_of[person], ""))
            for cluster, person in person_of.items()
        ]
        if sorted((cells[0], cells[1]) for cells in rows) != sorted(expected):
            raise InputError(
                f"{path}: the file was changed after the workflow wrote it. Delete it and run "
                "snakemake again. Write names into a file of your own, and set the config key "
                "people to its path"
            )
        return rows
