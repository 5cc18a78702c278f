"""Frames as mixtures of two pictures: of the whole pictures, or part by part."""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from corpus.video.shots.camera import gradients, rms

NEIGHBOURHOOD = 5
"""Side of the parts of a picture that are mixed alike in a wipe, pixels of the halved pictures."""
NOISE_VARIANCE = 4.0
"""Variance that noise and compression cause, squared grey levels."""
Ends = tuple[np.ndarray, np.ndarray]
"""The pictures before and after a transition, as they would be in one of its frames."""


@dataclass(frozen=True)
class Fit:
    """How well the frames between are mixtures: one value per frame."""

    residuals: np.ndarray
    """What the mixture leaves unexplained, root mean square in grey levels."""
    shares: np.ndarray
    """Share of B, 0 to 1."""
    reversal: float
    """How much the share of B falls again at most, within parts of the picture."""
    strengths: np.ndarray
    """Dissolves: A and B together, as a part of the frame. Wipes: how patchy the frame is."""


def fit_dissolve(frames: Sequence[np.ndarray], ends: Sequence[Ends], steady: np.ndarray) -> Fit:
    """Fit each frame as a A + b B + c, by least squares.

    c is a grey picture: the black or white that the frame fades through. The derivatives of A and B
    are added to the fit, for small movements. `steady` is (height, width, 1): 1 for pixels that
    count, 0 for the others.
    """
    residuals, shares, strengths = [], [], []
    for frame, (before, after) in zip(frames, ends, strict=True):
        grey = np.full_like(frame, 128)
        moved = (derivative for end in (before, after) for derivative in gradients(end))
        rows = np.stack([(steady * row).ravel() for row in (before, after, grey, *moved)])
        values = (steady * frame).ravel()
        matrix = rows @ rows.T
        matrix[np.diag_indices(len(matrix))] += NOISE_VARIANCE * frame.size
        weights = np.linalg.solve(matrix, rows @ values)
        residuals.append(rms(values - weights @ rows))
        a, b = (max(float(weight), 0.0) for weight in weights[:2])
        shares.append(b / (a + b + 1e-3))
        strengths.append(a + b)
    return Fit(np.array(residuals), np.array(shares), 0.0, np.array(strengths))


def fit_wipe(frames: Sequence[np.ndarray], ends: Sequence[Ends], steady: np.ndarray) -> Fit:
    """Fit each part of each frame as a mixture of the same parts of A and B.

    The share of B in a part is the projection onto the change from A to B, between 0 and 1.
    `steady` is (height, width, 1): 1 for pixels that count, 0 for the others.
    """
    weights = (steady * np.abs(ends[0][1] - ends[0][0])).sum(2)
    weights = weights / max(float(weights.sum()), 1e-6)
    residuals, maps = [], []
    for frame, (before, after) in zip(frames, ends, strict=True):
        change = after - before
        size = (NEIGHBOURHOOD, NEIGHBOURHOOD)
        along = cv2.boxFilter(((frame - before) * change).sum(2), -1, size)
        length = cv2.boxFilter((change * change).sum(2), -1, size) + NOISE_VARIANCE
        share = np.clip(along / length, 0, 1)
        residuals.append(rms(steady * (frame - before - share[..., None] * change)))
        maps.append(share)
    maps = np.array(maps)
    shares = (maps * weights).sum((1, 2))
    falls = np.max(np.maximum.accumulate(maps, 0) - maps, 0)
    spreads = np.sqrt(np.maximum((maps**2 * weights).sum((1, 2)) - shares**2, 0))
    largest = np.sqrt(np.maximum(shares * (1 - shares), 1e-6))
    return Fit(np.array(residuals), shares, float((falls * weights).sum()), spreads / largest)
