"""The detector fast-mtcnn finds what facenet-pytorch finds, on any device and in any batch."""

from collections.abc import Iterator

import cv2
import numpy as np
import pytest
import torch
from facenet_pytorch.models.utils import detect_face

from corpus.faces import cascade
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
        assert len(faces.boxes) == len(reference.boxes)
        width = np.ptp(reference.boxes[:, [0, 2]], axis=1)[:, None]
        assert (np.abs(faces.boxes - reference.boxes) < 0.12 * width).all()
        assert (np.abs(faces.landmarks - reference.landmarks) < 0.12 * width[:, None]).all()
    assert [len(faces.boxes) for faces in found] == [0, 1, 3, 2]


def test_steps_are_those_of_facenet_pytorch(images, monkeypatch) -> None:
    """With the images scaled in the same way, nothing else differs."""

    def scale(pixels: torch.Tensor, size: tuple[int, int]) -> torch.Tensor:
        array = pixels[0].permute(1, 2, 0).numpy().astype(np.uint8)
        scaled = cv2.resize(array, size[::-1], interpolation=cv2.INTER_AREA)
        return torch.from_numpy(scaled).permute(2, 0, 1)[None].float()

    def pyramid(image: np.ndarray, scales: list[float]) -> Iterator[np.ndarray]:
        height, width = image.shape[:2]
        for s in scales:
            size = int(width * s + 1), int(height * s + 1)
            yield cv2.resize(image, size, interpolation=cv2.INTER_AREA)

    monkeypatch.setattr(detect_face, "imresample", scale)
    monkeypatch.setattr(cascade, "pyramid", pyramid)
    expected = load_detector("mtcnn", "cpu", **SETTINGS)
    detect = load_detector("fast-mtcnn", "cpu", **SETTINGS)
    for image in images:
        assert_close(detect([image])[0], expected([image])[0], pixels=0.05)


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
