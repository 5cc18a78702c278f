"""Embeddings are close for images of one person and far apart for two people."""

import pickle
from itertools import combinations

import cv2
import numpy as np
import pytest

from corpus.core import torch_setup
from corpus.core.errors import ModelError
from corpus.faces.embedders import EMBEDDERS
from corpus.faces.embedding_networks import load_embedder
from portraits import detector, model_file, portrait_faces, portraits

# dlib --------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def dlib():
    return load_embedder("dlib", [model_file("dlib"), model_file("dlib_landmarks")], "cpu")


def views(portrait):
    """The portrait as a camera could record it: unchanged, rotated, darker, and smaller."""
    height, width = portrait.shape[:2]
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), 8, 0.8)
    dark = (portrait * 0.6).astype(np.uint8)
    small = cv2.resize(portrait, None, fx=0.7, fy=0.7, interpolation=cv2.INTER_AREA)
    padded = np.full_like(portrait, 90)
    padded[: small.shape[0], : small.shape[1]] = small
    return [portrait, cv2.warpAffine(portrait, turn, (width, height)), dark, padded]


def test_dlib_separates_two_people(dlib):
    vectors, people = [], []
    for person, portrait in portraits().items():
        for view in views(portrait):
            boxes, scores, _ = detector()([view])[0]
            vectors.append(dlib([view], [boxes[scores.argmax()]])[0])
            people.append(person)
    assert vectors[0].dtype == np.float32
    assert vectors[0].shape == (EMBEDDERS["dlib"].dimensions,)
    for (a, one), (b, other) in combinations(zip(vectors, people, strict=True), 2):
        distance = np.linalg.norm(a - b)
        assert distance < 0.4 if one == other else distance > 0.6, (one, other, distance)


def test_embeddings_are_those_of_dlib_itself(dlib):
    """Up to rounding: `same_person` is 0.63, a hundred thousand times the tolerance."""
    images, boxes = [], []
    for portrait in portraits().values():
        for view in views(portrait):
            found, scores, _ = detector()([view])[0]
            images.append(np.ascontiguousarray(view))
            boxes.append(found[scores.argmax()])
    library = dlib.dlib
    model = library.face_recognition_model_v1(str(model_file("dlib")))
    shapes = [dlib.find_landmarks(*face) for face in zip(images, boxes, strict=True)]
    # From an image and landmarks, dlib makes the chip itself.
    expected = [
        list(model.compute_face_descriptor(image, shape))
        for image, shape in zip(images, shapes, strict=True)
    ]
    distances = np.linalg.norm(dlib(images, boxes) - np.array(expected), axis=1)
    assert len(distances) == 8 and distances.max() < 5e-6


def test_the_embedding_of_a_face_does_not_depend_on_its_batch(dlib):
    images = [np.asfortranarray(portrait) for portrait in portraits().values()]
    boxes = [face[0] for face in portrait_faces().values()]
    embeddings = dlib(images, boxes)
    assert np.array_equal(embeddings[1], dlib(images[1:], boxes[1:])[0])
    assert np.linalg.norm(embeddings[0] - embeddings[1]) > 0.6


def test_a_face_at_the_edge_of_the_image_is_embedded(dlib):
    box, _, _ = portrait_faces()["collins"]
    left = int(box[0] + 0.2 * (box[2] - box[0]))
    cropped = portraits()["collins"][:, left:]
    vector = dlib([cropped], [box - [left, 0, left, 0]])[0]
    assert np.linalg.norm(vector - dlib([portraits()["collins"]], [box])[0]) < 0.6


def test_a_gpu_gives_the_same_embeddings(dlib, monkeypatch):
    """PyTorch's CPU takes the place of the GPU."""
    processor = torch_setup.torch_device("cpu")
    monkeypatch.setattr(torch_setup, "torch_device", {"cuda": processor}.__getitem__)
    files = [model_file("dlib"), model_file("dlib_landmarks")]
    images, boxes = list(portraits().values()), [face[0] for face in portrait_faces().values()]
    embeddings = load_embedder("dlib", files, "cuda")(images, boxes)
    assert np.linalg.norm(embeddings - dlib(images, boxes), axis=1).max() < 5e-6


@pytest.mark.fault("inputs", "a text as a model of dlib", "refused")
@pytest.mark.parametrize("broken", ["network", "landmarks"])
def test_files_that_are_not_models_of_dlib_are_refused(tmp_path, broken):
    files = {name: model_file(name) for name in ("dlib", "dlib_landmarks")}
    fake = tmp_path / "fake.dat"
    fake.write_bytes(files["dlib_landmarks"].read_bytes()[:1000])
    files["dlib" if broken == "network" else "dlib_landmarks"] = fake
    key = "models.dlib" if broken == "network" else "models.dlib_landmarks"
    message = (
        f"fake.dat is not a .* of dlib .*: name dlib's own file as {key}.file in the "
        f"configuration, or remove {key} from it$"
    )
    with pytest.raises(ModelError, match=message):
        load_embedder("dlib", list(files.values()), "cpu")


# FaceNet -----------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def facenet(facenet_weights):

    return load_embedder("facenet-vggface2", [facenet_weights[0]], "cpu")


def test_facenet_equals_facenet_pytorch_with_its_own_preprocessing(facenet_weights, facenet):
    import torch
    from facenet_pytorch import extract_face, fixed_image_standardization

    images = list(portraits().values())
    edge = np.array([-20.5, 300.2, 90.7, 640.9])
    cases = [(p, face[0]) for p, face in zip(images, portrait_faces().values(), strict=True)]
    cases.append((images[0], edge))
    chips = [extract_face(p, box, image_size=160, margin=14) for p, box in cases]
    with torch.no_grad():
        expected = facenet_weights[1](fixed_image_standardization(torch.stack(chips))).numpy()
    embeddings = facenet([p for p, _ in cases], [box for _, box in cases])
    assert embeddings.dtype == np.float32
    assert embeddings.shape == (3, EMBEDDERS["facenet-vggface2"].dimensions)
    assert np.allclose(embeddings, expected, atol=1e-6)
    assert np.allclose(np.linalg.norm(embeddings, axis=1), 1, atol=1e-5)
    assert np.linalg.norm(embeddings[0] - embeddings[2]) > 1e-3, (
        "different pixels give different embeddings"
    )


def test_facenet_accepts_a_box_outside_the_image(facenet):
    portrait = portraits()["collins"]
    height, width = portrait.shape[:2]
    far = np.array([width + 50.0, height + 50, width + 90, height + 90])
    assert np.isfinite(facenet([portrait], [far])).all()


class Harmful:
    """An object that runs code when it is unpickled."""

    def __reduce__(self):
        return exec, ("raise SystemExit('code was run')",)


@pytest.mark.fault(
    "inputs", "weights with pickled code or other keys", "refused, and nothing is executed"
)
@pytest.mark.parametrize("fault", ["empty", "truncated", "text", "code", "other keys", "no dict"])
def test_unusable_weights_are_refused(tmp_path, facenet_weights, fault):
    import torch

    path = tmp_path / "weights.pt"
    if fault == "truncated":
        path.write_bytes(facenet_weights[0].read_bytes()[:100_000])
    elif fault == "code":
        path.write_bytes(pickle.dumps(Harmful(), protocol=2))
    elif fault == "other keys":
        torch.save({"layer.weight": torch.zeros(2)}, path)
    elif fault == "no dict":
        torch.save(torch.zeros(2), path)
    else:
        path.write_text("" if fault == "empty" else "<html>not found</html>")
    with pytest.raises(ModelError) as error:
        load_embedder("facenet-vggface2", [path], "cpu")
    message = str(error.value)
    assert message.startswith(f"model {path} does not contain weights of InceptionResnetV1 (")
    assert message.endswith("replace it with a state dict of facenet-pytorch")
    assert "\n" not in message
