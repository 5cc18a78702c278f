"""How much the gestures on marked clips depend on each setting, and on the unit of length."""

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest import mock

import numpy as np
import pandas as pd

from corpus.movement import body_coordinates
from corpus.movement.body_coordinates import SHOULDERS, ObservationRules, TrackKeypoints
from corpus.tables import parquet
from movement_marks import clips_with_movement, overlap
from movement_workflow import default_values, gestures, measure

FACTORS = (0.5, 2.0)
"""Each setting is multiplied by these factors to measure how much the result depends on it."""
SHARES, MAX_SHARE = ("min_visibility", "seen_share"), 0.95
"""Settings that are shares, and the highest value that they are set to."""
CLIPS_AT_REST = ("no", "bird", "milk", "hungry")
"""Clips in which the left hand hangs in view and rests throughout."""


def sensitivity(results: Path, truth: pd.DataFrame, still: list[str]) -> Iterator[str]:
    """Yield lines of Markdown: the results with one setting halved or doubled.

    Each cell gives the mean overlap, the worst overlap and the number of false gestures.
    """
    moving = clips_with_movement(truth)

    def result(**changed: float) -> str:
        overlaps = [
            overlap(gestures(results, video, **changed), marked) for video, marked in moving
        ]
        n_false = sum(len(gestures(results, video, **changed)) for video in still)
        return f"{np.mean(overlaps):.2f}, {np.min(overlaps):.2f}, {n_false}"

    yield "| setting | value | " + " | ".join(f"times {factor:g}" for factor in FACTORS) + " |"
    yield "|---|---|" + "---|" * len(FACTORS)
    yield f"| all defaults | | {result()} |" + " |" * (len(FACTORS) - 1)
    for name, value in default_values().items():
        limit = MAX_SHARE if name in SHARES else np.inf
        cells = [result(**{name: min(value * factor, limit)}) for factor in FACTORS]
        yield f"| `{name}` | {value:g} | " + " | ".join(cells) + " |"


def copy_zoomed(results: Path, video: str, folder: Path) -> None:
    """Copy a video's tables as if the camera had zoomed out to four fifths in each second."""
    for name in ("frames", "shots", "status"):
        (folder / name).mkdir(parents=True, exist_ok=True)
        table = (results / name / f"{video}.parquet").read_bytes()
        (folder / name / f"{video}.parquet").write_bytes(table)
    rows = parquet.read(results / "keypoints" / f"{video}.parquet")
    factor = 0.8 ** (rows["time_s"] - rows["time_s"].min())
    rows["x"], rows["y"] = rows["x"] * factor, rows["y"] * factor
    (folder / "keypoints").mkdir(exist_ok=True)
    parquet.write(folder / "keypoints" / f"{video}.parquet", "keypoints", rows, {})


def shoulder_width_in_image(
    keypoints: TrackKeypoints, times: np.ndarray, width_m: float, rules: ObservationRules
) -> np.ndarray:
    """Return the shoulder width (n,) in pixels in each frame.

    It has the arguments of `body_coordinates.pixels_per_shoulder_width`, to which it is an
    alternative.
    """
    left, right = (keypoints.pose[name][:, :2] for name in SHOULDERS)
    return np.linalg.norm(left - right, axis=1)


def median_shoulder_width_in_image(
    keypoints: TrackKeypoints, times: np.ndarray, width_m: float, rules: ObservationRules
) -> np.ndarray:
    """Return the median of the shoulder widths in pixels, for each frame (n,)."""
    widths = shoulder_width_in_image(keypoints, times, width_m, rules)
    return np.full(len(times), np.nanmedian(widths))


def unsmoothed_unit(
    keypoints: TrackKeypoints, times: np.ndarray, width_m: float, rules: ObservationRules
) -> np.ndarray:
    """Return the shoulder width (n,) in pixels from the torso's scale, without smoothing."""
    return keypoints.scale() * width_m


def scales(results: Path) -> Iterator[str]:
    """Yield lines of Markdown: the apparent speed of resting hands, for each unit of length."""
    units = {
        "shoulder width in the image, each frame": shoulder_width_in_image,
        "its median": median_shoulder_width_in_image,
        "torso in pixels and metres, each frame": unsmoothed_unit,
        "the same, smoothed (the default)": body_coordinates.pixels_per_shoulder_width,
    }
    yield "| unit | still camera | zoom |"
    yield "|---|---|---|"
    with TemporaryDirectory() as temporary:
        for video in CLIPS_AT_REST:
            copy_zoomed(results, video, Path(temporary))
        for name, unit in units.items():
            cells = []
            for folder in (results, Path(temporary)):
                with mock.patch.object(body_coordinates, "pixels_per_shoulder_width", unit):
                    tables = [
                        measure(folder, video, Path(temporary) / "out").kinematics
                        for video in CLIPS_AT_REST
                    ]
                left_hands = pd.concat(tables).query("point == 'left_hand'")
                cells.append(f"{left_hands['speed'].quantile(0.95):.2f}")
            yield f"| {name} | " + " | ".join(cells) + " |"
