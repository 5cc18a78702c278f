"""Keypoints of people with known movement, filmed by a camera that may move as well.

A body is metric and faces the camera. Its axes are the camera's: x to the right in the image, y
downwards, z away from the camera. The person's left is therefore on the right of the image. Hands
are given in body coordinates: shoulder widths to the right and upwards from the midpoint of the
shoulders.
"""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml

import measure_movement
from corpus.movement.settings import MovementSettings
from corpus.tables import parquet, schemas
from corpus.tables.schemas import HAND_KEYPOINTS
from repository import ROOT
from script_runs import default_flags, run_script

WIDTH_M = 0.35
"""Shoulder width in metres."""
SIZE = (640, 480)
"""Width and height of the image in pixels."""
SCALE = 300.0
"""Pixels per metre, so the shoulders are 105 pixels apart."""
HANGING = {"left": (0.6, -1.7), "right": (-0.6, -1.7)}
"""Positions of hanging hands in body coordinates."""
TORSO = {"shoulder": (WIDTH_M / 2, -0.5), "hip": (0.12, 0.0)}
FINGERS = {"wrist": 0.0, "pinky": 0.01, "index": -0.01, "thumb": 0.0}
INPUT_TABLES = ("keypoints", "frames", "shots", "status")
OUTPUT_TABLES = ("kinematics", "phases", "gesture_measures", "movement_quality")


def default_movement() -> MovementSettings:
    """Return the section `movement` of config.yaml."""
    values = yaml.safe_load((ROOT / "config" / "config.yaml").read_text("utf-8"))["movement"]
    return MovementSettings.from_mapping(values)


HandPath = Callable[[np.ndarray], np.ndarray]
"""Maps times (n,) in seconds to positions (n, 2) in body coordinates."""


def fixed_position(x: float, y: float) -> HandPath:
    """Return the path of a hand that does not move."""
    return lambda times: np.tile([x, y], (len(times), 1))


def minimum_jerk_path(*points: tuple[float, float, float]) -> HandPath:
    """Return the path of a hand through points (time, x, y).

    The hand stops at each point and moves between them with the least jerk, as people do (Flash and
    Hogan 1985).
    """

    def path(times: np.ndarray) -> np.ndarray:
        waypoints = np.array(points)
        leg = np.searchsorted(waypoints[:, 0], times, side="right") - 1
        leg = np.clip(leg, 0, len(waypoints) - 2)
        duration = waypoints[leg + 1, 0] - waypoints[leg, 0]
        elapsed = np.clip((times - waypoints[leg, 0]) / duration, 0, 1)[:, None]
        progress = elapsed**3 * (10 - 15 * elapsed + 6 * elapsed**2)
        return waypoints[leg, 1:] + progress * (waypoints[leg + 1, 1:] - waypoints[leg, 1:])

    return path


RAISED_HAND = minimum_jerk_path(
    (0.0, -0.6, -1.7), (1.0, -0.6, -1.7), (1.5, 0.0, -0.2), (2.2, 0.0, -0.2), (2.7, -0.6, -1.7)
)
"""A right hand that rises within half a second, stays raised for 0.7 s and falls again."""


def frame_times(fps: float, seconds: float, start: float = 0.0) -> np.ndarray:
    """Return the times of frames at a constant frame rate, in seconds."""
    return start + np.arange(round(fps * seconds)) / fps


def moving_body(
    times: np.ndarray,
    left: HandPath | None = None,
    right: HandPath | None = None,
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
    """Return keypoints of one person in frames at `times` (n,), without the column shot.

    A hand without a path hangs. `zoom` scales the image around the midpoint of the hips, which is
    at `pan` (n, 2) in pixels. The torso turns by `yaw` radians around its axis while the hands
    stay. `noise` is the jitter of every keypoint in shoulder widths, `visibility` that of wrists
    and fingers, and `hands` (n,) says where the hand model detects the hands.
    """
    n_frames = len(times)
    random = np.random.default_rng(seed)
    zoom, yaw = np.broadcast_to(zoom, n_frames), np.broadcast_to(yaw, n_frames)
    pan = np.broadcast_to(pan, (n_frames, 2))
    keypoints = _metric_keypoints(times, {"left": left, "right": right}, yaw)
    numbers, parts, names = [], [], []
    for (part, name), metres in keypoints.items():
        pixels = metres[:, :2] * SCALE * zoom[:, None] + pan
        jitter = random.normal(0, 1, (n_frames, 2)) * noise * WIDTH_M * SCALE * zoom[:, None]
        is_limb = name.split("_")[-1] in FINGERS
        seen = (visibility if is_limb else 1.0) if part == "pose" else np.nan
        world = metres if part == "pose" else np.zeros_like(metres)
        rows = np.column_stack(
            [np.arange(n_frames), pixels + jitter, np.broadcast_to(seen, n_frames), world]
        )
        rows = rows[np.broadcast_to(True if part == "pose" else hands, n_frames)]
        numbers.append(rows)
        parts += [part] * len(rows)
        names += [name] * len(rows)
    frame, x, y, visible, *world = np.concatenate(numbers).T
    order = np.lexsort([[list(schemas.PARTS).index(part) for part in parts], frame])
    frame = frame.astype(int)
    columns = {
        "frame": frame, "time_s": np.asarray(times)[frame], "track": track, "part": parts,
        "keypoint": names, "x": x, "y": y, "z": 0.0, "visibility": visible, "score": 1.0,
        **dict(zip(("world_x", "world_y", "world_z"), world, strict=True)),
    }  # fmt: skip
    return pd.DataFrame(columns).iloc[order]


def _metric_keypoints(
    times: np.ndarray, paths: dict[str, HandPath | None], yaw: np.ndarray
) -> dict[tuple[str, str], np.ndarray]:
    """Positions (n, 3) in metres from the hips, for each part and keypoint."""
    n_frames = len(times)
    keypoints: dict[tuple[str, str], np.ndarray] = {}
    for joint, (sideways, down) in TORSO.items():
        for side, sign in (("left", 1), ("right", -1)):
            position = np.empty((n_frames, 3))
            position[:, 0], position[:, 1] = sign * sideways * np.cos(yaw), down
            position[:, 2] = sign * sideways * np.sin(yaw)
            keypoints["pose", f"{side}_{joint}"] = position
    keypoints["pose", "nose"] = np.tile([0.0, -0.75, -0.1], (n_frames, 1))
    for side, path in paths.items():
        path = path or fixed_position(*HANGING[side])
        x, y = path(np.asarray(times)).T * WIDTH_M
        position = np.column_stack([x, -0.5 - y, np.full(n_frames, -0.1)])
        for name, sideways in FINGERS.items():
            keypoints["pose", f"{side}_{name}"] = position + [sideways, 0, 0]
        for name in HAND_KEYPOINTS:
            keypoints[f"{side}_hand", name] = position
    return keypoints


def write_results(
    folder: Path,
    times: np.ndarray,
    *people: pd.DataFrame,
    cuts: tuple[int, ...] = (),
    camera: dict | None = None,
) -> Path:
    """Write the input tables of a video named v, with cuts before the frames `cuts`.

    `people` are tables of `moving_body`. `camera` are columns of the table of frames; without them
    the movement of the camera is unknown. Returns the results folder.
    """
    shot_of_frame = np.searchsorted(cuts, np.arange(len(times)), side="right")
    frames = {"frame": np.arange(len(times)), "time_s": times, "shot": shot_of_frame}
    frames |= camera or {}
    starts = [0, *cuts] if len(times) else []
    ends = [*cuts, len(times)] if len(times) else []
    step = float(np.median(np.diff(times))) if len(times) > 1 else 0.04
    edges = np.append(times, times[-1] + step if len(times) else 0.0)
    shots = {
        "shot": range(len(starts)),
        "start_frame": starts,
        "end_frame": ends,
        "start_s": edges[starts],
        "end_s": edges[ends],
    }
    columns = schemas.SCHEMAS["keypoints"].names
    keypoints = pd.concat(people) if people else pd.DataFrame(columns=columns)
    if len(keypoints):
        keypoints = keypoints.assign(shot=shot_of_frame[keypoints["frame"]])
        keypoints = keypoints.sort_values(["frame", "track"], kind="stable")
    status = {"video_id": ["v"], "status": ["ok"], "width": [SIZE[0]], "height": [SIZE[1]]}
    for name, table in zip(INPUT_TABLES, (keypoints, frames, shots, status), strict=True):
        (folder / name).mkdir(parents=True, exist_ok=True)
        parquet.write(folder / name / "v.parquet", name, table, {})
    return folder


def camera_steps(pan: np.ndarray | None = None, zoom: np.ndarray | None = None) -> dict:
    """Return the columns of the table of frames for a camera that moves as in `moving_body`.

    The background moves like the midpoint of a body's hips at `pan` (n, 2), pixels, which `zoom`
    (n,) scales the picture around. One of both is given; the camera does not turn.
    """
    n_frames = len(zoom if pan is None else pan)
    pan = np.tile([320.0, 250.0], (n_frames, 1)) if pan is None else pan
    zoom = np.ones(n_frames) if zoom is None else zoom
    centre = (np.array(SIZE) - 1) / 2
    scale = zoom[1:] / zoom[:-1]
    # A point p moves to pan' + scale (p - pan), which is centre + scale (p - centre) + shift.
    shift = pan[1:] - centre - scale[:, None] * (pan[:-1] - centre)
    columns = {"camera_x": shift[:, 0], "camera_y": shift[:, 1], "camera_scale": scale}
    columns = {name: np.append(np.nan, values) for name, values in columns.items()}
    return columns | {"camera_roll": np.append(np.nan, np.zeros(n_frames - 1))}


def table_options(results: Path) -> list[str]:
    """Return the options of measure_movement.py that name the tables of the video v."""
    names = (*INPUT_TABLES, *OUTPUT_TABLES)
    return [
        option
        for name in names
        for option in (f"--{name.replace('_', '-')}", str(results / name / "v.parquet"))
    ]


def measure(results: Path, *options: str) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Run measure_movement.py on the video v; return its tables of kinematics and phases."""
    for name in OUTPUT_TABLES:
        (results / name).mkdir(exist_ok=True)
    with pytest.MonkeyPatch.context() as patch:
        flags = default_flags("measure_movement")
        run_script(patch, measure_movement, *flags, *table_options(results), *options)
    return read_output(results, "kinematics"), read_output(results, "phases")


def read_output(results: Path, table: str) -> pd.DataFrame:
    """Return a table that measure_movement.py wrote for the video v."""
    return parquet.read(results / table / "v.parquet")


def measure_people(
    folder: Path,
    times: np.ndarray,
    *people: pd.DataFrame,
    cuts: tuple[int, ...] = (),
    camera: dict | None = None,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Write the tables of `write_results`; return the kinematics and phases measured from them."""
    return measure(write_results(folder, times, *people, cuts=cuts, camera=camera))


def rows_of(table: pd.DataFrame, name: str, track: int = 0) -> pd.DataFrame:
    """Return the rows of one point (kinematics) or hand (phases) of a track."""
    column = "point" if "point" in table else "hand"
    return table[(table[column] == name) & (table["track"] == track)].reset_index(drop=True)


def phase_names(phases: pd.DataFrame, hand: str = "right", track: int = 0) -> list[str]:
    """Return the successive phases of one hand."""
    return rows_of(phases, hand, track)["phase"].tolist()
