"""Side files of the page with thumbnails, similar gestures, and the map of gestures."""

from pathlib import Path

import numpy as np
import pandas as pd

from corpus.core.side_files import FOLDER, write_json_side_file, write_side_file
from corpus.similarity.gesture_map import DIGITS
from corpus.similarity.poses import poses_of_gestures
from corpus.similarity.thumbnails import encode_gestures
from corpus.similarity.video_gestures import read_gestures, read_positions

MAP_FILE = "gesture_map"
"""Name of the side file of the map."""


def write_gestures_of_video(results: Path, folder: Path, video: str, similar: pd.DataFrame) -> None:
    """Write the side file of a video's gestures, `VIDEO/gestures`, into the folder of side files.

    `similar` are the rows of the table gesture_neighbours of this video, in the order of the table.
    """
    gestures = read_gestures(results, video)
    poses = poses_of_gestures(results, video, gestures, read_positions(results, video))
    others: dict[int, list[tuple]] = {number: [] for number in gestures["gesture"]}
    columns = ["gesture", "other_video_id", "other_gesture", "distance", "mirrored"]
    for number, *other in similar[columns].itertuples(index=False):
        others[number].append(tuple(other))
    durations_s = gestures["end_s"] - gestures["start_s"]
    data = encode_gestures(
        numbers=gestures["gesture"].tolist(),
        durations_ms=(durations_s * 1000).round().astype(int).tolist(),
        poses=poses,
        similar=[others[number] for number in gestures["gesture"]],
    )
    write_side_file(folder, f"{video}/gestures", data)


def has_map(results: Path) -> bool:
    """Whether the gestures of a results folder were compared, so that the page can show them."""
    return (results / "report" / FOLDER / f"{MAP_FILE}.js").exists()


def write_map(folder: Path, positions: pd.DataFrame, shares: np.ndarray) -> None:
    """Write the side file of the map.

    `positions` is the table gesture_map, and `shares` (2,) the share of variance of both axes. `x`
    and `y` are in units of the last digit of the table; `video` is an index in `videos`.
    """
    videos = positions["video_id"].unique().tolist()
    index_of = {video: index for index, video in enumerate(videos)}
    unit = 10**DIGITS
    value = {
        "videos": videos,
        "video": [index_of[video] for video in positions["video_id"]],
        "gesture": positions["gesture"].tolist(),
        "x": (positions["x"] * unit).round().astype(int).tolist(),
        "y": (positions["y"] * unit).round().astype(int).tolist(),
        "unit": unit,
        "shares": [float(share) for share in shares],
    }
    write_json_side_file(folder, MAP_FILE, value)
