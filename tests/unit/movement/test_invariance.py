"""The same movement, filmed in another way, gives the same gesture units, times and peaks.

The body is a puppet with a known path and the noise of real keypoints. A right hand rises, stays
raised and falls again. The bounds say how much of a change may reach the results.
"""

import numpy as np
import pandas as pd
import pytest

from corpus.tables import parquet
from moving_bodies import (
    frame_times,
    measure,
    minimum_jerk_path,
    moving_body,
    phase_names,
    rows_of,
    write_results,
)

NOISE = 0.008
"""Standard deviation of keypoints in shoulder widths, as of hands at rest in real clips."""
PEAK_SPEED = 1.875 * np.hypot(0.6, 1.5) / 0.5
"""Peak of each of the two movements, of a minimum-jerk path (Flash and Hogan 1985)."""
START_S, END_S = 1.0, 3.0
RAISED_HAND = minimum_jerk_path(
    (0.0, -0.6, -1.7), (1.0, -0.6, -1.7), (1.5, 0.0, -0.2), (2.5, 0.0, -0.2), (3.0, -0.6, -1.7)
)
"""A right hand that rises within half a second, stays raised for one second and falls again."""
PHASES = ["rest", "movement", "hold", "movement", "rest"]
RATES = (10, 12.5, 15, 24, 25, 30, 50, 60)


def measured(folder, times, body: pd.DataFrame, repeated=None, hand: str = "right"):
    """Return the phases and kinematics of one hand of a body."""
    results = write_results(folder, times, body)
    if repeated is not None:
        frames = parquet.read(results / "frames" / "v.parquet").assign(repeated=repeated)
        parquet.write(results / "frames" / "v.parquet", "frames", frames, {})
    kinematics, phases = measure(results)
    return rows_of(phases, hand), rows_of(kinematics, f"{hand}_hand")


def check(phases, *, tempo=1.0, start_s=START_S, frame_s=1 / 25, peak_error=0.05) -> None:
    """Compare phases with the true times and peaks of the raised hand.

    The movement is `tempo` times as fast and starts at `start_s`. A threshold of speed is crossed
    up to 0.1 s after the true start of the movement at half speed. Smoothing for phases crosses it
    up to 0.14 s before and after a quick movement. A frame adds to this.
    """
    assert phases["phase"].tolist() == PHASES
    unit = phases[phases["gesture"].notna()]
    assert unit["gesture"].nunique() == 1
    tolerance_s = (0.14 if tempo >= 1 else 0.2) + frame_s
    assert unit["start_s"].iloc[0] == pytest.approx(start_s, abs=tolerance_s)
    end_s = start_s + (END_S - START_S) / tempo
    assert unit["end_s"].iloc[-1] == pytest.approx(end_s, abs=tolerance_s)
    peaks = phases.loc[phases["phase"] == "movement", "peak_speed"].to_numpy(float)
    assert np.abs(peaks / (tempo * PEAK_SPEED) - 1).max() <= peak_error


@pytest.mark.parametrize("fps", RATES)
def test_frame_rates(tmp_path, fps):
    times = frame_times(fps, 4)
    phases, _ = measured(tmp_path, times, moving_body(times, right=RAISED_HAND, noise=NOISE))
    # Below 15 frames per second, the fastest moment may lie between two frames.
    check(phases, frame_s=1 / fps, peak_error=0.05 if fps >= 15 else 0.10)


def test_irregular_frame_times(tmp_path):
    times = np.cumsum(np.random.default_rng(5).uniform(0.01, 0.06, 115))
    phases, _ = measured(tmp_path, times, moving_body(times, right=RAISED_HAND, noise=NOISE))
    check(phases, frame_s=0.06)


@pytest.mark.parametrize("tempo", [0.5, 2.0])
@pytest.mark.parametrize("fps", [25, 30, 50, 60])
def test_half_and_double_speed(tmp_path, fps, tempo):
    times = frame_times(fps, 4 / tempo)
    body = moving_body(times, right=lambda t: RAISED_HAND(tempo * t), noise=NOISE)
    # At double speed, a reach takes 0.25 s, of which smoothing takes up to 5 %.
    phases, _ = measured(tmp_path, times, body)
    check(
        phases,
        tempo=tempo,
        start_s=START_S / tempo,
        frame_s=1 / fps,
        peak_error=0.05 if tempo < 1 else 0.1,
    )


def test_a_mirrored_movement(tmp_path):
    times = frame_times(25, 4)
    left = moving_body(times, left=lambda t: RAISED_HAND(t) * [-1, 1], noise=NOISE)
    mirrored, _ = measured(tmp_path, times, left, hand="left")
    check(mirrored)
    assert phase_names(mirrored, "left") == PHASES


@pytest.mark.parametrize("zoom", [0.4, 0.7])
def test_a_smaller_image(tmp_path, zoom):
    times = frame_times(25, 4)
    body = moving_body(times, right=RAISED_HAND, zoom=zoom, noise=NOISE)
    check(measured(tmp_path, times, body)[0])


def test_a_zoom_and_a_pan(tmp_path):
    times = frame_times(25, 4)
    pan = np.column_stack([200 + 50 * times, 170 + 20 * np.sin(2 * times)])
    body = moving_body(times, right=RAISED_HAND, zoom=0.5 * 1.2**times, pan=pan, noise=NOISE)
    check(measured(tmp_path, times, body)[0])


def test_a_still_before(tmp_path):
    times = frame_times(25, 6)
    body = moving_body(times, right=lambda t: RAISED_HAND(t - 2), noise=NOISE)
    check(measured(tmp_path, times, body)[0], start_s=START_S + 2)


def with_repeated_pictures(body: pd.DataFrame, repeated: np.ndarray) -> pd.DataFrame:
    """Return the keypoints of a body in whose film some frames show the picture before again."""
    shown = np.maximum.accumulate(np.where(repeated, 0, np.arange(len(repeated))))
    pictures = dict(tuple(body.groupby("frame")))
    times = body.groupby("frame")["time_s"].first()
    copies = [
        pictures[picture].assign(frame=frame, time_s=times[frame])
        for frame, picture in enumerate(shown)
    ]
    return pd.concat(copies)


@pytest.mark.parametrize("every", [2, 5])
def test_repeated_frames(tmp_path, every):
    times = frame_times(30, 4)
    repeated = np.arange(len(times)) % every == every - 1
    body = moving_body(times, right=RAISED_HAND, noise=NOISE)
    body = with_repeated_pictures(body, repeated)
    phases, kinematics = measured(tmp_path / "known", times, body, repeated)
    check(phases, frame_s=2 / 30)
    assert len(kinematics) == len(times) and not kinematics["interpolated"].any()
    _, unknown = measured(tmp_path / "unknown", times, body)
    ratio = unknown["acceleration"].max() / kinematics["acceleration"].max()
    assert ratio > 1.15, "without the column, the hand seems to stop and jump"


RESOLVED = [(fps, hz) for fps in RATES for hz in (2, 3, 4, 5) if hz <= 0.42 * fps]
"""Frame rates, and the oscillations with speeds that they resolve: up to 0.42 of the frame rate."""


@pytest.mark.parametrize(("fps", "frequency"), RESOLVED)
def test_waving_is_movement_at_every_rate_that_resolves_it(tmp_path, fps, frequency):
    times = frame_times(fps, 6)

    def wave(t: np.ndarray) -> np.ndarray:
        swing = 0.3 * np.sin(2 * np.pi * frequency * t)
        is_waving = (t >= 2) & (t < 4)
        return np.column_stack([-0.4 + np.where(is_waving, swing, 0), np.full(len(t), -0.3)])

    phases, _ = measured(tmp_path, times, moving_body(times, right=wave, noise=NOISE))
    moving = phases[phases["phase"] == "movement"]
    inside = moving["end_s"].clip(upper=4) - moving["start_s"].clip(lower=2)
    assert inside.clip(lower=0).sum() >= 0.9 * 2
    assert moving["start_s"].min() > 1.8 and moving["end_s"].max() < 4.2 + 1 / fps
    assert phases["gesture"].nunique() == 1
