"""The 100 features of a window of landmarks, as EnvisionHGdetector computes them.

The functions follow the model LightGBM in EnvisionHGdetector 3.0.8 (Pouw 2026), for
a window of five frames at 25 frames per second, which is what its detector passes. Sums are taken
in the same order and precision, so that the results are equal and not only similar.

Landmarks are the pose model's first 23 keypoints (`LANDMARKS`), each with x, y and z in metres,
relative to the midpoint of the hips (x to the right in the image, y down, z away from the camera),
and its visibility. Left and right are the person's own.
"""

import numpy as np

from corpus.tables.schemas import POSE_KEYPOINTS

WINDOW = 5
"""Frames in a window."""
RATE = 25
"""Frames per second of a window."""
LANDMARKS = POSE_KEYPOINTS[:23]
"""Nose to thumbs: everything above the hips."""
N_FEATURES = 100

_JOINTS = slice(11, 17)
"""Shoulders, elbows and wrists, each left and right."""
_WITH_FINGERS = slice(11, 23)
_SHOULDERS, _WRISTS = (11, 12), (15, 16)
_FINGERS = ((17, 19, 21), (18, 20, 22))
"""Pinky, index finger and thumb of the left and the right hand."""
_FINGER_PAIRS = ((0, 2), (1, 2), (0, 1))
_MIRROR = np.array([-1, 1, 1], np.float32)
_NOT_ZERO = 1e-6
"""Metres, added to the sum of two paths so that resting hands have an asymmetry of 0."""


def window_features(windows: np.ndarray) -> np.ndarray:
    """Return the features, (n, 100) float32, of windows (n, 5, 23, 4) of landmarks, float32."""
    n_windows = len(windows)
    position, visibility = windows[..., :3], windows[..., 3]
    joints = position[:, :, _JOINTS].reshape(n_windows, WINDOW, 18)
    wrists = [position[:, :, wrist] for wrist in _WRISTS]
    shoulders = [position[:, :, shoulder] for shoulder in _SHOULDERS]
    # Steps from one frame to the next; the first frame of a window has none.
    steps = np.zeros_like(joints)
    steps[:, 1:] = joints[:, 1:] - joints[:, :-1]
    second_steps = np.zeros_like(joints)
    second_steps[:, 2:] = joints[:, 2:] - 2 * joints[:, 1:-1] + joints[:, :-2]
    wrist_steps = [_length(part) for part in (steps[..., 12:15], steps[..., 15:18])]
    wrist_jolts = [_length(part) for part in (second_steps[..., 12:15], second_steps[..., 15:18])]
    fingers = [
        [position[:, :, finger] - wrist for finger in hand]
        for hand, wrist in zip(_FINGERS, wrists, strict=True)
    ]
    finger_distances = [_length(hand[a] - hand[b]) for hand in fingers for a, b in _FINGER_PAIRS]
    body_parts = list(zip(wrists, shoulders, strict=True))
    paths = [np.cumsum(moved[:, 1:], axis=1)[:, -1].astype(np.float64) for moved in wrist_steps]
    both_steps = wrist_steps[0][:, 1:] + wrist_steps[1][:, 1:]
    features = [
        _mean(joints),
        _mean(steps),
        *(_mean(moved) for moved in wrist_steps),
        np.ptp(joints[..., 12:18], axis=1),
        *(_mean(finger) for hand in fingers for finger in hand),
        *(_mean(distance) for distance in finger_distances),
        *(_mean(jolt) for jolt in wrist_jolts),
        *(np.std(np.ascontiguousarray(moved[:, 1:]), axis=1) for moved in wrist_steps),
        *(_mean(wrist[..., 1] - shoulder[..., 1]) for wrist, shoulder in body_parts),
        _mean(_length(wrists[0] - wrists[1])),
        *(_mean(_length(wrist - shoulder)) for wrist, shoulder in body_parts),
        np.cumsum(both_steps, axis=1)[:, -1],
        _mean(_symmetry(wrists, shoulders)),
        np.abs(paths[0] - paths[1]) / (paths[0] + paths[1] + _NOT_ZERO),
        _mean(visibility[..., _WITH_FINGERS]),
        _mean(visibility[..., _JOINTS]),
        *(visibility[..., wrist].min(axis=1) for wrist in _WRISTS),
    ]
    columns = [_as_columns(feature) for feature in features]
    return np.concatenate(columns, axis=1)


def _as_columns(feature: np.ndarray) -> np.ndarray:
    """A feature with one or more values per window as (n, values) float32."""
    return feature.reshape(len(feature), int(np.prod(feature.shape[1:]))).astype(np.float32)


def _mean(values: np.ndarray) -> np.ndarray:
    """Mean over the frames of a window: a running float32 sum, divided in float64."""
    return np.cumsum(values, axis=1)[:, -1].astype(np.float64) / WINDOW


def _length(vectors: np.ndarray) -> np.ndarray:
    return np.linalg.norm(np.ascontiguousarray(vectors), axis=-1)


def _symmetry(wrists: list[np.ndarray], shoulders: list[np.ndarray]) -> np.ndarray:
    """1 where one wrist mirrors the other at the middle of the shoulders, less elsewhere."""
    centre = (shoulders[0] + shoulders[1]) / 2
    deviation = _length((wrists[0] - centre) + (wrists[1] - centre) * _MIRROR)
    return 1 / (1 + deviation)
