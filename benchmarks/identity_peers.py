"""Other ways to group face tracks into people, on the embeddings of a finished run.

All use the tracks and embeddings of the workflow, and know nothing about who is on screen together.
The distances are those that are common for dlib's embeddings.
"""

from collections.abc import Callable

import numpy as np

CHINESE_WHISPERS_DISTANCE = 0.5
"""The distance in dlib's example of clustering faces."""
AVERAGE_LINKAGE_DISTANCE = 0.6
"""The largest distance of two pictures of one person in dlib's example of face
recognition."""


def mean_embeddings(embeddings: np.ndarray, tracks: np.ndarray) -> np.ndarray:
    """The mean embedding of each track; `tracks` numbers them from 0, without gaps."""
    sums = np.zeros((tracks.max() + 1, embeddings.shape[1]))
    np.add.at(sums, tracks, embeddings)
    return sums / np.bincount(tracks)[:, None]


def hdbscan_on_faces(embeddings: np.ndarray, tracks: np.ndarray) -> np.ndarray:
    """hdbscan with its default settings on all faces; a track follows most of its faces.

    A track with more noise than clustered faces is a person of its own.
    """
    from hdbscan import HDBSCAN

    n_tracks = tracks.max() + 1
    if len(embeddings) <= 5:
        return np.arange(n_tracks)
    labels = HDBSCAN().fit(embeddings.astype(float)).labels_
    votes = np.zeros((n_tracks, labels.max() + 2), int)
    np.add.at(votes, (tracks, labels), 1)  # noise, -1, is the last column
    people = votes.argmax(1)
    is_noise = people == votes.shape[1] - 1
    return np.where(is_noise, votes.shape[1] + np.arange(n_tracks), people)


def chinese_whispers(embeddings: np.ndarray, tracks: np.ndarray) -> np.ndarray:
    """dlib's Chinese whispers on the mean embeddings of the tracks."""
    import dlib

    vectors = [dlib.vector(row) for row in mean_embeddings(embeddings, tracks)]
    return np.array(dlib.chinese_whispers_clustering(vectors, CHINESE_WHISPERS_DISTANCE))


def average_linkage(embeddings: np.ndarray, tracks: np.ndarray) -> np.ndarray:
    """Average linkage (UPGMA) on the mean embeddings of the tracks."""
    from scipy.cluster.hierarchy import fcluster, linkage

    means = mean_embeddings(embeddings, tracks)
    if len(means) < 2:
        return np.zeros(len(means), int)
    tree = linkage(means, method="average")
    return fcluster(tree, AVERAGE_LINKAGE_DISTANCE, criterion="distance")


PEERS: dict[str, Callable[[np.ndarray, np.ndarray], np.ndarray]] = {
    "hdbscan on all faces": hdbscan_on_faces,
    "Chinese whispers, 0.5": chinese_whispers,
    "average linkage, 0.6": average_linkage,
}
"""Functions of (n_faces, d) embeddings and the (n_faces,) track of each; they return the label of
each track."""
