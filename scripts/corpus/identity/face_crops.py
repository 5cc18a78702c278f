"""Cropped images of each person's best faces."""

import io
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from PIL import Image

from corpus.inputs import people_file
from corpus.video.frames_at import read_frames_at
from corpus.video.pictures import PictureFormat

SIZE = 192
"""Largest width and height of an image in pixels: twice the 96 at which the page shows a face."""
MARGIN = 0.4
"""Margin on each side as a share of the face's size. It shows hair and chin, but rarely others."""
JPEG = {"format": "JPEG", "quality": 85, "optimize": True}


def choose_faces(tracks: pd.DataFrame, n_per_person: int) -> pd.DataFrame:
    """Choose up to `n_per_person` tracks of each person, of which the best face is shown.

    As far as possible they come from different videos, because the looks of a person differ most
    between videos. Returns the chosen rows of `tracks` sorted by person, best face first, with the
    column `rank`, which counts the faces of each person from 0.
    """
    best_first = ["best_quality", "video_id", "track"]
    ascending = [False, True, True]
    ranked = tracks.sort_values(best_first, ascending=ascending)
    # Round 0 has the best face of each video, round 1 the second best, and so on.
    ranked["round"] = ranked.groupby(["person", "video_id"]).cumcount()
    ranked = ranked.sort_values(["round", *best_first], ascending=[True, *ascending])
    chosen = ranked.groupby("person").head(n_per_person)
    chosen = chosen.sort_values(best_first, ascending=ascending)
    chosen["rank"] = chosen.groupby("person").cumcount()
    chosen["number"] = chosen["person"].map(people_file.person_number)
    return chosen.sort_values(["number", "rank"]).drop(columns=["round", "number"])


def add_other_times(chosen: pd.DataFrame, faces: pd.DataFrame, n_per_person: int) -> pd.DataFrame:
    """Add faces at other times of the same tracks, up to `n_per_person` faces of each person.

    `chosen` are the rows of `choose_faces`. `faces` are further faces: rows with person, video_id,
    track, best_time_s, best_box and best_quality. The face that is farthest in time from those of
    its track that are already chosen comes next, and the better one of two. Returns rows in the
    order and with the ranks of `choose_faces`.
    """
    added = []
    for person, missing in (n_per_person - chosen["person"].value_counts()).sort_index().items():
        own = chosen[chosen["person"] == person]
        candidates = faces[faces["person"] == person].sort_values(["video_id", "track"])
        for _ in range(missing):
            gaps = _gaps_s(candidates, own)
            if not (gaps > 0).any():
                break
            order = np.lexsort((candidates["best_time_s"], -candidates["best_quality"], -gaps))
            best = candidates.iloc[order[:1]]
            own = pd.concat([own, best])
            added.append(best)
    if not added:
        return chosen
    every = pd.concat([chosen, *added])[chosen.columns]
    ascending = [True, False, True, True, True]
    keys = ["number", "best_quality", "video_id", "track", "best_time_s"]
    every["number"] = every["person"].map(people_file.person_number)
    every = every.sort_values(keys, ascending=ascending, ignore_index=True)
    every["rank"] = every.groupby("person").cumcount()
    return every.drop(columns="number")


def _gaps_s(faces: pd.DataFrame, chosen: pd.DataFrame) -> np.ndarray:
    """Seconds from each face to the nearest chosen one of its track; infinite without one."""
    times = chosen.groupby(["video_id", "track"])["best_time_s"].agg(list).to_dict()
    rows = faces[["video_id", "track", "best_time_s"]].itertuples(index=False, name=None)
    return np.array([
        min((abs(time - other) for other in times.get((video, track), [])), default=np.inf)
        for video, track, time in rows
    ])  # fmt: skip


def crop_square(box: np.ndarray, width: int, height: int) -> tuple[int, int, int, int]:
    """Return left, top, right and bottom of a square around a face, moved inside the image.

    `box` (4,) is x1, y1, x2, y2, and `width` and `height` are those of the image, all in pixels.
    """
    x1, y1, x2, y2 = (float(edge) for edge in box)
    side = min(round(max(x2 - x1, y2 - y1) * (1 + 2 * MARGIN)), width, height)
    left = min(max(round((x1 + x2 - side) / 2), 0), width - side)
    top = min(max(round((y1 + y2 - side) / 2), 0), height - side)
    return left, top, left + side, top + side


def crop_face(image: np.ndarray, box: np.ndarray) -> bytes:
    """Return a JPEG file of the face in `box` (4,), cut from an RGB image (height, width, 3).

    Images larger than SIZE are scaled down; smaller ones keep their size.
    """
    height, width = image.shape[:2]
    face = Image.fromarray(image).crop(crop_square(box, width, height))
    if face.width > SIZE:
        face = face.resize((SIZE, SIZE), Image.Resampling.LANCZOS)
    file = io.BytesIO()
    face.save(file, **JPEG)
    return file.getvalue()


def crop_video_faces(
    video: Path,
    times: np.ndarray,
    picture: PictureFormat,
    tracks: pd.DataFrame,
    mask: Callable[[int, np.ndarray, np.ndarray], np.ndarray] | None = None,
) -> Iterator[tuple[int, bytes]]:
    """Yield the index and the JPEG file of each chosen face of one video.

    `times` are the times of all frames in seconds, `picture` is how images of the video are made,
    `tracks` are the rows of the video as `choose_faces` returns them. Faces in frames that cannot
    be decoded are left out. `mask` returns an image in which other people are masked, from the
    number of the frame, the image, and the box of the face.
    """
    frame_of_track = {
        track.Index: int(np.abs(times - track.best_time_s).argmin())
        for track in tracks.itertuples()
    }
    for frame, image in read_frames_at(video, set(frame_of_track.values()), times, picture):
        for index, track_frame in frame_of_track.items():
            if track_frame == frame:
                box = tracks.at[index, "best_box"]
                yield index, crop_face(mask(frame, image, box) if mask else image, box)


def picture_columns(chosen: pd.DataFrame, jpegs: dict[int, bytes]) -> dict[str, Any]:
    """Return the columns of the pictures table.

    `chosen` are the rows of `choose_faces` and `jpegs` the files by index; rows without a file are
    left out.
    """
    chosen = chosen.loc[sorted(jpegs)]
    columns = {"time_s": chosen["best_time_s"], "quality": chosen["best_quality"]}
    columns |= {name: chosen[name] for name in ("person", "rank", "video_id", "track")}
    return columns | {"jpeg": [jpegs[index] for index in chosen.index]}
