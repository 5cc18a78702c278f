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
    """Euclidean distance of two embeddings at which it is as likely that they show one person as
    that they show two. With the next two numbers it is the calibration of the embedder, see
    corpus.identity.evidence."""
    certainty: float
    """Log odds (natural logarithm) that two equal embeddings show one person, if one person and two
    people were equally likely before."""
    usual_distance: float
    """Usual distance (root mean square) of two embeddings of one person from different days, as a
    share of `same_person`."""


EMBEDDERS = {
    # Fitted by benchmarks/calibration.py on photographs from different days, one half of the
    # people; docs/clustering.md has the figures of the other half. The author of dlib separates
    # pairs of faces at a distance of 0.6 (http://dlib.net/face_recognition.py.html).
    "dlib": Embedder(("dlib", "dlib_landmarks"), 128, 0.63, 17.5, 0.72),
    # Not measured here: the trained weights are needed. Derived from published figures, see
    # docs/clustering.md: pairs are separated at 1.04 (deepface, for the same weights of FaceNet
    # with 512 dimensions) or 1.05 (https://arxiv.org/abs/1503.03832, figure 1), with an error of
    # 0.35 % on LFW after training on VGGFace2, and of 0.95 % after training on CASIA-WebFace
    # (facenet-pytorch, README.md and examples/lfw_evaluate.ipynb).
    "facenet-vggface2": Embedder(("facenet-vggface2",), 512, 1.04, 29.0, 0.79),
    "facenet-casia-webface": Embedder(("facenet-casia-webface",), 512, 1.04, 22.0, 0.79),
}
