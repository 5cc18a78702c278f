"""The networks of poses and hands: LiteRT and PyTorch agree, and the files can be trusted."""

from pathlib import Path

import cv2
import numpy as np
import pytest

import mediapipe_reference
from corpus.core import devices
from corpus.core.checksums import sha256
from corpus.core.errors import InputError, ModelError
from corpus.core.torch_setup import torch_device
from corpus.inputs.model_catalogue import CATALOGUE
from corpus.networks import TfliteFile
from corpus.networks.litert_network import LiteRtNetwork
from corpus.networks.torch_network import TorchNetwork
from corpus.pose.pose_networks import MEMBERS, Networks, open_networks, read_members
from portraits import model_file, portraits

POSE, HAND = "pose_landmarker_bundled", "hand_landmarker_bundled"
SIDES = {"pose_detector": 224, "pose_landmarks": 256, "palm_detector": 192, "hand_landmarks": 224}


@pytest.fixture(scope="module")
def networks() -> Networks:
    return open_networks(model_file(POSE), model_file(HAND), "cpu")


@pytest.fixture(scope="module")
def files() -> dict[str, TfliteFile]:
    return read_members(model_file(POSE), model_file(HAND))


def crops(name: str) -> np.ndarray:
    """Two portraits, a part of one, and noise, in the range of values of a network."""
    side, images = SIDES[name], list(portraits().values())
    images = [*images, images[0][300:500, 100:300]]
    squares = [cv2.resize(image, (side, side)).astype(np.float32) / 255 for image in images]
    squares.append(np.random.default_rng(0).random((side, side, 3), dtype=np.float32))
    batch = np.stack(squares)
    return batch * 2 - 1 if name == "pose_detector" else batch


@pytest.mark.parametrize("name", MEMBERS)
def test_outputs_have_the_shapes_of_the_contract(networks: Networks, name: str) -> None:
    network, shapes = getattr(networks, name), MEMBERS[name].outputs
    assert network.side == SIDES[name] and networks.device == "cpu"
    results = network(crops(name)[:1])
    assert {key: array.shape for key, array in results.items()} == {
        key: (1, *shape) for key, shape in shapes.items()
    }
    assert all(array.dtype == np.float32 for array in results.values())


def test_the_mask_of_the_body_is_not_computed_and_nothing_else_changes(networks, files) -> None:
    shapes = MEMBERS["pose_landmarks"].outputs
    with_mask = dict(shapes) | {"mask": (256, 256, 1)}
    complete = LiteRtNetwork(files["pose_landmarks"], with_mask)
    images = crops("pose_landmarks")[:2]
    results, expected = networks.pose_landmarks(images), complete(images)
    for name in shapes:
        assert np.array_equal(results[name], expected[name]), name


@pytest.mark.parametrize("name", MEMBERS)
def test_pytorch_agrees_with_litert(networks: Networks, files, name: str) -> None:
    """Positions within 0.1 pixels, in fact much less; scores and probabilities likewise."""
    shapes = MEMBERS[name].outputs
    network = TorchNetwork(files[name], shapes, torch_device("cpu"), batch_size=2)
    images = crops(name)
    results, expected = network(images), getattr(networks, name)(images)
    alone = network(images[1:2])
    assert all(np.array_equal(alone[key][0], results[key][1]) for key in shapes)
    # Position, visibility and presence of a point of a body; coordinates of a box; position.
    width = {"pose_landmarks": 5, "hand_landmarks": 3}.get(name)
    for key in shapes:
        difference = np.abs(results[key] - expected[key])
        if key == "landmarks":
            points = difference[:3].reshape(3, -1, width)
            assert points[..., :2].max() < 0.05
            assert difference[3].reshape(-1, width)[:, :2].max() < 0.1, "noise"
        else:
            assert difference.max() < 0.01, key


def test_files_of_another_kind_are_errors(tmp_path: Path) -> None:
    pose, hand = model_file(POSE), model_file(HAND)
    with pytest.raises(ModelError, match=r"hand_landmarker\S+ contains no pose_detector.tflite, "):
        open_networks(hand, hand, "cpu")
    with pytest.raises(ModelError, match=r"pose_landmarker\S+ contains no hand_detector.tflite, "):
        open_networks(pose, pose, "cpu")
    with pytest.raises(ModelError, match="cannot be read: No such file"):
        open_networks(tmp_path / "none.task", hand, "cpu")


def test_a_missing_gpu_is_an_error_before_any_file_is_read(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr(devices, "problem_with_cuda", lambda: "there is none")
    with pytest.raises(InputError, match="device: cuda, but there is none"):
        open_networks(tmp_path / "none.task", tmp_path / "none.task", "cuda")


@pytest.mark.parametrize("name", [POSE, HAND])
def test_the_file_for_mediapipe_is_the_one_that_earlier_versions_packed(tmp_path, name) -> None:
    """So the former file and the present one contain the same networks."""
    file = mediapipe_reference.model_for_mediapipe(model_file(name), tmp_path / "reference.task")
    assert sha256(file) == CATALOGUE[name].former_sha256


def test_hands_are_in_pixels_and_in_metres(networks: Networks) -> None:
    """Both have the same shape, so only their order in the file tells them apart."""
    results = networks.hand_landmarks(crops("hand_landmarks")[:3])
    assert np.abs(results["landmarks"]).max() > 50
    assert 0.01 < np.abs(results["world"]).max() < 0.5
    probabilities = np.stack([results["presence"], results["handedness"]])
    assert 0 <= probabilities.min() <= probabilities.max() <= 1
