"""Compare the gestures of all videos: read their paths, find similar ones, place them on a map."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from corpus.similarity.gesture_map import GestureMap, map_gestures
from corpus.similarity.hand_paths import N_POINTS, orient_by_hand
from corpus.similarity.neighbours import Progress, Similar, find_similar, two_handed_groups
from corpus.similarity.video_gestures import (
    describe_gestures,
    is_left,
    read_gestures,
    read_positions,
)

N_SIMILAR = 24
"""Similar gestures that are kept of each gesture: two rows of the page."""
DISTANCE_DIGITS = 4


@dataclass(frozen=True)
class CorpusPaths:
    """The n gestures of the corpus that can be compared, in the order of the videos.

    `gestures` has the columns of `video_gestures.GESTURE_COLUMNS` and `video_id`, and an index from
    0. `vectors` (n, 2 * N_POINTS) are those of `hand_paths.describe_path`.
    """

    gestures: pd.DataFrame
    vectors: np.ndarray


def read_paths(results: Path, videos: Iterable[str]) -> CorpusPaths:
    """Return the paths of all gestures that can be compared; one video is read at a time."""
    tables, vectors = [], []
    for video in videos:
        gestures = read_gestures(results, video)
        compared, paths = describe_gestures(gestures, read_positions(results, video))
        tables.append(gestures[compared].assign(video_id=video))
        vectors.append(paths)
    gestures = pd.concat(tables, ignore_index=True)
    return CorpusPaths(gestures, np.concatenate([*vectors, np.empty((0, 2 * N_POINTS))], 0))


def partner_indices(gestures: pd.DataFrame) -> np.ndarray:
    """Return the index (n,) of the other hand's gesture in the same table, -1 without one.

    `gestures` has the columns video_id, gesture and other_gesture, and an index from 0.
    """
    keys = pd.MultiIndex.from_frame(gestures[["video_id", "gesture"]])
    others = pd.MultiIndex.from_frame(gestures[["video_id", "other_gesture"]])
    return keys.get_indexer(others)


def compare_all(paths: CorpusPaths, progress: Progress) -> tuple[Similar, GestureMap]:
    """Return the most similar gestures of each gesture, and the map of all gestures.

    The two hands of a two-handed gesture are not compared with each other. On the map, gestures of
    left hands are mirrored, so that the same gesture has one place, with either hand.
    """
    groups = two_handed_groups(partner_indices(paths.gestures))
    similar = find_similar(paths.vectors, groups, N_SIMILAR, progress)
    oriented = orient_by_hand(paths.vectors, is_left(paths.gestures["hand"]))
    return similar, map_gestures(oriented)


def neighbour_rows(paths: CorpusPaths, similar: Similar, video: str) -> pd.DataFrame:
    """Return the rows of the table gesture_neighbours for the gestures of one video."""
    rows = np.flatnonzero(paths.gestures["video_id"] == video)
    found = similar.others[rows] >= 0
    row, rank = np.nonzero(found)
    others = similar.others[rows][found]
    keys = paths.gestures[["video_id", "gesture"]]
    return pd.DataFrame(
        {
            "video_id": video,
            "gesture": keys["gesture"].to_numpy()[rows[row]],
            "rank": rank + 1,
            "other_video_id": keys["video_id"].to_numpy()[others],
            "other_gesture": keys["gesture"].to_numpy()[others],
            "distance": similar.distances[rows][found].round(DISTANCE_DIGITS),
            "mirrored": similar.mirrored[rows][found],
        }
    )
