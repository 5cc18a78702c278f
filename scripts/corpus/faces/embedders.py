"""The available face embedders, and their properties that are known without loading them.

The rules import this module to look up the models of an embedder: import only the standard library
at the top.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Embedder:
    """Properties of an embedder that are known without loading its network."""

    models: tuple[str, ...]
    """Names in corpus.inputs.model_catalogue.CATALOGUE, in the order in which the network takes the
    files."""
    dimensions: int
    """Length of an embedding."""
    same_person: float
    """Euclidean distance of two embeddings up to which clusters are merged into one person."""


EMBEDDERS = {
    # The author of dlib separates pairs of faces at a distance of 0.6
    # (http://dlib.net/face_recognition.py.html). Clusters are merged at a smaller distance, since
    # one wrong link merges two people permanently: the largest distance at which all people in
    # labelled clips stay separate, also in altered versions of these clips (docs/clustering.md).
    "dlib": Embedder(("dlib", "dlib_landmarks"), 128, 0.35),
    # FaceNet separates pairs of faces at a squared distance of 1.1, that is a distance of about
    # 1.05 (https://arxiv.org/abs/1503.03832, figure 1). The distance for merging clusters is the
    # same fraction of this as for dlib; it was not measured.
    "facenet-vggface2": Embedder(("facenet-vggface2",), 512, 0.6),
    "facenet-casia-webface": Embedder(("facenet-casia-webface",), 512, 0.6),
}
