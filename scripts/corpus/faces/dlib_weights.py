"""Read the weights of dlib's face recognition network from its .dat file, without dlib.

The file is a sequence of values, as dlib's `serialize` writes them: the input, then the layers from
the first to the last (https://github.com/davisking/dlib, dlib/serialize.h, dlib/dnn/layers.h,
dlib/dnn/core.h, dlib/cuda/tensor.h). An integer is a byte with its sign and its number of bytes,
then these bytes, the lowest first. A floating-point number is two integers, mantissa and exponent
of 2. An array is its version, four lengths, and its values as float32.
"""

import math
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO, NamedTuple

import numpy as np

from corpus.core.errors import ModelError

LONGEST_NAME = 50
"""Letters in the name of a layer; the names of this network have at most 21."""


class Layer(NamedTuple):
    """A layer of dlib: its name in the file, its settings, and its weights (n,) float32."""

    name: str
    settings: tuple[int, ...]
    """In the order of the file. Of a convolution: outputs, height and width of the kernel, steps
    down and right, rows and columns of padding. Of a pooling the same without the outputs; a
    window of 0 covers everything. Of a dense layer: outputs and inputs."""
    weights: np.ndarray


class DlibWeights(NamedTuple):
    """The content of a network's file."""

    means: np.ndarray
    """(3,) float32: mean red, green and blue of the images, which is subtracted."""
    side: int
    """Side of the images, pixels."""
    layers: list[Layer]
    """From the first to the last."""


def read_dlib_weights(path: Path) -> DlibWeights:
    """The weights in a .dat file of dlib's face recognition network.

    Raises ModelError if the file cannot be read, is truncated, or has other layers than this
    network, or another version of them.
    """
    try:
        with path.open("rb") as file:
            return _read_network(_Values(file, path.stat().st_size))
    except OSError as error:
        raise ModelError(f"model {path} cannot be read: {error.strerror or error}") from error
    except (ValueError, OverflowError) as error:
        raise ModelError(
            f"model {path} is not a face_recognition_model_v1 of dlib ({error}): name dlib's own "
            "file as models.dlib.file in the configuration, or remove models.dlib from it"
        ) from error


class _Values:
    """The values of a file, one after the other. Raises ValueError for unexpected ones."""

    def __init__(self, file: BinaryIO, size: int) -> None:
        self._file, self._size, self._position = file, size, 0

    def take(self, count: int) -> bytes:
        """The next `count` bytes."""
        self._position += count
        if self._position > self._size:
            raise ValueError("it is truncated")
        return self._file.read(count)

    def at_end(self) -> bool:
        return self._position == self._size

    def integer(self) -> int:
        (first,) = self.take(1)
        if first & 0x7F > 8:
            raise ValueError(f"an integer is expected before byte {self._position}")
        value = int.from_bytes(self.take(first & 0x7F), "little")
        return -value if first & 0x80 else value

    def integers(self, count: int) -> tuple[int, ...]:
        return tuple(self.integer() for _ in range(count))

    def number(self) -> float:
        mantissa, exponent = self.integers(2)
        return math.ldexp(mantissa, exponent)

    def text(self) -> str:
        length = self.integer()
        if not 0 <= length <= LONGEST_NAME:
            raise ValueError(f"a name is expected before byte {self._position}")
        return self.take(length).decode("ascii", errors="replace")

    def expect(self, *values: int) -> None:
        """Read integers that have to be these."""
        read = self.integers(len(values))
        if read != values:
            raise ValueError(f"{read} instead of {values} before byte {self._position}")

    def array(self) -> np.ndarray:
        """An array (n,) of float32, flat."""
        self.expect(2)
        lengths = self.integers(4)
        if min(lengths) < 0:
            raise ValueError(f"lengths of an array are expected before byte {self._position}")
        return np.frombuffer(self.take(4 * math.prod(lengths)), "<f4")

    def end_of_layer(self, expansion: tuple[int, ...]) -> None:
        """Three flags and three arrays, which training uses: they are empty after it."""
        if any(flag not in b"01" for flag in self.take(3)):
            raise ValueError(f"flags of a layer are expected before byte {self._position}")
        if any(self.array().size for _ in range(3)):
            raise ValueError(f"a layer has gradients before byte {self._position}")
        self.expect(*expansion)


def _read_network(values: _Values) -> DlibWeights:
    values.expect(1)
    _expect_text(values.text(), "loss_metric_2")
    for _ in range(2):
        values.number()
    # Each layer contains those before it. Their versions come first: 1 or 2, and 3 at the input.
    while (version := values.integer()) != 3:
        if version not in (1, 2):
            raise ValueError(f"a layer has version {version}")
    _expect_text(values.text(), "input_rgb_image_sized")
    means = np.array([values.number() for _ in range(3)], np.float32)
    side, width = values.integers(2)
    if width != side:
        raise ValueError(f"it takes images of {width} x {side} pixels")
    layers = []
    while not values.at_end():
        name = values.text()
        if name not in _LAYERS:
            raise ValueError(f"it contains a layer {name!r}")
        layers.append(_LAYERS[name](name, values))
        # The first layer has an additional value, the number of images made from an image.
        values.end_of_layer((1,) if len(layers) == 1 else ())
    return DlibWeights(means, side, layers)


def _expect_text(text: str, expected: str) -> None:
    if text != expected:
        raise ValueError(f"it contains {text!r} instead of {expected!r}")


def _convolution(name: str, values: _Values) -> Layer:
    weights, settings = values.array(), values.integers(7)
    _skip_parts(values)
    _skip_rates(values)
    return Layer(name, settings, weights)


def _affine(name: str, values: _Values) -> Layer:
    weights = values.array()
    _skip_parts(values)
    # Whether it is for convolutions or for dense layers.
    values.integer()
    return Layer(name, (), weights)


def _dense(name: str, values: _Values) -> Layer:
    settings, weights = values.integers(2), values.array()
    _skip_parts(values)
    # 1: without a bias.
    values.expect(1)
    _skip_rates(values)
    return Layer(name, settings, weights)


def _pooling(name: str, values: _Values) -> Layer:
    return Layer(name, values.integers(6), np.zeros(0, np.float32))


def _without_settings(name: str, _: _Values) -> Layer:
    return Layer(name, (), np.zeros(0, np.float32))


def _skip_parts(values: _Values) -> None:
    """Which part of the weights is the kernel, and which the bias: version and four lengths."""
    for _ in range(2):
        values.expect(1)
        values.integers(4)


def _skip_rates(values: _Values) -> None:
    """Factors of the learning rates and of the decay of weights."""
    for _ in range(4):
        values.number()


_LAYERS: dict[str, Callable[[str, _Values], Layer]] = {
    "con_4": _convolution,
    "affine_": _affine,
    "fc_2": _dense,
    "max_pool_2": _pooling,
    "avg_pool_2": _pooling,
    "relu_": _without_settings,
    "add_prev_": _without_settings,
}
"""Functions that read a layer, by its name with the version of its format."""
