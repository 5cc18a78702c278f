"""Keypoints of people who move as a test says, seen by a camera that does, too.

A mover is a metric body that faces the camera, its axes the camera's: x to the right in the
picture, y down, z away. Its left is the viewer's right. Hands are given in body coordinates:
shoulder widths to the right and upwards from the shoulders' middle.
"""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd

from corpus.tables import parquet, schemas
from corpus.tables.schemas import HAND_KEYPOINTS

WIDTH_M = 0.35
SIZE = (640, 480)
SCALE = 300.0
"""Pixels a metre: shoulders 105 pixels apart."""
HANGING = {"left": (0.6, -1.7), "right": (-0.6, -1.7)}
TORSO = {"shoulder": (WIDTH_M / 2, -0.5), "hip": (0.12, 0.0)}
FINGERS = {"wrist": 0.0, "pinky": 0.01, "index": -0.01, "thumb": 0.0}

Path2 = Callable[[np.ndarray], np.ndarray]


def at(x: float, y: float) -> Path2:
    """A hand that stays at a place."""
    return lambda times: np.tile([x, y], (len(times), 1))


def through(*points: tuple[float, float, float]) -> Path2:
    """A hand that is at (time, x, y), and moves between them as people do: from stillness to
    stillness, with the least jerk (Flash and Hogan 1985)."""

    def path(times: np.ndarray) -> np.ndarray:
        known = np.array(points)
        leg = np.clip(np.searchsorted(known[:, 0], times, side="right") - 1, 0, len(known) - 2)
        share = (times - known[leg, 0]) / (known[leg + 1, 0] - known[leg, 0])
        share = np.clip(share, 0, 1)[:, None]
        bend = share**3 * (10 - 15 * share + 6 * share**2)
        return known[leg, 1:] + bend * (known[leg + 1, 1:] - known[leg, 1:])

    return path


def clock(fps: float, seconds: float, start: float = 0.0) -> np.ndarray:
    """Times of frames at a steady rate."""
    return start + np.arange(round(fps * seconds)) / fps


def mover(
    times: np.ndarray,
    left: Path2 | None = None,
    right: Path2 | None = None,
    *,
    track: int = 0,
    zoom: np.ndarray | float = 1.0,
    pan: np.ndarray | tuple = (320.0, 250.0),
    yaw: np.ndarray | float = 0.0,
    noise: float = 0.0,
    visibility: np.ndarray | float = 1.0,
    hands: np.ndarray | bool = True,
    seed: int = 0,
) -> pd.DataFrame:
    """Rows of keypoints (without shots) of one person in frames at `times` (n,), whose hands hang
    where no path is given.

    `zoom` scales the picture around the hips' middle, which is at `pan` (n, 2); the torso turns by
    `yaw` radians around its axis, and the hands stay. `noise` is the jitter of every keypoint,
    shoulder widths. `visibility` is that of wrists and fingers, `hands` (n,) where the hand model
    finds the hands.
    """
    count = len(times)
    random = np.random.default_rng(seed)
    zoom, yaw = np.broadcast_to(zoom, count), np.broadcast_to(yaw, count)
    pan = np.broadcast_to(pan, (count, 2))
    points: dict[tuple[str, str], np.ndarray] = {}
    for joint, (aside, down) in TORSO.items():
        for side, sign in (("left", 1), ("right", -1)):
            place = np.empty((count, 3))
            place[:, 0], place[:, 1] = sign * aside * np.cos(yaw), down
            place[:, 2] = sign * aside * np.sin(yaw)
            points["pose", f"{side}_{joint}"] = place
    points["pose", "nose"] = np.tile([0.0, -0.75, -0.1], (count, 1))
    for side, path in (("left", left), ("right", right)):
        path = path or at(*HANGING[side])
        x, y = path(np.asarray(times)).T * WIDTH_M
        place = np.column_stack([x, -0.5 - y, np.full(count, -0.1)])
        for name, aside in FINGERS.items():
            points["pose", f"{side}_{name}"] = place + [aside, 0, 0]
        for name in HAND_KEYPOINTS:
            points[f"{side}_hand", name] = place
    rows = []
    for (part, name), place in points.items():
        pixels = place[:, :2] * SCALE * zoom[:, None] + pan
        pixels = pixels + random.normal(0, 1, (count, 2)) * noise * WIDTH_M * SCALE * zoom[:, None]
        limb = name.split("_")[-1] in FINGERS
        own = pd.DataFrame(
            {
                "frame": np.arange(count),
                "time_s": times,
                "track": track,
                "part": part,
                "keypoint": name,
                "x": pixels[:, 0],
                "y": pixels[:, 1],
                "z": 0.0,
                "visibility": (np.asarray(visibility) if limb else 1.0) if part == "pose" else None,
                "score": 1.0,
            }
        )
        world = place if part == "pose" else np.zeros_like(place)
        own[["world_x", "world_y", "world_z"]] = world
        if part != "pose":
            own = own[np.broadcast_to(hands, count)]
        rows.append(own)
    order = {part: place for place, part in enumerate(schemas.PARTS)}
    table = pd.concat(rows, ignore_index=True)
    table["order"] = table["part"].map(order)
    return table.sort_values(["frame", "order"], kind="stable").drop(columns="order")


def write(
    folder: Path, times: np.ndarray, *people: pd.DataFrame, cuts: tuple[int, ...] = ()
) -> Path:
    """A results folder with the tables of one video named v, cut before the frames `cuts`."""
    shots = np.searchsorted(cuts, np.arange(len(times)), side="right")
    frames = {"frame": np.arange(len(times)), "time_s": times, "shot": shots}
    starts = [0, *cuts] if len(times) else []
    ends = [*cuts, len(times)] if len(times) else []
    step = float(np.median(np.diff(times))) if len(times) > 1 else 0.04
    limits = np.append(times, times[-1] + step if len(times) else 0.0)
    shot_rows = {
        "shot": range(len(starts)),
        "start_frame": starts,
        "end_frame": ends,
        "start_s": limits[starts],
        "end_s": limits[ends],
    }
    columns = schemas.SCHEMAS["keypoints"].names
    keypoints = pd.concat(people) if people else pd.DataFrame(columns=columns)
    if len(keypoints):
        keypoints = keypoints.assign(shot=shots[keypoints["frame"]])
        keypoints = keypoints.sort_values(["frame", "track"], kind="stable")
    status = {"video_id": ["v"], "status": ["ok"], "width": [SIZE[0]], "height": [SIZE[1]]}
    for name, table in (
        ("frames", frames),
        ("shots", shot_rows),
        ("keypoints", keypoints),
        ("status", status),
    ):
        (folder / name).mkdir(parents=True, exist_ok=True)
        parquet.write(folder / name / "v.parquet", name, table, {})
    return folder
