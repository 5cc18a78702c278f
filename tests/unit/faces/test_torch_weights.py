"""Weights are read without PyTorch, and files with anything else are refused."""

import pickle
from pathlib import Path

import pytest

from corpus.core.errors import ModelError
from corpus.faces.cascade_graphs import PROPOSALS, REFINEMENT, tflite_of, weights_file
from corpus.faces.torch_weights import read_weights


class Harmful:
    """An object that runs code when it is unpickled."""

    def __reduce__(self):
        return exec, ("raise SystemExit('code was run')",)


def test_weights_have_the_shapes_of_their_layers() -> None:
    weights = read_weights(weights_file(REFINEMENT))
    assert weights["conv1.weight"].shape == (28, 3, 3, 3)
    assert weights["dense4.weight"].shape == (128, 576)
    assert all(values.dtype == "float32" and values.any() for values in weights.values())


def test_a_network_is_written_as_a_file_of_litert() -> None:
    network = tflite_of(PROPOSALS)
    assert network.content[4:8] == b"TFL3" and len(network.outputs) == 2


@pytest.mark.fault(
    "inputs", "weights of the face detector with code, or cut off", "refused; nothing is executed"
)
@pytest.mark.parametrize("fault", ["code", "text", "truncated", "missing"])
def test_unusable_weights_are_refused(tmp_path: Path, fault: str) -> None:
    content = weights_file(PROPOSALS).read_bytes()
    contents = {"code": pickle.dumps(Harmful(), 2), "text": b"<html>", "truncated": content[:-99]}
    path = tmp_path / "weights.pt"
    if fault in contents:
        path.write_bytes(contents[fault])
    with pytest.raises(ModelError, match=r"weights\.pt (does not contain|cannot be read)"):
        read_weights(path)
