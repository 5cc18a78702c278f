"""The side file of the view Numbers: how much people use their hands, and where their hands are."""

import logging
from collections.abc import Iterator
from pathlib import Path

import pandas as pd

from corpus.core.progress import with_progress
from corpus.core.side_files import write_json_side_file
from corpus.movement import gesture_space
from corpus.report.page import hand_positions
from corpus.report.page.tables import CorpusTables
from corpus.report.page.values import value_or
from corpus.tables import parquet

NAME = "numbers"
"""Name of the side file."""

TIMES = (
    "screen_s",
    "left_visible_s",
    "right_visible_s",
    "visible_s",
    "both_visible_s",
    "left_movement_s",
    "right_movement_s",
    "movement_s",
)
COUNTS = ("n_left", "n_right", "n_both")
BODY = {
    "hips": gesture_space.HIP_HEIGHT,
    "eyes": gesture_space.EYE_HEIGHT,
    "centre": gesture_space.BODY_CENTRE,
    "regions": {
        name: [round(size, 2) for size in half_sizes]
        for name, half_sizes in gesture_space.HALF_SIZES.items()
    },
}
"""Heights and half sizes of regions of gesture space, in shoulder widths, for the heat maps."""
GESTURE_COLUMNS = ["track", "hand", "start_s", "end_s"]


def write_numbers(tables: CorpusTables, folder: Path) -> None:
    """Write the side file into the folder of side files."""
    write_json_side_file(folder, NAME, describe_numbers(tables))
    size = (folder / f"{NAME}.js").stat().st_size
    logging.info("%s/%s.js: %.1f MB", folder.name, NAME, size / 1e6)


def describe_numbers(tables: CorpusTables) -> dict:
    """Hand use and hand positions of the corpus, in columns.

    `use` has the rows of the table hand_use, times in whole milliseconds; None if the table was not
    made. `space` has a row per video, person, hand and 0 (outside of gestures) or 1 (in gestures),
    see `hand_positions`. Videos, people and hands are indices; `frame_ms` is the time between
    frames of each video in milliseconds, or None without positions.
    """
    space: dict[str, list] = {
        name: [] for name in ("video", "person", "hand", "gesturing", "cells", "frames", "outside")
    }
    frame_ms = []
    person_index = {person: index for index, person in enumerate(tables.people["person"])}
    videos = tables.corpus["video_id"]
    for index, video in with_progress(enumerate(videos), NAME, len(videos), "videos"):
        counts, gap_ms = _count_video(tables, video, person_index)
        frame_ms.append(gap_ms)
        for (person, hand, gesturing), cells in sorted(counts.items()):
            row = {"video": index, "person": person, "hand": hand, "gesturing": int(gesturing)}
            for name, value in (row | hand_positions.encode(cells)).items():
                space[name].append(value)
    return {
        "cell": hand_positions.CELL,
        "n_cells": hand_positions.N_CELLS,
        "body": BODY,
        "use": _hand_use(tables, person_index),
        "frame_ms": frame_ms,
        "space": space,
    }


def _count_video(
    tables: CorpusTables, video: str, person_index: dict[str, int]
) -> tuple[dict[hand_positions.Key, hand_positions.Counts], float | None]:
    """Count the positions of the hands of people in one video; see `hand_positions`.

    Copies and pictures of people are left out, as in the table hand_use.
    """
    tracks = tables.tracks_of(video)
    tracks = tracks[tracks["kind"].astype(object).fillna("person") == "person"]
    person_of = {
        track: person_index[person]
        for track, person in zip(tracks["track"], tracks["person"], strict=True)
    }
    gestures = tables.video_table("gestures", video)
    return hand_positions.count_positions(
        _positions(tables.video_table("kinematics", video)),
        person_of,
        parquet.read(gestures, GESTURE_COLUMNS)
        if gestures
        else pd.DataFrame(columns=GESTURE_COLUMNS),
    )


def _positions(path: Path | None) -> Iterator[pd.DataFrame]:
    return hand_positions.read_positions(path) if path else iter(())


def _hand_use(tables: CorpusTables, person_index: dict[str, int]) -> dict[str, list] | None:
    """Columns of the table hand_use, sorted by video and person; None if it was not made.

    Rows of a person or video that the corpus no longer has are left out.
    """
    path = tables.results / "hand_use.parquet"
    if not path.exists():
        return None
    video_index = {video: index for index, video in enumerate(tables.corpus["video_id"])}
    names = ["video_id", "person", *TIMES, *COUNTS, "movement_handedness"]
    rows = parquet.read(path, names)
    rows["video"] = rows["video_id"].map(video_index)
    rows["person"] = rows["person"].map(person_index)
    n_unknown = int(rows[["video", "person"]].isna().any(axis=1).sum())
    if n_unknown:
        logging.warning("%s: %d rows left out, of people or videos without tracks", path, n_unknown)
    rows = rows.dropna(subset=["video", "person"])
    rows = rows.sort_values(["video", "person"])
    times = {name.removesuffix("_s"): (rows[name] * 1000).round() for name in TIMES}
    whole = {name: rows[name] for name in ("video", "person", *COUNTS)} | times
    columns: dict[str, list] = {
        name: [int(value) for value in column] for name, column in whole.items()
    }
    columns["movement_handedness"] = [
        None if value_or(value, None) is None else round(float(value), 3)
        for value in rows["movement_handedness"]
    ]
    return columns
