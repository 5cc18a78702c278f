"""Write files in the format of dlib: its face recognition network with random weights."""

import math
from collections.abc import Iterator
from pathlib import Path

import numpy as np

BLOCKS = [*[(32, 1)] * 3, (64, 2), *[(64, 1)] * 3, (128, 2), *[(128, 1)] * 2]
BLOCKS += [(256, 2), *[(256, 1)] * 2, (256, 2)]
"""Channels and step of the residual blocks, from the first to the last."""
EMPTY = b"\1\2" + b"\1\0" * 4
"""An array without values."""
END = b"110" + EMPTY * 3
"""What follows each layer: flags, and arrays for training."""


def integers(*values: int) -> bytes:
    """Each with its number of bytes before it."""
    parts = []
    for value in values:
        count = max((abs(value).bit_length() + 7) // 8, 1)
        sign = 0x80 if value < 0 else 0
        parts.append(bytes([count | sign]) + abs(value).to_bytes(count, "little"))
    return b"".join(parts)


def number(value: float) -> bytes:
    fraction, exponent = math.frexp(value)
    return integers(int(fraction * 2**24), exponent - 24)


def text(value: str) -> bytes:
    return integers(len(value)) + value.encode()


def array(values: np.ndarray) -> bytes:
    return integers(2, values.size, 1, 1, 1) + values.astype("<f4").tobytes()


def network(rng: np.random.Generator) -> bytes:
    """A file that dlib's face_recognition_model_v1 reads."""
    return b"".join(_network(rng))


def write_network(path: Path, seed: int) -> Path:
    path.write_bytes(network(np.random.default_rng(seed)))
    return path


def _network(rng: np.random.Generator) -> Iterator[bytes]:
    yield integers(1) + text("loss_metric_2") + number(0.04) + number(0.6)
    # Versions of the layers, each of which contains those before it.
    yield integers(2, 2)
    for _, step in reversed(BLOCKS):
        yield integers(2, 2, *([2, 1, 1] if step == 2 else []), 2, 2, 2, 2, 2, 1)
    yield integers(2, 2, 2, 3) + text("input_rgb_image_sized")
    yield from (number(mean) for mean in (122.782, 117.001, 104.298))
    yield integers(150, 150)
    # The first layer has an additional value.
    yield _convolution(rng, 3, 32, 7, 2) + END + integers(1) + _affine(rng, 32)
    yield _without_weights("relu_") + _pool("max_pool_2", 3, 2)
    inputs = 32
    for channels, step in BLOCKS:
        yield _convolution(rng, inputs, channels, 3, step) + END + _affine(rng, channels)
        yield _without_weights("relu_")
        yield _convolution(rng, channels, channels, 3, 1) + END + _affine(rng, channels)
        if step == 2:
            yield _pool("avg_pool_2", 2, 2)
        yield _without_weights("add_prev_") + _without_weights("relu_")
        inputs = channels
    yield _pool("avg_pool_2", 0, 1) + text("fc_2") + integers(128, 256)
    yield array(rng.normal(0, 1 / 16, 256 * 128))
    yield integers(1, 256, 1, 1, 128, 1, 0, 0, 0, 0, 1) + number(1) * 4 + END


def _convolution(
    rng: np.random.Generator, inputs: int, channels: int, window: int, step: int
) -> bytes:
    size = inputs * window**2
    weights = rng.normal(0, 1 / math.sqrt(size), channels * (size + 1))
    padding = window // 2 if step == 1 else 0
    settings = integers(channels, window, window, step, step, padding, padding)
    parts = integers(1, channels, inputs, window, window, 1, 1, channels, 1, 1)
    return text("con_4") + array(weights) + settings + parts + number(1) * 4


def _affine(rng: np.random.Generator, channels: int) -> bytes:
    scales, shifts = rng.uniform(0.5, 1.0, channels), rng.normal(0, 0.3, channels)
    parts = integers(1, 1, channels, 1, 1) * 2
    return text("affine_") + array(np.append(scales, shifts)) + parts + integers(0) + END


def _pool(name: str, window: int, step: int) -> bytes:
    return text(name) + integers(window, window, step, step, 0, 0) + END


def _without_weights(name: str) -> bytes:
    return text(name) + END
