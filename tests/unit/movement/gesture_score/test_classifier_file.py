"""The classifier's file is read without running code from it."""

import io
import pickle
from pathlib import Path

import numpy as np
import pytest

from corpus.core.errors import ModelError
from corpus.movement.gesture_score.classifier import CLASSES, classifier_from_parts
from corpus.movement.gesture_score.classifier_file import read_parts
from gesture_classifiers import classifier_file, model_text


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "classifier.pkl"


def test_the_parts_of_a_classifier(file: Path) -> None:
    mean, scale = np.linspace(-1, 1, 100), np.linspace(1, 2, 100)
    file.write_bytes(classifier_file(model_text(100), mean, scale, CLASSES))
    classifier = classifier_from_parts(read_parts(file))
    np.testing.assert_array_equal(classifier.mean, mean)
    np.testing.assert_array_equal(classifier.scale, scale)
    assert classifier.trees.n_features == 100


@pytest.mark.parametrize(
    ("n_features", "classes"), [(100, ["NoGesture", "Gesture"]), (99, CLASSES)]
)
def test_a_classifier_with_other_classes_or_features(
    file: Path, n_features: int, classes: list[str]
) -> None:
    """The order of the classes decides which probability is the score."""
    content = classifier_file(model_text(n_features), np.zeros(100), np.ones(100), classes)
    file.write_bytes(content)
    with pytest.raises(ModelError, match="expected Gesture, NoGesture and 100"):
        classifier_from_parts(read_parts(file))


def test_a_file_without_a_part() -> None:
    with pytest.raises(ModelError, match="lacks the part 'model'"):
        classifier_from_parts({})


class Attack:
    """Pickled as a call of a function; to unpickle it normally would create a file."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple:
        return Path.touch, (self.path,)


@pytest.mark.fault(
    "inputs", "a classifier's file that calls a function", "the function is not called"
)
@pytest.mark.parametrize("protocol", range(6))
def test_a_file_that_calls_a_function(file: Path, protocol: int) -> None:
    witness = file.with_name("witness")
    content = pickle.dumps({"model": Attack(witness)}, protocol)
    file.write_bytes(content)
    with pytest.raises(ModelError, match="refers to"):
        read_parts(file)
    assert not witness.exists()
    pickle.loads(content)
    assert witness.exists()


@pytest.mark.parametrize("name", [b"cos\nsystem\n", b"cbuiltins\neval\n", b"cnumpy\nload\n"])
def test_names_that_the_file_should_not_need(file: Path, name: bytes) -> None:
    file.write_bytes(b"\x80\x02" + name + b".")
    with pytest.raises(ModelError, match="should not need"):
        read_parts(file)


def test_arrays_of_objects_are_rejected(file: Path) -> None:
    """joblib stores them as a further pickle."""
    file.write_bytes(pickle.dumps({"scaler": np.array([{}], dtype=object)[0:1]}, 2))
    with pytest.raises(ModelError):
        read_parts(file)


@pytest.mark.parametrize("content", [b"", b"no pickle", pickle.dumps({"a": 1})[:-3]])
def test_damaged_files(file: Path, content: bytes) -> None:
    file.write_bytes(content)
    with pytest.raises(ModelError, match="is not a classifier file"):
        read_parts(file)


def test_a_truncated_array(file: Path) -> None:
    content = classifier_file(model_text(100), np.zeros(100), np.ones(100), CLASSES)
    file.write_bytes(content[: len(content) - 300])
    with pytest.raises(ModelError, match="is not a classifier file"):
        read_parts(file)


def test_a_file_without_parts(file: Path) -> None:
    buffer = io.BytesIO()
    pickle.dump([1, 2], buffer)
    file.write_bytes(buffer.getvalue())
    with pytest.raises(ModelError, match="holds no parts"):
        read_parts(file)
