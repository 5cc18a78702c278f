"""Find faces that move exactly as another face does, such as the speaker on a screen behind her.

The patches of two tracks are compared over time. What is constant in a track, its appearance and
the light, is removed: for each sample, the mean of the patches within a second around it. What
remains is movement: of mouth, eyelids and brows, and turns of the head. The movements of a copy
correlate with those of the face that it shows, after a lag and perhaps mirrored. Those of two
people do not, however similar they look.
"""

from typing import NamedTuple

import cv2
import numpy as np

MAX_LAG_S = 1.2
"""Largest delay of a copy, seconds."""
LAG_STEP_S = 0.1
"""Step in which lags are tried, seconds. Patches are interpolated between the samples."""
HALF_WINDOW_S = 1.0
"""Movement is what differs from the mean of the samples up to this far away, seconds."""
CROP = 2
"""Pixels at each edge of a patch that are not compared: aligning moves them out of the patch."""
STEPS = (cv2.TERM_CRITERIA_EPS | cv2.TERM_CRITERIA_COUNT, 15, 1e-3)
"""When the alignment of a patch stops: after 15 steps, or if it improves by less than 1e-3."""
MIN_SAMPLES = 20
"""Fewest common samples of two tracks that are compared."""


class Movement(NamedTuple):
    """The aligned patches of a track at n samples."""

    times: np.ndarray
    """(n,) seconds, increasing."""
    patches: np.ndarray
    """(n, height, width) float32, each with mean 0 and standard deviation 1."""


class Match(NamedTuple):
    """How well the second of two faces repeats the movement of the first."""

    correlation: float
    """-1 to 1."""
    lag_s: float
    """Delay of the second face, seconds; negative if it is earlier."""
    is_mirrored: bool


def movement_of(times: np.ndarray, patches: np.ndarray) -> Movement:
    """Align the patches (n, SIDE, SIDE) uint8 of a track to their median, against jitter.

    The landmarks by which patches are cut jitter by a few percent of the face from sample to
    sample, which would look like movement.
    """
    smooth = [cv2.GaussianBlur(patch.astype(np.float32), (0, 0), 0.7) for patch in patches]
    aligned = np.array([_standardised(patch) for patch in smooth])
    for _ in range(2):
        median = _standardised(np.median(aligned, axis=0).astype(np.float32))
        aligned = np.array([_aligned(patch, median) for patch in aligned])
    inner = aligned[:, CROP:-CROP, CROP:-CROP]
    return Movement(np.asarray(times, float), np.array([_standardised(patch) for patch in inner]))


def _standardised(patch: np.ndarray) -> np.ndarray:
    return (patch - patch.mean()) / (patch.std() + np.float32(1e-6))


def _aligned(patch: np.ndarray, target: np.ndarray) -> np.ndarray:
    """The patch, shifted and turned to the target; unchanged where this fails."""
    matrix = np.eye(2, 3, dtype=np.float32)
    try:
        _, matrix = cv2.findTransformECC(target, patch, matrix, cv2.MOTION_EUCLIDEAN, STEPS)
    except cv2.error:
        return patch
    flags = cv2.INTER_CUBIC | cv2.WARP_INVERSE_MAP
    size = patch.shape[::-1]
    return cv2.warpAffine(patch, matrix, size, flags=flags, borderMode=cv2.BORDER_REPLICATE)


def match_movements(first: Movement, second: Movement) -> Match:
    """Best correlation of two movements over all lags up to `MAX_LAG_S`, mirrored or not."""
    best = Match(0.0, 0.0, False)
    of_first = _changes(first.times, first.patches)
    n_steps = round(MAX_LAG_S / LAG_STEP_S)
    for is_mirrored in (False, True):
        patches = second.patches[:, :, ::-1] if is_mirrored else second.patches
        of_second = _changes(second.times, patches)
        for step in range(-n_steps, n_steps + 1):
            lag_s = step * LAG_STEP_S
            correlation = _correlation(first.times, of_first, second.times - lag_s, of_second)
            if correlation > best.correlation:
                best = Match(correlation, lag_s, is_mirrored)
    return best


def _changes(times: np.ndarray, patches: np.ndarray) -> np.ndarray:
    """Differences (n, pixels) of the patches from the mean of those within `HALF_WINDOW_S`."""
    pixels = patches.reshape(len(patches), -1)
    sums = np.concatenate([np.zeros((1, pixels.shape[1])), np.cumsum(pixels, axis=0, dtype=float)])
    low = np.searchsorted(times, times - HALF_WINDOW_S - 1e-6)
    high = np.searchsorted(times, times + HALF_WINDOW_S + 1e-6)
    return pixels - (sums[high] - sums[low]) / (high - low)[:, None]


def _correlation(
    times: np.ndarray, changes: np.ndarray, at: np.ndarray, others: np.ndarray
) -> float:
    """Correlation of the changes (n, pixels), interpolated at m times, with m others."""
    inside = (at >= times[0]) & (at <= times[-1])
    if inside.sum() < MIN_SAMPLES / 2:
        return 0.0
    at, others = at[inside], others[inside]
    left = np.clip(np.searchsorted(times, at, "right") - 1, 0, len(times) - 2)
    weight = ((at - times[left]) / (times[left + 1] - times[left]))[:, None]
    interpolated = changes[left] * (1 - weight) + changes[left + 1] * weight
    norm = np.sqrt((interpolated**2).sum() * (others**2).sum())
    return float((interpolated * others).sum() / norm) if norm > 0 else 0.0
