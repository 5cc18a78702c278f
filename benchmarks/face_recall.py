"""Recall of the face detector by size, angle and covering of the face, on pictures of faces.

python benchmarks/face_recall.py PICTURES --work /tmp/recall
python benchmarks/face_recall.py PICTURES --boxes boxes.csv --only turned --work /tmp/recall

README.md in this folder describes the pictures, the table of boxes and the measurements.
"""

import argparse
import logging
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "scripts"))

import face_recall_report as report
from corpus.core.atomic_files import write_text
from corpus.core.errors import InputError, run
from corpus.core.progress import with_progress
from face_detectors import DEFAULTS, WORKFLOW, Detect, detectors, workflow_detector
from face_pictures import (
    COLOURS,
    COVERED,
    Face,
    centre_and_side,
    cover,
    is_found,
    place_face,
    read_faces,
    read_picture,
    with_boxes,
)

SHARES = (0.02, 0.03, 0.04, 0.05, 0.06, 0.08, 0.12, 0.25)
"""Heights of faces, as shares of the shorter side of the frame."""
FRAMES = (360, 720, 1080)
"""Shorter sides of frames in pixels."""
COMPARED_FRAME = 720
"""Shorter side of the frames in which detectors are compared."""
SMALL_MIN_SIZE = 0.03
"""A lower `faces.min_size`, which is measured beside the default."""
LARGEST_ENLARGEMENT = 1.5
"""A face is not enlarged by more than this, since that would make it blurred."""
ANGLES = (0, 15, 30, 45, 60, 90, 120, 150, 180)
"""Angles by which the pictures are rolled, in degrees, in both directions."""
SHARE, FRAME = 0.25, 480
"""Size of the face and of the frame where something else is varied."""
EXPERIMENTS = ("size", "rolled", "covered", "turned", "unaltered")
REFERENCE_SHARE = 0.05
"""`faces.min_size` of the search for faces that have no box in the table of boxes."""


@dataclass(frozen=True)
class Trial:
    """A frame to search, and the face in it."""

    experiment: str
    value: str | float
    """What is varied: the share of the frame, the angle, the covered part."""
    frame: int
    """Shorter side of the frame, pixels."""
    side: float
    """Longer side of the face's box, pixels."""
    image: np.ndarray
    box: np.ndarray


def centred_trial(
    experiment: str, value: str | float, image: np.ndarray, face: Face, angle: float = 0.0
) -> Trial:
    """A frame of FRAME pixels with the face in its middle."""
    side = SHARE * FRAME
    box = _middle(side, FRAME)
    return Trial(
        experiment, value, FRAME, side, place_face(image, _box(face), side, FRAME, angle), box
    )


def size_trials(image: np.ndarray, face: Face) -> Iterator[Trial]:
    """The face in all sizes that need no strong enlargement, in frames of several sizes."""
    _, own_side = centre_and_side(_box(face))
    for frame in FRAMES:
        for share in SHARES:
            side = share * frame
            if side <= own_side * LARGEST_ENLARGEMENT:
                placed = place_face(image, _box(face), side, frame)
                yield Trial("size", share, frame, side, placed, _middle(side, frame))


def rolled_trials(image: np.ndarray, face: Face) -> Iterator[Trial]:
    """The picture rolled in the plane of the picture, in both directions."""
    for angle in ANGLES:
        for sign in (1, -1) if 0 < angle < 180 else (1,):
            yield centred_trial("rolled", angle, image, face, sign * angle)


def covered_trials(image: np.ndarray, face: Face) -> Iterator[Trial]:
    """The face uncovered, and with each part of it in each colour."""
    yield centred_trial("covered", "nothing", image, face)
    for part in COVERED:
        for colour in COLOURS:
            yield centred_trial("covered", part, cover(image, _box(face), part, colour), face)


def turned_trials(image: np.ndarray, face: Face) -> Iterator[Trial]:
    """The unaltered face, if its yaw is known."""
    if face.yaw is not None:
        yield centred_trial("turned", face.yaw, image, face)


def unaltered_trials(image: np.ndarray, face: Face) -> Iterator[Trial]:
    """The whole picture, unaltered."""
    _, side = centre_and_side(_box(face))
    frame = min(image.shape[:2])
    yield Trial("unaltered", side / frame, frame, side, image, _box(face))


TRIALS: dict[str, Callable[[np.ndarray, Face], Iterator[Trial]]] = dict(
    zip(
        EXPERIMENTS,
        (size_trials, rolled_trials, covered_trials, turned_trials, unaltered_trials),
        strict=True,
    )
)


def _box(face: Face) -> np.ndarray:
    return np.array(face.box, dtype=float)


def _middle(side: float, frame: int) -> np.ndarray:
    return np.array([frame - side, frame - side, frame + side, frame + side]) / 2


def reference_boxes(folder: Path, faces: Iterable[Face], search: list[Detect]) -> dict:
    """Box of the largest face in each picture without a given box, by picture.

    The first detector that finds a face gives the box. Where no detector finds one, there is no
    box, and the picture cannot be used.
    """
    boxes = {}
    for picture in sorted({face.picture for face in faces if face.box is None}):
        image = read_picture(folder / picture)
        for detect in search:
            found, _ = detect(image)
            if len(found):
                sides = (found[:, 2:] - found[:, :2]).max(axis=1)
                boxes[picture] = found[sides.argmax()]
                break
    return boxes


def search_trial(trial: Trial, detect: Detect) -> dict:
    """Whether a detector finds the face of a trial, with what score, and boxes elsewhere."""
    boxes, scores = detect(trial.image)
    hits = is_found(boxes, trial.box)
    return {
        "experiment": trial.experiment,
        "value": trial.value,
        "frame": trial.frame,
        "side": trial.side,
        "found": bool(hits.any()),
        "score": float(scores[hits].max()) if hits.any() else 0.0,
        "elsewhere": int((~hits).sum()),
    }


def measure(
    folder: Path,
    faces: list[Face],
    experiments: Sequence[str],
    search: dict[str, Detect],
    small_faces: dict[str, Detect],
) -> pd.DataFrame:
    """One row for each trial and detector.

    `search` are the detectors with their default settings. Sizes are measured with all of them, and
    with `small_faces`, in frames of COMPARED_FRAME lines only; in others with the first one.
    """
    rows = []
    for face in with_progress(faces, "searched", len(faces), "faces"):
        image = read_picture(folder / face.picture)
        for experiment in experiments:
            for trial in TRIALS[experiment](image, face):
                of_trial = search
                if experiment == "size":
                    first = dict(list(search.items())[:1])
                    of_trial = search | small_faces if trial.frame == COMPARED_FRAME else first
                for name, detect in of_trial.items():
                    rows.append({"detector": name} | search_trial(trial, detect))
    return pd.DataFrame(rows)


def parse_arguments(arguments: list[str] | None = None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("pictures", type=Path, help="folder of pictures, with its subfolders")
    parser.add_argument("--boxes", type=Path, help="table: picture, x1, y1, x2, y2, yaw")
    parser.add_argument("--name", help="name of the pictures; default: that of their folder")
    parser.add_argument("--yunet", type=Path, help="model file of YuNet, to compare with it")
    parser.add_argument("--only", nargs="+", choices=EXPERIMENTS, help="experiments; default: all")
    parser.add_argument("--work", type=Path, required=True, help="folder for the results")
    return parser.parse_args(arguments)


def main(arguments: list[str] | None = None) -> None:
    options = parse_arguments(arguments)
    if not options.pictures.is_dir():
        raise InputError(f"{options.pictures}: no such folder")
    faces = read_faces(options.pictures, options.boxes)
    search = detectors(options.yunet)
    reference = [workflow_detector(REFERENCE_SHARE), *list(search.values())[1:]]
    usable = with_boxes(faces, reference_boxes(options.pictures, faces, reference))
    if not usable:
        raise InputError(f"{options.pictures}: no picture with a face")
    logging.info("%d of %d faces can be used", len(usable), len(faces))
    small = {f"{WORKFLOW}, min_size {SMALL_MIN_SIZE}": workflow_detector(SMALL_MIN_SIZE)}
    experiments = options.only or EXPERIMENTS
    trials = measure(options.pictures, usable, experiments, search, small)
    if trials.empty:
        raise InputError(f"{options.boxes}: no face with a yaw, so none can be counted as turned")
    name = options.name or options.pictures.resolve().name
    counts = report.summarise(trials, name, DEFAULTS.min_track_score)
    write_text(options.work / "face_recall.tsv", counts.to_csv(sep="\t", index=False))
    text = report.tables(counts)
    write_text(options.work / "face_recall.md", text)
    report.draw(counts, options.work / "face_recall.svg")
    print(text)


if __name__ == "__main__":
    run(main)
