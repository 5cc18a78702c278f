"""Bodies with known movement: the movement stage compared with what the body does.

python benchmarks/movement_cases.py

Each function yields lines of a Markdown table. See README.md in this folder.
"""

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

sys.path.append(str(Path(__file__).resolve().parents[1] / "scripts"))
sys.path.append(str(Path(__file__).resolve().parents[1] / "tests" / "support"))

import numpy as np
import pandas as pd

from corpus.tables import parquet, schemas
from movement_workflow import Movement, measure
from moving_bodies import fixed_position, frame_times, minimum_jerk_path, moving_body, write_results

LOW, HIGH, SIDE = -1.7, -0.7, -0.6
"""A hand hangs at LOW and is raised to HIGH, SIDE shoulder widths to the left of the middle."""
REACH_S = 0.5
"""Duration of a reach where the case is not about it."""
STEADY = {"camera_x": 0.0, "camera_y": 0.0, "camera_scale": 1.0, "camera_roll": 0.0}
"""Movement of a camera that stands still, per frame."""


def measured(
    times: np.ndarray,
    right: Callable | None,
    *,
    shown: np.ndarray | None = None,
    pan: np.ndarray | tuple = (320.0, 250.0),
    left: Callable | None = None,
    zoom: np.ndarray | float = 1.0,
    **settings: object,
) -> Movement:
    """Measure a body of two hands at `times` (n,).

    `shown` (n,) gives the frame that each picture repeats; by default, each shows its own.
    """
    body = moving_body(times, left=left, right=right, pan=pan, zoom=zoom)
    if shown is not None:
        body = _repeat_pictures(body, times, shown)
    with TemporaryDirectory() as folder:
        write_results(Path(folder), times, body)
        _describe_pictures(Path(folder) / "frames" / "v.parquet", shown)
        return measure(Path(folder), "v", Path(folder), **settings)


def _repeat_pictures(body: pd.DataFrame, times: np.ndarray, shown: np.ndarray) -> pd.DataFrame:
    """Show in frame k the keypoints of frame shown[k]."""
    pictures = {frame: rows for frame, rows in body.groupby("frame")}
    copies = [
        pictures[source].assign(frame=frame, time_s=times[frame])
        for frame, source in enumerate(shown)
    ]
    return pd.concat(copies)


def _describe_pictures(path: Path, shown: np.ndarray | None) -> None:
    """Fill the columns about repeated pictures and the camera, where this version has them."""
    frames = parquet.read(path)
    columns = schemas.SCHEMAS["frames"].names
    if "repeated" in columns:
        own = np.arange(len(frames)) if shown is None else shown
        frames["repeated"] = np.r_[False, own[1:] == own[:-1]]
    for name, value in STEADY.items():
        if name in columns:
            frames[name] = np.where(np.arange(len(frames)) == 0, np.nan, value)
    parquet.write(path, "frames", frames, {})


def right_hand(table: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of the right hand."""
    column, name = ("point", "right_hand") if "point" in table else ("hand", "right")
    return table[table[column] == name]


def right_units(movement: Movement) -> pd.DataFrame:
    """Return the gesture units of the right hand."""
    return right_hand(movement.units())


def reach(duration_s: float, held_s: float = 1.0, rest_s: float = 1.5) -> tuple[Callable, float]:
    """Return the path of a hand that is raised, held and lowered, and the length in seconds."""
    stops = [rest_s, rest_s + duration_s, rest_s + duration_s + held_s]
    end = stops[-1] + duration_s
    path = minimum_jerk_path(
        (0, SIDE, LOW), (stops[0], SIDE, LOW), (stops[1], SIDE, HIGH), (stops[2], SIDE, HIGH),
        (end, SIDE, LOW), (end + rest_s, SIDE, LOW),
    )  # fmt: skip
    return path, end + rest_s


FREQUENCIES = np.r_[np.arange(1.0, 8.0, 0.25), np.arange(8.0, 14.6, 0.5)]
"""Frequencies at which the gain is measured, Hz. Each fits 4 s without a rest."""
OSCILLATION_S, AMPLITUDE = 4.0, 0.02
"""Duration and amplitude (shoulder widths) of the oscillation at each frequency."""


def gains(fps: float, **settings: object) -> pd.DataFrame:
    """Return the gain of position, speed and acceleration at each frequency below Nyquist's."""
    frequencies = FREQUENCIES[0.49 * fps > FREQUENCIES]

    def path(times: np.ndarray) -> np.ndarray:
        part = np.clip((times / OSCILLATION_S).astype(int), 0, len(frequencies) - 1)
        angle = 2 * np.pi * frequencies[part] * times
        return np.column_stack([SIDE + AMPLITUDE * np.sin(angle), np.full(len(times), HIGH)])

    times = frame_times(fps, OSCILLATION_S * len(frequencies))
    hand = right_hand(measured(times, path, **settings).kinematics)
    rows = []
    for part, frequency in enumerate(frequencies):
        first = (part + 0.25) * OSCILLATION_S
        inner = hand[hand["time_s"].between(first, first + OSCILLATION_S / 2, inclusive="left")]
        omega, effective = 2 * np.pi * frequency, AMPLITUDE / np.sqrt(2)
        rows.append(
            {
                "frequency": frequency,
                "position": inner["x"].std() / effective,
                "speed": np.sqrt((inner["speed"] ** 2).mean()) / (effective * omega),
                "acceleration": np.sqrt((inner["acceleration"] ** 2).mean())
                / (effective * omega**2),
            }
        )
    return pd.DataFrame(rows)


def cutoff(frequencies: np.ndarray, gain: np.ndarray) -> str:
    """Return the frequency at which the gain falls to -3 dB, in Hz with one decimal."""
    below = np.flatnonzero(gain < np.sqrt(0.5))
    if len(gain) == 0 or np.isnan(gain).all():
        return "not measured"
    if len(below) == 0:
        return f"> {frequencies[-1]:.1f}"
    last = below[0]
    if last == 0:
        return f"< {frequencies[0]:.1f}"
    span = slice(last - 1, last + 1)
    return f"{np.interp(-np.sqrt(0.5), -gain[span], frequencies[span]):.1f}"


def cutoff_rows() -> Iterator[str]:
    """-3 dB frequencies of position, speed and acceleration, by frame rate and setting."""
    yield "| frame rate | `cutoff_hz` | position | speed | acceleration |"
    yield "|---|---|---|---|---|"
    cases = [(fps, 6) for fps in (60, 30, 25, 15, 12.5, 10)] + [(30, 12), (30, 24)]
    for fps, cutoff_hz in cases:
        table = gains(fps, cutoff_hz=cutoff_hz)
        cells = [
            cutoff(table["frequency"].to_numpy(), table[name].to_numpy())
            for name in ("position", "speed", "acceleration")
        ]
        yield f"| {fps:g} | {cutoff_hz} | " + " | ".join(cells) + " |"


WAVE_S, WAVE_AMPLITUDE = 3.0, 0.3


def wave_cell(fps: float, frequency: float) -> str:
    """Share of a wave's time that is found as movement, and measured through true peak speed."""
    start, end = 2.0, 2.0 + WAVE_S
    lift = minimum_jerk_path(
        (0, SIDE, LOW), (1.5, SIDE, LOW), (start, SIDE, HIGH), (end, SIDE, HIGH),
        (end + REACH_S, SIDE, LOW), (end + 2, SIDE, LOW),
    )  # fmt: skip

    def path(times: np.ndarray) -> np.ndarray:
        position = lift(times)
        waving = (times >= start) & (times < end)
        angle = 2 * np.pi * frequency * (times - start)
        position[:, 0] += np.where(waving, WAVE_AMPLITUDE * np.sin(angle), 0)
        return position

    movement = measured(frame_times(fps, end + 2), path)
    phases = right_hand(movement.phases).query("phase == 'movement'")
    covered = (phases["end_s"].clip(start, end) - phases["start_s"].clip(start, end)).sum()
    hand = right_hand(movement.kinematics)
    inner = hand[hand["time_s"].between(start + 0.5, end - 0.5)]
    peak = inner["speed"].max() / (2 * np.pi * frequency * WAVE_AMPLITUDE)
    text = f"{covered / WAVE_S:.2f}"
    return text if np.isnan(peak) else f"{text} ({peak:.2f})"


def wave_rows() -> Iterator[str]:
    """Waving to the sides by 0.3 shoulder widths."""
    frequencies = (2, 3, 4, 5, 6)
    yield "| waving at | " + " | ".join(f"{frequency} Hz" for frequency in frequencies) + " |"
    yield "|---|" + "---|" * len(frequencies)
    for fps in (60, 25, 15, 12.5, 10):
        cells = [wave_cell(fps, frequency) for frequency in frequencies]
        yield f"| {fps:g} fps | " + " | ".join(cells) + " |"


def reach_rows() -> Iterator[str]:
    """Peak speed of reaches of one shoulder width: the measured one divided by the true one."""
    durations = (0.2, 0.3, 0.5, 0.8)
    yield "| reach of | " + " | ".join(f"{duration} s" for duration in durations) + " |"
    yield "|---|" + "---|" * len(durations)
    for fps in (60, 30, 25, 15, 12.5, 10):
        cells = []
        for duration in durations:
            path, seconds = reach(duration)
            hand = right_hand(measured(frame_times(fps, seconds), path).kinematics)
            raised = hand[hand["time_s"] < 1.5 + duration + 0.5]
            cells.append(f"{raised['speed'].max() / (1.875 / duration):.2f}")
        yield f"| {fps:g} fps | " + " | ".join(cells) + " |"


def held_s(movement: Movement) -> float:
    """Return the time in which the right hand is held, in seconds."""
    holds = right_hand(movement.phases).query("phase == 'hold'")
    return float((holds["end_s"] - holds["start_s"]).sum())


def hold_rows() -> Iterator[str]:
    """Gesture units found where a raised hand is held, at 25 frames per second."""
    yield "| raised hand | gesture units | held, s |"
    yield "|---|---|---|"
    for held in (2.5, 2.9, 3.0, 3.3, 6.0):
        path, seconds = reach(REACH_S, held)
        movement = measured(frame_times(25, seconds), path)
        yield f"| held for {held} s | {len(right_units(movement))} | {held_s(movement):.2f} |"
    for last in (2.5, 3.3):
        movement = measured(*six_gestures(last))
        name = f"six gestures: five holds of 1 s, then one of {last} s"
        yield f"| {name} | {len(right_units(movement))} | {held_s(movement):.2f} |"


def six_gestures(last_hold_s: float) -> tuple[np.ndarray, Callable]:
    """Return times and path of six raised hands at one place, with 1.5 s of rest between them."""
    points, time = [(0.0, SIDE, LOW)], 1.5
    for hold in [1.0] * 5 + [last_hold_s]:
        points += [(time, SIDE, LOW), (time + REACH_S, SIDE, HIGH)]
        points += [(time + REACH_S + hold, SIDE, HIGH), (time + 2 * REACH_S + hold, SIDE, LOW)]
        time += 2 * REACH_S + hold + 1.5
    return frame_times(25, time), minimum_jerk_path(*points, (time, SIDE, LOW))


def frozen_rows() -> Iterator[str]:
    """A picture that freezes in the middle of a reach, at 25 frames per second."""
    yield "| picture freezes for | gesture units | longer by, s |"
    yield "|---|---|---|"
    path, seconds = reach(0.8, 1.0)
    before = right_units(measured(frame_times(25, seconds), path))
    duration = (before["end_s"] - before["start_s"]).max()
    for frozen in (1.0, 2.8, 3.4):
        times = frame_times(25, seconds + frozen)
        at, n_frozen = round(25 * 1.9), round(25 * frozen)
        shown = np.arange(len(times))
        shown = np.where(shown < at, shown, np.maximum(at, shown - n_frozen))
        units = right_units(measured(times, path, shown=shown))
        longer = (units["end_s"] - units["start_s"]).max() - duration
        yield f"| {frozen} s | {len(units)} | {longer:+.2f} |"


def trunk_rows() -> Iterator[str]:
    """A trunk that rocks to the sides for 20 s while the hands lie still, at 25 fps."""
    yield "| trunk | gesture units | movements | share of time | units marked as of the trunk |"
    yield "|---|---|---|---|---|"
    times = frame_times(25, 20)
    for amplitude, frequency in ((0.2, 1), (0.12, 2)):
        sway = amplitude * np.sin(2 * np.pi * frequency * times)
        shift = sway * 0.35 * 300  # pixels; see moving_bodies
        pan = np.column_stack([320 + shift, np.full(len(times), 250.0)])

        def still(side: float, sway: np.ndarray = sway) -> Callable:
            return lambda times: np.column_stack([side - sway, np.full(len(times), -1.1)])

        movement = measured(times, still(-0.4), left=still(0.4), pan=pan)
        phases = movement.phases.query("phase == 'movement'")
        share = (phases["end_s"] - phases["start_s"]).sum() / 2 / 20
        measures = movement.gesture_measures
        marked = "not measured"
        if measures is not None and "trunk_movement" in measures:
            marked = f"{(measures['trunk_movement'] == True).sum()}"  # noqa: E712 (may be null)
        n_units = movement.phases["gesture"].nunique()
        cells = [f"±{amplitude} at {frequency} Hz", n_units, len(phases), f"{share:.0%}", marked]
        yield "| " + " | ".join(map(str, cells)) + " |"
    zoom = np.clip(1 + (times - 2) / 2, 1, 2)
    lying = fixed_position(-0.4, -1.1)
    movement = measured(times, lying, left=fixed_position(0.4, -1.1), zoom=zoom)
    n_units = movement.phases["gesture"].nunique()
    yield f"| walks up: 1 to 2 times as large in 2 s | {n_units} | | | |"


def slow_rows() -> Iterator[str]:
    """Slow reaches of one shoulder width, at 25 frames per second: found or not."""
    durations = (1.0, 1.5, 1.8, 2.0, 2.5)
    yield "| slow reach of | " + " | ".join(f"{duration} s" for duration in durations) + " |"
    yield "|---|" + "---|" * len(durations)
    cells = []
    for duration in durations:
        path, seconds = reach(duration)
        units = right_units(measured(frame_times(25, seconds), path))
        cells.append("found" if len(units) else "not found")
    yield "| | " + " | ".join(cells) + " |"


def repeated_rows() -> Iterator[str]:
    """Every fifth picture shown twice instead of the next one, at 25 frames per second."""
    yield "| reach of | peak speed, with / without repeats | peak acceleration |"
    yield "|---|---|---|"
    for duration in (0.3, 0.5, 0.8):
        path, seconds = reach(duration)
        times = frame_times(25, seconds)
        shown = np.arange(len(times))
        shown[4::5] -= 1
        hands = [
            right_hand(measured(times, path, shown=pictures).kinematics)
            for pictures in (shown, None)
        ]
        speed, acceleration = (
            hands[0][name].max() / hands[1][name].max() for name in ("speed", "acceleration")
        )
        yield f"| {duration} s | {speed:.2f} | {acceleration:.2f} |"


def all_rows() -> Iterator[str]:
    """Yield the tables of all cases, with a heading each."""
    tables = {
        "Effective cutoff (-3 dB), Hz": cutoff_rows,
        "Share of a wave's time found as movement (peak speed, measured / true)": wave_rows,
        "Peak speed of minimum-jerk reaches, measured / true": reach_rows,
        "Holds": hold_rows,
        "Frozen pictures": frozen_rows,
        "Movement of the trunk": trunk_rows,
        "Slow reaches": slow_rows,
        "Repeated pictures": repeated_rows,
    }
    for heading, rows in tables.items():
        yield from ["", f"### {heading}", "", *rows()]


if __name__ == "__main__":
    print(*all_rows(), sep="\n")
