"""Synthetic embeddings of people, with distances like those of real faces.

Two people are `APART` from each other, and two faces of one person that follow each other have a
distance of about `NOISE`.
"""

import numpy as np

DIMENSIONS = 64
APART = 0.7
NOISE = 0.2
BOUNDARY = 0.4
"""Distance from which long segments are two people."""


def person(number: int) -> np.ndarray:
    """The expected embedding (dimensions,) of a person; each two are `APART` from each other."""
    vector = np.zeros(DIMENSIONS)
    vector[number] = APART / np.sqrt(2)
    return vector


def faces_of(centres: list[np.ndarray], noise: float = NOISE, seed: int = 0) -> np.ndarray:
    """Embeddings (n, dimensions) of successive faces with these expected embeddings."""
    random = np.random.default_rng(seed)
    scale = noise / np.sqrt(2 * DIMENSIONS)
    return np.stack(centres) + random.normal(0, scale, (len(centres), DIMENSIONS))
