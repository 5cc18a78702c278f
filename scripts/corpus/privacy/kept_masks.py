"""Keep where the heads of erased people are, so that they stay masked and are not found again.

The video still shows an erased person, but the tables of faces and keypoints no longer contain
them. The table `covers` therefore keeps the masked ellipse of each frame in which the head was
located, and nothing else about the person. Blurred videos mask these ellipses
(`corpus.privacy.masking`), and new searches of the video skip the people in them
(`corpus.privacy.erased_heads`).
"""

import shutil
from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np
import pandas as pd

from corpus.faces.track_boxes import TrackBoxes
from corpus.faces.track_extents import track_extents
from corpus.inputs import erased_folder
from corpus.pose.keypoint_stream import align_to_frames, people_by_frame
from corpus.privacy.head_regions import HeadKey, Sighting, Sightings, ellipse_in, find_heads
from corpus.tables import parquet, provenance, schemas
from corpus.video.picture_format import PIXELS, SQUARE, has_square_pixels, stored_pixel_scales

EDGES = ["x1", "y1", "x2", "y2"]
SAMPLES_PER_SECOND = 1.0
"""Sampling rate of the face detection. Any value serves here: it only sets how long a track lasts
after its last detection, and masks are kept up to the last detection."""
STEP = "forget_person"
"""Name of this step in the provenance of the table. It is the former name of erase_person, kept so
that tables of earlier and later versions agree."""


class KeptMasks:
    """The masks of erased people in one video, by frame."""

    def __init__(self, covers: pd.DataFrame | None = None) -> None:
        """`covers` is the table covers of the video; None if nobody was erased from it."""
        self.covers = pd.DataFrame(columns=["frame"]) if covers is None else covers
        self.frames = self.covers["frame"].to_numpy(np.int64)

    def at(self, frame: int) -> Sightings:
        """Heads of erased people that were located in a frame, by its number."""
        start, end = np.searchsorted(self.frames, [frame, frame + 1])
        return _sightings(self.covers.iloc[start:end])

    def first(self) -> Sightings:
        """The first sighting of each head by its face and by its body."""
        if self.covers.empty:
            return {}
        return _sightings(self.covers.drop_duplicates(["cover", "known_by"]))


def _sightings(covers: pd.DataFrame) -> Sightings:
    return {
        HeadKey("cover", row.cover, row.known_by): Sighting(
            row.time_s, row.shot, ellipse_in(np.array([row.x1, row.y1, row.x2, row.y2]))
        )
        for row in covers.itertuples()
    }


def masks_of_tracks(results: Path, video: str, tracks: Iterable[int]) -> pd.DataFrame:
    """Rows of the table covers for the heads of `tracks`, from the video's other tables.

    The heads are numbered from 0 in the order of their tracks.
    """
    frames, shots, faces = (
        parquet.read(results / name / f"{video}.parquet") for name in ("frames", "shots", "faces")
    )
    cover_of = {track: cover for cover, track in enumerate(sorted(tracks))}
    faces = faces[faces["track"].isin(cover_of)]
    boxes = TrackBoxes(faces, track_extents(faces, shots, SAMPLES_PER_SECOND))
    keypoints = results / "keypoints" / f"{video}.parquet"
    bodies = people_by_frame(keypoints) if keypoints.exists() else ()
    times, shot_of = frames["time_s"].to_numpy(), frames["shot"].to_numpy()
    rows = []
    for frame, people in align_to_frames(range(len(frames)), bodies):
        people = {track: parts for track, parts in people.items() if track in cover_of}
        heads = find_heads(times[frame], int(shot_of[frame]), people, boxes)
        rows += _rows(frame, heads, cover_of)
    covers = pd.DataFrame(rows, columns=schemas.SCHEMAS["covers"].names)
    return covers.astype(dict.fromkeys(EDGES, np.float32))


def _rows(frame: int, heads: Sightings, cover_of: dict[int, int]) -> Iterator[tuple]:
    """Rows of the table covers for the heads in one frame."""
    for key, sighting in heads.items():
        region = sighting.region
        yield (
            frame,
            sighting.time_s,
            sighting.shot,
            cover_of[key.number],
            key.known_by,
            region.x - region.half_width,
            region.y - region.half_height,
            region.x + region.half_width,
            region.y + region.half_height,
        )


def read_masks(path: Path, status: Path) -> pd.DataFrame:
    """Read the table covers of a video, in the pixels of the video's other tables.

    Masks of earlier versions are in pixels as they are stored in the file, which need not be
    square. They are converted. If the picture changes its size, each mask is converted from every
    size, since it is not known which one it had: more is masked, and nobody comes back.
    """
    covers = parquet.read(path)
    if parquet.read_provenance(path)["parameters"].get(PIXELS) == SQUARE:
        return covers
    n_covers = int(covers["cover"].max()) + 1 if len(covers) else 0
    converted = []
    for n, scale in enumerate(stored_pixel_scales(status)):
        copy = covers.assign(cover=covers["cover"] + n * n_covers)
        copy[EDGES] = (covers[EDGES].to_numpy() * (*scale, *scale)).astype(np.float32)
        converted.append(copy)
    return pd.concat(converted).sort_values(["frame", "cover", "known_by"]) if converted else covers


def merge_masks(existing: pd.DataFrame, new: pd.DataFrame) -> pd.DataFrame:
    """Union of two tables covers of a video.

    A mask that is in both appears once. This happens when an interrupted erasure is started again.
    Heads are renumbered by where they begin, so that the numbers reveal nothing about the tracks or
    the order of erasures.
    """
    if len(existing):
        shifted = new.assign(cover=new["cover"] + existing["cover"].max() + 1)
        masks = pd.concat([existing, shifted])
    else:
        masks = new
    position = ["frame", "known_by", *EDGES]
    masks = masks.astype({"known_by": str}).drop_duplicates(position)
    by_position = masks.sort_values(position)["cover"].unique()
    number_of = {cover: number for number, cover in enumerate(by_position)}
    masks = masks.assign(cover=masks["cover"].map(number_of))
    return masks.sort_values(["frame", "cover", "known_by"])


def add_masks(results: Path, folder: Path, video: str, tracks: Iterable[int]) -> pd.DataFrame:
    """Rows of the video's table covers with the heads of `tracks` added.

    Call this before the other tables lose the rows of these tracks. `folder` is that of
    `corpus.inputs.erased_folder`.
    """
    new = masks_of_tracks(results, video, tracks)
    path = erased_folder.find_masks(folder, results, video)
    status = results / "status" / f"{video}.parquet"
    return merge_masks(read_masks(path, status) if path else new.iloc[:0], new)


def keep_masks(results: Path, folder: Path, video: str, masks: pd.DataFrame) -> None:
    """Write the video's table covers. It belongs to the current file of the video."""
    if len(masks):
        status = results / "status" / f"{video}.parquet"
        checksum = parquet.read_row(status, ["sha256"])["sha256"]
        parameters = {"video_sha256": checksum} if checksum else {}
        if has_square_pixels(status):
            parameters[PIXELS] = SQUARE
        path = erased_folder.masks_path(folder, video)
        parquet.write(path, "covers", masks, provenance.describe(STEP, parameters))


def move_masks(results: Path, folder: Path) -> None:
    """Move masks out of the results, where earlier versions wrote them.

    They would be lost if the results were deleted. Masks that are in `folder` already are newer.
    """
    for path in sorted((results / erased_folder.MASKS).glob("*.parquet")):
        target = erased_folder.masks_path(folder, path.stem)
        if target.exists():
            path.unlink()
        else:
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.move(path, target)
