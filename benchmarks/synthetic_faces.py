"""Made-up embeddings of faces whose people are known, for benchmarks of clustering.

They are unit vectors with the distances that FaceNet's have by its paper
(https://arxiv.org/abs/1503.03832, figure 1), and no more than that: real embeddings have hard
faces, look-alikes and profiles. For 512 numbers:

| two faces of | distance, about |
|---|---|
| one track | 0.2 to 0.5 |
| one person, other tracks | 0.3 to 0.7 |
| two people | 1.2 to 1.4, since all people have a direction in common |

A track has six faces. How many tracks a person has falls off as a power of their number: many
people are in one track, a few in dozens, that is in hundreds of faces. Of all faces 5 % are
strangers', each seen once. The order is random.
"""

import numpy as np

TRACK = 6
"""Faces of a track, as the workflow embeds by default."""
STRANGERS = 0.05
"""Share of the faces that are of people seen once."""
POWER, MOST_TRACKS = 1.8, 100
COMMON = 0.43
"""Length of the direction that all people have in common, next to 1 for their own."""
TRACK_SPREAD, FACE_SPREAD = (0.15, 0.40), (0.15, 0.35)
"""How far a track is from its person's centre and a face from its track's, least and most."""
_BLOCK = 8192


def make(n: int, dimensions: int, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Embeddings (n, dimensions) float32 of length 1, and whose they are (n,) int64 from 0.

    The same for the same arguments. A stranger is a person of their own.
    """
    rng = np.random.default_rng([seed, n, dimensions])
    people, tracks = faces_of(n, rng)
    centres = _directions(rng, people.max(initial=-1) + 1, dimensions)
    centres += COMMON * _directions(rng, 1, dimensions)
    centres /= np.linalg.norm(centres, axis=1, keepdims=True)
    n_tracks = tracks.max(initial=-1) + 1
    places = _directions(rng, n_tracks, dimensions)
    places *= rng.uniform(*TRACK_SPREAD, (n_tracks, 1)).astype(np.float32)
    vectors = np.empty((n, dimensions), np.float32)
    for start in range(0, n, _BLOCK):
        part = slice(start, min(start + _BLOCK, n))
        size = part.stop - start
        faces = _directions(rng, size, dimensions)
        faces *= rng.uniform(*FACE_SPREAD, (size, 1)).astype(np.float32)
        faces += centres[people[part]] + places[tracks[part]]
        vectors[part] = faces / np.linalg.norm(faces, axis=1, keepdims=True)
    return vectors, people


def faces_of(n: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Person and track (n,) int64 of each face; the last person's last track may be shorter."""
    strangers = round(n * STRANGERS)
    numbers = np.arange(1, MOST_TRACKS + 1)
    chances = numbers**-POWER / (numbers**-POWER).sum()
    owners = np.repeat(np.arange(n), rng.choice(numbers, n, p=chances))
    known = n - strangers
    track = np.arange(known) // TRACK
    person = owners[track]
    alone = np.arange(strangers)
    people = np.concatenate([person, person.max(initial=-1) + 1 + alone])
    tracks = np.concatenate([track, track.max(initial=-1) + 1 + alone])
    order = rng.permutation(n)
    return people[order], tracks[order]


def _directions(rng: np.random.Generator, n: int, dimensions: int) -> np.ndarray:
    """Random unit vectors (n, dimensions) float32."""
    found = rng.standard_normal((n, dimensions), dtype=np.float32)
    found /= np.linalg.norm(found, axis=1, keepdims=True)
    return found
