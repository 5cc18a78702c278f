"""The table movement_quality: seconds of each hand, and the cutoffs that its frames allow."""

import logging

import numpy as np
import pytest

from corpus.movement.movement_quality import CHUNK_SAMPLES, MAX_CHUNKS, SampleTimes
from corpus.tables import parquet
from moving_bodies import RAISED_HAND, frame_times, measure, moving_body, write_results


def quality_of(folder, times, *people, options=(), repeated=None):
    """Measure people and return the table movement_quality."""
    write_results(folder, times, *people)
    if repeated is not None:
        frames = parquet.read(folder / "frames" / "v.parquet").assign(repeated=repeated)
        parquet.write(folder / "frames" / "v.parquet", "frames", frames, {})
    measure(folder, *options)
    return parquet.read(folder / "movement_quality" / "v.parquet")


def test_seconds_and_cutoffs_of_a_hand(tmp_path):
    times = frame_times(25, 4)
    seen, hands = np.ones(100), np.ones(100, bool)
    seen[40:44] = 0.1
    hands[40:60] = False
    body = moving_body(times, right=RAISED_HAND, visibility=seen, hands=hands)
    quality = quality_of(tmp_path, times, body)
    assert quality["hand"].tolist() == ["left", "right"]
    row = quality.iloc[1]
    assert row["frame_rate"] == pytest.approx(25)
    assert row["visible_s"] == pytest.approx(4.0) and row["on_screen_s"] == pytest.approx(4.0)
    assert row["interpolated_s"] == pytest.approx(0.16)
    assert row["hand_model_s"] == pytest.approx(3.2)
    for name in ("position", "speed", "acceleration"):
        assert row[f"{name}_cutoff_hz"] == pytest.approx(6.0, rel=0.05)


def test_a_hand_that_is_never_seen_has_no_cutoff(tmp_path):
    times = frame_times(25, 2)
    quality = quality_of(tmp_path, times, moving_body(times, visibility=0.1, hands=False))
    assert quality["visible_s"].tolist() == [0, 0]
    assert quality[["frame_rate", "speed_cutoff_hz"]].isna().all(axis=None)


@pytest.mark.parametrize(
    ("fps", "cutoff", "warns"), [(25, 6, False), (10, 6, True), (30, 24, True)]
)
def test_what_a_frame_rate_does_not_allow_is_logged(tmp_path, caplog, fps, cutoff, warns):
    times = frame_times(fps, 4)
    with caplog.at_level(logging.WARNING):
        quality_of(tmp_path, times, moving_body(times), options=("--cutoff-hz", str(cutoff)))
    expected = f"v: about {fps} pictures per second resolve speeds up to"
    assert any(expected in message for message in caplog.messages) == warns


def test_doubled_frames_have_the_frame_rate_of_the_pictures(tmp_path):
    times = frame_times(30, 6)
    repeated = np.arange(len(times)) % 2 == 1
    quality = quality_of(tmp_path, times, moving_body(times), repeated=repeated)
    assert quality["frame_rate"].tolist() == pytest.approx([15, 15])
    assert quality["visible_s"].tolist() == pytest.approx([6, 6])
    assert quality["speed_cutoff_hz"].max() < 5.7


@pytest.mark.parametrize("at", ["random", "long frames", "stands still"])
def test_seconds_are_those_of_the_phases(tmp_path, at):
    times = frame_times(25, 6)
    if at == "random":
        times = np.sort(np.random.default_rng(7).uniform(0, 6, 100))
    elif at == "long frames":
        times[[50, 100]] += [2.0, 5.0]
        times = np.maximum.accumulate(times) + np.arange(len(times)) * 1e-3
    else:
        times[70:76] = times[70]
    quality = quality_of(tmp_path, times, moving_body(times, right=RAISED_HAND))
    phases = parquet.read(tmp_path / "phases" / "v.parquet")
    seconds = (phases["end_s"] - phases["start_s"]).groupby(phases["hand"].astype(str)).sum()
    assert quality["visible_s"].tolist() == pytest.approx(seconds[["left", "right"]].tolist())


def test_sample_times_do_not_depend_on_how_they_are_added():
    times = np.cumsum(np.random.default_rng(0).uniform(0.01, 0.05, 30_000))
    at_once, in_parts = SampleTimes(), SampleTimes()
    at_once.add(times)
    for part in np.array_split(times, 977):
        in_parts.add(part)
    runs = at_once.runs(0.2)
    assert all(np.array_equal(a, b) for a, b in zip(runs, in_parts.runs(0.2), strict=True))
    assert sum(len(run) for run in runs) <= (MAX_CHUNKS + 1) * CHUNK_SAMPLES
    assert runs[0][0] == times[0] and runs[-1][-1] == times[-1]
    assert max(run[0] for run in runs[:-1]) > times[-1] * 0.6, "spread over the whole time"
