"""Pictures of a wall with a known movement of the camera, and of people in front of it.

Pictures are (height, width) uint8. Movements are those of the background in the picture, as in
`corpus.video.camera_motion.CameraMotion`.
"""

from functools import cache

import cv2
import numpy as np

WIDTH, HEIGHT = 256, 192
CENTRE = np.array([(WIDTH - 1) / 2, (HEIGHT - 1) / 2])
MARGIN = 128
"""The wall continues so many pixels beyond the picture."""


@cache
def texture(seed: int, contrast: float = 60.0) -> np.ndarray:
    """Random surface with details of 4 to 30 pixels, larger than the picture."""
    random = np.random.default_rng(seed)
    size = WIDTH + 2 * MARGIN, HEIGHT + 2 * MARGIN
    surface = np.zeros(size[::-1], np.float32)
    for cells in (16, 48, 110):
        noise = random.normal(0, contrast / 2, (cells, cells)).astype(np.float32)
        surface += cv2.resize(noise, size, interpolation=cv2.INTER_CUBIC)
    return surface + 120


def seen(
    surface: np.ndarray, x: float = 0.0, y: float = 0.0, scale: float = 1.0, roll: float = 0.0
) -> np.ndarray:
    """Picture of a surface after it moved around the centre of the picture, float32."""
    turn = scale * np.array([[np.cos(roll), -np.sin(roll)], [np.sin(roll), np.cos(roll)]])
    shift = CENTRE + [x, y] - turn @ (CENTRE + MARGIN)
    matrix = np.column_stack([turn, shift])
    return cv2.warpAffine(surface, matrix, (WIDTH, HEIGHT), flags=cv2.INTER_CUBIC)


def person(share: float) -> np.ndarray:
    """Mask (height, width) of a person in the middle who fills this share of the width."""
    mask = np.zeros((HEIGHT, WIDTH), np.uint8)
    half = round(share * WIDTH / 2)
    middle = WIDTH // 2
    cv2.ellipse(mask, (middle, HEIGHT), (half, round(HEIGHT * 0.8)), 0, 0, 360, 1, -1)
    return mask.astype(bool)


def filmed(picture: np.ndarray, frame: int, noise: float = 2.0) -> np.ndarray:
    """Picture with the noise of a sensor, uint8."""
    random = np.random.default_rng(1000 + frame)
    noisy = picture + random.normal(0, noise, picture.shape)
    return noisy.round().clip(0, 255).astype(np.uint8)
