"""Side files of the page with similar gestures, for synthetic corpora without positions."""

from pathlib import Path

import numpy as np
import pandas as pd

from corpus.core.side_files import write_side_file
from corpus.inputs import manifest
from corpus.similarity.gesture_files import write_map
from corpus.similarity.poses import POINTS
from corpus.similarity.thumbnails import encode_gestures
from corpus.tables import parquet
from page_corpus import add_hand_use, write_html

N_SIMILAR = 15
"""Similar gestures of each gesture: the next ones of the corpus."""


def moving_poses(n_poses: int) -> np.ndarray:
    """Poses (n, k, 2) of a body whose right wrist goes around in a circle."""
    poses = np.zeros((n_poses, len(POINTS), 2))
    places = {"nose": (0, 0.6), "left_shoulder": (0.5, 0), "right_shoulder": (-0.5, 0)}
    places |= {"left_hip": (0.3, -1.5), "right_hip": (-0.3, -1.5), "left_wrist": (0.6, -1.4)}
    for name, place in places.items():
        poses[:, POINTS.index(("pose", name))] = place
    angles = np.linspace(0, 2 * np.pi, n_poses)
    circle = np.column_stack([np.cos(angles), np.sin(angles)]) * 0.5
    poses[:, POINTS.index(("pose", "right_wrist"))] = circle - [0.5, 0.5]
    poses[:, POINTS.index(("pose", "left_elbow"))] = np.nan
    return poses


def write_similar(results: Path, videos: list[str]) -> pd.DataFrame:
    """Write the side files of all videos and of the map; return the map's rows.

    The last gesture of each video has no poses, and is on no map.
    """
    tables = {video: parquet.read(results / f"gestures/{video}.parquet") for video in videos}
    keys = [(video, number) for video, rows in tables.items() for number in rows["gesture"]]
    position = {key: place for place, key in enumerate(keys)}
    folder = results / "report" / "page"
    for video, rows in tables.items():
        numbers = rows["gesture"].tolist()
        similar = [
            [
                (*keys[(position[video, number] + step) % len(keys)], step / 10, step % 2 == 1)
                for step in range(1, N_SIMILAR + 1)
            ]
            for number in numbers[:-1]
        ]
        data = encode_gestures(
            numbers=numbers,
            durations_ms=[900] * len(numbers),
            poses={number: moving_poses(12) for number in numbers[:-1]},
            similar=similar + [[]] * (len(numbers) > 0),
        )
        write_side_file(folder, f"{video}/gestures", data)
    on_map = [(video, number) for video, rows in tables.items() for number in rows["gesture"][:-1]]
    rows = pd.DataFrame(on_map, columns=["video_id", "gesture"])
    angle = np.arange(len(rows)) * 2.4
    rows["x"], rows["y"] = np.sqrt(angle) * np.cos(angle), np.sqrt(angle) * np.sin(angle)
    write_map(folder, rows, np.array([0.6, 0.2]))
    return rows


def write_compared_html(results: Path, videos: Path) -> Path:
    """Write the page of a synthetic corpus with use of hands, similar gestures and the map."""
    add_hand_use(results, videos)
    write_similar(results, list(manifest.read(videos, check_files=False)))
    return write_html(results, videos, "--pictures", results / "pictures.parquet")
