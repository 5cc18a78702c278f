"""The gesture classifier of EnvisionHGdetector: scaling of the features, then boosted trees."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from corpus.core.errors import ModelError
from corpus.core.loaded_once import loaded_once
from corpus.inputs.model_catalogue import verify
from corpus.movement.gesture_score.boosted_trees import BoostedTrees, parse_trees
from corpus.movement.gesture_score.classifier_file import Container, read_parts
from corpus.movement.gesture_score.features import N_FEATURES, window_features

CLASSES = ["Gesture", "NoGesture"]
"""Classes in the order of the probabilities. Movements that are no gestures, such as scratching,
were merged with NoGesture in the training."""


@dataclass(frozen=True)
class GestureClassifier:
    """Scaling and trees: `mean` and `scale` are (features,) float64."""

    mean: np.ndarray
    scale: np.ndarray
    trees: BoostedTrees

    def score(self, windows: np.ndarray) -> np.ndarray:
        """Return the probability of a gesture, (n,), for windows (n, 5, 23, 4) of landmarks.

        `corpus.movement.gesture_score.features` describes the windows.
        """
        features = window_features(windows)
        # Two roundings to float32, as when scikit-learn's StandardScaler changes its input.
        centred = (features - self.mean).astype(np.float32)
        scaled = (centred / self.scale).astype(np.float32)
        return self.trees.predict(scaled)[:, CLASSES.index("Gesture")]


@loaded_once
def load_classifier(path: Path, sha256: str) -> GestureClassifier:
    """Read the classifier's file. Raises ModelError if it is another file."""
    verify(path, sha256)
    return classifier_from_parts(read_parts(path))


def classifier_from_parts(parts: dict) -> GestureClassifier:
    """Build the classifier from the parts of its file. Raises ModelError if they do not fit."""
    try:
        booster, scaler, labels = (
            _state(parts[name]) for name in ("model", "scaler", "label_encoder")
        )
        trees = parse_trees(booster["_handle"])
        mean, scale, classes = scaler["mean_"], scaler["scale_"], list(labels["classes_"])
    except KeyError as error:
        raise ModelError(f"the classifier's file lacks the part {error}") from error
    shapes = (mean.shape, scale.shape, (trees.n_features,))
    if classes != CLASSES or set(shapes) != {(N_FEATURES,)} or trees.n_classes != len(CLASSES):
        raise ModelError(
            f"the classifier has the classes {', '.join(map(str, classes))} and "
            f"{trees.n_features} features; expected {', '.join(CLASSES)} and {N_FEATURES}"
        )
    return GestureClassifier(mean, scale, trees)


def _state(part: object) -> dict:
    if not isinstance(part, Container):
        raise ModelError("the classifier's file has a part of an unexpected kind")
    return part.state
