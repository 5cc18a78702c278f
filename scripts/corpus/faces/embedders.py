"""Which face embedders there are, and what is known of each without loading it.

Rules ask here for an embedder's models: keep imports at the top to the standard library.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Embedder:
    """What is known of an embedder without loading it."""

    models: tuple[str, ...]
    """Names in corpus.models.CATALOGUE, in the order its network takes the files."""
    dimensions: int
    same_person: float
    """Distance up to which two faces are taken for one person when clusters are joined."""


EMBEDDERS = {
    # 0.6 is where dlib's author separates pairs (http://dlib.net/face_recognition.py.html).
    # Clusters are joined at less, since one wrong link joins two people for good: the largest at
    # which all people in labelled clips stay apart, also where these are altered
    # (docs/clustering.md).
    "dlib": Embedder(("dlib", "dlib_landmarks"), 128, 0.35),
    # FaceNet decides pairs at a squared distance of 1.1, about 1.05
    # (https://arxiv.org/abs/1503.03832, figure 1); the same share of it as above, not measured.
    "facenet-vggface2": Embedder(("facenet-vggface2",), 512, 0.6),
    "facenet-casia-webface": Embedder(("facenet-casia-webface",), 512, 0.6),
}
