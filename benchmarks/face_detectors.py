"""The face detector of the workflow, and others for comparison, with one interface.

Each detector is a function from a (height, width, 3) RGB image to (n, 4) boxes x1, y1, x2, y2 in
pixels, and (n,) scores.
"""

from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np

from corpus.core.errors import InputError
from corpus.faces.detectors import MTCNN, load_detector
from corpus.inputs.settings_videos import Faces

Detect = Callable[[np.ndarray], tuple[np.ndarray, np.ndarray]]

WORKFLOW, HOG, YUNET = "workflow", "dlib HOG", "YuNet"
"""Names of the detectors."""
DEFAULTS = Faces()
"""Settings of the detection that the workflow uses by default."""
YUNET_SCORE = 0.9
"""Lowest score of YuNet: the default of cv2.FaceDetectorYN.create."""


def workflow_detector(min_size: float = DEFAULTS.min_size, name: str = DEFAULTS.detector) -> Detect:
    """The detector `name` as the workflow calls it on a CPU, with the default `faces.min_score`."""
    detector = load_detector(name, "cpu", min_size, DEFAULTS.min_score)

    def detect(image: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        (faces,) = detector([image])
        return faces.boxes, faces.scores

    return detect


def hog_detector() -> Detect:
    """dlib's detector of frontal faces; the image is enlarged once, as in dlib's own example."""
    import dlib

    detector = dlib.get_frontal_face_detector()

    def detect(image: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        rectangles, scores, _ = detector.run(np.ascontiguousarray(image), 1, 0.0)
        boxes = [(r.left(), r.top(), r.right() + 1, r.bottom() + 1) for r in rectangles]
        return np.array(boxes, dtype=float).reshape(-1, 4), np.array(scores, dtype=float)

    return detect


def yunet_detector(model: Path) -> Detect:
    """YuNet (https://doi.org/10.1007/s11633-023-1423-y) from a model file of OpenCV's model zoo.

    Raises InputError if OpenCV cannot read the file.
    """
    try:
        detector = cv2.FaceDetectorYN.create(str(model), "", (320, 320), YUNET_SCORE)
    except cv2.error as error:
        raise InputError(f"{model}: not a model of YuNet that OpenCV can read") from error

    def detect(image: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        detector.setInputSize(image.shape[1::-1])
        _, rows = detector.detect(cv2.cvtColor(image, cv2.COLOR_RGB2BGR))
        rows = np.zeros((0, 15)) if rows is None else np.asarray(rows, dtype=float)
        corners = np.hstack([rows[:, :2], rows[:, :2] + rows[:, 2:4]])
        return corners, rows[:, 14]

    return detect


def detectors(yunet: Path | None) -> dict[str, Detect]:
    """All detectors that can run, by name; the first is that of the workflow."""
    found = {WORKFLOW: workflow_detector(), MTCNN: workflow_detector(name=MTCNN)}
    found[HOG] = hog_detector()
    return found | ({YUNET: yunet_detector(yunet)} if yunet else {})
