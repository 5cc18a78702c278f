"""The gesture classifier from the package index gives what EnvisionHGdetector gives."""

import numpy as np
import pytest

from corpus.core.errors import ModelError
from corpus.inputs.model_catalogue import CATALOGUE
from corpus.movement.gesture_score.classifier import GestureClassifier, load_classifier
from corpus.movement.gesture_score.features import window_features
from portraits import model_file


@pytest.fixture(scope="module")
def classifier() -> GestureClassifier:
    sha256 = CATALOGUE["gesture_classifier"].sha256
    return load_classifier(model_file("gesture_classifier"), sha256)


def windows() -> np.ndarray:
    """Five windows of a body whose hands move more and more, (5, 5, 23, 4)."""
    amplitude, frame, landmark = np.meshgrid(
        np.arange(5) / 20, np.arange(5), np.arange(23), indexing="ij"
    )
    side = np.where(landmark % 2, 1, -1) * (landmark >= 11)
    moved = amplitude * (landmark >= 15) * frame / 4
    values = [0.18 * side + moved, -0.5 + 0.03 * landmark - moved, -0.02 * landmark]
    return np.stack([*values, np.full(side.shape, 0.95)], axis=-1).astype(np.float32)


SUM_OF_FEATURES = [19.201458, 19.501165, 19.825466, 20.171518, 20.52951]
SCORES = [
    0.02109997859439142,
    0.3904705850995476,
    0.4732063790467337,
    0.5043518261213922,
    0.44060372439531714,
]
"""Of these windows, by EnvisionHGdetector 3.0.8 with LightGBM 4.7.0 and scikit-learn 1.9.1."""


def test_scores_are_those_of_the_package(classifier: GestureClassifier) -> None:
    np.testing.assert_allclose(window_features(windows()).sum(axis=1), SUM_OF_FEATURES, rtol=1e-6)
    np.testing.assert_allclose(classifier.score(windows()), SCORES, rtol=1e-12)


def test_a_damaged_file_is_refused(tmp_path) -> None:
    content = model_file("gesture_classifier").read_bytes()
    damaged = tmp_path / "damaged.pkl"
    damaged.write_bytes(content[:-1] + b"x")
    with pytest.raises(ModelError, match="not the expected file"):
        load_classifier(damaged, CATALOGUE["gesture_classifier"].sha256)
