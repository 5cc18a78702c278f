"""The face detector MTCNN with the networks of facenet-pytorch, at a fraction of its time.

The steps between the networks are those of facenet-pytorch, models/utils/detect_face.py, so it
finds the same faces: boxes differ by thousandths of a pixel. Two things take less time: on a CPU,
LiteRT runs the networks, and an integral image gives the scaled images.
"""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from corpus.faces.area_means import AreaMeans
from corpus.faces.cascade_boxes import (
    corrected,
    crops,
    network_input,
    proposed_boxes,
    pyramid_scales,
    squares,
    suppress,
    suppress_contained,
)
from corpus.faces.cascade_networks import CascadeNetworks
from corpus.faces.detector import NO_FACES, FaceDetections
from corpus.faces.fixed_batches import Network
from corpus.faces.search_scale import scale_to_search, select_detections

FACTOR = 0.709
"""Ratio of the sizes of successive images of the pyramid: half of the area (Zhang et al. 2016)."""
MIN_SCORES = (0.6, 0.7, 0.7)
"""Lowest score after each network; the defaults of facenet-pytorch."""
MAX_OVERLAP = 0.7
"""Largest overlap of two boxes after each network; the default of facenet-pytorch."""


class CascadeDetector:
    """MTCNN (Zhang et al. 2016, https://arxiv.org/abs/1604.02878), see the module.

    Parameters
    ----------
    networks
        From `corpus.faces.cascade_networks`.
    min_size
        Side of the smallest face to detect, as a fraction of the shorter side of the image.
    min_score
        Detections with a lower score are discarded.
    """

    def __init__(self, networks: CascadeNetworks, min_size: float, min_score: float) -> None:
        self.networks, self.min_size, self.min_score = networks, min_size, min_score

    def __call__(self, images: list[np.ndarray]) -> list[FaceDetections]:
        """Detect the faces in a batch of equally large RGB images."""
        searched = scale_to_search(images, self.min_size)
        if searched is None:
            return [NO_FACES] * len(images)
        group = self.networks.images_at_once
        found = [
            faces
            for start in range(0, len(images), group)
            for faces in search(
                searched.images[start : start + group], searched.smallest_face, self.networks
            )
        ]
        return [select_detections(*faces, searched.scale, self.min_score) for faces in found]


class FoundFaces(NamedTuple):
    """Faces of one image, in pixels of the searched image."""

    boxes: np.ndarray
    """(n, 4) as in `corpus.faces.cascade_boxes`."""
    scores: np.ndarray
    """(n,) of O-Net."""
    landmarks: np.ndarray
    """(n, 5, 2)."""


class Judged(NamedTuple):
    """Boxes of one image that R-Net or O-Net takes for faces, with its outputs."""

    boxes: np.ndarray
    """(n, 4)."""
    scores: np.ndarray
    """(n,)."""
    heads: list[np.ndarray]
    """(n, 4) corrections of the box; of O-Net, also (n, 10) landmarks."""


def search(
    images: list[np.ndarray], smallest_face: int, networks: CascadeNetworks
) -> list[FoundFaces]:
    """The faces of each of some equally large RGB images; `smallest_face` is in pixels."""
    means = [AreaMeans(image) for image in images]
    boxes = propose(means, smallest_face, networks.propose)
    refined = []
    for judged in judge(means, boxes, networks.refine, 24, MIN_SCORES[1]):
        kept = suppress(judged.boxes, judged.scores, MAX_OVERLAP)
        refined.append(squares(corrected(judged.boxes[kept], judged.heads[0][kept], 1)))
    judged_by_output = judge(means, refined, networks.output, 48, MIN_SCORES[2])
    return [_found(judged) for judged in judged_by_output]


def propose(images: list[AreaMeans], smallest_face: int, network: Network) -> list[np.ndarray]:
    """Squares that may contain a face, (n, 4) of each image."""
    width, height = images[0].width, images[0].height
    proposals = [[] for _ in images]
    for scale in pyramid_scales(min(width, height), smallest_face, FACTOR):
        size = int(width * scale + 1), int(height * scale + 1)
        scaled = np.stack([image.scaled(size) for image in images])
        probabilities, corrections = network(network_input(scaled))
        for of_image, scores, moves in zip(proposals, probabilities, corrections, strict=True):
            of_image.append(proposed_boxes(scores[:, :, 1], moves, scale, MIN_SCORES[0]))
    return [_joined(of_scales) for of_scales in proposals]


def _joined(proposals: list[tuple[np.ndarray, np.ndarray, np.ndarray]]) -> np.ndarray:
    """The squares proposed at all scales; the best of those that overlap."""
    boxes, scores, corrections = (np.concatenate(arrays) for arrays in zip(*proposals, strict=True))
    kept = suppress(boxes, scores, MAX_OVERLAP)
    return squares(corrected(boxes[kept], corrections[kept], 0))


def judge(
    images: list[AreaMeans],
    boxes: list[np.ndarray],
    network: Network,
    side: int,
    min_score: float,
) -> Iterator[Judged]:
    """The boxes of each image that a network takes for faces. `side` of its input, in pixels."""
    parts = [crops(image, of_image, side) for image, of_image in zip(images, boxes, strict=True)]
    pixels = np.concatenate([crop for crop, _ in parts])
    # Each output has one place for a crop.
    probabilities, *heads = (output[:, 0, 0] for output in network(pixels))
    ends = np.cumsum([len(crop) for crop, _ in parts])
    for (crop, indices), of_image, end in zip(parts, boxes, ends, strict=True):
        rows = np.arange(end - len(crop), end)
        is_face = probabilities[rows, 1] > min_score
        rows = rows[is_face]
        yield Judged(
            of_image[indices[is_face]], probabilities[rows, 1], [head[rows] for head in heads]
        )


def _found(judged: Judged) -> FoundFaces:
    boxes, scores, (corrections, points) = judged
    # Ten values: five x and then five y, in units of the box.
    places = points.reshape(-1, 2, 5).transpose(0, 2, 1)
    size = boxes[:, 2:] - boxes[:, :2] + 1
    landmarks = places * size[:, None] + boxes[:, None, :2] - 1
    boxes = corrected(boxes, corrections, 1)
    kept = suppress_contained(boxes, scores, MAX_OVERLAP)
    return FoundFaces(boxes[kept], scores[kept], landmarks[kept])
