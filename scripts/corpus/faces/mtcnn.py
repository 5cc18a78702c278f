"""The face detector MTCNN, as in the package facenet-pytorch."""

import numpy as np

from corpus.faces.detector import NO_FACES, FaceDetections
from corpus.faces.search_scale import scale_to_search, select_detections


class MtcnnDetector:
    """MTCNN (Zhang et al. 2016, https://arxiv.org/abs/1604.02878) as in facenet-pytorch.

    `corpus.faces.cascade` is the same detector at a fraction of its time.

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
        searched = scale_to_search(images, self.min_size)
        if searched is None:
            return [NO_FACES] * len(images)
        boxes_of_images, landmarks_of_images = self._run_networks(
            searched.images, searched.smallest_face
        )
        detections = []
        for boxes, landmarks in zip(boxes_of_images, landmarks_of_images, strict=True):
            boxes = np.asarray(boxes, dtype=np.float64).reshape(-1, 5)
            landmarks = np.asarray(landmarks, dtype=np.float64).reshape(-1, 5, 2)
            detections.append(
                select_detections(
                    boxes[:, :4], boxes[:, 4], landmarks, searched.scale, self.min_score
                )
            )
        return detections

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
