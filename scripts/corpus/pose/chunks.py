"""Cut a video into chunks whose keypoints are extracted independently of one another.

A chunk is one shot, or a part of a long one. The grid depends only on the frames table, so that the
keypoints do not depend on how many processes extract them. What is found in a frame depends on the
frames before it, for instance on where a hand was. Extraction therefore starts some time before a
part of a shot, and the keypoints of this warm-up are discarded. Whether something without a face is
a person is known some time after it was first seen. Extraction therefore goes on for a moment
after the part, and the keypoints of this run-out are discarded, too.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import ceil

import numpy as np
import pandas as pd

CHUNK_S = 60.0
"""Longest part of a shot, seconds. Longer parts waste less time on warm-ups; shorter parts keep
more processes busy."""
WARM_UP_S = 2.0
"""Length of the warm-up, seconds."""
RUN_OUT_S = 1.1
"""Length of the run-out, seconds. Of a body without a face, it is known after 0.4 s that it is a
person, and after 1.0 s that it is somebody else than before (`corpus.pose.takeovers`); the rest is
a frame."""


@dataclass(frozen=True, eq=False)
class Chunk:
    """A shot, or a part of a shot."""

    number: int
    """Position among the chunks of the video, from 0."""
    shot: int
    frames: np.ndarray
    """(n,) ascending numbers of the frames that are searched, with the warm-up and the run-out."""
    times: np.ndarray
    """(n,) times of these frames, seconds."""
    n_warm_up: int
    """Number of frames of the warm-up; 0 at the start of a shot."""
    n_run_out: int
    """Number of frames of the run-out; 0 at the end of a shot."""

    @property
    def kept_frames(self) -> np.ndarray:
        """The frames whose keypoints are kept."""
        return self.frames[self.n_warm_up : len(self.frames) - self.n_run_out]

    @property
    def length_s(self) -> float:
        """Time from the first to the last frame, seconds."""
        return float(self.times[-1] - self.times[0])


def cut_into_chunks(
    frames: pd.DataFrame,
    chunk_s: float = CHUNK_S,
    warm_up_s: float = WARM_UP_S,
    run_out_s: float = RUN_OUT_S,
) -> list[Chunk]:
    """Cut a video into chunks, in order; every frame is kept in one of them.

    A shot that is longer than `chunk_s` is cut into parts of equal time. Parts without a frame are
    left out.

    Parameters
    ----------
    frames
        The frames that are searched: the frames table, or a sample of its rows.
    """
    numbers, times, shots = (frames[name].to_numpy() for name in ("frame", "time_s", "shot"))
    cuts = (np.flatnonzero(np.diff(shots)) + 1).tolist()
    chunks: list[Chunk] = []
    for shot_start, shot_end in zip([0, *cuts], [*cuts, len(shots)], strict=True):
        for start, end in _parts(times[shot_start:shot_end], chunk_s):
            start, end = start + shot_start, end + shot_start
            in_shot = times[shot_start:shot_end]
            first = shot_start + int(np.searchsorted(in_shot, times[start] - warm_up_s))
            stop = shot_start + int(np.searchsorted(in_shot, times[end - 1] + run_out_s, "right"))
            chunks.append(
                Chunk(
                    number=len(chunks),
                    shot=int(shots[start]),
                    frames=numbers[first:stop],
                    times=times[first:stop],
                    n_warm_up=start - first,
                    n_run_out=stop - end,
                )
            )
    return chunks


def _parts(times: np.ndarray, chunk_s: float) -> Iterator[tuple[int, int]]:
    """Start and end rows (half-open) of the parts of a shot with frames at these times."""
    if not len(times):
        return
    duration_s = float(times[-1] - times[0])
    n_parts = max(1, ceil(duration_s / chunk_s))
    borders = times[0] + duration_s * np.arange(1, n_parts) / n_parts
    rows = np.unique([0, *np.searchsorted(times, borders), len(times)])
    yield from zip(rows[:-1].tolist(), rows[1:].tolist(), strict=True)


def group_chunks(chunks: Sequence[Chunk], group_s: float = CHUNK_S) -> list[list[Chunk]]:
    """Group successive chunks, with about equal lengths of about `group_s` seconds at most.

    Many shots are short. A group is read from the file in one pass, and is the work that one
    process gets at a time. Which chunks form a group does not affect the keypoints. With 0 seconds,
    each chunk is a group.
    """
    if not chunks or not group_s:
        return [[chunk] for chunk in chunks]
    ends_s = np.cumsum([chunk.length_s for chunk in chunks])
    n_groups = max(1, ceil(ends_s[-1] / group_s))
    middles_s = ends_s - [chunk.length_s / 2 for chunk in chunks]
    group_of_chunk = np.floor(middles_s / max(ends_s[-1], 1e-9) * n_groups).astype(int)
    return [
        [chunk for chunk, group in zip(chunks, group_of_chunk, strict=True) if group == number]
        for number in np.unique(group_of_chunk)
    ]
