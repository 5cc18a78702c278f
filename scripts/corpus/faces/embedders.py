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

USUAL_SHARES = (0.8, 1.25)
"""A user's `same_person` outside these shares of the embedder's own value is probably a mistake: on
labelled clips, people are right from 0.83 to 1.03 of it (docs/clustering.md)."""


def packages(name: str, device: str) -> tuple[str, ...]:
    """Distributions that determine the embeddings of the embedder `name`, for the provenance.

    dlib finds landmarks and aligns faces; its network runs elsewhere. `device` is "cpu" or "cuda".
    """
    if name == "dlib":
        return "dlib-bin", "ai-edge-litert" if device == "cpu" else "torch"
    return "facenet-pytorch", "torch"


def unusual_distance(name: str, same_person: float | None) -> str | None:
    """Return a warning if a user's `same_person` is far from that of the embedder `name`."""
    usual = EMBEDDERS[name].same_person
    low, high = (usual * share for share in USUAL_SHARES)
    if same_person is None or low <= same_person <= high:
        return None
    result = "one person becomes several" if same_person < low else "several people become one"
    return (
        f"clustering.same_person: {same_person:g} is far from {usual:g}, the value of the embedder "
        f"{name}; probably {result}. The key is the distance at which one person and two people "
        "are equally likely; it was a smaller one in earlier versions. Remove it, or fit it with "
        "benchmarks/calibration.py"
    )
