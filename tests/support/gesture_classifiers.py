"""Small models in the formats of the gesture classifier, with known answers."""

import pickle
import struct

import numpy as np

TREE = """
Tree={number}
num_leaves=3
num_cat=0
split_feature=0 1
split_gain=3 2
threshold=0.5 -1
decision_type=2 2
left_child=-1 -2
right_child=1 -3
leaf_value=1 2 3
leaf_count=5 5 5
is_linear=0
shrinkage=1

"""
"""Feature 0 up to 0.5 adds 1; otherwise feature 1 up to -1 adds 2, and a larger one 3."""
STUMP = """
Tree=1
num_leaves=2
num_cat=0
split_feature=1
threshold=4
decision_type=2
left_child=-1
right_child=-2
leaf_value=-1 1
is_linear=0
shrinkage=0.1

"""
"""Feature 1 up to 4 adds -1, a larger one 1."""
SECOND_ITERATION = """
Tree=2
num_leaves=2
num_cat=0
split_feature=0
threshold=6
decision_type=0
left_child=-1
right_child=-2
leaf_value=0.10000000000000001 0.20000000000000001
is_linear=0
shrinkage=0.1


Tree=3
num_leaves=1
num_cat=0
split_feature=
threshold=
decision_type=
left_child=
right_child=
leaf_value=0
is_linear=0
shrinkage=1

"""
"""Feature 0 up to 6 adds 0.1 to class 0, a larger one 0.2; class 1 stays."""


def model_text(n_features: int = 2) -> str:
    """A model of two classes and two iterations."""
    header = (
        "tree\nversion=v4\nnum_class=2\nnum_tree_per_iteration=2\nlabel_index=0\n"
        f"max_feature_idx={n_features - 1}\nobjective=multiclass num_class:2\n"
    )
    trees = TREE.format(number=0) + STUMP + SECOND_ITERATION
    return f"{header}{trees}\nend of trees\n\nparameters:\n[boosting: gbdt]\nend of parameters\n"


MODEL = model_text()


def classifier_file(text: str, mean: np.ndarray, scale: np.ndarray, classes: list[str]) -> bytes:
    """A classifier's file as joblib writes it: each array follows its description.

    joblib, LightGBM and scikit-learn are no dependencies, so the few opcodes are written here.
    """
    parts = [
        pickle.PROTO + b"\x04",
        pickle.EMPTY_DICT + pickle.MARK,
        _text("model"),
        _object("lightgbm.basic", "Booster", _text("_handle") + _text(text)),
        _text("scaler"),
        _object(
            "sklearn.preprocessing._data",
            "StandardScaler",
            _text("mean_") + _array(mean, "f8") + _text("scale_") + _array(scale, "f8"),
        ),
        _text("label_encoder"),
        _object(
            "sklearn.preprocessing._label",
            "LabelEncoder",
            _text("classes_") + _array(np.array(classes, "U9"), "U9"),
        ),
        pickle.SETITEMS + pickle.STOP,
    ]
    return b"".join(parts)


def _text(text: str) -> bytes:
    content = text.encode()
    return pickle.BINUNICODE + struct.pack("<I", len(content)) + content


def _name(module: str, name: str) -> bytes:
    return _text(module) + _text(name) + pickle.STACK_GLOBAL


def _object(module: str, name: str, state: bytes) -> bytes:
    new = _name(module, name) + pickle.EMPTY_TUPLE + pickle.NEWOBJ
    return new + pickle.EMPTY_DICT + pickle.MARK + state + pickle.SETITEMS + pickle.BUILD


def _array(array: np.ndarray, code: str) -> bytes:
    order = pickle.MARK + pickle.BININT1 + b"\x03" + _text("<") + pickle.TUPLE + pickle.BUILD
    dtype = _name("numpy", "dtype") + _text(code) + pickle.TUPLE1 + pickle.REDUCE + order
    state = (
        (_text("subclass") + _name("numpy", "ndarray"))
        + (_text("shape") + pickle.BININT1 + bytes([len(array)]) + pickle.TUPLE1)
        + (_text("order") + _text("C") + _text("dtype") + dtype)
        + (_text("numpy_array_alignment_bytes") + pickle.BININT1 + b"\x10")
    )
    header = _object("joblib.numpy_pickle", "NumpyArrayWrapper", state)
    return header + b"\x03" + b"\xff" * 3 + array.tobytes()
