"""The catalogue of models: source, size, licence and checksum of each, and the check of a file.

Every model is one file in `resources/models/`, named as in `CATALOGUE`. It is taken from a pinned
file of the Python package index or from a web address, or is placed there by hand. Its sha256 is
checked when a script opens it.
"""

from dataclasses import dataclass
from pathlib import Path

from corpus.core.checksums import sha256
from corpus.core.errors import ModelError
from corpus.core.loaded_once import loaded_once


@dataclass(frozen=True)
class Package:
    """A file of the package index: its pip requirement, its sha256, and the members to extract."""

    requirement: str
    sha256: str
    members: dict[str, str]
    """Name in the model bundle: path in the package. With one entry, the model is that file."""
    pip_options: tuple[str, ...]


@dataclass(frozen=True)
class Model:
    """A model file: name on disk, sha256, size in bytes, source (package or URL) and licence."""

    file: str
    sha256: str
    size: int
    source: Package | str
    licence: str
    former_sha256: str = ""
    """The same networks in the file that earlier versions packed, with metadata for MediaPipe."""


# The wheels of all platforms contain the same models. One platform is named, so that there is only
# one checksum.
_MEDIAPIPE_WHEEL = (
    "--only-binary=:all:",
    "--platform=manylinux_2_28_x86_64",
    "--python-version=3.11",
    "--implementation=cp",
    "--abi=cp311",
)
_MEDIAPIPE_SHA256 = "05dc4a9e593655a79558d05d6227d31018c2537a4bd3362b51e230cf22aecfe3"
_DLIB_SHA256 = "b79bd200a88c87c9a9d446c990ae71c5a626d1f3730174e6d570157ff1d896cf"
_TASKS = "https://storage.googleapis.com/mediapipe-models"
_FACENET = "https://github.com/timesler/facenet-pytorch/releases/download/v2.2.9"


def _mediapipe(**members: str) -> Package:
    paths = {f"{name}.tflite": f"mediapipe/modules/{path}" for name, path in members.items()}
    return Package("mediapipe==0.10.21", _MEDIAPIPE_SHA256, paths, _MEDIAPIPE_WHEEL)


def _dlib(file: str) -> Package:
    path = f"face_recognition_models-0.3.0/face_recognition_models/models/{file}"
    options = ("--no-binary=:all:", "--no-build-isolation")
    return Package("face_recognition_models==0.3.0", _DLIB_SHA256, {file: path}, options)


CATALOGUE = {
    # BlazePose GHUM and MediaPipe Hands. 0.10.21 is the last wheel that contains them.
    "pose_landmarker_bundled": Model(
        "pose_landmarker_bundled.task",
        "fd7da8ae710c400fdc87164cd22cc1f7f259092cda9b2d3d0b6ededf8826a39b",
        9_399_832,
        _mediapipe(
            pose_detector="pose_detection/pose_detection.tflite",
            pose_landmarks_detector="pose_landmark/pose_landmark_full.tflite",
        ),
        "Apache-2.0",
        "c0497cfc8bbb751602b605687465e1f07755541e7fe4c93172100f6ac4ded800",
    ),
    "hand_landmarker_bundled": Model(
        "hand_landmarker_bundled.task",
        "ef3f184fa8d5e6905ea4770282627d6937975119af763054312d05985c059bda",
        7_819_037,
        _mediapipe(
            hand_detector="palm_detection/palm_detection_full.tflite",
            hand_landmarks_detector="hand_landmark/hand_landmark_full.tflite",
        ),
        "Apache-2.0",
        "b52a154ca9a98287edf4b2c8b54856baac9272f0060321371a635246e49a419c",
    ),
    "pose_landmarker_lite": Model(
        "pose_landmarker_lite.task",
        "59929e1d1ee95287735ddd833b19cf4ac46d29bc7afddbbf6753c459690d574a",
        5_777_746,
        f"{_TASKS}/pose_landmarker/pose_landmarker_lite/float16/1/pose_landmarker_lite.task",
        "Apache-2.0",
    ),
    "pose_landmarker_full": Model(
        "pose_landmarker_full.task",
        "5134a3aad27a58b93da0088d431f366da362b44e3ccfbe3462b3827a839011b1",
        9_398_198,
        f"{_TASKS}/pose_landmarker/pose_landmarker_full/float16/1/pose_landmarker_full.task",
        "Apache-2.0",
    ),
    "pose_landmarker_heavy": Model(
        "pose_landmarker_heavy.task",
        "64437af838a65d18e5ba7a0d39b465540069bc8aae8308de3e318aad31fcbc7b",
        30_664_242,
        f"{_TASKS}/pose_landmarker/pose_landmarker_heavy/float16/1/pose_landmarker_heavy.task",
        "Apache-2.0",
    ),
    "hand_landmarker_full": Model(
        "hand_landmarker_full.task",
        "fbc2a30080c3c557093b5ddfc334698132eb341044ccee322ccf8bcf3607cde1",
        7_819_105,
        f"{_TASKS}/hand_landmarker/hand_landmarker/float16/1/hand_landmarker.task",
        "Apache-2.0",
    ),
    # dlib's metric-learning ResNet and its 5-point aligner (http://dlib.net/files/).
    "dlib": Model(
        "dlib_face_recognition_resnet_model_v1.dat",
        "55533b28a95800a551ba546ba62fe69625c7e95a7061c338adffead08719da30",
        22_466_066,
        _dlib("dlib_face_recognition_resnet_model_v1.dat"),
        "CC0-1.0",
    ),
    "dlib_landmarks": Model(
        "shape_predictor_5_face_landmarks.dat",
        "c4b1e9804792707d3a405c2c16a80a20269e6675021f64a41d30fffafbc41888",
        9_150_489,
        _dlib("shape_predictor_5_face_landmarks.dat"),
        "CC0-1.0",
    ),
    # Inception ResNet v1 by facenet-pytorch, ported from davidsandberg/facenet.
    "facenet-vggface2": Model(
        "facenet-vggface2.pt",
        "281cebca8662831adb987a874bdcb36e73f5b1c6dc5ee5878f305e985625d99b",
        111_898_327,
        f"{_FACENET}/20180402-114759-vggface2.pt",
        "MIT",
    ),
    "facenet-casia-webface": Model(
        "facenet-casia-webface.pt",
        "7a67afdbbc995fce5e10128675e318799a70698c2f433ba75dd7eb9a2f096e7d",
        115_887_415,
        f"{_FACENET}/20180408-102900-casia-webface.pt",
        "MIT",
    ),
    # The LightGBM model of EnvisionHGdetector. It is read without its package.
    "gesture_classifier": Model(
        "envisionhgdetector_lightgbm.pkl",
        "0732edfa03e5120f33dcf9365843861a908be7093113a1cad01c9ee0a6b9b946",
        14_099_657,
        Package(
            "envisionhgdetector==3.0.8",
            "579514687ac0ca19ab5f734ffe42d0e044a8ff939d3f42e618b5244e1776daea",
            {"envisionhgdetector_lightgbm.pkl": "envisionhgdetector/model/lightgbm_default.pkl"},
            ("--only-binary=:all:",),
        ),
        "MIT",
    ),
}


def accepted_sha256(model: Model, path: Path) -> str:
    """The checksum that the file of a model at `path` must have.

    A file that an earlier version has packed stays in use: where there is no network, it could not
    be fetched again.
    """
    if model.former_sha256 and path.is_file() and sha256(path) == model.former_sha256:
        return model.former_sha256
    return model.sha256


def describe_problem(path: Path, expected_sha256: str) -> str:
    """What is wrong with a model file, as text; empty if it is the expected file."""
    if not path.is_file():
        return "missing"
    actual, size = sha256(path), path.stat().st_size
    if actual == expected_sha256:
        return ""
    model = _model_with(expected_sha256)
    state = "truncated" if model and size < model.size else "not the expected file"
    return f"{state}: {size} bytes with sha256 {actual}"


@loaded_once
def verify(path: Path, expected_sha256: str) -> str:
    """Check a model file and return its sha256.

    Raises ModelError with instructions if the file is missing, truncated or another one.
    """
    if problem := describe_problem(path, expected_sha256):
        model = _model_with(expected_sha256)
        size = f" ({model.size / 1e6:.1f} MB)" if model else ""
        raise ModelError(
            f"model {path} is {problem}. Put a file{size} with sha256 {expected_sha256} there, or "
            "delete it and run the workflow with network access. To use another version of the "
            "model, give its file and sha256 under `models` in the configuration"
        )
    return expected_sha256


def _model_with(digest: str) -> Model | None:
    return next((m for m in CATALOGUE.values() if digest in (m.sha256, m.former_sha256)), None)
