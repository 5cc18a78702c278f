"""Compare the appearance of faces: embeddings, and the view in which each face was seen.

The embedding of a face changes with the view: the profile of a person may be as far from their
frontal face as the frontal face of somebody else. Faces are therefore compared within one view, if
there are any, and otherwise with more tolerance.
"""

from typing import NamedTuple

import numpy as np

FRONTAL_YAW = 0.4
"""Largest yaw of a frontal view, in distances between the eyes. At a yaw of 0.5, a face in
three-quarter view, embeddings begin to be far from those of the frontal face."""
OTHER_VIEW_SCALE = 0.62
"""Factor by which distances between faces in two views are reduced. With dlib, a head that turned
by more than 45 degrees was up to 1.6 times as far from its frontal view as one that did not."""


def yaw(landmarks: np.ndarray) -> np.ndarray:
    """How far each face is turned: offset of the nose from the midpoint of the eyes.

    `landmarks` are (n, 5, 2) pixels: the two eyes, the nose, the corners of the mouth. Returns (n,)
    in distances between the eyes along the line of the eyes: 0 in frontal view, about 0.5 in
    three-quarter view, with a sign for the side.
    """
    eye_line = landmarks[:, 1] - landmarks[:, 0]
    squared_distance = np.maximum((eye_line**2).sum(axis=1), 1e-12)
    offset = landmarks[:, 2] - landmarks[:, :2].mean(axis=1)
    return (offset * eye_line).sum(axis=1) / squared_distance


def views(landmarks: np.ndarray) -> np.ndarray:
    """The view of each face (n,): 0 or 2 if it is turned to a side, 1 if it is frontal."""
    turned = yaw(landmarks)
    return 1 + (turned > FRONTAL_YAW).astype(int) - (turned < -FRONTAL_YAW).astype(int)


class FaceLooks(NamedTuple):
    """What n faces look like."""

    views: np.ndarray
    """(n,) as from `views`."""
    embeddings: np.ndarray
    """(n, dimensions)."""
