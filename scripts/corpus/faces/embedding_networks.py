"""The networks of the embedders, which turn the image of a face into a vector.

Each network class prepares the pixels as they were prepared for its training. The Euclidean
distance between the vectors of two faces is small if they show the same person.
"""

import logging
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np

from corpus.core.errors import ModelError
from corpus.core.loaded_once import loaded_once
from corpus.faces.dlib_graph import DIMENSIONS, SIDE, read_dlib_network
from corpus.faces.fixed_batches import fixed_batches
from corpus.networks import open_network

BATCH_SIZE_CPU, BATCH_SIZE_GPU = 4, 32
"""Faces that a network takes at once. On a CPU, larger batches take less time for a face, but more
if most of a batch is empty."""


@loaded_once
def load_embedder(name: str, files: list[Path], device: str, thread: int = 0) -> "Dlib | FaceNet":
    """Load the embedder `name` from its model files, in the order of `Embedder.models`.

    `device` is "cpu" or "cuda". Each number of a `thread` gives an embedder of its own, since two
    threads must not use one at the same time. Raises ModelError if the files are not its models.
    """
    if thread == 0:
        logging.info("embedder %s on %s", name, device)
    if name == "dlib":
        network, landmarks = files
        return Dlib(network, landmarks, device)
    (network,) = files
    return FaceNet(network, device)


class Dlib:
    """dlib's ResNet (http://blog.dlib.net/2017/02/high-quality-face-recognition-with-deep.html).

    It was trained on RGB chips of 150 x 150 pixels, rotated and scaled so that the corners of the
    eyes and the nose lie at fixed points, with 25 % padding. `dlib.get_face_chip` makes such chips;
    the package face_recognition uses it as well.
    """

    def __init__(self, network: Path, landmarks: Path, device: str) -> None:
        import dlib

        self.dlib = dlib
        self.landmarks = _load_landmarks(dlib.shape_predictor, landmarks)
        self.network = DlibNetwork(network, device)

    def __call__(self, images: list[np.ndarray], boxes: list[np.ndarray]) -> np.ndarray:
        """Embeddings (n, 128) float32 of one face in each of n RGB images.

        `boxes` are (4,) x1, y1, x2, y2 in pixels.
        """
        return self.network(self.chips(images, boxes))

    def chips(self, images: list[np.ndarray], boxes: list[np.ndarray]) -> np.ndarray:
        """The aligned faces (n, 150, 150, 3) uint8, RGB."""
        return np.stack([self._chip(image, box) for image, box in zip(images, boxes, strict=True)])

    def find_landmarks(self, image: np.ndarray, box: np.ndarray):
        """The five landmarks of a face, as an object of dlib."""
        # The landmark model was trained on squares around the face that leave out the top of the
        # forehead.
        centre, half_side = (box[:2] + box[2:]) / 2, float(max(box[2:] - box[:2])) / 2 * 0.9
        corners = np.round([centre - half_side, centre + half_side]).astype(int).ravel().tolist()
        return self.landmarks(image, self.dlib.rectangle(*corners))

    def _chip(self, image: np.ndarray, box: np.ndarray) -> np.ndarray:
        image = np.ascontiguousarray(image)  # dlib does not accept padded rows
        shape = self.find_landmarks(image, box)
        return self.dlib.get_face_chip(image, shape, size=SIDE, padding=0.25)


class DlibNetwork:
    """The network of dlib's ResNet, with the weights in dlib's file. It is not run by dlib.

    dlib's package is built without the vector instructions of present processors, so that a face
    takes ten times as long, and it cannot use a GPU. Raises ModelError for another file.
    """

    def __init__(self, path: Path, device: str) -> None:
        file, self._means = read_dlib_network(path)
        outputs = {"embeddings": (DIMENSIONS,)}
        self._network = open_network(file, outputs, device, BATCH_SIZE_GPU, BATCH_SIZE_CPU)

    def __call__(self, chips: np.ndarray) -> np.ndarray:
        """Embeddings (n, 128) float32 of chips (n, 150, 150, 3) uint8, RGB."""
        # By 256, as dlib does, and not by 255.
        return self._network((chips - self._means) / np.float32(256))["embeddings"]


class FaceNet:
    """Inception ResNet v1 (https://arxiv.org/abs/1503.03832) as ported by facenet-pytorch.

    The pixels are prepared as in its published LFW evaluation (facenet-pytorch,
    examples/lfw_evaluate.ipynb): the MTCNN box with a margin of 14 pixels at 160 x 160 pixels, not
    rotated, RGB, (value - 127.5) / 128.
    """

    SIZE, MARGIN = 160, 14

    def __init__(self, weights: Path, device: str) -> None:
        import torch
        from facenet_pytorch import InceptionResnetV1

        from corpus.core.torch_setup import torch_device

        self.torch, self.device = torch, torch_device(device)
        batch_size = BATCH_SIZE_CPU if self.device.type == "cpu" else BATCH_SIZE_GPU
        self.run = fixed_batches(self._run, batch_size)
        try:
            state = torch.load(weights, map_location="cpu", weights_only=True)
            state = {key: value for key, value in state.items() if not key.startswith("logits.")}
            model = InceptionResnetV1(pretrained=None, classify=False)
            model.load_state_dict(state)
        except Exception as error:
            raise ModelError(
                f"model {weights} does not contain weights of InceptionResnetV1 "
                f"({_first_line(error)}): replace it with a state dict of facenet-pytorch"
            ) from error
        self.model = model.eval().to(self.device)

    def __call__(self, images: list[np.ndarray], boxes: list[np.ndarray]) -> np.ndarray:
        """Embeddings (n, 512) float32 of length 1, of one face in each of n RGB images.

        `boxes` are (4,) x1, y1, x2, y2 in pixels.
        """
        chips = [self._chip(image, box) for image, box in zip(images, boxes, strict=True)]
        (embeddings,) = self.run(np.stack(chips))
        return embeddings

    def _run(self, chips: np.ndarray) -> list[np.ndarray]:
        with self.torch.no_grad():
            pixels = self.torch.from_numpy(chips).permute(0, 3, 1, 2).to(self.device)
            return [self.model((pixels - 127.5) / 128).cpu().numpy()]

    def _chip(self, image: np.ndarray, box: np.ndarray) -> np.ndarray:
        height, width = image.shape[:2]
        margin = (box[2:] - box[:2]) * self.MARGIN / (self.SIZE - self.MARGIN) / 2
        left, top = np.clip(box[:2] - margin, 0, [width - 1, height - 1]).astype(int)
        right, bottom = np.minimum(box[2:] + margin, [width, height]).astype(int)
        face = image[top : max(bottom, top + 1), left : max(right, left + 1)]
        size = (self.SIZE, self.SIZE)
        return cv2.resize(face, size, interpolation=cv2.INTER_AREA).astype(np.float32)


def _load_landmarks(shape_predictor: Callable, path: Path):
    try:
        return shape_predictor(str(path))
    except RuntimeError as error:
        raise ModelError(
            f"model {path} is not a shape_predictor of dlib ({_first_line(error)}): name dlib's "
            "own file as models.dlib_landmarks.file in the configuration, or remove "
            "models.dlib_landmarks from it"
        ) from error


def _first_line(error: Exception) -> str:
    return (str(error).strip() or type(error).__name__).splitlines()[0]
