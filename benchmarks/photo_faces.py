"""Faces of labelled photographs: one folder of photographs per person, embedded once.

Each face is embedded twice: as it is, and from a slightly moved, noisy and brighter or darker
picture, as in the next frame of a video. The file faces.npz in the work folder keeps the
embeddings, which are biometric data: delete it after use.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np

from corpus.core.atomic_files import atomic_path
from corpus.core.errors import InputError
from corpus.core.progress import with_progress
from corpus.faces.detectors import load_detector
from corpus.faces.embedders import EMBEDDERS
from corpus.faces.embedding_networks import load_embedder
from corpus.inputs.model_catalogue import CATALOGUE
from corpus.inputs.settings_videos import Faces
from film_files import read_photograph
from halves import half_of
from photo_films import photographs

DEFAULTS = Faces()
"""Settings of the detection that the workflow uses by default."""
MOVED, NOISE, LIGHT = 0.04, 6.0, 0.2
"""Of the second picture: standard deviation of the box in widths of the face, standard deviation of
the noise in grey levels, and largest change of brightness."""


@dataclass(frozen=True)
class PhotoFaces:
    """Faces of m photographs."""

    vectors: np.ndarray
    """(m, 2, d) float32: the face, and the face in the next frame."""
    people: np.ndarray
    """(m,) names."""

    def half(self, name: str) -> "PhotoFaces":
        """The faces of the people in one half (see `halves`)."""
        chosen = np.array([half_of(person) == name for person in self.people], dtype=bool)
        return PhotoFaces(self.vectors[chosen], self.people[chosen])


def faces_of_photographs(folder: Path, embedder: str, models: Path, work: Path) -> PhotoFaces:
    """Embed the only face of each photograph, or read the embeddings of an earlier run.

    Photographs with no face or several are left out. `models` is the folder with the model files.
    """
    cache = work / "faces.npz"
    if not cache.exists():
        rows = list(_embedded(folder, embedder, models))
        vectors = np.array([vector for _, vector in rows], np.float32)
        work.mkdir(parents=True, exist_ok=True)
        with atomic_path(cache) as partial, partial.open("wb") as file:
            np.savez(file, vectors=vectors, people=np.array([person for person, _ in rows]))
    stored = np.load(cache)
    return PhotoFaces(stored["vectors"], stored["people"])


def _embedded(folder: Path, name: str, models: Path) -> Iterator[tuple[str, np.ndarray]]:
    """Person and embeddings (2, d) of each photograph with one face."""
    detector = load_detector(DEFAULTS.detector, "cpu", DEFAULTS.min_size, DEFAULTS.min_score)
    files = [models / CATALOGUE[model].file for model in EMBEDDERS[name].models]
    embedder = load_embedder(name, files, "cpu")
    photos = [photo for photos in photographs(folder, None).values() for photo in photos]
    for number, photo in enumerate(with_progress(photos, "photographs", len(photos), "files")):
        picture = read_photograph(photo.path)
        boxes = detector([picture])[0].boxes
        if len(boxes) == 1:
            next_picture, next_box = _next_frame(picture, boxes[0], number)
            yield photo.person, embedder([picture, next_picture], [boxes[0], next_box])


def _next_frame(picture: np.ndarray, box: np.ndarray, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """The picture with other light and noise, and the box of the face, slightly moved."""
    random = np.random.default_rng(seed)
    light = random.uniform(1 - LIGHT, 1 + LIGHT)
    changed = picture * light + random.normal(0, NOISE, picture.shape)
    moved = box + random.normal(0, MOVED, 4) * (box[2] - box[0])
    return np.clip(changed, 0, 255).astype(np.uint8), moved


class Pairs(NamedTuple):
    """All pairs of faces of a set of photographs."""

    squared: np.ndarray
    """(p,) squared Euclidean distances."""
    is_same: np.ndarray
    """(p,) whether both show one person."""
    weights: np.ndarray
    """(p,) weights; those of one person's pairs and of two people's pairs each add up to 1, and
    every face counts equally among the pairs of one person."""


def pairs_of(faces: PhotoFaces) -> Pairs:
    """All pairs. Raises InputError if no person has two photographs, or there is one person."""
    vectors = faces.vectors[:, 0].astype(float)
    a, b = np.triu_indices(len(vectors), 1)
    squared = np.concatenate(
        [
            ((vectors[i] - vectors[j]) ** 2).sum(1)
            for i, j in zip(
                np.array_split(a, len(a) // 65536 + 1),
                np.array_split(b, len(a) // 65536 + 1),
                strict=True,
            )
        ]
    )
    is_same = faces.people[a] == faces.people[b]
    if is_same.all() or not is_same.any():
        raise InputError("needs two people at least, and two photographs of one at least")
    names, person = np.unique(faces.people, return_inverse=True)
    n_faces = np.bincount(person, minlength=len(names))[person[a]]
    weights = np.where(is_same, 1 / np.maximum(n_faces - 1, 1), 1.0)
    for group in (is_same, ~is_same):
        weights[group] /= weights[group].sum()
    return Pairs(squared, is_same, weights)
