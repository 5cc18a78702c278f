"""Decode the outputs of the landmark networks of bodies and hands.

Constants and formulas follow MediaPipe's graphs (https://github.com/google-ai-edge/mediapipe):
mediapipe/calculators/tensor/tensors_to_landmarks_calculator.cc,
mediapipe/calculators/util/refine_landmarks_from_heatmap_calculator.cc,
mediapipe/calculators/util/landmark_projection_calculator.cc,
mediapipe/tasks/cc/vision/pose_landmarker/pose_landmarks_detector_graph.cc,
mediapipe/tasks/cc/vision/hand_landmarker/hand_landmarks_detector_graph.cc.
"""

import numpy as np

from corpus.pose.detections import logistic
from corpus.pose.keypoints import Keypoints
from corpus.pose.regions import Region, points_to_frame, rotate_vectors

BODY_KEYPOINTS = 33
BODY_CENTRE, BODY_TOP = 33, 34
"""Auxiliary keypoints of the body network: those that locate the body (`regions.body_region`)."""
BODY_OUTPUTS = 35
"""Keypoints of the body network that are used; it has four more for other purposes."""
BODY_INPUT, HAND_INPUT = 256, 224
"""Sides of the networks' inputs, pixels: the unit of their coordinates."""
HAND_DEPTH = 0.4
"""z of hands is divided by this, as MediaPipe does: the network predicts it at another scale."""
HEATMAP_WINDOW = 7
"""Side of the part of a heat map in which a keypoint is refined, cells."""
HEATMAP_CONFIDENCE = 0.5
"""A keypoint is refined only if its heat map reaches this confidence in the window."""


def decode_bodies(outputs: dict[str, np.ndarray]) -> np.ndarray:
    """The keypoints (n, 35, 5) of n regions from the outputs of the body network.

    x, y and z as fractions of the side of the region, then visibility and presence, 0 to 1.
    x and y are refined with the heat maps.
    """
    raw = outputs["landmarks"].reshape(len(outputs["landmarks"]), -1, 5)[:, :BODY_OUTPUTS]
    decoded = np.empty_like(raw)
    decoded[..., :3] = raw[..., :3] / BODY_INPUT
    decoded[..., 3:] = logistic(raw[..., 3:])
    decoded[..., :2] = refine_points(decoded[..., :2], outputs["heatmaps"])
    return decoded


def refine_points(points: np.ndarray, heatmaps: np.ndarray) -> np.ndarray:
    """Move points to the centres of mass of their heat maps.

    Only a window of a heat map around the point counts. A point that lies outside its heat map, or
    whose heat map is not confident, stays.

    Parameters
    ----------
    points
        (n, k, 2) x, y as fractions of the side of the region.
    heatmaps
        (n, side, side, at least k) logits: row, column, keypoint.
    """
    side = heatmaps.shape[1]
    reach = HEATMAP_WINDOW // 2
    cells = np.trunc(points * side).astype(int)
    inside = ((cells >= 0) & (cells < side)).all(axis=-1)
    window = cells[..., None] + np.arange(-reach, reach + 1)  # (n, k, 2, window)
    in_map = (window >= 0) & (window < side)
    columns, rows = np.moveaxis(window.clip(0, side - 1), 2, 0)
    sample, keypoint = np.ogrid[: len(points), : points.shape[1]]
    sample, keypoint = sample[..., None, None], keypoint[..., None, None]
    logits = heatmaps[sample, rows[..., :, None], columns[..., None, :], keypoint]
    weights = logistic(logits) * in_map[:, :, 1, :, None] * in_map[:, :, 0, None, :]
    total = weights.sum(axis=(2, 3))
    centres = np.stack(
        [
            np.einsum("nkrc,nkc->nk", weights, columns.astype(np.float32)),
            np.einsum("nkrc,nkr->nk", weights, rows.astype(np.float32)),
        ],
        axis=-1,
    )
    refined = inside & (weights.max(axis=(2, 3)) >= HEATMAP_CONFIDENCE)
    total = np.where(refined, total, 1)
    return np.where(refined[..., None], centres / (side * total[..., None]), points)


def body_keypoints(decoded: np.ndarray, world: np.ndarray, region: Region) -> Keypoints:
    """The keypoints of a body in the frame.

    Parameters
    ----------
    decoded
        (35, 5) from `decode_bodies`.
    world
        (117,) output of the network: metres, relative to the middle of the hips.
    region
        What the network saw.
    """
    decoded = decoded[:BODY_KEYPOINTS].astype(np.float64)
    metres = world.reshape(-1, 3)[:BODY_KEYPOINTS].astype(np.float64)
    return Keypoints(
        points=_to_frame(decoded[:, :3], region),
        world=_rotate_world(metres, region),
        visibility=decoded[:, 3],
        score=decoded[:, 4],
    )


def hand_keypoints(
    landmarks: np.ndarray, handedness: float, world: np.ndarray, region: Region
) -> Keypoints:
    """The keypoints of a hand in the frame.

    Parameters
    ----------
    landmarks
        (63,) output of the hand network, pixels of its input.
    handedness
        0 for a left hand to 1 for a right hand, in an image that is not mirrored.
    world
        (63,) output of the network: metres, relative to the middle of the hand.
    region
        What the network saw.
    """
    points = landmarks.reshape(-1, 3).astype(np.float64) / HAND_INPUT
    points[:, 2] /= HAND_DEPTH
    score = max(float(handedness), 1 - float(handedness))
    return Keypoints(
        points=_to_frame(points, region),
        world=_rotate_world(world.reshape(-1, 3).astype(np.float64), region),
        visibility=None,
        score=np.full(len(points), score),
        left=float(handedness) < 0.5,
    )


def _to_frame(points: np.ndarray, region: Region) -> np.ndarray:
    """Convert points (n, 3) from fractions of a region to pixels; z has the scale of x and y."""
    return np.column_stack([points_to_frame(points[:, :2], region), points[:, 2] * region.side])


def _rotate_world(metres: np.ndarray, region: Region) -> np.ndarray:
    """Rotate world coordinates (n, 3) from the axes of a region to those of the frame."""
    return np.column_stack([rotate_vectors(metres[:, :2], region.rotation), metres[:, 2]])
