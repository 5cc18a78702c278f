"""Groups of face tracks, described by the mean and the scatter of their embeddings."""

from dataclasses import dataclass

import numpy as np

BLOCK_FACES = 1 << 16
"""Faces whose distances from their mean are computed at once."""


@dataclass(frozen=True)
class Groups:
    """Means and scatters of n groups; a single track is a group, too."""

    means: np.ndarray
    """(n, d) float64."""
    scatters: np.ndarray
    """(n,) mean squared distance of the faces of each group from its mean."""
    sizes: np.ndarray
    """(n,) number of tracks."""

    def __len__(self) -> int:
        return len(self.means)

    def joined(self, labels: np.ndarray) -> "Groups":
        """Return the groups into which these are joined.

        `labels` (n,) is the new group of each, 0 to m - 1; each new group has at least one. Every
        track counts equally.
        """
        order = np.argsort(labels, kind="stable")
        starts = np.searchsorted(labels[order], np.arange(labels.max(initial=-1) + 1))
        if not len(starts):
            return self
        sizes = np.add.reduceat(self.sizes[order], starts)
        weighted = self.means[order] * self.sizes[order, None]
        means = np.add.reduceat(weighted, starts, axis=0) / sizes[:, None]
        apart = ((self.means - means[labels]) ** 2).sum(1)
        spread = (self.sizes * (self.scatters + apart))[order]
        return Groups(means, np.add.reduceat(spread, starts) / sizes, sizes)


def groups_of_tracks(
    vectors: np.ndarray, track_of_face: np.ndarray, weights: np.ndarray, n_tracks: int
) -> Groups:
    """Return the mean and scatter of the faces of each track.

    Good faces count more, because a blurred, small or averted face deviates more from the person.

    Parameters
    ----------
    vectors
        Embeddings (m, d).
    track_of_face
        Track (m,) of each face, 0 to n_tracks - 1. Every track has at least one face.
    weights
        Weight (m,) of each face, for example its quality; only relative weights within a track
        matter. If all faces of a track have weight 0, they count equally.
    """
    if not n_tracks:
        return Groups(np.zeros((0, vectors.shape[1])), np.zeros(0), np.zeros(0))
    weights = np.maximum(weights, 1e-6)
    weights = weights / np.bincount(track_of_face, weights, minlength=n_tracks)[track_of_face]
    means = np.zeros((n_tracks, vectors.shape[1]))
    scatters = np.zeros(n_tracks)
    blocks = range(0, len(vectors), BLOCK_FACES)
    for start in blocks:
        block = slice(start, start + BLOCK_FACES)
        np.add.at(means, track_of_face[block], vectors[block] * weights[block, None])
    for start in blocks:
        block = slice(start, start + BLOCK_FACES)
        tracks = track_of_face[block]
        apart = ((vectors[block] - means[tracks]) ** 2).sum(1)
        scatters += np.bincount(tracks, apart * weights[block], minlength=n_tracks)
    return Groups(means, scatters, np.ones(n_tracks))
