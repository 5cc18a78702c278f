"""People of an earlier run keep their numbers when videos are added.

The clusters table of an earlier run says which tracks belong to whom. There are two modes
(`ADD_MODES`). `cluster` clusters everything again and gives each cluster the number of the known
person with whom it shares most seconds (`keep_known_numbers`). `assign` leaves known tracks
unchanged: the tracks of each known person are one group from the start, which other tracks and
groups can join, but two known people are never joined (`known_persons`, `number_new_people`).

The number of a person is the cluster number in the clusters table, from 0. NOT_KNOWN means no known
person.
"""

import logging
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from corpus.core.checksums import sha256
from corpus.core.errors import InputError
from corpus.identity.corpus_tracks import TRACK_KEY, CorpusTracks
from corpus.identity.joining import NOT_KNOWN
from corpus.identity.numbering import number_people
from corpus.inputs import known_file
from corpus.tables import parquet

SAME_START_S = 0.01
"""A track with the video and number of a known track is that track only if the two starts differ by
less than this. It is less than the time between two frames, so a different track that received the
same number is recognised as different."""
ADD_MODES = ("cluster", "assign")
"""How to treat added videos: cluster everything again, or assign only the new faces."""


@dataclass(frozen=True)
class KnownPeople:
    """The people of an earlier run."""

    tracks: pd.DataFrame
    """Columns video_id, track, start_s, end_s, cluster and probability of the clusters table."""
    first_new: int
    """Number of the first new person. All lower numbers were given at some time, even if no track
    has them any more."""
    sha256: str
    """Checksum of the file."""
    located: pd.DataFrame | None = None
    """Tracks of the corpus that are recognised by their place, see `corpus.identity.kept_ids`:
    columns as `match_tracks` returns them, which takes these rows where it finds no track."""


def read(path: Path, embedder: str) -> KnownPeople:
    """Read the people of an earlier run from its clusters.parquet.

    Raises InputError if the file is missing or has faults (`known_file.known_faults`).
    """
    source = f"{path} (config key clustering.known)"
    if not path.is_file():
        raise InputError(
            f"{source}: no such file; copy the clusters.parquet of an earlier run there"
        )
    if faults := known_file.known_faults(path, embedder):
        raise InputError("\n".join(f"{source}: {fault}" for fault in faults))
    tracks = parquet.read(path, list(known_file.COLUMNS))
    parameters = parquet.read_provenance(path)["parameters"]
    next_number = int(tracks["cluster"].max()) + 1 if len(tracks) else 0
    return KnownPeople(tracks, max(next_number, parameters.get("numbers", 0)), sha256(path))


def provenance_parameters(known: KnownPeople, add: str, clusters: np.ndarray) -> dict:
    """Return what the provenance of new clusters says about the known people.

    `numbers` is how many numbers of people were given so far. A person who left the corpus is in no
    later table, but the number must not be given to somebody else, because names may refer to it.
    """
    numbers = max(known.first_new, int(clusters.max(initial=NOT_KNOWN)) + 1)
    return {"known": known.sha256, "add": add, "numbers": numbers}


def match_tracks(tracks: pd.DataFrame, known: KnownPeople) -> pd.DataFrame:
    """Look up the tracks among the known ones.

    Returns the columns cluster, probability and shared_s for the rows of `tracks`, NaN where a
    track is new. `shared_s` is how many seconds both the track and the known track last.
    """
    both = tracks[[*TRACK_KEY, "start_s", "end_s"]].merge(
        known.tracks, "left", TRACK_KEY, suffixes=("", "_known")
    )
    is_same = (both["start_s"] - both["start_s_known"]).abs() < SAME_START_S
    latest_start = both[["start_s", "start_s_known"]].max(axis=1)
    earliest_end = both[["end_s", "end_s_known"]].min(axis=1)
    both["shared_s"] = (earliest_end - latest_start).clip(lower=0)
    matches = both[["cluster", "probability", "shared_s"]].where(is_same)
    return matches if known.located is None else matches.fillna(known.located)


def keep_known_numbers(
    tracks: pd.DataFrame, clusters: np.ndarray, known: KnownPeople
) -> np.ndarray:
    """Return the numbers (n,) of the people to whom the n tracks belong, keeping known numbers.

    `clusters` (n,) are the tracks' clusters, numbered from 0 without gaps. Clusters and known
    people are paired one to one in order of the seconds of the tracks that they share. For equal
    seconds, the lower known number and then the lower cluster comes first. Clusters without a known
    person get new numbers, in the order of the clusters.
    """
    matches = match_tracks(tracks, known).rename(columns={"cluster": "person"})
    matches = matches.assign(cluster=clusters).dropna()
    shared_seconds = matches.groupby(["person", "cluster"])["shared_s"].sum()
    # Round to microseconds: sums of equal durations can differ below that.
    pairs = sorted(
        (-round(float(seconds), 6), int(person), int(cluster))
        for (person, cluster), seconds in shared_seconds.items()
    )
    person_of_cluster: dict[int, int] = {}
    paired_people = set()
    for _, person, cluster in pairs:
        if cluster not in person_of_cluster and person not in paired_people:
            person_of_cluster[cluster] = person
            paired_people.add(person)
    n_clusters = int(clusters.max(initial=NOT_KNOWN)) + 1
    new_clusters = [cluster for cluster in range(n_clusters) if cluster not in person_of_cluster]
    person_of_cluster |= {
        cluster: known.first_new + rank for rank, cluster in enumerate(new_clusters)
    }
    logging.info(
        "%d known people, %d of them found again; %d new people",
        known.tracks["cluster"].nunique(),
        len(paired_people),
        len(new_clusters),
    )
    return np.array([person_of_cluster[cluster] for cluster in clusters.tolist()], dtype=np.int64)


def known_persons(tracks: CorpusTracks, matches: pd.DataFrame | None) -> np.ndarray:
    """Return the known person (n,) of each track whose number must stay, NOT_KNOWN for the others.

    `matches` are those of `match_tracks`, or None if no number must stay. Raises InputError if two
    known tracks of one person are visible in the same frame.
    """
    if matches is None:
        return np.full(len(tracks.rows), NOT_KNOWN)
    known_person = matches["cluster"].fillna(NOT_KNOWN).to_numpy().astype(np.int64)
    _check_known_tracks(tracks, known_person)
    return known_person


def number_new_people(
    labels: np.ndarray, known_person: np.ndarray, tracks: CorpusTracks, known: KnownPeople
) -> np.ndarray:
    """Return the numbers (n,) of the people of all tracks, if known tracks stay unchanged.

    `labels` (n,) are the people that were found, 0 or more; `known_person` (n,) is that of
    `known_persons`. A person with a known track has its number. The others get new numbers, the
    longest on screen first.
    """
    person_of_label = np.full(labels.max(initial=-1) + 1, NOT_KNOWN)
    np.maximum.at(person_of_label, labels, known_person)
    people = person_of_label[labels]
    is_new = people == NOT_KNOWN
    new_people = number_people(
        labels[is_new],
        tracks.seconds(labels)[is_new],
        [key for key, new in zip(tracks.sort_keys, is_new, strict=True) if new],
    )
    people[is_new] = known.first_new + new_people
    is_known = known_person != NOT_KNOWN
    logging.info(
        "%d known tracks; of %d other tracks, %d belong to known people and %d to %d new people",
        is_known.sum(),
        (~is_known).sum(),
        (~is_known & ~is_new).sum(),
        is_new.sum(),
        len(set(new_people.tolist())),
    )
    return people


def _check_known_tracks(tracks: CorpusTracks, known_person: np.ndarray) -> None:
    """Raise InputError if two known tracks of one person are visible in the same frame.

    They are two people, but the numbers of known tracks must not change.
    """
    for a, b in tracks.conflicts:
        if known_person[a] == known_person[b] != NOT_KNOWN:
            video = tracks.rows["video_id"].iloc[a]
            first, second = tracks.rows["track"].iloc[[a, b]]
            raise InputError(
                f"config key clustering.known: tracks {first} and {second} of {video} are one "
                "person there, but are visible in the same frame; set clustering.add to cluster"
            )
