"""Read the weights of a network from a file of PyTorch, without PyTorch, which takes 2 s to load.

Only the first format of such files is read (PyTorch before version 1.6), in which facenet-pytorch
brings the weights of MTCNN: four pickles, and then the values of each storage.
"""

import pickle
from collections import OrderedDict
from pathlib import Path
from typing import BinaryIO

import numpy as np

from corpus.core.errors import ModelError

HEADER_PICKLES = 3
"""Pickles before the one of the weights: a magic number, the version, sizes of types."""


def read_weights(path: Path) -> dict[str, np.ndarray]:
    """The float32 arrays of a network by name. Executes no code of the file.

    Raises ModelError if the file is not in the format described above.
    """
    try:
        with path.open("rb") as file:
            for _ in range(HEADER_PICKLES):
                _Unpickler(file).load()
            unpickler = _Unpickler(file)
            weights = unpickler.load()
            for key in _Unpickler(file).load():
                _read_values(file, unpickler.storages[key])
            # Copies: strides of the storages become contiguous arrays.
            return {name: np.array(values) for name, values in weights.items()}
    except OSError as error:
        raise ModelError(f"{path} cannot be read: {error.strerror or error}") from error
    except (pickle.UnpicklingError, EOFError, ValueError, KeyError, AttributeError) as error:
        raise ModelError(
            f"{path} does not contain weights in PyTorch's first format ({error}): install the "
            "version of facenet-pytorch in envs/lock.txt"
        ) from error


def _read_values(file: BinaryIO, storage: np.ndarray) -> None:
    """Fill a storage with its values, which follow their number in the file."""
    (count,) = np.frombuffer(file.read(8), "<i8")
    values = np.frombuffer(file.read(4 * int(count)), "<f4")
    if len(values) != len(storage):
        raise EOFError("the file is truncated")
    storage[:] = values


class _Unpickler(pickle.Unpickler):
    """Creates dictionaries and arrays of float32, and refuses everything else."""

    def __init__(self, file: BinaryIO) -> None:
        super().__init__(file)
        self.storages: dict[str, np.ndarray] = {}

    def find_class(self, module_name: str, global_name: str, /) -> object:
        allowed = {
            ("collections", "OrderedDict"): OrderedDict,
            ("torch._utils", "_rebuild_tensor_v2"): _tensor,
            ("torch", "FloatStorage"): np.float32,
        }
        name = (module_name, global_name)
        if name not in allowed:
            raise pickle.UnpicklingError(f"it contains {module_name}.{global_name}")
        return allowed[name]

    def persistent_load(self, pid: tuple, /) -> np.ndarray:
        """The storage that a tensor names: ("storage", type, key, device, length, view)."""
        _, value_type, key, _, length, _ = pid
        return self.storages.setdefault(key, np.zeros(length, value_type))


def _tensor(storage: np.ndarray, offset: int, shape: tuple, strides: tuple, *_) -> np.ndarray:
    """A view of a storage; `strides` count values. The storage is filled later."""
    in_bytes = [storage.itemsize * stride for stride in strides]
    return np.lib.stride_tricks.as_strided(storage[offset:], shape, in_bytes)
