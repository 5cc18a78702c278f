"""A long film from a short one, and what its chunks cost."""

import multiprocessing
import os
import pickle
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NamedTuple

import av
import imageio_ffmpeg
import numpy as np
import pandas as pd

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "scripts"))

from corpus.faces.track_boxes import TrackBoxes
from corpus.faces.track_extents import track_extents
from corpus.pose.chunk_extraction import ChunkKeypoints, Extractor
from corpus.pose.chunk_joining import join_chunks
from corpus.pose.chunks import Chunk
from corpus.pose.confirmed_bodies import keep_confirmed_bodies
from corpus.pose.extraction import ChunkSource, Extraction
from corpus.pose.keypoint_rows import keypoint_rows
from corpus.pose.keypoints import Keypoints
from corpus.tables import parquet
from corpus.tables.schemas import HAND_KEYPOINTS, POSE_KEYPOINTS
from corpus.video.picture_format import read_picture_format

SAMPLES_PER_SECOND = 5.0


class Costs(NamedTuple):
    """CPU seconds of the parts of a job."""

    start_s: float
    """Start of a process: Python, libraries and networks."""
    seek_s: float
    """Opening the file and decoding up to the first frame of a chunk, on average."""
    frame_s: float
    """One frame: decoding, and the keypoints of all people."""
    write_s: float
    """One frame in the main process: receiving its keypoints, joining chunks, writing rows."""
    direct_write_s: float
    """The same without receiving, in a job of one process."""


def repeat_film(short: Path, seconds: float, path: Path) -> Path:
    """Write a film that repeats a short one without encoding it again, unless it exists."""
    if not path.exists():
        part = path.with_suffix(".part.mp4")
        command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-y", "-stream_loop", "-1"]
        command += ["-i", str(short), "-t", str(seconds), "-c", "copy", "-an", str(part)]
        subprocess.run(command, check=True, stdin=subprocess.DEVNULL)
        part.rename(path)
    return path


def frame_times(path: Path) -> np.ndarray:
    """Times of all frames from the packets of a file, seconds."""
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        stamps = sorted(p.pts for p in container.demux(stream) if p.pts is not None)
        return np.array([float(pts * stream.time_base) for pts in stamps])


def repeated_faces(faces: pd.DataFrame, times: np.ndarray, n_short: int) -> pd.DataFrame:
    """The faces table of the repeated film; each repetition has tracks of its own."""
    n_repeats, n_tracks = -(-len(times) // n_short), int(faces["track"].max()) + 1
    parts = [
        faces.assign(frame=faces["frame"] + n * n_short, track=faces["track"] + n * n_tracks)
        for n in range(n_repeats)
    ]
    table = pd.concat(parts, ignore_index=True)
    table = table[table["frame"] < len(times)]
    return table.assign(time_s=times[table["frame"]], shown_until_s=np.nan, shot=0)


def long_extraction(
    path: Path, tables: Path, film: str, models: tuple[Path, Path]
) -> tuple[Extraction, pd.DataFrame]:
    """The extraction of a repeated film, and its frames table.

    `tables` are the results of the short film, whose video id is `film`.
    """
    status = tables / "status" / f"{film}.parquet"
    times = frame_times(path)
    n_short = parquet.count_rows(tables / "frames" / f"{film}.parquet")
    faces = parquet.read(tables / "faces" / f"{film}.parquet")
    picture = read_picture_format(status)
    assert picture is not None
    shots = pd.DataFrame({"shot": [0], "start_s": [0.0], "end_s": [times[-1] + 0.04]})
    extents = track_extents(repeated_faces(faces, times, n_short), shots, SAMPLES_PER_SECOND)
    boxes = TrackBoxes(repeated_faces(faces, times, n_short), extents)
    frames = pd.DataFrame({"frame": range(len(times)), "time_s": times, "shot": 0})
    extraction = Extraction(path, times, picture, True, models, "cpu", 0.5, True, boxes)
    return extraction, frames


def _shortened(chunk: Chunk, n_kept: int) -> Chunk:
    """The first frames of a chunk after its warm-up."""
    end = chunk.n_warm_up + n_kept
    return replace(chunk, frames=chunk.frames[:end], times=chunk.times[:end], n_run_out=0)


def measure_costs(
    extraction: Extraction, chunks: list[Chunk], n_chunks: int, n_frames: int, output: Path
) -> Costs:
    """Measure the parts of a job on the first frames of some chunks.

    Parameters
    ----------
    n_chunks
        Number of chunks, evenly spread over the film.
    n_frames
        Number of frames of each after its warm-up.
    """
    source = ChunkSource(extraction)
    positions = np.linspace(1, len(chunks) - 1, n_chunks).round().astype(int)
    seek_s, frame_s = [], []
    results: list[ChunkKeypoints] = []
    for position in positions:
        chunk = _shortened(chunks[position], n_frames)
        start = time.process_time()
        next(iter(source._ranges.read(chunk.frames[:1].tolist())))
        sought = time.process_time()
        results += source.extract([[chunk]], lambda _: None)
        end = time.process_time()
        seek_s.append(sought - start)
        frame_s.append((end - sought - (sought - start)) / len(chunk.frames))
    start = time.process_time()
    messages = [pickle.dumps(result) for result in results]
    results = [pickle.loads(message) for message in messages]
    received = time.process_time()
    write(results, output)
    written = time.process_time()
    n_written = sum(len(result.frames) for result in results)
    return Costs(
        start_s=start_cost(extraction),
        seek_s=float(np.mean(seek_s)),
        frame_s=float(np.median(frame_s)) + (received - start) / 2 / n_written,
        write_s=((received - start) / 2 + written - received) / n_written,
        direct_write_s=(written - received) / n_written,
    )


def write(results: list[ChunkKeypoints], output: Path) -> int:
    """Join and write keypoints as the script does; returns the number of frames with people."""
    n_frames = 0
    with parquet.Writer(output, "keypoints", {"parameters": {}}) as table:
        for frame in keep_confirmed_bodies(join_chunks(results)):
            if frame.people:
                n_frames += 1
                table.append(keypoint_rows(frame))
    return n_frames


def start_cost(extraction: Extraction) -> float:
    """CPU seconds of a process that only loads the libraries and networks."""
    context = multiprocessing.get_context("spawn")
    before = sum(os.times()[2:4])
    process = context.Process(target=_start, args=(extraction,))
    process.start()
    process.join()
    return sum(os.times()[2:4]) - before


def _start(extraction: Extraction) -> None:
    ChunkSource(extraction)


# Memory -------------------------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class PlaceholderExtraction(Extraction):
    """An extraction that returns the same keypoints for every frame, without networks.

    Decoding, chunks, processes and their results are the real ones: what may grow with the length
    of a film does so here too, in a fraction of the time.
    """

    n_people: int = 2

    def open_answer(self):
        return lambda requests: []

    def new_extractor(self) -> Extractor:
        return Extractor(_Placeholder(self.n_people), _Placeholder(self.n_people), self.track_boxes)


class _Placeholder:
    """Follows bodies or hands that are always there."""

    def __init__(self, n_people: int) -> None:
        self._n_people = n_people

    def follow(self, frame, *arguments) -> Iterator:
        yield []
        tracks = range(self._n_people)
        if len(arguments) == 1:  # bodies, which are given the shot
            return {track: _keypoints(len(POSE_KEYPOINTS), frame.number) for track in tracks}
        hand = _keypoints(len(HAND_KEYPOINTS), frame.number)
        return {track: {"left_hand": hand, "right_hand": hand} for track in tracks}

    def numbers(self) -> dict[int, int]:
        """Final numbers of bodies without a face, of which there are none."""
        return {}


def _keypoints(count: int, seed: int) -> Keypoints:
    points = np.arange(3.0 * count).reshape(count, 3) + seed % 7
    return Keypoints(points, points / 100, np.full(count, 1.0), np.full(count, 0.9), True)
