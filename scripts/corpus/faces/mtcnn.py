"""The face detector MTCNN, as in the package facenet-pytorch."""

import cv2
import numpy as np

from corpus.faces.detector import NO_FACES, FaceDetections

NETWORK_INPUT = 48
"""Side of the input of MTCNN's last network, pixels."""
SMALLEST_FACE = 12
"""Side of the input of MTCNN's first network, pixels: it cannot detect smaller faces."""


class MtcnnDetector:
    """MTCNN (Zhang et al. 2016, https://arxiv.org/abs/1604.02878) as in facenet-pytorch.

    Parameters
    ----------
    device
        The torch.device that the networks run on.
    min_size
        Side of the smallest face to detect, as a fraction of the shorter side of the image.
    min_score
        Detections with a lower score are discarded.
    """

    def __init__(self, device, min_size: float, min_score: float) -> None:
        from facenet_pytorch import MTCNN

        self.min_size, self.min_score = min_size, min_score
        self.model = MTCNN(keep_all=True, device=device).eval()

    def __call__(self, images: list[np.ndarray]) -> list[FaceDetections]:
        """Detect the faces in a batch of equally large RGB images."""
        shorter_side = min(images[0].shape[:2])
        # MTCNN's last network sees each face at 48 x 48 pixels. An image in which the smallest
        # face is larger than that only costs time and memory, so it is scaled down first.
        scale = min(1.0, NETWORK_INPUT / (self.min_size * shorter_side))
        smallest_face = max(round(self.min_size * shorter_side * scale), SMALLEST_FACE)
        if shorter_side * scale < smallest_face:
            return [NO_FACES] * len(images)
        if scale < 1:
            images = [
                cv2.resize(image, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
                for image in images
            ]
        boxes_of_images, landmarks_of_images = self._run_networks(images, smallest_face)
        return [
            self._select(boxes, landmarks, scale)
            for boxes, landmarks in zip(boxes_of_images, landmarks_of_images, strict=True)
        ]

    def _run_networks(self, images: list[np.ndarray], smallest_face: int) -> tuple:
        """Boxes with scores, and landmarks, of each image, as facenet-pytorch returns them."""
        # This function is called instead of `MTCNN.detect`, which calls it: `MTCNN.detect` fails on
        # batches of images with different numbers of faces, and returns None for images without
        # faces.
        import torch
        from facenet_pytorch.models.utils.detect_face import detect_face

        model = self.model
        with torch.no_grad():
            return detect_face(
                np.stack(images),
                smallest_face,
                model.pnet,
                model.rnet,
                model.onet,
                model.thresholds,
                model.factor,
                model.device,
            )

    def _select(self, boxes: np.ndarray, landmarks: np.ndarray, scale: float) -> FaceDetections:
        """The faces of one image with at least the minimum score, in pixels of the full image.

        `boxes` are (n, 5): x1, y1, x2, y2 in pixels of the scaled image, and the score.
        """
        boxes = np.asarray(boxes, dtype=np.float64).reshape(-1, 5)
        landmarks = np.asarray(landmarks, dtype=np.float64).reshape(-1, 5, 2)
        has_min_score = boxes[:, 4] >= self.min_score
        boxes, landmarks = boxes[has_min_score], landmarks[has_min_score]
        order = np.lexsort((boxes[:, 1], boxes[:, 0]))
        return FaceDetections(boxes[order, :4] / scale, boxes[order, 4], landmarks[order] / scale)
