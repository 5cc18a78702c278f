"""Score how well a detected face can be recognised."""

import cv2
import numpy as np

HALF_SHARP_VARIANCE = 100.0
"""Variance of the Laplacian at which the sharpness factor is 0.5."""
RECOGNISABLE_WIDTH = 80.0
"""Face width in pixels from which the size of a face no longer limits its recognition."""


def face_quality(image: np.ndarray, box: np.ndarray, landmarks: np.ndarray, score: float) -> float:
    """Quality of a face from 0 to 1: the product of five factors, each from 0 to 1.

    1. The score of the detector.
    2. The share of the box that lies inside the image.
    3. The width of the box relative to 80 pixels, at most 1.
    4. Frontality: 1 minus the offset of the nose from the midpoint of the eyes, in distances
       between the eyes. The offset is 0 in frontal view and about 0.5 in three-quarter view.
    5. Sharpness: v / (v + 100), where v is the variance of the Laplacian of the face at 64 x 64
       pixels (Pech-Pacheco et al. 2000, https://doi.org/10.1109/ICPR.2000.903548).

    Parameters
    ----------
    image
        (height, width, 3) RGB.
    box
        (4,) x1, y1, x2, y2 in pixels of the image.
    landmarks
        (5, 2) pixels: the two eyes, the nose, the two corners of the mouth.
    score
        Score of the detector, 0 to 1.
    """
    height, width = image.shape[:2]
    x1, y1, x2, y2 = box
    low = np.clip([x1, y1], 0, [width, height])
    high = np.clip([x2, y2], 0, [width, height])
    share_inside = np.prod(high - low) / max((x2 - x1) * (y2 - y1), 1e-6)
    size = min((x2 - x1) / RECOGNISABLE_WIDTH, 1.0)
    left, top = low.astype(int)
    right, bottom = np.ceil(high).astype(int)
    if right - left < 2 or bottom - top < 2:
        return 0.0
    sharp = sharpness(image[top:bottom, left:right])
    return float(np.clip(score * share_inside * size * frontality(landmarks) * sharp, 0, 1))


def frontality(landmarks: np.ndarray) -> float:
    """1 for a frontal face, about 0.5 in three-quarter view, from (5, 2) landmarks in pixels."""
    eyes, nose = landmarks[:2], landmarks[2]
    eye_distance = np.linalg.norm(eyes[1] - eyes[0])
    eye_axis = (eyes[1] - eyes[0]) / max(eye_distance, 1e-6)
    nose_offset = abs((nose - eyes.mean(axis=0)) @ eye_axis) / max(eye_distance, 1e-6)
    return np.clip(1 - nose_offset, 0, 1)


def sharpness(face: np.ndarray) -> float:
    """Sharpness of an RGB image of a face, from 0 to below 1."""
    grey = cv2.cvtColor(face, cv2.COLOR_RGB2GRAY)
    variance = cv2.Laplacian(cv2.resize(grey, (64, 64), interpolation=cv2.INTER_AREA), 5).var()
    return variance / (variance + HALF_SHARP_VARIANCE)
