"""Read the results of a run beside the labels of its clips: faces, tracks, appearances and cuts."""

import argparse
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd
import pyarrow.parquet as pq

from corpus.tables import parquet
from cut_measures import count_cuts
from face_truth import UNKNOWN, main_true_people, true_appearances
from film_truth import Appearance, Change
from labelled_clips import (
    Label,
    expected_changes,
    find_clips,
    read_appearances,
    read_labels,
    video_ids,
)

FACE_COLUMNS = ["frame", "time_s", "track", "x1", "y1", "x2", "y2"]


class LabelledResults(NamedTuple):
    """The results of a run beside the labels.

    faces: one row per face of known person: video_id, track, time_s, true, appearance.
    tracks: one row per track with such a face: the row of the table tracks, true, and faces, their
        number.
    appearances: one row per appearance: video_id, start_s, end_s, true.
    cuts: the sums of `count_cuts` over the clips with labelled cuts; None without such clips.
    """

    faces: pd.DataFrame
    tracks: pd.DataFrame
    appearances: pd.DataFrame
    cuts: dict[str, int] | None


def labelled_appearances(label: Label, rows: list[Appearance] | None) -> list[Appearance]:
    """The appearances in a clip: the given ones or, for a clip of one person, that person."""
    if rows is not None:
        return rows
    person = label.get("person", "")
    is_alone = label.get("people", "") in ("", "1")
    return [Appearance(-np.inf, np.inf, person)] if person and is_alone else []


def read_results(
    results: Path,
    ids: dict[str, str],
    labels: dict[str, Label],
    appearances: dict[str, list[Appearance]],
) -> LabelledResults:
    """Read the results of all clips; `ids` are the video ids by clip."""
    shown = {
        video: labelled_appearances(labels.get(clip, {}), appearances.get(clip))
        for clip, video in ids.items()
    }
    faces = pd.concat([known_faces(results, video, rows) for video, rows in shown.items()])
    tracks = read_tracks(results).merge(main_true_people(faces), on=["video_id", "track"])
    intervals = pd.concat([clipped(results, video, rows) for video, rows in shown.items()])
    return LabelledResults(faces, tracks, intervals, sum_cuts(results, ids, labels))


def known_faces(results: Path, video: str, appearances: list[Appearance]) -> pd.DataFrame:
    """The faces of a video whose person the labels tell."""
    faces = parquet.read(results / f"faces/{video}.parquet", FACE_COLUMNS)
    size = parquet.read_row(results / f"status/{video}.parquet", ["width", "height"])
    numbers = np.full(len(faces), -1)
    if appearances and len(faces):
        numbers = true_appearances(faces, appearances, size["width"], size["height"])
    people = [appearances[number].person if number >= 0 else UNKNOWN for number in numbers]
    faces = faces[["track", "time_s"]].assign(video_id=video, true=people, appearance=numbers)
    return faces[faces["true"] != UNKNOWN]


def clipped(results: Path, video: str, appearances: list[Appearance]) -> pd.DataFrame:
    """The appearances in a video as a table, within the time of the video."""
    columns = ["start_s", "duration_s"]
    status = parquet.read_row(results / f"status/{video}.parquet", columns)
    first = status["start_s"] or 0.0
    last = first + (status["duration_s"] or 0.0)
    rows = [
        (video, max(row.start_s, first), row.end_s if np.isfinite(row.end_s) else last, row.person)
        for row in appearances
        if row.person
    ]
    return pd.DataFrame(rows, columns=["video_id", "start_s", "end_s", "true"])


def sum_cuts(results: Path, ids: dict[str, str], labels: dict[str, Label]) -> dict[str, int] | None:
    """The sums of `count_cuts` over all clips with labelled cuts; None if there are none."""
    counts = []
    for clip, label in labels.items():
        changes: list[Change] | None = expected_changes(label)
        if changes is not None:
            starts = parquet.read(results / f"shots/{ids[clip]}.parquet", ["start_s"])["start_s"]
            counts.append(count_cuts(sorted(starts)[1:], changes))
    return {name: sum(count[name] for count in counts) for name in counts[0]} if counts else None


def read_tracks(results: Path) -> pd.DataFrame:
    """The table tracks, with the columns of its file: earlier versions have fewer."""
    path = results / "tracks.parquet"
    return parquet.read(path, pq.read_schema(path).names)


def read_embeddings(results: Path, tracks: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """The embeddings of these tracks, and the row in `tracks` of each embedding."""
    keys = zip(tracks["video_id"], tracks["track"], strict=True)
    numbers = {key: number for number, key in enumerate(keys)}
    vectors, owners = [], []
    for video in tracks["video_id"].unique():
        table = parquet.read(results / f"embeddings/{video}.parquet", ["track", "embedding"])
        for track, vector in zip(table["track"], table["embedding"], strict=True):
            if (video, track) in numbers:
                vectors.append(vector)
                owners.append(numbers[video, track])
    return np.array(vectors, dtype=np.float32), np.array(owners, dtype=int)


def read_clip_labels(
    clips: Path,
) -> tuple[dict[str, str], dict[str, Label], dict[str, list[Appearance]]]:
    """Video ids, labels and appearances by clip, of a folder of clips or the file of its labels."""
    file = clips if clips.is_file() else clips / "LABELS.csv"
    paths = find_clips(file.parent)
    appearances = file.with_name("APPEARANCES.csv")
    shown = read_appearances(appearances, paths) if appearances.exists() else {}
    return video_ids(paths), read_labels(file, paths), shown


def add_clips_option(parser: argparse.ArgumentParser) -> None:
    """Add the option --clips: pairs of the folder of labelled clips and of the results for them."""
    parser.add_argument(
        "--clips",
        type=Path,
        nargs=2,
        action="append",
        required=True,
        metavar=("CLIPS", "WORK"),
        help="folder of labelled clips or file of their labels, and the folder --work of "
        "accuracy.py; may be repeated",
    )
