"""The declaration of a table: its columns, and what other parts of the workflow know about it.

The rules read the declarations in every job, so this module does not import pyarrow.
"""

from dataclasses import dataclass
from typing import Literal

Columns = dict[str, tuple[str, str]]
"""Type and description of each column, by name. The types are those of `corpus.tables.arrow`."""


@dataclass(frozen=True, kw_only=True)
class Table:
    """A table, with everything that depends on it: reference page, exports, reports, erasure."""

    name: str
    row: str
    """What one row describes, to follow "One row per"."""
    columns: Columns
    about: Literal["video", "tracks", "people"]
    """What the rows say about people, which decides what erasing a person does to the table.

    video
        They do not say who is in the video. The table stays.
    tracks
        They belong to face tracks: the table has a column `track`. It loses the person's rows.
    people
        They depend on who is who. The table is deleted, and made again by the next run.
    """
    per_video: bool = True
    """Whether each video has a table of its own; otherwise there is one for the corpus."""
    csv: bool = True
    """Whether the target csv exports the table."""
    rule: str | None = None
    """The rule whose versions, parameters and models reports read from this table. None if they
    read them from another table of the same rule."""
    note: str = ""
    """A sentence below the columns on the reference page."""
    stem: str = ""
    """Name of the file, or of the folder, if another table of the same name exists."""

    def __post_init__(self) -> None:
        required = {"track"} if self.per_video else {"track", "video_id"}
        if self.about == "tracks" and not required <= self.columns.keys():
            names = " and ".join(sorted(required))
            raise ValueError(f'table {self.name}: about="tracks" needs the columns {names}')

    @property
    def file(self) -> str:
        """Path below the folder of results."""
        stem = self.stem or self.name
        return f"{stem}/{{video}}.parquet" if self.per_video else f"{stem}.parquet"
