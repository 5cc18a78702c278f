"""Models that the configuration chooses: their files, checksums and web addresses.

Each script checks the sha256 of the models that it opens. A stage therefore takes a model's path as
input and its checksum as param:

    models=[model(name) for name in NAMES],
    sha256=[model_sha256(name) for name in NAMES],
"""

from corpus.faces.embedders import EMBEDDERS
from corpus.inputs.model_catalogue import CATALOGUE, accepted_sha256

MODEL_NAMES = {entry.file: name for name, entry in CATALOGUE.items()}
FACE_MODELS = EMBEDDERS[config["faces"]["embedder"]].models
POSE_MODEL = f"pose_landmarker_{config['keypoints']['pose_model']}"
HAND_MODEL = f"hand_landmarker_{config['keypoints']['hand_model']}"
GESTURE_MODEL = "gesture_classifier"
SCORES_GESTURES = config["movement"]["gesture_score"]
"""Whether gesture units get a score; otherwise the classifier is not fetched."""


def model(name):
    """The path of a model, by its name in the catalogue."""
    return f"<resources>/models/{CATALOGUE[name].file}"


def model_sha256(name):
    """The expected checksum of a model: from the configuration, or else from the catalogue."""
    file = Path(workflow.pathvars.apply(model(name)))
    return config["models"].get(name, {}).get("sha256") or accepted_sha256(
        CATALOGUE[name], file
    )


def model_name(wildcards):
    """The name of a model in the catalogue."""
    return MODEL_NAMES[wildcards.model_file]


def model_settings(wildcards):
    """What the configuration says about a model."""
    return config["models"].get(model_name(wildcards), {})


def local_model_file(wildcards):
    """The user's copy of a model on this machine, or []."""
    file = model_settings(wildcards).get("file")
    return resolve_path(file) if file else []


def model_url(wildcards):
    """The web address of the user's copy of a model, or an empty text."""
    return model_settings(wildcards).get("url", "")


def expected_sha256(wildcards):
    """The expected checksum of a model."""
    return model_sha256(model_name(wildcards))
