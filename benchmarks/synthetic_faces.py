"""Synthetic face embeddings with known identities, for benchmarks of clustering.

The embeddings are unit vectors. Their distances match those that the FaceNet paper reports
(https://arxiv.org/abs/1503.03832, figure 1). They imitate nothing else: real embeddings also
include difficult faces, look-alikes and profiles. With 512 dimensions:

| two faces of | distance, about |
|---|---|
| one track | 0.2 to 0.5 |
| one person, different tracks | 0.3 to 0.7 |
| two people | 1.2 to 1.4, because all people share a common direction |

A track has six faces. The number of tracks per person follows a power law: many people appear in
one track, and a few in dozens of tracks, which is hundreds of faces. Of all faces, 5 % belong to
strangers, each of whom appears once. The order of the faces is random.
"""

import numpy as np

FACES_PER_TRACK = 6
"""Number of faces per track that the workflow embeds by default."""
STRANGER_SHARE = 0.05
"""Share of the faces whose person appears only once."""
TRACKS_EXPONENT, MAX_TRACKS = 1.8, 100
"""Exponent of the power law of tracks per person, and the largest number of tracks."""
COMMON_LENGTH = 0.43
"""Length of the direction that all people share; each person's own direction has length 1."""
TRACK_SPREAD, FACE_SPREAD = (0.15, 0.40), (0.15, 0.35)
"""Smallest and largest distance of a track from its person's centre, and of a face from its
track's centre."""
_BLOCK = 8192


def make_embeddings(n: int, dimensions: int, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Generate `n` face embeddings and the person of each.

    Returns the embeddings (n, dimensions), float32 with length 1, and the index of the person
    (n,), int64 from 0. Each stranger counts as one person. Equal arguments give equal results.
    """
    rng = np.random.default_rng([seed, n, dimensions])
    people, tracks = assign_faces(n, rng)
    centres = _random_directions(rng, people.max(initial=-1) + 1, dimensions)
    centres += COMMON_LENGTH * _random_directions(rng, 1, dimensions)
    centres /= np.linalg.norm(centres, axis=1, keepdims=True)
    n_tracks = tracks.max(initial=-1) + 1
    track_offsets = _random_directions(rng, n_tracks, dimensions)
    track_offsets *= rng.uniform(*TRACK_SPREAD, (n_tracks, 1)).astype(np.float32)
    embeddings = np.empty((n, dimensions), np.float32)
    for start in range(0, n, _BLOCK):
        block = slice(start, min(start + _BLOCK, n))
        size = block.stop - start
        faces = _random_directions(rng, size, dimensions)
        faces *= rng.uniform(*FACE_SPREAD, (size, 1)).astype(np.float32)
        faces += centres[people[block]] + track_offsets[tracks[block]]
        embeddings[block] = faces / np.linalg.norm(faces, axis=1, keepdims=True)
    return embeddings, people


def assign_faces(n: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Assign each of `n` faces to a person and a track.

    Returns both indices, (n,) int64 each. The last track of the last person may be shorter.
    """
    n_strangers = round(n * STRANGER_SHARE)
    track_counts = np.arange(1, MAX_TRACKS + 1)
    weights = track_counts**-TRACKS_EXPONENT
    probabilities = weights / weights.sum()
    track_people = np.repeat(np.arange(n), rng.choice(track_counts, n, p=probabilities))
    recurring_tracks = np.arange(n - n_strangers) // FACES_PER_TRACK
    recurring_people = track_people[recurring_tracks]
    strangers = np.arange(n_strangers)
    people = np.concatenate([recurring_people, recurring_people.max(initial=-1) + 1 + strangers])
    tracks = np.concatenate([recurring_tracks, recurring_tracks.max(initial=-1) + 1 + strangers])
    order = rng.permutation(n)
    return people[order], tracks[order]


def _random_directions(rng: np.random.Generator, n: int, dimensions: int) -> np.ndarray:
    """Random unit vectors (n, dimensions), float32."""
    directions = rng.standard_normal((n, dimensions), dtype=np.float32)
    directions /= np.linalg.norm(directions, axis=1, keepdims=True)
    return directions
