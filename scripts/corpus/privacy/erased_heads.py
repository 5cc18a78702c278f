"""Recognise erased people in a new search of a video by where their heads were.

The video still shows them, and nothing about their looks is kept. A new search, perhaps with other
settings, would find them again: in the frames in which they were located, between these, and before
and after them in the same shot. Both errors were measured, see
docs/erasing_people.md: erased people who are found again, and others who are lost.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd

from corpus.core.checksums import sha256
from corpus.core.errors import InputError
from corpus.pose.keypoint_stream import X, Y, people_by_frame
from corpus.privacy.head_regions import FACE_SCALE, HEAD_SCALE, NOSE
from corpus.privacy.kept_masks import read_masks
from corpus.tables import parquet

EDGES = ["x1", "y1", "x2", "y2"]
GROWTH_PER_S = 0.25
"""Growth of a region per second without a sighting, because the head may move."""
MAX_GROWTH = 2.0
"""Largest growth. A region that grew for a whole shot would hide everybody else in it."""
MAJORITY = 0.5
"""Share of the frames of a track from which the track belongs to an erased person."""


class Region(NamedTuple):
    """Where the head of an erased person is in one frame."""

    head: int
    """Number of the head in the table covers."""
    is_located: bool
    """Whether the head was located in this frame; otherwise the region is estimated."""
    face: np.ndarray
    """(4,) box of the face, x1, y1, x2, y2 in pixels."""
    outline: np.ndarray
    """(4,) box around the masked ellipse."""


@dataclass(frozen=True)
class _HeadInShot:
    """The sightings of a head in one shot, in the order of frames."""

    head: int
    frames: np.ndarray
    times: np.ndarray
    faces: np.ndarray
    outlines: np.ndarray

    def at(self, frame: int, time_s: float) -> Region:
        position = int(np.searchsorted(self.frames, frame))
        if position < len(self.frames) and self.frames[position] == frame:
            return Region(self.head, True, self.faces[position], self.outlines[position])
        nearest = self.times[max(0, position - 1) : position + 1]
        growth = min(1 + GROWTH_PER_S * float(np.abs(nearest - time_s).min()), MAX_GROWTH)
        face, outline = (self._interpolate(boxes, frame) for boxes in (self.faces, self.outlines))
        return Region(self.head, False, face, _scaled(outline, growth))

    def _interpolate(self, boxes: np.ndarray, frame: int) -> np.ndarray:
        return np.array([np.interp(frame, self.frames, boxes[:, side]) for side in range(4)])


class ErasedHeads:
    """The heads of erased people in any frame of one video."""

    def __init__(self, covers: pd.DataFrame, frames: pd.DataFrame) -> None:
        """`covers` and `frames` are tables of the video. Its shots may differ from those of the
        search in which the people were erased."""
        self.shot_of_frame = dict(zip(frames["frame"], frames["shot"], strict=True))
        self.time_of_frame = dict(zip(frames["frame"], frames["time_s"], strict=True))
        # A face locates a head better than keypoints do.
        covers = covers.astype({"known_by": str}).sort_values(
            ["cover", "frame", "known_by"], ascending=[True, True, False]
        )
        covers = covers.drop_duplicates(["cover", "frame"])
        covers = covers.assign(shot=covers["frame"].map(self.shot_of_frame))
        self.heads: dict[int, list[_HeadInShot]] = {}
        for (shot, head), rows in covers.groupby(["shot", "cover"]):
            self.heads.setdefault(int(shot), []).append(_head_in_shot(int(head), rows))

    def at(self, frame: int) -> list[Region]:
        """Regions of all heads that were located in the shot of a frame, given by its number."""
        heads = self.heads.get(self.shot_of_frame.get(frame, -1), [])
        return [head.at(frame, self.time_of_frame[frame]) for head in heads]

    def face_boxes(self, frame: int) -> list[np.ndarray]:
        """Face boxes (4,) of the heads that were located in a frame."""
        return [region.face for region in self.at(frame) if region.is_located]

    def contain(self, frame: int, nose: np.ndarray) -> bool:
        """Whether the nose (2,) of a body without a face lies in the region of a head."""
        return any(_is_in_ellipse(nose, region.outline) for region in self.at(frame))


def read(path: Path, video: Path, frames: pd.DataFrame, status: Path) -> ErasedHeads:
    """Read the table covers of a video, given its table of frames and the path of its status.

    Raises InputError if the video's file is not the one from which people were erased: the regions
    would hide other people, and not those who were erased.
    """
    expected = parquet.read_provenance(path)["parameters"].get("video_sha256")
    if expected and len(frames) and sha256(video) != expected:
        raise InputError(
            f"{path}: people were erased from another file of this video than {video}, and it is "
            "unknown where they are in the new one. Restore the file of the video, or remove the "
            f"video from the manifest. If the new file may be searched for everybody, delete "
            f"{path}, run again, and erase the people who are found again"
        )
    return ErasedHeads(read_masks(path, status), frames)


def tracks_without_face(results: Path, video: str, covers: pd.DataFrame) -> list[int]:
    """Tracks of bodies without a face that belong to erased people, by the table `covers`.

    The nose is in the region of a head in at least half of the frames with the body.
    """
    path = results / "keypoints" / f"{video}.parquet"
    if covers.empty or not path.exists():
        return []
    heads = ErasedHeads(covers, parquet.read(results / "frames" / f"{video}.parquet"))
    inside: dict[int, list[bool]] = {}
    for frame, people in people_by_frame(path):
        for track, parts in people.items():
            nose = parts["pose"][NOSE, [X, Y]] if track < 0 and "pose" in parts else None
            if nose is not None and np.isfinite(nose).all():
                inside.setdefault(track, []).append(heads.contain(frame, nose))
    return sorted(track for track, hits in inside.items() if np.mean(hits) >= MAJORITY)


def _head_in_shot(head: int, rows: pd.DataFrame) -> _HeadInShot:
    outlines = rows[EDGES].to_numpy(float)
    is_face = (rows["known_by"] == "face").to_numpy()
    scale = np.where(is_face, FACE_SCALE, HEAD_SCALE)[:, None]
    return _HeadInShot(
        head,
        rows["frame"].to_numpy(),
        rows["time_s"].to_numpy(float),
        _scaled(outlines, 1 / scale),
        outlines,
    )


def _scaled(boxes: np.ndarray, factor: float | np.ndarray) -> np.ndarray:
    """Boxes (..., 4) with the same centres and sides multiplied by `factor`."""
    low, high = boxes[..., :2], boxes[..., 2:]
    centre, half = (low + high) / 2, (high - low) / 2 * factor
    return np.concatenate([centre - half, centre + half], axis=-1)


def _is_in_ellipse(point: np.ndarray, box: np.ndarray) -> bool:
    """Whether a point lies in the ellipse that touches the edges of a box (4,)."""
    centre, half = (box[:2] + box[2:]) / 2, (box[2:] - box[:2]) / 2
    return bool((((point - centre) / half) ** 2).sum() <= 1)
