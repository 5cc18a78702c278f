"""The people in the face tracks of one video, for exports and overlays."""

from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from corpus.inputs import people_file
from corpus.tables import parquet, schemas

COLUMNS = ["track", "shot", "start_s", "end_s", "person", "kind"]


@dataclass(frozen=True)
class TrackPeople:
    """Face tracks of a video and the people in them."""

    tracks: pd.DataFrame
    """Columns track, shot, start_s, end_s (seconds on the clock of the video file), person and
    kind; sorted by track."""
    names: dict[str, str]
    """Names of the people that have one, by person id."""

    @property
    def person_of(self) -> dict[int, str]:
        """Person of each track. Bodies without a detected face are not included."""
        return dict(zip(self.tracks["track"].tolist(), self.tracks["person"], strict=True))

    @property
    def copies(self) -> set[int]:
        """Tracks that are copies: their hands move as those of another track do."""
        return set(self.tracks.loc[self.tracks["kind"].eq("copy"), "track"].tolist())

    @property
    def people(self) -> list[str]:
        """Ids of the people in the video, lowest number first."""
        return sorted(set(self.tracks["person"]), key=people_file.person_number)

    def label(self, person: str) -> str:
        """Return the person's name, or the id if there is no name."""
        return self.names.get(person, person)


def read(tracks: Path, people: Path, video: str) -> TrackPeople:
    """Read the tracks of one video and the names of its people from the corpus' tables."""
    rows = parquet.read_arrow(tracks, columns=COLUMNS, filters=[("video_id", "=", video)])
    video_tracks = rows.to_pandas().sort_values("track", ignore_index=True)
    named_people = _read_named_people(people)
    named_people = named_people[named_people["person"].isin(video_tracks["person"])]
    return TrackPeople(video_tracks, _names_by_id(named_people))


def without_people() -> TrackPeople:
    """Return no tracks and no names, for results that must not reveal anybody's identity."""
    empty = schemas.schema("tracks").empty_table().to_pandas()
    return TrackPeople(empty[COLUMNS], {})


def all_people(people: Path) -> TrackPeople:
    """Return the names of all people in the corpus, without any tracks."""
    return TrackPeople(without_people().tracks, _names_by_id(_read_named_people(people)))


def _read_named_people(people: Path) -> pd.DataFrame:
    return parquet.read(people, ["person", "name"]).dropna()


def _names_by_id(people: pd.DataFrame) -> dict[str, str]:
    return dict(zip(people["person"], people["name"], strict=True))
