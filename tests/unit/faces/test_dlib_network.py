"""dlib's network with random weights gives dlib's embeddings, and other files are refused."""

from pathlib import Path

import cv2
import numpy as np
import pytest

import dlib_files
from corpus.core import torch_setup
from corpus.core.errors import ModelError
from corpus.faces import embedding_networks
from corpus.faces.dlib_weights import read_dlib_weights
from corpus.faces.embedding_networks import DlibNetwork

RNG = np.random.default_rng(5)
ROUNDING = 2e-6
"""Distance from dlib's embeddings, as a share of their length. Both compute in float32, but add in
another order: each of 29 layers rounds by some 6e-8."""


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return dlib_files.write_network(tmp_path_factory.mktemp("model") / "network.dat", seed=1)


@pytest.fixture(scope="module")
def network(file: Path) -> DlibNetwork:
    return DlibNetwork(file, "cpu")


@pytest.fixture(scope="module")
def chips() -> np.ndarray:
    """Noise of several sizes, and one colour."""
    sides = (2, 3, 7, 25, 150)
    noise = [RNG.integers(0, 256, (side, side, 3), np.uint8) for side in sides]
    large = [cv2.resize(image, (150, 150)) for image in noise]
    return np.stack([*large, np.full((150, 150, 3), (250, 9, 60), np.uint8)])


def assert_equal_but_rounding(embeddings: np.ndarray, expected: np.ndarray) -> None:
    distances = np.linalg.norm(embeddings - expected, axis=1)
    assert (distances / np.linalg.norm(expected, axis=1)).max() < ROUNDING


def test_embeddings_are_those_of_dlib(file: Path, network: DlibNetwork, chips: np.ndarray) -> None:
    import dlib

    model = dlib.face_recognition_model_v1(str(file))
    expected = np.array([list(row) for row in model.compute_face_descriptor(list(chips))])
    embeddings = network(chips)
    assert embeddings.dtype == np.float32 and embeddings.shape == (len(chips), 128)
    assert_equal_but_rounding(embeddings, expected)
    between = np.linalg.norm(expected[:, None] - expected, axis=2)
    np.fill_diagonal(between, np.inf)
    assert between.min() > 1000 * ROUNDING * np.linalg.norm(expected, axis=1).max()


def test_red_green_and_blue_are_told_apart(network: DlibNetwork, chips: np.ndarray) -> None:
    swapped = np.ascontiguousarray(chips[-1:, :, :, ::-1])
    assert np.linalg.norm(network(swapped) - network(chips[-1:])) > 0.01


def test_an_embedding_does_not_depend_on_the_other_faces(network, chips: np.ndarray) -> None:
    together = network(chips)
    for count in range(1, len(chips)):
        parts = [network(chips[start : start + count]) for start in range(0, len(chips), count)]
        assert np.array_equal(np.concatenate(parts), together), count
    assert np.array_equal(network(chips[::-1])[::-1], together)
    assert network(chips[:0]).shape == (0, 128)


def test_a_gpu_runs_the_same_network(file, network, chips, monkeypatch) -> None:
    """PyTorch's CPU takes the place of the GPU."""
    processor = torch_setup.torch_device("cpu")
    devices = []
    monkeypatch.setattr(
        torch_setup, "torch_device", lambda device: devices.append(device) or processor
    )
    monkeypatch.setattr(embedding_networks, "BATCH_SIZE_GPU", 2)
    on_gpu = DlibNetwork(file, "cuda")
    assert devices == ["cuda"]
    together = on_gpu(chips[-3:])
    assert_equal_but_rounding(together, network(chips[-3:]))
    assert np.array_equal(on_gpu(chips[-2:-1]), together[1:2])


def replaced(content: bytes, old: bytes, new: bytes) -> bytes:
    """The content with the first occurrence of `old` replaced."""
    assert old in content
    return content.replace(old, new, 1)


FIRST, DENSE = dlib_files.integers(32, 7, 7, 2, 2), dlib_files.text("fc_2")
POOL = dlib_files.text("max_pool_2")
TWICE = POOL + dlib_files.integers(3, 3, 2, 2, 0, 0) + dlib_files.END
DAMAGE = {
    "empty": (lambda _: b"", "it is truncated"),
    "text": (lambda _: b"<html>not found</html>", "an integer is expected before byte 1"),
    "only the start": (lambda content: content[:200], "it is truncated"),
    "cut off in weights": (lambda content: content[:-70_000], "it is truncated"),
    "last byte missing": (lambda content: content[:-1], "it is truncated"),
    "something follows": (lambda content: content + b"\1\0", "it contains a layer ''"),
    "other loss": (
        lambda content: replaced(content, b"loss_metric_2", b"loss_binary_2"),
        "it contains 'loss_binary_2' instead of 'loss_metric_2'",
    ),
    "other version of a layer": (
        lambda content: replaced(content, b"con_4", b"con_6"),
        "it contains a layer 'con_6'",
    ),
    "endless name": (
        lambda content: replaced(content, POOL, dlib_files.integers(-9) + POOL[2:]),
        "a name is expected before byte",
    ),
    "negative length": (
        lambda content: replaced(content, b"\1\2\2\x80\x12", b"\1\2\x82\x80\x12"),
        "lengths of an array are expected before byte",
    ),
    "infinite number": (
        lambda content: replaced(content, dlib_files.number(0.04), dlib_files.integers(10, 30_000)),
        "math range error",
    ),
    "gradients": (
        lambda content: replaced(
            content, dlib_files.END, b"110" + dlib_files.array(np.ones(2)) + dlib_files.EMPTY * 2
        ),
        "a layer has gradients",
    ),
}


@pytest.mark.fault("inputs", "a damaged file of dlib's network", "refused: what differs, and where")
@pytest.mark.parametrize("name", DAMAGE)
def test_damaged_files_are_refused(tmp_path: Path, file: Path, name: str) -> None:
    damage, message = DAMAGE[name]
    path = tmp_path / "damaged.dat"
    path.write_bytes(damage(file.read_bytes()))
    with pytest.raises(ModelError) as error:
        read_dlib_weights(path)
    start = f"model {path} is not a face_recognition_model_v1 of dlib ({message}"
    assert str(error.value).startswith(start)
    assert str(error.value).endswith(
        "): name dlib's own file as models.dlib.file in the configuration, or remove models.dlib "
        "from it"
    )


OTHER_NETWORKS = {
    "another step": (
        lambda content: replaced(content, FIRST, dlib_files.integers(32, 7, 7, 1, 1)),
        r"layer \('con_4', \(32, 7, 7, 1, 1, 0, 0\), 4736\) instead of "
        r"\('con_4', \(32, 7, 7, 2, 2, 0, 0\), 4736\)",
    ),
    "larger images": (
        lambda content: replaced(content, dlib_files.integers(150, 150), b"\1\xc8\1\xc8"),
        "for images of 200 pixels",
    ),
    "a layer more": (
        lambda content: replaced(content, TWICE, TWICE * 2),
        r"layer \('max_pool_2', .* instead of \('con_4', ",
    ),
    "a layer less": (
        lambda content: content[: content.rindex(DENSE)],
        "a layer fc_2 is missing",
    ),
    "a layer after the last": (
        lambda content: content + dlib_files.text("relu_") + dlib_files.END,
        "a layer relu_ follows",
    ),
}


@pytest.mark.fault("inputs", "another network of dlib", "refused: the layer that differs")
@pytest.mark.parametrize("name", OTHER_NETWORKS)
def test_other_networks_are_refused(tmp_path: Path, file: Path, name: str) -> None:
    change, message = OTHER_NETWORKS[name]
    path = tmp_path / "other.dat"
    path.write_bytes(change(file.read_bytes()))
    pattern = (
        rf"^model {path} contains another network of dlib \({message}.*\): name dlib's "
        "dlib_face_recognition_resnet_model_v1.dat as models.dlib.file in the configuration, or "
        "remove models.dlib from it$"
    )
    with pytest.raises(ModelError, match=pattern):
        DlibNetwork(path, "cpu")


def test_a_file_that_does_not_exist_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="none.dat cannot be read: No such file or directory"):
        DlibNetwork(tmp_path / "none.dat", "cpu")


def test_what_the_file_says_of_its_images_is_read(file: Path) -> None:
    weights = read_dlib_weights(file)
    assert np.array_equal(weights.means, np.array([122.782, 117.001, 104.298], np.float32))
    assert weights.side == 150
