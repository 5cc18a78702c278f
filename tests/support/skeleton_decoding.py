"""Decode the side files with skeletons, as the page does (assets/skeleton.js)."""

import base64
import gzip
import json
import re
from pathlib import Path

import numpy as np


def read_side_file(file: Path) -> bytes:
    """The data in a side file."""
    [packed] = re.findall(r'^sideFile\("[\w/-]+","([^"]*)"\);\n$', file.read_text())
    return gzip.decompress(base64.b64decode(packed))


def decode(content: bytes) -> dict:
    """A chunk: first frame, times in microseconds, and points (frames, k, 2) of each series.

    Series are {(track, part number): (frames from the first frame, points)}.
    """
    length = int.from_bytes(content[:4], "little")
    header, body = json.loads(content[4 : 4 + length]), content[4 + length :]

    def take(count: int, n_bytes: int) -> np.ndarray:
        nonlocal body
        planes = np.frombuffer(body[: count * n_bytes], np.uint8).reshape(n_bytes, count)
        body = body[count * n_bytes :]
        coded = sum(plane.astype(np.int64) << 8 * n for n, plane in enumerate(planes))
        return (coded >> 1) ^ -(coded & 1)

    times = header["start"] + np.cumsum(take(header["frames"], 4))
    series = header["series"]
    frame_steps = take(sum(count for _, _, count, _ in series), 4)
    steps = take(sum(2 * count * size for _, _, count, size in series), 2)
    decoded = {}
    for track, part, count, size in series:
        frames, frame_steps = np.cumsum(frame_steps[:count]), frame_steps[count:]
        own, steps = steps[: 2 * count * size], steps[2 * count * size :]
        values = np.cumsum(own.reshape(2, size, count), axis=2).astype(np.int16)
        decoded[track, part] = frames, values.transpose(2, 1, 0)
    assert not body
    return {"first": header["first"], "times": times, "series": decoded}
