"""Who the tracks of one video are."""

from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq

from corpus.inputs import people_file
from corpus.tables import parquet, schemas

TRACK = ["track", "shot", "start_s", "end_s", "person"]


@dataclass(frozen=True)
class TrackPeople:
    """Face tracks of a video and the people they are."""

    tracks: pd.DataFrame
    """track, shot, start_s, end_s (seconds, container's clock), person; sorted by track."""
    names: dict[str, str]
    """Names of the people that have one."""

    @property
    def person_of(self) -> dict[int, str]:
        """Person of each track; bodies whose face was not found have none."""
        return dict(zip(self.tracks["track"].tolist(), self.tracks["person"], strict=True))

    @property
    def people(self) -> list[str]:
        """Ids of the people in the video, lowest number first."""
        return sorted(set(self.tracks["person"]), key=people_file.person_number)

    def label(self, person: str) -> str:
        """The name, else the id."""
        return self.names.get(person, person)


def read(tracks: Path, people: Path, video: str) -> TrackPeople:
    """From the tables tracks and people of the corpus, without the rows of other videos."""
    rows = pq.read_table(tracks, columns=TRACK, filters=[("video_id", "=", video)])
    found = rows.to_pandas().sort_values("track", ignore_index=True)
    known = parquet.read(people, ["person", "name"]).dropna()
    known = known[known["person"].isin(found["person"])]
    return TrackPeople(found, dict(zip(known["person"], known["name"], strict=True)))


def without_people() -> TrackPeople:
    """A cast without anybody, for what must not tell who somebody is."""
    empty = schemas.schema("tracks").empty_table().to_pandas()
    return TrackPeople(empty[TRACK], {})


def all_people(people: Path) -> TrackPeople:
    """Names of all people in the corpus, without any track."""
    known = parquet.read(people, ["person", "name"]).dropna()
    return TrackPeople(
        without_people().tracks, dict(zip(known["person"], known["name"], strict=True))
    )
