"""Read the file of EnvisionHGdetector's classifier, a pickle, without running code from it.

A pickle can name any function for the reader to call. This reader knows a short list of names, and
makes plain containers for them; it imports nothing and raises ModelError for every other name.
joblib, which wrote the file, stores the bytes of an array behind the description of the array.
"""

import pickle
import re
from collections.abc import Callable
from math import prod
from pathlib import Path
from typing import IO, Any

import numpy as np

from corpus.core.errors import ModelError


class Container:
    """Stands for an object of another library: holds its state, and does nothing."""

    def __init__(self, *arguments: object) -> None:
        self.arguments = arguments

    def __setstate__(self, state: Any) -> None:
        self.state = state


class ArrayHeader(Container):
    """joblib's description of an array; the bytes of the array follow in the file."""


def _dtype(container: Container) -> np.dtype:
    """The NumPy type that a container describes: numbers and texts, no objects."""
    code, byte_order = str(container.arguments[0]), str(container.state[1])
    if not re.fullmatch(r"[fiuU][0-9]{1,3}", code) or byte_order not in "<>=|":
        raise ModelError(f"the model file contains an array of the type {code}")
    return np.dtype(byte_order + code)


def _scalar(dtype: Container, content: bytes) -> Any:
    return np.frombuffer(content, _dtype(dtype))[0]


def _dictionary(*_: object) -> dict:
    return {}


KNOWN_NAMES: dict[tuple[str, str], Callable] = {
    ("collections", "OrderedDict"): _dictionary,
    ("collections", "defaultdict"): _dictionary,
    ("joblib.numpy_pickle", "NumpyArrayWrapper"): ArrayHeader,
    ("lightgbm.basic", "Booster"): Container,
    ("numpy", "dtype"): Container,
    ("numpy", "ndarray"): Container,
    ("numpy.core.multiarray", "scalar"): _scalar,
    ("sklearn.preprocessing._data", "StandardScaler"): Container,
    ("sklearn.preprocessing._label", "LabelEncoder"): Container,
}
"""Names that the file may contain, and what this reader makes of each."""


# Python's own implementation: the faster one in C cannot be made to read arrays.
_Unpickler: Any = pickle._Unpickler


class RestrictedUnpickler(_Unpickler):
    """An unpickler that knows only `KNOWN_NAMES`, and reads arrays that joblib wrote."""

    dispatch = dict(_Unpickler.dispatch)

    def __init__(self, file: IO[bytes]) -> None:
        super().__init__(file)
        self._file = file

    def find_class(self, module: str, name: str) -> Callable:
        """Return the stand-in of a name. Raises ModelError for a name that is not expected."""
        if (module, name) not in KNOWN_NAMES:
            raise ModelError(f"the model file refers to {module}.{name}, which it should not need")
        return KNOWN_NAMES[module, name]

    def load_build(self) -> None:
        """Set the state of an object; after the description of an array, read the array."""
        super().load_build()
        if isinstance(self.stack[-1], ArrayHeader):
            self.stack[-1] = self._read_array(self.stack[-1].state)

    dispatch[pickle.BUILD[0]] = load_build

    def _read_array(self, header: dict) -> np.ndarray:
        dtype, shape = _dtype(header["dtype"]), header["shape"]
        if header.get("numpy_array_alignment_bytes"):
            padding = self._file.read(1)
            self._file.read(padding[0])
        content = self._file.read(prod(shape) * dtype.itemsize)
        return np.frombuffer(content, dtype).reshape(shape, order=header["order"])


def read_parts(path: Path) -> dict[str, Any]:
    """Return the parts of a classifier's file by name; objects are instances of `Container`.

    Raises ModelError if the file is not a pickle, or names anything outside `KNOWN_NAMES`.
    """
    with path.open("rb") as file:
        try:
            parts = RestrictedUnpickler(file).load()
        except ModelError as error:
            raise ModelError(f"{path}: {error}") from error
        except Exception as error:
            raise ModelError(f"{path} is not a classifier file: {error}") from error
    if not isinstance(parts, dict):
        raise ModelError(f"{path} is not a classifier file: it holds no parts")
    return parts
