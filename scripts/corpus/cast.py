"""Who the tracks of one video are."""

from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq

from corpus import naming, tables

TRACK = ["track", "shot", "start_s", "end_s", "person"]


@dataclass(frozen=True)
class Cast:
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
        return sorted(set(self.tracks["person"]), key=naming.order)

    def label(self, person: str) -> str:
        """The name, else the id."""
        return self.names.get(person, person)


def read(tracks: Path, people: Path, video: str) -> Cast:
    """From the tables tracks and people of the corpus, without the rows of other videos."""
    rows = pq.read_table(tracks, columns=TRACK, filters=[("video_id", "=", video)])
    found = rows.to_pandas().sort_values("track", ignore_index=True)
    known = tables.read(people, ["person", "name"]).dropna()
    known = known[known["person"].isin(found["person"])]
    return Cast(found, dict(zip(known["person"], known["name"], strict=True)))


def nobody() -> Cast:
    """A cast without anybody, for what must not tell who somebody is."""
    empty = tables.schema("tracks").empty_table().to_pandas()
    return Cast(empty[TRACK], {})


def everybody(people: Path) -> Cast:
    """Names of all people in the corpus, without any track."""
    known = tables.read(people, ["person", "name"]).dropna()
    return Cast(nobody().tracks, dict(zip(known["person"], known["name"], strict=True)))
