"""Skeletons of a video in chunks of a minute, which the page draws over the playing video.

A chunk has the times of its frames, and for each frame what the overlay video would draw: visible
keypoints of bodies and hands, and face boxes. A chunk is coded as

- the length of the header in bytes, uint32
- the header, JSON (`_header`), padded with spaces to a multiple of 4
- steps between the times of successive frames, microseconds, from `start`
- for each series: steps between the frames that it has points in, from the chunk's first frame
- for each series: for x and then y of each point, steps between successive frames of the series

A series is one part of one track. Steps are zigzag-coded, so that small ones are small numbers, and
all low bytes come before all high bytes: gzip then halves the size. All numbers are little-endian.
`skeleton.js` of the page decodes chunks.
"""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

import numpy as np

from corpus.faces.track_boxes import TrackBoxes
from corpus.pose.keypoint_stream import VISIBILITY, FramePeople
from corpus.pose.skeleton_topology import MIN_VISIBILITY

CHUNK_S = 60.0
"""Length of a chunk, seconds."""
PARTS = ("pose", "left_hand", "right_hand", "face")
"""Parts of a person; a face is the corners of its box."""
UNITS_PER_SIDE = 8192
"""Units of coordinates in the longer side of the picture: a quarter of a pixel at 1920 pixels."""
MISSING = -(2**15)
"""Coordinate of a point that is not drawn."""
LIMIT = 2**15 - 1
"""Largest coordinate: four times the longer side. Points further outside are moved to it."""


@dataclass
class Chunk:
    """The frames of a chunk, and the points in them."""

    first_frame: int
    """Number of the first frame in the video."""
    times_s: list[float] = field(default_factory=list)
    """Time of each frame."""
    series: dict[tuple[int, int], tuple[list[int], list[np.ndarray]]] = field(default_factory=dict)
    """Frames, counted from the first frame, and their points (k, 2) int16 in units, by track and
    index of the part in `PARTS`."""

    def add(self, times_s: float, points: dict[tuple[int, int], np.ndarray]) -> None:
        """Add a frame with points in units by track and part."""
        for key, coordinates in points.items():
            frames, rows = self.series.setdefault(key, ([], []))
            frames.append(len(self.times_s))
            rows.append(coordinates)
        self.times_s.append(times_s)

    @property
    def tracks(self) -> set[int]:
        """Tracks with a point in the chunk."""
        return {track for track, _ in self.series}


def pixels_per_unit(width: int, height: int) -> float:
    """Size of a unit of coordinates in a picture of this size, pixels."""
    return max(width, height, 1) / UNITS_PER_SIDE


def cut_into_chunks(
    times_s: np.ndarray,
    shots: np.ndarray,
    people: Iterable[tuple[int, FramePeople]],
    boxes: TrackBoxes,
    unit: float,
) -> Iterator[Chunk]:
    """Yield the chunks of a video. Only one chunk is held in memory.

    Parameters
    ----------
    times_s, shots
        (n,) time in seconds and shot of each frame.
    people
        (frame, keypoints of its people) for each frame, as from `align_to_frames`.
    boxes
        Face boxes of the video.
    unit
        Pixels per unit of coordinates.
    """
    chunk = Chunk(0)
    for frame, people_of_frame in people:
        time_s = float(times_s[frame])
        if chunk.times_s and not 0 <= time_s - chunk.times_s[0] < CHUNK_S:
            yield chunk
            chunk = Chunk(frame)
        faces = boxes.at(time_s, int(shots[frame]))
        chunk.add(time_s, drawn_points(people_of_frame, faces, unit))
    if chunk.times_s:
        yield chunk


def drawn_points(
    people: FramePeople, faces: dict[int, np.ndarray], unit: float
) -> dict[tuple[int, int], np.ndarray]:
    """Points (k, 2) int16 that are drawn in a frame, by track and part; `MISSING` if invisible.

    As in overlay videos, body keypoints need a visibility of `MIN_VISIBILITY`; keypoints of hands
    only need a position. Parts without a drawn point are left out.
    """
    points = {}
    for track, parts in people.items():
        for part, keypoints in parts.items():
            visible = np.asarray(np.isfinite(keypoints[:, :2]).all(axis=1))
            if part == "pose":
                visible &= keypoints[:, VISIBILITY] >= MIN_VISIBILITY
            if visible.any():
                points[track, PARTS.index(part)] = _to_units(keypoints[:, :2], visible, unit)
    for track, box in faces.items():
        corners = box.reshape(2, 2)
        points[track, PARTS.index("face")] = _to_units(corners, np.ones(2, bool), unit)
    return points


def encode(chunk: Chunk) -> bytes:
    """The chunk as bytes; see the description of this module."""
    series = sorted(chunk.series.items())
    microseconds = np.round(np.array(chunk.times_s) * 1e6).astype(np.int64)
    header = json.dumps(_header(chunk, int(microseconds[0]), series), separators=(",", ":"))
    header += " " * (-len(header) % 4)
    frame_steps = [
        np.diff(np.array(frames, np.int32), prepend=np.int32(0)) for _, (frames, _) in series
    ]
    coordinates = [np.stack(rows).transpose(2, 1, 0) for _, (_, rows) in series]
    steps = [np.diff(values, axis=2, prepend=np.int16(0)).ravel() for values in coordinates]
    return b"".join(
        (
            np.uint32(len(header)).tobytes(),
            header.encode("ascii"),
            _byte_planes(np.diff(microseconds, prepend=microseconds[0]).astype(np.int32)),
            _byte_planes(np.concatenate([np.empty(0, np.int32), *frame_steps])),
            _byte_planes(np.concatenate([np.empty(0, np.int16), *steps])),
        )
    )


def _header(chunk: Chunk, start_us: int, series: list) -> dict:
    """First frame, number of frames, time of the first one in microseconds; track, index of the
    part, number of frames and number of points of each series."""
    return {
        "first": chunk.first_frame,
        "frames": len(chunk.times_s),
        "start": start_us,
        "series": [[*key, len(frames), len(rows[0])] for key, (frames, rows) in series],
    }


def _to_units(points: np.ndarray, visible: np.ndarray, unit: float) -> np.ndarray:
    limited = np.clip(np.round(np.where(visible[:, None], points, 0) / unit), -LIMIT, LIMIT)
    return np.where(visible[:, None], limited, MISSING).astype(np.int16)


def _byte_planes(steps: np.ndarray) -> bytes:
    """Zigzag-coded steps of a signed type: their low bytes, then their higher bytes."""
    bits = 8 * steps.itemsize
    coded = np.left_shift(steps, 1) ^ np.right_shift(steps, bits - 1)
    little_endian = coded.astype(steps.dtype.newbyteorder("<"))
    return little_endian.view(np.uint8).reshape(-1, steps.itemsize).T.tobytes()
