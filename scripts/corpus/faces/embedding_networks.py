"""The networks behind the embedders: a face's picture in, a vector out, near for the same person.

Each prepares the pixels as its network was trained; the distance between two faces is Euclidean.
"""

import logging
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np

from corpus.core.errors import ModelError


def load_embedder(name: str, files: list[Path], device):
    """The embedder `name`, ready to call. Raises ModelError for files that are not its models."""
    logging.info("embedder %s on %s", name, device or "cpu")
    return Dlib(*files) if name == "dlib" else FaceNet(*files, device)


class Dlib:
    """dlib's ResNet (http://blog.dlib.net/2017/02/high-quality-face-recognition-with-deep.html).

    Trained on 150 x 150 RGB chips, turned and scaled so that the eye corners and the nose lie at
    fixed points with 25 % padding: dlib.get_face_chip, as face_recognition uses it.
    """

    def __init__(self, network: Path, landmarks: Path) -> None:
        import dlib

        self.dlib = dlib
        self.network = _open(dlib.face_recognition_model_v1, network)
        self.landmarks = _open(dlib.shape_predictor, landmarks)

    def __call__(self, images: list[np.ndarray], boxes: list[np.ndarray]) -> np.ndarray:
        """(n, 128) float32 of n RGB pictures and the box (x1, y1, x2, y2 pixels) of a face each."""
        chips = [self._chip(image, box) for image, box in zip(images, boxes, strict=True)]
        vectors = self.network.compute_face_descriptor(chips)
        return np.array([list(vector) for vector in vectors], dtype=np.float32)

    def _chip(self, image: np.ndarray, box: np.ndarray) -> np.ndarray:
        image = np.ascontiguousarray(image)  # dlib takes no padded rows
        # The aligner was trained on squares around the face without the forehead's top.
        centre, half = (box[:2] + box[2:]) / 2, float(max(box[2:] - box[:2])) / 2 * 0.9
        corners = np.round([centre - half, centre + half]).astype(int).ravel().tolist()
        shape = self.landmarks(image, self.dlib.rectangle(*corners))
        return self.dlib.get_face_chip(image, shape, size=150, padding=0.25)


class FaceNet:
    """Inception ResNet v1 (https://arxiv.org/abs/1503.03832) as ported by facenet-pytorch.

    The pixels are those of its published LFW evaluation (facenet-pytorch,
    examples/lfw_evaluate.ipynb): the MTCNN box with a margin of 14 pixels at 160 x 160, not
    turned, RGB, (value - 127.5) / 128.
    """

    SIZE, MARGIN = 160, 14

    def __init__(self, weights: Path, device) -> None:
        import torch
        from facenet_pytorch import InceptionResnetV1

        self.torch, self.device = torch, device
        try:
            state = torch.load(weights, map_location="cpu", weights_only=True)
            state = {key: value for key, value in state.items() if not key.startswith("logits.")}
            model = InceptionResnetV1(pretrained=None, classify=False)
            model.load_state_dict(state)
        except Exception as error:
            raise ModelError(
                f"model {weights} holds no weights of InceptionResnetV1 ({_first_line(error)}): "
                "put a state dict of facenet-pytorch there"
            ) from error
        self.model = model.eval().to(device)

    def __call__(self, images: list[np.ndarray], boxes: list[np.ndarray]) -> np.ndarray:
        """(n, 512) float32, of length 1, of n RGB pictures and the box of a face each."""
        chips = np.stack([self._chip(i, b) for i, b in zip(images, boxes, strict=True)])
        with self.torch.no_grad():
            pixels = self.torch.from_numpy(chips).permute(0, 3, 1, 2).to(self.device)
            return self.model((pixels - 127.5) / 128).cpu().numpy()

    def _chip(self, image: np.ndarray, box: np.ndarray) -> np.ndarray:
        height, width = image.shape[:2]
        margin = (box[2:] - box[:2]) * self.MARGIN / (self.SIZE - self.MARGIN) / 2
        left, top = np.clip(box[:2] - margin, 0, [width - 1, height - 1]).astype(int)
        right, bottom = np.minimum(box[2:] + margin, [width, height]).astype(int)
        face = image[top : max(bottom, top + 1), left : max(right, left + 1)]
        size = (self.SIZE, self.SIZE)
        return cv2.resize(face, size, interpolation=cv2.INTER_AREA).astype(np.float32)


def _open(kind: Callable, path: Path):
    """One of dlib's models from its file."""
    try:
        return kind(str(path))
    except RuntimeError as error:
        raise ModelError(
            f"model {path} is no {kind.__name__} of dlib ({_first_line(error)}): put dlib's own "
            "file there"
        ) from error


def _first_line(error: Exception) -> str:
    return (str(error).strip() or type(error).__name__).splitlines()[0]
