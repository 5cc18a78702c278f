"""Results folders for tests of the page: synthetic tables, face pictures and a few real clips."""

import io
import json
import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from PIL import Image

import segment_gestures
import write_page
from corpus.inputs import manifest
from corpus.report import coverage, plot_style
from corpus.tables import parquet
from corpus.video.reader import Reader
from script_runs import default_flags, run_script
from synthetic_corpus import SPECIAL_TEXT, make, name_people, video_name

__all__ = [
    "SPECIAL_TEXT",
    "add_hand_use",
    "add_people_to_gestures",
    "name_people",
    "read_block",
    "set_identities",
    "times_of",
    "video_name",
    "write_corpus",
    "write_coverage",
    "write_html",
    "write_pictures",
]


def times_of(clip: Path) -> list[float]:
    """Times of all frames of a real clip."""
    return [frame.time_s for frame in Reader(clip, range(0))]


def jpeg(seed: int) -> bytes:
    """A JPEG of one random colour."""
    colour = tuple(int(value) for value in np.random.default_rng(seed).integers(0, 256, 3))
    file = io.BytesIO()
    Image.new("RGB", (96, 96), colour).save(file, "JPEG")
    return file.getvalue()


def write_pictures(results: Path, n_tracks: int = 2) -> Path:
    """Write the table pictures with this number of tracks per person; return its path."""
    tracks = parquet.read(results / "tracks.parquet")
    rows = tracks.groupby("person").head(n_tracks).sort_values("person")
    columns = {name: rows[name] for name in ("person", "video_id", "track")}
    columns |= {"rank": rows.groupby("person").cumcount(), "time_s": rows["start_s"]}
    columns |= {"quality": [0.9] * len(rows), "jpeg": [jpeg(n) for n in range(len(rows))]}
    path = results / "pictures.parquet"
    parquet.write(path, "pictures", columns, {})
    return path


def write_coverage(results: Path, videos: Path) -> Path:
    """Write the table coverage as plot_coverage does, unless it exists; return its path."""
    path = results / "report/coverage.tsv"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        rows = coverage.measure_corpus(results, list(manifest.read(videos, check_files=False)))
        plot_style.write_table(path, rows)
    return path


def add_people_to_gestures(results: Path, faceless_video: str) -> None:
    """Fill the column person of the tables gestures.

    The gestures of `faceless_video` belong to a body without a face.
    """
    people = parquet.read(results / "tracks.parquet").set_index(["video_id", "track"])["person"]
    for path in (results / "gestures").iterdir():
        rows = parquet.read(path)
        if path.stem == faceless_video:
            rows["track"] = -1
        rows["person"] = [people.get((path.stem, track)) for track in rows["track"]]
        parquet.write(path, "gestures", rows, parquet.read_provenance(path))


def add_hand_use(results: Path, videos: Path) -> None:
    """Add positions to the tables kinematics, and the tables that segment_gestures makes.

    Some positions are missing or far from the body. Every third gesture is two-handed, and the
    start of every fifth one is not seen.
    """
    for path in sorted((results / "kinematics").iterdir()):
        rows = parquet.read(path)
        random = np.random.default_rng(len(rows))
        side = np.where(rows["point"].astype(str).str.startswith("left"), 0.4, -0.4)
        rows["x"] = side + random.normal(0, 0.3, len(rows))
        rows["y"] = random.normal(-0.8, 0.5, len(rows))
        rows.loc[random.random(len(rows)) < 0.02, "x"] = np.nan
        rows.loc[random.random(len(rows)) < 0.02, "y"] = 3.5
        parquet.write(path, "kinematics", rows, parquet.read_provenance(path))
        for table in ("phases", "gesture_measures"):
            _add_other_hands(results / table / path.name, table)
    command = [*default_flags("segment_gestures", videos=videos), "--results", results]
    with pytest.MonkeyPatch.context() as patch:
        run_script(patch, segment_gestures, *command, "--tracks", results / "tracks.parquet")


def _add_other_hands(path: Path, table: str) -> None:
    """Let both hands make every third gesture of a video, in its table phases or measures."""
    rows = parquet.read(path)
    if "start_seen" in rows:
        rows["start_seen"] = rows["gesture"] % 5 != 4
    others = rows[rows["gesture"].fillna(1) % 3 == 0]
    hands = others["hand"].astype(str).map({"left": "right", "right": "left"})
    others = others.assign(hand=hands, gesture=others["gesture"] + 1000)
    rows = pd.concat([rows.astype({"hand": str}), others])
    if "start_s" in rows:
        rows = rows.sort_values(["start_s", "track", "hand"])
    parquet.write(path, table, rows, parquet.read_provenance(path))


def set_identities(
    results: Path,
    videos: Path,
    changes: dict[tuple[str, int], dict[str, object]],
    names: Path | None = None,
) -> None:
    """Make the identity of all tracks certain, except for `changes`, and name the people again.

    `changes` are columns of the table clusters by video and track; `names` is a people.tsv.
    """
    path = results / "clusters.parquet"
    rows = parquet.read(path).astype({"kind": object, "other_cluster": "Int32"})
    rows = rows.assign(probability=0.99, other_cluster=pd.NA, other_probability=0.0, kind="person")
    keys = list(zip(rows["video_id"], rows["track"], strict=True))
    for key, columns in changes.items():
        for name, value in columns.items():
            rows.loc[keys.index(key), name] = value
    parquet.write(path, "clusters", rows, parquet.read_provenance(path))
    name_people(results, videos, names)


def write_html(results: Path, videos: Path, *options: object) -> Path:
    """Write the page as the rule write_page does; return its path."""
    output = results / "report/index.html"
    command = [*default_flags("write_page", videos=videos), "--results", results]
    command += ["--names", "config/my_people.tsv", "--coverage", write_coverage(results, videos)]
    command += ["--output", output, "--no-skeletons", *options]
    with pytest.MonkeyPatch.context() as patch:
        run_script(patch, write_page, *command)
    return output


def read_block(html: str, block_id: str) -> object:
    """The data of a JSON block of the page."""
    pattern = f'<script type="application/json" id="{block_id}">(.*?)</script>'
    [text] = re.findall(pattern, html)
    return json.loads(text)


def write_corpus(
    folder: Path, n_videos: int = 9, n_people: int = 5, **options
) -> tuple[Path, Path]:
    """Write a small corpus with all kinds of videos; return its folder and manifest."""
    return folder, make(folder, n_videos, n_people, length_s=60, rate=5, **options)
