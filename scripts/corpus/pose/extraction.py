"""Extract the keypoints of a video in several processes, or of many chunks at once on a GPU."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from math import ceil
from pathlib import Path

import numpy as np

from corpus.core.large_blocks import separate_large_blocks
from corpus.core.prefetching import prefetched
from corpus.core.processes import Count, results_in_order
from corpus.faces.track_boxes import TrackBoxes
from corpus.pose.body_following import BodyFollower
from corpus.pose.body_state import ErasedPeople
from corpus.pose.chunk_extraction import ChunkKeypoints, Extractor, extract_chunks
from corpus.pose.chunks import CHUNK_S, Chunk, group_chunks
from corpus.pose.hand_following import HandFollower
from corpus.pose.lockstep import AnswerRequests, in_lockstep
from corpus.pose.pose_networks import open_networks
from corpus.pose.requests import Steps, answer
from corpus.video.frame_ranges import FrameRanges
from corpus.video.pictures import PictureFormat
from corpus.video.reader import Frame

GPU_LANES = 16
"""Chunks that a process on a GPU extracts at the same time: two people in each give batches of
some thirty crops. Each chunk has a decoder of its own, which needs memory."""
GPU_PROCESSES = 4
"""Most processes on one GPU. Each loads CUDA and the networks."""
PREFETCHED_FRAMES = 2
"""Frames of each chunk that are decoded ahead while the GPU works."""


@dataclass(frozen=True, eq=False)
class Extraction:
    """What is extracted from which video. It is sent to other processes.

    Attributes
    ----------
    video
        The media file.
    times
        (n,) times of all frames, seconds.
    picture
        How images are made.
    may_seek
        False for a file whose clock starts again.
    models
        Files of the pose landmarker and of the hand landmarker.
    device
        "cpu" or "cuda".
    confidence
        Lowest confidence of detections and keypoints, 0 to 1.
    full_frame
        Whether to search the whole frame for bodies without a face.
    track_boxes
        The boxes of the face tracks.
    erased
        The people who were erased from the video.
    """

    video: Path
    times: np.ndarray
    picture: PictureFormat
    may_seek: bool
    models: tuple[Path, Path]
    device: str
    confidence: float
    full_frame: bool
    track_boxes: TrackBoxes
    erased: ErasedPeople | None = None

    @property
    def n_lanes(self) -> int:
        """Number of chunks that a process extracts at the same time."""
        return GPU_LANES if self.device == "cuda" else 1

    def open_answer(self) -> AnswerRequests:
        """The function that answers requests, with networks that are opened once per process."""
        return partial(answer, open_networks(*self.models, self.device))

    def new_extractor(self) -> Extractor:
        """The extractor of one chunk."""
        bodies = BodyFollower(self.track_boxes, self.confidence, self.full_frame, self.erased)
        return Extractor(bodies, HandFollower(self.confidence), self.track_boxes)


def extract_keypoints(
    extraction: Extraction,
    chunks: Sequence[Chunk],
    threads: int,
    count: Count,
    group_s: float = CHUNK_S,
) -> Iterator[ChunkKeypoints]:
    """Yield the keypoints of all chunks of a video, in order.

    They depend neither on `threads`, the number of cores that may be used, nor on `group_s`, the
    seconds of video that a process gets at a time. `count` is called with the number of frames
    that were searched, without those of warm-ups and run-outs.
    """
    groups = group_chunks(chunks, group_s)
    n_lanes = extraction.n_lanes
    n_processes = min(threads, ceil(len(groups) / n_lanes))
    if extraction.device == "cuda":
        n_processes = min(n_processes, GPU_PROCESSES)
    if n_processes <= 1:
        with closing(ChunkSource(extraction)) as source:
            yield from source.extract(groups, count)
        return
    tasks = [groups[start : start + n_lanes] for start in range(0, len(groups), n_lanes)]
    results = results_in_order(
        open_extraction,
        (extraction,),
        tasks,
        n_processes,
        count=count,
        # A file that is decoded from its start cannot go back to the warm-up of the next chunk.
        avoid_successive=True,
    )
    for chunks_of_task in results:
        yield from chunks_of_task


def open_extraction(
    extraction: Extraction,
) -> Callable[[Sequence[Sequence[Chunk]], Count], list[ChunkKeypoints]]:
    """What a worker process does: the function that extracts groups of chunks."""
    source = ChunkSource(extraction)
    return lambda groups, count: list(source.extract(groups, count))


class ChunkSource:
    """Extracts groups of chunks of one video in this process, with networks opened once."""

    def __init__(self, extraction: Extraction) -> None:
        separate_large_blocks()
        self._extraction = extraction
        self._answer = extraction.open_answer()
        self._ranges = FrameRanges(
            extraction.video, extraction.times, extraction.picture, extraction.may_seek
        )

    def extract(self, groups: Sequence[Sequence[Chunk]], count: Count) -> Iterator[ChunkKeypoints]:
        """Yield the keypoints of the chunks in order."""
        if not groups:
            return
        n_lanes = self._extraction.n_lanes
        if n_lanes == 1:
            # One pass over the file decodes each frame once.
            groups = [[chunk for group in groups for chunk in group]]
        finished = deque[ChunkKeypoints]()
        tasks = (self._steps(group, finished.append, count, n_lanes > 1) for group in groups)
        rounds = in_lockstep(self._answer, tasks, n_lanes)
        yield from in_order(_drain(rounds, finished), groups[0][0].number)

    def close(self) -> None:
        """Close the video."""
        self._ranges.close()

    def _steps(
        self,
        group: Sequence[Chunk],
        finish: Callable[[ChunkKeypoints], None],
        count: Count,
        prefetch: bool,
    ) -> Steps[None]:
        numbers = np.unique(np.concatenate([chunk.frames for chunk in group]))
        frames = self._ranges.read(numbers.tolist())
        if prefetch:
            frames = prefetched(frames, PREFETCHED_FRAMES)
        counted = _counted(frames, group, count)
        return extract_chunks(counted, group, self._extraction.new_extractor, finish)


def _counted(frames: Iterable[Frame], group: Sequence[Chunk], count: Count) -> Iterator[Frame]:
    """Yield frames, and count those whose keypoints are kept."""
    first, last = group[0].kept_frames[0], group[-1].kept_frames[-1]
    for frame in frames:
        yield frame
        count(int(first <= frame.number <= last))


def _drain(rounds: Iterator[None], finished: deque[ChunkKeypoints]) -> Iterator[ChunkKeypoints]:
    """Yield the chunks that are finished after each round."""
    for _ in rounds:
        while finished:
            yield finished.popleft()
    yield from finished


def in_order(chunks: Iterable[ChunkKeypoints], first: int) -> Iterator[ChunkKeypoints]:
    """Yield chunks in the order of their numbers, which start at `first` and have no gaps."""
    early: dict[int, ChunkKeypoints] = {}
    for chunk in chunks:
        early[chunk.number] = chunk
        while first in early:
            yield early.pop(first)
            first += 1
