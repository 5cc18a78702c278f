"""What the comparison of gestures needs of one video: its gestures, and the path of each."""

from pathlib import Path

import numpy as np
import pandas as pd

from corpus.movement.gestures import merge_phases
from corpus.similarity.hand_paths import N_POINTS, describe_path
from corpus.tables import parquet
from corpus.tables.schemas import HANDS

GESTURE_COLUMNS = ["gesture", "track", "hand", "start_s", "end_s", "other_gesture"]
POSITION_COLUMNS = ["frame", "time_s", "track", "point", "x", "y"]


def read_gestures(results: Path, video: str) -> pd.DataFrame:
    """Return the gestures of a video with `GESTURE_COLUMNS`, in the order of their numbers.

    Gestures of copies are left out: their person makes the same gestures. The tables phases,
    gesture_measures and faces of the video are read. `other_gesture` is -1 without one.
    """
    phases, measures, faces = (
        parquet.read(results / table / f"{video}.parquet", columns)
        for table, columns in (
            ("phases", None),
            ("gesture_measures", ["gesture", "other_gesture"]),
            ("faces", ["track", "kind"]),
        )
    )
    copies = faces.loc[faces["kind"] == "copy", "track"].unique()
    gestures = merge_phases(phases, {}).merge(measures, "left", on="gesture")
    gestures = gestures[~gestures["track"].isin(copies)].sort_values("gesture")
    other = gestures["other_gesture"].fillna(-1).astype(int)
    return gestures.assign(other_gesture=other)[GESTURE_COLUMNS].reset_index(drop=True)


def read_positions(results: Path, video: str) -> dict[tuple[int, str], pd.DataFrame]:
    """Return the positions of each point of each track in body coordinates, in order of time.

    The keys are track and point; the columns are frame, time_s, x and y in shoulder widths.
    """
    rows = parquet.read(results / "kinematics" / f"{video}.parquet", POSITION_COLUMNS)
    rows = rows.sort_values("time_s", kind="stable")
    return {
        (int(key[0]), str(key[1])): part[["frame", "time_s", "x", "y"]]
        for key, part in rows.groupby(["track", "point"], observed=True)
    }


def during(rows: pd.DataFrame, start_s: float, end_s: float) -> pd.DataFrame:
    """Return the rows, sorted by `time_s`, from start_s until before end_s, in seconds."""
    first, last = np.searchsorted(rows["time_s"], [start_s, end_s])
    return rows.iloc[first:last]


def describe_gestures(
    gestures: pd.DataFrame, positions: dict[tuple[int, str], pd.DataFrame]
) -> tuple[np.ndarray, np.ndarray]:
    """Return which gestures can be compared (n,), and the vectors of these (m, 2 * N_POINTS).

    The vectors are float32, see `hand_paths.describe_path`. `gestures` and `positions` are those of
    `read_gestures` and `read_positions`.
    """
    vectors = []
    for row in gestures.itertuples():
        path = positions.get((row.track, f"{row.hand}_hand"))
        if path is None:
            vectors.append(None)
            continue
        moved = during(path, row.start_s, row.end_s).dropna()
        positions_of_hand = moved[["x", "y"]].to_numpy(float)
        vectors.append(describe_path(moved["time_s"].to_numpy(), positions_of_hand))
    compared = np.array([vector is not None for vector in vectors], bool)
    chosen = [vector for vector in vectors if vector is not None]
    stacked = np.array(chosen, np.float32).reshape(len(chosen), 2 * N_POINTS)
    return compared, stacked


def is_left(hands: pd.Series) -> np.ndarray:
    """Return which gestures (n,) are of a left hand."""
    return (hands == HANDS[0]).to_numpy()
