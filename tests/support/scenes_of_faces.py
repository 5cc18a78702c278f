"""Rendered scenes with living faces, pictures of faces and copies of faces, with known truth.

A living face is a portrait that sways, blinks and opens its mouth. All frames are sampled frames,
five per second. Faces are found by construction, with the jitter of a detector.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache

import cv2
import numpy as np
import pandas as pd

import render_demo
from corpus.faces.detector import FaceDetections
from corpus.faces.face_search import SampledFaces
from corpus.faces.kinds.decision import add_kinds
from corpus.faces.kinds.records import KindRecords
from corpus.video.reader import Frame

WIDTH, HEIGHT, PER_SECOND = 384, 216, 5
SHRINK = 0.5
"""Size of the crops relative to the portraits."""
CROPS = {"collins": (110, 20, 340, 260), "hopper": (100, 30, 430, 450)}
"""The part of each portrait that is shown: x1, y1, x2, y2 in the portrait."""
BOXES = {"collins": [(179, 60), (269, 176)], "hopper": [(179, 115), (352, 329)]}
"""Boxes of the faces in the portraits, as MTCNN detects them."""
LANDMARKS = {
    "collins": [(205, 101), (248, 104), (225, 129), (202, 140), (246, 143)],
    "hopper": [(220, 192), (309, 187), (268, 239), (232, 278), (306, 273)],
}

Motion = Callable[[float], np.ndarray]
"""Matrix (3, 3) from pixels of a crop to those of the frame, at a time in seconds."""


@dataclass
class Face:
    """A face of a scene, moved by `motion` as a whole.

    `alive` is the seed of its own movement, None for a still picture; it is `delay_s` late.
    `bordered` faces have a white frame; others fade into the background.
    """

    person: str
    motion: Motion
    alive: int | None = None
    bordered: bool = True
    delay_s: float = 0.0
    mirrored: bool = False


@dataclass
class Scene:
    """Faces in front of a textured wall, filmed by a camera that moves by `camera`.

    `passer_by` adds a dark figure that walks through the picture.
    """

    faces: list[Face]
    camera: Motion = field(default=lambda _: np.eye(3))
    passer_by: bool = False
    seconds: float = 5.0
    frozen: bool = False
    backdrop: np.ndarray | None = None

    def kinds(self, erased: tuple[int, ...] = ()) -> tuple[list[str], dict[int, int]]:
        """Kind of each face as decided from the pixels, and the copied face of each copy.

        `erased` faces were found, but are not in the table.
        """
        records, rows = KindRecords(), []
        random = np.random.default_rng(7)
        for number in range(int(self.seconds * PER_SECOND)):
            time_s = number / PER_SECOND
            image, boxes, landmarks = self.draw(0.0 if self.frozen else time_s, random)
            detections = FaceDetections(boxes, np.ones(len(boxes)), landmarks)
            vectors = np.zeros((len(boxes), 2), np.float32)
            frame = Frame(number, time_s, image)
            records(SampledFaces(frame, detections, np.ones(len(boxes)), vectors), 0,
                    list(range(len(boxes))))  # fmt: skip
            rows += [(number, time_s, track, box[0], box[2]) for track, box in enumerate(boxes)]
        faces = pd.DataFrame(rows, columns=["frame", "time_s", "track", "x1", "x2"])
        people = sorted({face.person for face in self.faces})
        vectors = np.array(
            [[people.index(self.faces[track].person), 0.0] for track in faces["track"]]
        )
        faces = faces[~faces["track"].isin(erased)]
        decided = add_kinds(faces, records.collected(), vectors, same_person=0.6)
        tracks = decided.drop_duplicates("track").sort_values("track")
        copies = tracks.dropna(subset="copy_of").set_index("track")["copy_of"]
        return tracks["kind"].tolist(), copies.astype(int).to_dict()

    def draw(
        self, time_s: float, random: np.random.Generator
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Image (height, width, 3), boxes (n, 4) and landmarks (n, 5, 2) at a time."""
        camera = self.camera(time_s)
        wall = wall_texture() if self.backdrop is None else self.backdrop
        matrix = camera @ np.array([[1.0, 0, -60], [0, 1, -60], [0, 0, 1]])
        image = cv2.warpPerspective(wall, matrix, (WIDTH, HEIGHT), borderMode=cv2.BORDER_REFLECT)
        boxes, landmarks = [], []
        for face in self.faces:
            placed = camera @ face.motion(time_s)
            paste(image, *face_image(face, time_s), placed)
            box, points = place(face, placed)
            jitter = random.normal(0, 0.01 * (box[2] - box[0]), (7, 2))
            boxes.append(box + jitter[:2].ravel())
            landmarks.append(points + jitter[2:])
        if self.passer_by:
            x = int(30 * time_s)
            cv2.rectangle(image, (x, 185), (x + 30, HEIGHT), (40, 30, 30), -1)
        noisy = image + self.noise_at(random)
        quality = [cv2.IMWRITE_JPEG_QUALITY, 60]
        compressed = cv2.imencode(".jpg", np.clip(noisy, 0, 255).astype(np.uint8), quality)[1]
        return cv2.imdecode(compressed, cv2.IMREAD_COLOR), np.array(boxes), np.array(landmarks)

    def noise_at(self, random: np.random.Generator) -> np.ndarray:
        """Noise of a camera (HEIGHT, WIDTH, 1), grey levels; none in a frozen recording."""
        if self.frozen:
            return np.zeros((HEIGHT, WIDTH, 1))
        row, column = random.integers(0, 64, 2)
        return noise_texture()[row : row + HEIGHT, column : column + WIDTH, None]


@cache
def noise_texture() -> np.ndarray:
    """Noise of two grey levels, from which each frame shows another part."""
    return np.random.default_rng(5).normal(0, 2, (HEIGHT + 64, WIDTH + 64))


@cache
def wall_texture() -> np.ndarray:
    """A wall (HEIGHT + 120, WIDTH + 120, 3) with soft spots and without straight lines."""
    random = np.random.default_rng(3)
    spots = cv2.GaussianBlur(random.normal(0, 1, (HEIGHT + 120, WIDTH + 120)), (0, 0), 6)
    grey = 130 + 70 * spots / np.abs(spots).max()
    return np.repeat(grey[..., None], 3, axis=2).astype(np.uint8)


@cache
def crop_of(person: str) -> np.ndarray:
    """The shown part of a portrait, BGR, half as large."""
    x1, y1, x2, y2 = CROPS[person]
    crop = np.ascontiguousarray(render_demo.portraits()[person][y1:y2, x1:x2, ::-1])
    return cv2.resize(crop, None, fx=SHRINK, fy=SHRINK, interpolation=cv2.INTER_AREA)


def points_of(person: str) -> np.ndarray:
    """The two corners of the box of a face, then its five landmarks (7, 2), pixels of the crop."""
    points = np.array(BOXES[person] + LANDMARKS[person], float)
    return (points - CROPS[person][:2]) * SHRINK


def at(x: float, y: float, scale: float) -> Motion:
    """A motion that stays at a place: the top left corner in the frame, and a scale."""
    return lambda _: np.array([[scale, 0, x], [0, scale, y], [0, 0, 1.0]])


def face_image(face: Face, time_s: float) -> tuple[np.ndarray, np.ndarray]:
    """Image of a face at a time, and its opacity (height, width) from 0 to 1."""
    image = crop_of(face.person)
    if face.alive is not None:
        image = animate(image, face, time_s - face.delay_s)
    if face.mirrored:
        image = np.ascontiguousarray(image[:, ::-1])
    opacity = np.ones(image.shape[:2], np.float32)
    if face.bordered:
        image = image.copy()
        cv2.rectangle(image, (2, 2), (image.shape[1] - 3, image.shape[0] - 3), (250, 250, 250), 5)
    else:
        height, width = opacity.shape
        y, x = np.mgrid[-1 : 1 : height * 1j, -1 : 1 : width * 1j]
        opacity = np.clip((1 - np.hypot(x, y)) * 4, 0, 1).astype(np.float32)
    return image, opacity


def animate(image: np.ndarray, face: Face, time_s: float) -> np.ndarray:
    """Move the head, open the mouth and close the eyes, as the seed says."""
    sway, nod, talk, blink = own_movement(face.alive, time_s)
    points = points_of(face.person)
    size, points = points[1, 0] - points[0, 0], points[2:]
    mouth, centre = points[3:].mean(axis=0), points.mean(axis=0)
    y, x = np.mgrid[: image.shape[0], : image.shape[1]].astype(np.float32)
    near_mouth = np.exp(-((x - mouth[0]) ** 2 + (y - mouth[1]) ** 2) / (0.2 * size) ** 2)
    head = np.exp(-((x - centre[0]) ** 2 + (y - centre[1]) ** 2) / (0.8 * size) ** 2)
    map_x = x - 0.1 * size * sway * head
    map_y = (
        y - 0.05 * size * nod * head - 0.1 * size * (1 + talk) * near_mouth * np.sign(y - mouth[1])
    )
    moved = cv2.remap(image, map_x.astype(np.float32), map_y.astype(np.float32), cv2.INTER_LINEAR)
    for eye in (points[:2] + 0.1 * size * np.array([sway, 0.5 * nod])) * (blink > 1.0):
        skin = moved[int(eye[1] + 0.2 * size), int(eye[0])].tolist()
        axes = int(0.14 * size), int(0.08 * size)
        cv2.ellipse(moved, (int(eye[0]), int(eye[1])), axes, 0, 0, 360, skin, -1)
    return moved


def own_movement(seed: int, time_s: float) -> np.ndarray:
    """Sway, nod, speech and blinks of a person (4,) at a time: smooth noise of standard deviation 1
    with four independent values a second."""
    grid = np.arange(-10, 60)
    values = np.random.default_rng(seed).normal(0, 1, (4, len(grid)))
    return np.array([np.interp(4 * time_s, grid, row) for row in values])


def paste(image: np.ndarray, face: np.ndarray, opacity: np.ndarray, matrix: np.ndarray) -> None:
    """Draw a face into an image (height, width, 3), in place."""
    scale = np.sqrt(abs(np.linalg.det(matrix[:2, :2])))
    smooth = cv2.GaussianBlur(face, (0, 0), 0.4 / scale) if scale < 1 else face
    drawn = cv2.warpPerspective(smooth, matrix, (WIDTH, HEIGHT))
    share = cv2.warpPerspective(opacity, matrix, (WIDTH, HEIGHT))[..., None]
    image[:] = (image * (1 - share) + drawn * share).astype(np.uint8)


def place(face: Face, matrix: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Box (4,) and landmarks (5, 2) of a face in the frame."""
    points = points_of(face.person)
    if face.mirrored:
        points[:, 0] = crop_of(face.person).shape[1] - points[:, 0]
        points = points[[0, 1, 3, 2, 4, 6, 5]]
    moved = cv2.perspectiveTransform(points[:, None], matrix)[:, 0]
    return np.concatenate([moved[:2].min(axis=0), moved[:2].max(axis=0)]), moved[2:]
