"""The side file `annotations`: what people annotated in ELAN, for the search of gestures.

`assets/annotation_fields.js` reads it and finds the gestures that annotations belong to. It is
written at the end of each run, because `snakemake annotations` does not make the page again.
"""

import re
from pathlib import Path

import pandas as pd

from corpus.core.side_files import write_json_side_file
from corpus.report.page.values import milliseconds
from corpus.tables import parquet

NAME = "annotations"
"""Name of the side file."""
HAND = re.compile(r"\b(left|right) hand(?: \d+)?\b", re.IGNORECASE)
"""The hand in the name of a tier, with the number of a second tier of this hand."""
GESTURE_NUMBERS = r"gesture \d+|no longer found"
"""Texts on the tier of gestures that the page saves: the page knows these numbers."""
NO_FACE = "no face "
"""How names of tiers begin that the page saves for gestures of bodies without a face."""
COLUMNS = ["video_id", "tier", "kind", "participant", "start_s", "end_s", "value", "origin"]


def update(results: Path, folder: Path) -> bool:
    """Write the side file into `folder` if there is a table annotations, or else delete it.

    Returns whether the results have annotations.
    """
    table = results / "annotations.parquet"
    if not table.exists():
        (folder / f"{NAME}.js").unlink(missing_ok=True)
        return False
    write_json_side_file(folder, NAME, describe(parquet.read(table, COLUMNS)))
    return True


def describe(rows: pd.DataFrame) -> dict:
    """The content of the side file, from rows of the table annotations.

    Only annotations with a text on tiers that people added count. `tiers` has for each tier its
    `field` (see `field_name`), `hand` (left, right or null) and `participant` (null
    for anybody, an empty text for bodies without a face). `rows` has
    columns: `video` (id), `tier` (index), `start` and `end` (ms, clock of the tables), `text`.
    """
    added = rows[rows["origin"].eq("added") & rows["value"].fillna("").str.strip().ne("")]
    own_numbers = added["kind"].eq("gesture") & added["value"].str.fullmatch(GESTURE_NUMBERS)
    added = added[~own_numbers.astype(bool)].sort_values(
        ["video_id", "start_s", "end_s", "tier", "value"], kind="stable"
    )
    tiers = added[["tier", "participant"]].drop_duplicates().sort_values(["tier", "participant"])
    names = [
        (tier, None if pd.isna(participant) else participant)
        for tier, participant in zip(tiers["tier"], tiers["participant"], strict=True)
    ]
    index_of = {name: index for index, name in enumerate(names)}
    keys = zip(added["tier"], added["participant"], strict=True)
    columns = {
        "video": added["video_id"].tolist(),
        "tier": [index_of[tier, None if pd.isna(person) else person] for tier, person in keys],
        "start": [milliseconds(time_s) for time_s in added["start_s"]],
        "end": [milliseconds(time_s) for time_s in added["end_s"]],
        "text": added["value"].str.strip().tolist(),
    }
    return {"tiers": [_describe_tier(*name) for name in names], "rows": columns}


def _describe_tier(tier: str, participant: str | None) -> dict:
    hand = HAND.search(tier)
    return {
        "field": field_name(tier, participant),
        "hand": hand[1].lower() if hand else None,
        "participant": "" if participant is None and tier.startswith(NO_FACE) else participant,
    }


def field_name(tier: str, participant: str | None) -> str:
    """The name under which the search knows a tier: without person and hand, in lower case.

    >>> field_name("Anna left hand notes", "Anna")
    'notes'
    >>> field_name("Gesture type", None)
    'gesture_type'
    """
    text = tier.replace(participant, " ") if participant else tier.removeprefix(NO_FACE)
    name = re.sub(r"\W+", "_", HAND.sub(" ", text)).strip("_").casefold()
    return name or "annotation"
