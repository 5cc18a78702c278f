"""The detector fast-mtcnn finds what facenet-pytorch finds, on any device and in any batch."""

import cv2
import numpy as np
import pytest
import torch

from corpus.faces.area_means import AreaMeans
from corpus.faces.cascade import CascadeDetector
from corpus.faces.cascade_graphs import OUTPUT, PROPOSALS, REFINEMENT, weights_file
from corpus.faces.cascade_networks import BatchSizes, CascadeNetworks, litert_cascade, torch_cascade
from corpus.faces.detector import FaceDetections
from corpus.faces.detectors import load_detector
from corpus.faces.torch_weights import read_weights
from portraits import portraits

SETTINGS = {"min_size": 0.06, "min_score": 0.9}


@pytest.fixture(scope="module")
def images() -> list[np.ndarray]:
    """Images of 0, 1, 3 and 2 faces of different sizes."""
    collins, hopper = (
        cv2.resize(image, (260, 310), interpolation=cv2.INTER_AREA)
        for image in portraits().values()
    )
    small = cv2.resize(np.hstack([collins, hopper]), (260, 155), interpolation=cv2.INTER_AREA)
    column = np.vstack([small, np.full_like(small, 90)])
    blank = np.full_like(collins, 90)
    rows = [[blank, blank], [hopper, blank], [column, collins], [collins[:, ::-1], hopper]]
    return [np.hstack(row) for row in rows]


@pytest.fixture(scope="module")
def found(images: list[np.ndarray]) -> list[FaceDetections]:
    return load_detector("fast-mtcnn", "cpu", **SETTINGS)(images)


@pytest.fixture(scope="module")
def pytorch() -> CascadeNetworks:
    return torch_cascade(torch.device("cpu"), BatchSizes(2, 64, 8))


def assert_close(actual: FaceDetections, expected: FaceDetections, pixels: float) -> None:
    assert len(actual.boxes) == len(expected.boxes)
    assert np.allclose(actual.boxes, expected.boxes, atol=pixels)
    assert np.allclose(actual.landmarks, expected.landmarks, atol=pixels)
    assert np.allclose(actual.scores, expected.scores, atol=0.005)


@pytest.mark.parametrize("layers", [PROPOSALS, REFINEMENT, OUTPUT])
def test_weights_are_those_that_pytorch_reads(layers) -> None:
    weights = read_weights(weights_file(layers))
    expected = torch.load(weights_file(layers), weights_only=True)
    assert list(weights) == list(expected)
    assert all(np.array_equal(weights[name], expected[name].numpy()) for name in weights)


@pytest.mark.parametrize(
    ("name", "shape"),
    [
        ("propose", (1, 61, 44, 3)),
        ("propose", (2, 12, 13, 3)),
        ("refine", (5, 24, 24, 3)),
        ("output", (3, 48, 48, 3)),
    ],
)
def test_networks_agree_with_those_of_facenet_pytorch(pytorch, name, shape) -> None:
    pixels = np.random.default_rng(0).uniform(-1, 1, shape).astype(np.float32)
    outputs, expected = (getattr(n, name)(pixels) for n in (litert_cascade(), pytorch))
    for output, reference in zip(outputs, expected, strict=True):
        assert output.shape == reference.shape and len(output) == len(pixels)
        assert np.abs(output - reference).max() < 1e-5


def test_faces_are_those_of_facenet_pytorch(images, found) -> None:
    expected = load_detector("mtcnn", "cpu", **SETTINGS)(images)
    for faces, reference in zip(found, expected, strict=True):
        assert_close(faces, reference, pixels=0.02)
    assert [len(faces.boxes) for faces in found] == [0, 1, 3, 2]


def test_scaled_images_are_those_of_pytorch(images) -> None:
    means, tensor = AreaMeans(images[2]), torch.from_numpy(images[2]).permute(2, 0, 1)[None].float()
    for low, high, size in (((0, 0), (520, 310), (213, 127)), ((31, 7), (62, 100), (48, 48))):
        part = tensor[:, :, low[1] : high[1], low[0] : high[0]]
        expected = torch.nn.functional.interpolate(part, size=size[::-1], mode="area")[0]
        scaled = means.scaled(size, low, high)
        assert np.abs(scaled - expected.permute(1, 2, 0).numpy()).max() < 1e-4


def test_pytorch_finds_the_same_in_large_batches(images, found, pytorch) -> None:
    for actual, expected in zip(CascadeDetector(pytorch, **SETTINGS)(images), found, strict=True):
        assert_close(actual, expected, pixels=0.02)


def test_results_do_not_depend_on_the_size_of_batches(images, found, pytorch) -> None:
    detect = CascadeDetector(pytorch, **SETTINGS)
    for search, expected in (
        (load_detector("fast-mtcnn", "cpu", **SETTINGS), found),
        (detect, detect(images)),
    ):
        parts = [faces for i in range(0, len(images), 3) for faces in search(images[i : i + 3])]
        for actual, reference in zip(parts, expected, strict=True):
            assert all(np.array_equal(a, b) for a, b in zip(actual, reference, strict=True))
