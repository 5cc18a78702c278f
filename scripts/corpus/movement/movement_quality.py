"""How much of each hand is seen and how far its movement is resolved: table movement_quality."""

from collections import defaultdict
from dataclasses import dataclass, field

import numpy as np

from corpus.movement.kinematics import PointKinematics
from corpus.movement.local_regression import contiguous_runs
from corpus.movement.settings import MovementSettings
from corpus.movement.smoothing_spline import effective_cutoffs, sampling_rate
from corpus.tables import schemas
from corpus.tables.schemas import HANDS

CHUNK_SAMPLES = 128
"""Successive sample times that are kept together: 2 s at 60 samples per second."""
MAX_CHUNKS = 8
"""Chunks of sample times that are kept for each hand."""
CLOSE_TO_CUTOFF = 0.95
"""Share of the cutoff below which a frame rate is reported."""
CUTOFFS = ("position_cutoff_hz", "speed_cutoff_hz", "acceleration_cutoff_hz")


@dataclass
class SampleTimes:
    """Sample times of one hand, thinned so that memory does not grow with the video.

    At most `MAX_CHUNKS` chunks of `CHUNK_SAMPLES` successive times are kept, evenly spread over all
    times. They do not depend on how many times are added at once.
    """

    _chunks: list[np.ndarray] = field(default_factory=list)
    _rest: np.ndarray = field(default_factory=lambda: np.zeros(0))
    _n_complete: int = 0
    _stride: int = 1

    def add(self, times: np.ndarray) -> None:
        """Add the next times (n,) in seconds."""
        self._rest = np.concatenate([self._rest, times])
        while len(self._rest) >= CHUNK_SAMPLES:
            if self._n_complete % self._stride == 0:
                self._chunks.append(self._rest[:CHUNK_SAMPLES])
            self._rest = self._rest[CHUNK_SAMPLES:].copy()
            self._n_complete += 1
            if len(self._chunks) > MAX_CHUNKS:
                self._chunks, self._stride = self._chunks[::2], 2 * self._stride

    def runs(self, max_gap_s: float) -> list[np.ndarray]:
        """Return the kept times, split where they are more than `max_gap_s` apart."""
        return [
            chunk[run]
            for chunk in [*self._chunks, self._rest]
            for run in contiguous_runs(chunk, np.ones(len(chunk), bool), max_gap_s)
        ]


@dataclass
class HandQuality:
    """Seconds in which one hand is observed, and the times of its samples."""

    visible_s: float = 0.0
    interpolated_s: float = 0.0
    hand_model_s: float = 0.0
    samples: SampleTimes = field(default_factory=SampleTimes)

    def columns(self, settings: MovementSettings) -> dict[str, float]:
        """Return the columns of the table that describe the hand."""
        runs = self.samples.runs(settings.max_gap_s)
        cutoffs = effective_cutoffs(runs, settings.cutoff_hz)
        return {
            "visible_s": self.visible_s,
            "frame_rate": sampling_rate(runs),
            "interpolated_s": self.interpolated_s,
            "hand_model_s": self.hand_model_s,
            **dict(zip(CUTOFFS, cutoffs.tolist(), strict=True)),
        }


@dataclass
class MovementQuality:
    """Seconds in which each track's body is on screen, and the quality of its hands."""

    settings: MovementSettings
    _on_screen_s: dict[int, float] = field(default_factory=lambda: defaultdict(float))
    _hands: dict[tuple[int, str], HandQuality] = field(
        default_factory=lambda: defaultdict(HandQuality)
    )

    def add_body(self, track: int, seconds: float) -> None:
        """Add time in which the keypoints of a body exist."""
        self._on_screen_s[track] += float(seconds)

    def add_hand(
        self,
        track: int,
        side: str,
        kinematics: PointKinematics,
        times: np.ndarray,
        durations: np.ndarray,
    ) -> None:
        """Add frames in which a hand is observed or interpolated.

        `times` and `durations` (m,) of the frames are in seconds.
        """
        hand = self._hands[track, side]
        is_interpolated = kinematics.interpolated
        hand.visible_s += float(durations.sum())
        hand.interpolated_s += float(durations[is_interpolated].sum())
        hand.hand_model_s += float(durations[kinematics.is_hand_model & ~is_interpolated].sum())
        hand.samples.add(times[kinematics.is_sample])

    def columns(self) -> dict[str, list]:
        """Return the columns of the table: one row per track and hand, sorted by both."""
        rows = [
            {
                "track": track,
                "hand": side,
                "on_screen_s": self._on_screen_s[track],
                **self._hands[track, side].columns(self.settings),
            }
            for track in sorted(self._on_screen_s)
            for side in HANDS
        ]
        names = schemas.SCHEMAS["movement_quality"].names
        return {name: [row[name] for row in rows] for name in names}

    def limits(self) -> list[str]:
        """Return a message for each frame rate that does not allow the cutoff of the setting."""
        columns = self.columns()
        lowest: dict[int, float] = {}
        for rate, speed_hz in zip(columns["frame_rate"], columns["speed_cutoff_hz"], strict=True):
            if speed_hz < CLOSE_TO_CUTOFF * self.settings.cutoff_hz:
                lowest[round(rate)] = min(lowest.get(round(rate), np.inf), speed_hz)
        return [
            f"about {rate} pictures per second resolve speeds up to {speed_hz:.2g} Hz, not up to "
            f"movement.cutoff_hz, which is {self.settings.cutoff_hz:g}"
            for rate, speed_hz in sorted(lowest.items())
        ]
