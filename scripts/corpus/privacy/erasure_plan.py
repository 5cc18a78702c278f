"""Find everything in the results that is about people to erase. Nothing is changed here."""

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from corpus.core.errors import InputError
from corpus.inputs import people_file
from corpus.privacy import erased_heads, kept_masks, mentions, personal_data
from corpus.tables import parquet

TRACK_KEY = ["video_id", "track"]
"""Columns that identify a track within the corpus."""

_COMPLETE_FIRST = "run snakemake to complete the results, then try again"


@dataclass(frozen=True)
class ErasurePlan:
    """The people to erase, and what the results contain about them."""

    results: Path
    """Folder of the results."""
    erased: Path
    """Folder that keeps erased people erased (`corpus.inputs.erased_folder`)."""
    people: pd.DataFrame
    """Their rows of the table people."""
    tracks: pd.DataFrame
    """Their rows of the table tracks, with the cluster of each track."""
    masks: dict[str, pd.DataFrame]
    """By video id: the table covers with the heads of these people added."""
    track_tables: dict[Path, list[int]]
    """Tables of single videos that lose rows, and the tracks to remove from each."""
    known_tracks: dict[str, list[int]]
    """Tracks to remove from the file of known people, by video id."""
    files_to_delete: list[Path]
    """Files that are made again without these people, by the next run or on request."""

    @property
    def tracks_by_video(self) -> dict[str, list[int]]:
        """Their tracks by video id."""
        return self.tracks.groupby("video_id")["track"].agg(list).to_dict()

    @property
    def names(self) -> set[str]:
        """Their names; empty if none of them is named."""
        return set(self.people["name"].dropna())

    @property
    def eaf_files(self) -> list[Path]:
        """The ELAN files that are deleted."""
        return [path for path in self.files_to_delete if path.suffix == ".eaf"]


def plan_erasure(
    results: Path, erased: Path, ids_or_names: list[str], known_people: Path | None = None
) -> ErasurePlan:
    """Find what the results contain about people.

    Parameters
    ----------
    results
        Folder of the results.
    erased
        Folder that keeps erased people erased.
    ids_or_names
        The people to erase.
    known_people
        The file of the config key clustering.known, if there is one.

    Raises InputError for an unknown person, if the results are incomplete or from several runs, and
    if `known_people` does not exist.
    """
    for name in ("tracks", "people", "clusters"):
        if not (path := corpus_table(results, name)).exists():
            raise InputError(f"{path}: does not exist yet; run snakemake first")
    people = select_people(parquet.read(corpus_table(results, "people")), ids_or_names)
    all_tracks = parquet.read(corpus_table(results, "tracks"))
    columns = [*TRACK_KEY, "cluster", "n_faces"]
    clusters = parquet.read(corpus_table(results, "clusters"), columns)
    tracks = all_tracks[all_tracks["person"].isin(people["person"])]
    _check_same_run(results, all_tracks, tracks, clusters)
    tracks = tracks.merge(clusters[[*TRACK_KEY, "cluster"]], "left", TRACK_KEY)
    _check_tables(results, tracks, clusters)
    erased_tracks, masks = _find_masks(results, erased, tracks)
    track_tables = _find_track_tables(results, erased_tracks)
    if known_people:
        known_tracks = select_known_tracks(known_people, tracks, set(clusters["video_id"]))
    else:
        known_tracks = {}
    logs = mentions.files_that_mention(results.glob("logs/**/*"), people)
    files = personal_data.files_to_delete(results, sorted(set(tracks["video_id"])))
    files = [*logs, *files]
    return ErasurePlan(results, erased, people, tracks, masks, track_tables, known_tracks, files)


def corpus_table(results: Path, name: str) -> Path:
    """Path of a table of the whole corpus."""
    return results / f"{name}.parquet"


def select_people(people: pd.DataFrame, ids_or_names: Iterable[str]) -> pd.DataFrame:
    """Rows of the table people for ids or names. Raises InputError for one that is neither."""
    selected = []
    for id_or_name in ids_or_names:
        name = unicodedata.normalize("NFC", id_or_name)
        rows = people[(people["person"] == id_or_name) | (people["name"] == name)]
        if rows.empty:
            ids = sorted(people["person"], key=people_file.person_number)
            hint = f"its people are {ids[0]} to {ids[-1]}" if ids else "it contains no people"
            raise InputError(f"--person: no {id_or_name!r} in this corpus; {hint}")
        selected.append(rows)
    return pd.concat(selected).drop_duplicates("person")


def select_known_tracks(path: Path, tracks: pd.DataFrame, videos: set[str]) -> dict[str, list[int]]:
    """Tracks of the file of known people that belong to the people to erase, by video id.

    These are the tracks in `tracks`, and the tracks with the same cluster numbers in videos that
    are no longer among the corpus's `videos`. Raises InputError if the file does not exist.
    """
    if not path.exists():
        raise InputError(
            f"{path}: no such file; give --known the same file as the config key clustering.known"
        )
    known = parquet.read(path, [*TRACK_KEY, "cluster"])
    is_erased = pd.MultiIndex.from_frame(known[TRACK_KEY]).isin(list(_track_keys(tracks)))
    is_erased |= known["cluster"].isin(tracks["cluster"]) & ~known["video_id"].isin(videos)
    return known[is_erased].groupby("video_id")["track"].agg(list).to_dict()


def videos_outside_manifest(results: Path, manifest_videos: Iterable[str]) -> list[str]:
    """Videos with track tables that are no longer in the manifest.

    The table tracks does not contain them, so nobody knows who is in them.
    """
    videos = {
        path.stem
        for folder in personal_data.TRACK_TABLES
        for path in results.glob(f"{folder}/*.parquet")
    }
    return sorted(videos - set(manifest_videos))


def _check_tables(results: Path, tracks: pd.DataFrame, clusters: pd.DataFrame) -> None:
    """Raise InputError if tables of the videos with `tracks` are missing or newer than clusters."""
    for video in sorted(set(tracks["video_id"])):
        for folder in ("frames", "shots", "status"):
            if not (path := results / folder / f"{video}.parquet").exists():
                raise InputError(f"{path}: no such file; {_COMPLETE_FIRST}")
        _check_faces(results / f"faces/{video}.parquet", clusters[clusters["video_id"] == video])


def _find_masks(
    results: Path, erased: Path, tracks: pd.DataFrame
) -> tuple[dict[str, list[int]], dict[str, pd.DataFrame]]:
    """All tracks to erase, also of bodies without a face, and the tables covers, by video."""
    erased_tracks, masks = {}, {}
    for video, rows in tracks.groupby("video_id"):
        with_face = rows["track"].tolist()
        covers = kept_masks.add_masks(results, erased, str(video), with_face)
        bodies = erased_heads.tracks_without_face(results, str(video), covers)
        if bodies:
            all_tracks = [*bodies, *with_face]
            covers = kept_masks.add_masks(results, erased, str(video), all_tracks)
        erased_tracks[str(video)], masks[str(video)] = [*bodies, *with_face], covers
    return erased_tracks, masks


def _find_track_tables(results: Path, tracks: dict[str, list[int]]) -> dict[Path, list[int]]:
    """Existing tables of single videos with the people to erase, and the tracks to remove."""
    return {
        path: tracks_of_video
        for video, tracks_of_video in tracks.items()
        for folder in personal_data.TRACK_TABLES
        if (path := results / folder / f"{video}.parquet").exists()
    }


def _check_same_run(
    results: Path, all_tracks: pd.DataFrame, erased: pd.DataFrame, clusters: pd.DataFrame
) -> None:
    """Raise InputError if the tables tracks and clusters have different tracks.

    The `erased` tracks may be missing from the clusters: an interrupted erasure removed them.
    """
    remaining = _track_keys(all_tracks) - _track_keys(erased)
    if not remaining <= _track_keys(clusters) <= _track_keys(all_tracks):
        raise InputError(
            f"{results}: tracks.parquet and clusters.parquet are from different runs; "
            f"{_COMPLETE_FIRST}"
        )


def _track_keys(rows: pd.DataFrame) -> set[tuple[str, int]]:
    return set(rows[TRACK_KEY].itertuples(index=False, name=None))


def _check_faces(path: Path, clusters: pd.DataFrame) -> None:
    """Raise InputError if a video's faces were detected again after the clustering.

    Its tracks then have other numbers. Tracks that were already removed are accepted.
    """
    n_faces = parquet.read(path, ["track"]).value_counts("track")
    expected = clusters.set_index("track")["n_faces"].reindex(n_faces.index)
    if not (n_faces == expected).all():
        raise InputError(
            f"{path}: newer than {corpus_table(path.parents[1], 'clusters')}; {_COMPLETE_FIRST}"
        )
