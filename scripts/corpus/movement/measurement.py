"""Measurement of one video: from keypoints to the tables of the movement stage.

Kinematics are measured and written block by block. The phases of all hands and the times in which
they are observed are collected on the way and are complete after the last block. Then the frames of
each gesture unit are read again from the table of kinematics.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import pandas as pd

from corpus.movement.body_coordinates import (
    ObservationRules,
    TrackKeypoints,
    body_positions,
    shoulder_widths,
    smooth_scale,
)
from corpus.movement.body_jumps import find_jumps
from corpus.movement.gesture_measures import measure_gestures
from corpus.movement.gesture_units import gesture_numbers, gesture_units, read_trajectories
from corpus.movement.jitter import short_repetitions
from corpus.movement.keypoint_blocks import (
    Block,
    frame_range,
    read_keypoints,
    split_into_blocks,
)
from corpus.movement.kinematics import (
    PointKinematics,
    context_s,
    frame_ends,
    hand_trajectories,
    kinematics_rows,
    measure_kinematics,
)
from corpus.movement.local_regression import GAP_TOLERANCE_S
from corpus.movement.movement_quality import MovementQuality
from corpus.movement.movement_runs import HandTrajectory
from corpus.movement.phases import Hand, Phase, PhaseSegmenter
from corpus.movement.settings import MovementSettings
from corpus.movement.stabilised_picture import StabilisedPicture
from corpus.tables import schemas


@dataclass
class VideoMovement:
    """Kinematics and phases of one video, from its tables of keypoints, frames and shots.

    `image_size` is the width and height of the video in pixels. Iterate over `kinematics` to the
    end before using `phases`, `quality` and `gesture_measures`.
    """

    keypoints: Path
    frames: pd.DataFrame
    shots: pd.DataFrame
    image_size: tuple[int, int]
    settings: MovementSettings
    _jumps: dict[int, list[int]] = field(default_factory=dict)
    """Frames in which the skeleton of a track jumps to another body, by track."""
    _segmenters: dict[Hand, PhaseSegmenter] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.quality = MovementQuality(self.settings)
        self._frame_numbers = self.frames["frame"].to_numpy()
        self._times = self.frames["time_s"].to_numpy()
        repeated = self.frames["repeated"].fillna(False).to_numpy(bool)
        self._repeated = short_repetitions(self._times, repeated, self.settings.max_gap_s)
        self._ends = frame_ends(self.frames, self.shots)
        self._durations = self._ends - self._times
        # A frame may stay on screen for long: hands are observed for at most the longest filled
        # gap, as in their phases.
        self._observed_s = np.minimum(self._durations, self.settings.max_gap_s + GAP_TOLERANCE_S)
        self._observation = ObservationRules(
            self.settings.min_visibility,
            self.settings.seen_window_s,
            self.settings.seen_share,
            *self.image_size,
        )

    def kinematics(self) -> Iterator[pd.DataFrame]:
        """Yield the kinematics of one block of frames at a time.

        Rows are sorted by frame, track and point. Blocks without kinematics are skipped.
        """
        widths = self.track_widths()
        blocks = list(split_into_blocks(self.frames, context_s(self.settings)))
        frame_ranges = (self._frame_range(block.first, block.last) for block in blocks)
        blocks_keypoints = read_keypoints(self.keypoints, frame_ranges)
        for block, keypoints in zip(blocks, blocks_keypoints, strict=True):
            tables = []
            for track, track_rows in keypoints.groupby("track"):
                width_m = widths.get(track, np.nan)
                tables += self._measure_track(block, int(track), track_rows, width_m)
            if tables:
                rows = pd.concat(tables)
                yield rows.sort_values(["frame", "track", "order"]).drop(columns="order")

    def track_widths(self) -> dict[int, float]:
        """Return each track's shoulder width in metres: the median of the model's estimates."""
        blocks = split_into_blocks(self.frames, margin_s=0)
        frame_ranges = (self._frame_range(block.start, block.stop) for block in blocks)
        widths: dict[int, list] = {}
        for keypoints in read_keypoints(self.keypoints, frame_ranges):
            for track, track_widths in shoulder_widths(keypoints).groupby(level="track"):
                widths.setdefault(int(track), []).append(track_widths.to_numpy(np.float32))
        return {track: float(np.median(np.concatenate(parts))) for track, parts in widths.items()}

    def phases(self) -> list[tuple[Hand, Phase]]:
        """Return the phases of all hands, sorted by start time, track and hand."""
        phases = [
            (hand, phase)
            for hand, segmenter in self._segmenters.items()
            for phase in segmenter.phases()
        ]
        return sorted(phases, key=lambda pair: (pair[1].run.start_s, *pair[0][1:]))

    def gesture_measures(self, kinematics: Path) -> dict[str, list]:
        """Return the columns of the table gesture_measures, from the complete table kinematics."""
        units = gesture_units(self.phases())
        trajectories = read_trajectories(kinematics, units, self._jumps)
        quality = self.quality.columns()
        hands = zip(quality["track"], quality["hand"], strict=True)
        cutoffs_hz = dict(zip(hands, quality["speed_cutoff_hz"], strict=True))
        return measure_gestures(trajectories, units, self.settings, cutoffs_hz)

    def _measure_track(
        self, block: Block, track: int, keypoints: pd.DataFrame, width_m: float
    ) -> list[pd.DataFrame]:
        """Kinematics of a track's points in one block; hands go to their phase segmenters."""
        block_frames = slice(block.first, block.last)
        times, repeated = self._times[block_frames], self._repeated[block_frames]
        track_keypoints = TrackKeypoints(keypoints, self._frame_numbers[block_frames])
        positions = body_positions(track_keypoints, times, width_m, self._observation)
        self._add_body(block, track, track_keypoints, width_m)
        picture = StabilisedPicture.of_track(
            track_keypoints,
            self.frames.iloc[block_frames],
            width_m,
            self._observation,
            self.settings,
        )
        tables = []
        for order, (point, point_positions) in enumerate(positions.items()):
            kinematics = measure_kinematics(point_positions, times, repeated, self.settings)
            if kinematics is None:
                continue
            sampled = np.isin(np.arange(len(times)), kinematics.frame_index[kinematics.is_sample])
            picture_speed = picture.speeds(point_positions.positions, sampled)
            kinematics = _without_margins(kinematics, block)
            rows = kinematics_rows(kinematics, self.frames, track, point)
            rows["picture_speed"] = picture_speed[kinematics.frame_index - block.first]
            tables.append(rows.assign(order=order))
            side, kind = point.split("_")
            if kind == "hand":
                index = kinematics.frame_index
                frame_times, durations = self._times[index], self._observed_s[index]
                self.quality.add_hand(track, side, kinematics, frame_times, durations)
                self._segment(Hand(block.shot, track, side), kinematics)
        return tables

    def _add_body(
        self, block: Block, track: int, keypoints: TrackKeypoints, width_m: float
    ) -> None:
        """Add the time in which the body is on screen, and its jumps, in the block's own frames."""
        own_frames = slice(block.start - block.first, block.stop - block.first)
        durations = self._durations[block.start : block.stop]
        self.quality.add_body(track, durations[keypoints.has_body()[own_frames]].sum())
        times = self._times[block.first : block.last]
        unit = smooth_scale(times, keypoints.scale()) * width_m
        body = keypoints.upper_body() / unit[:, None, None]
        jumps = find_jumps(times, body, self.settings.max_gap_s)[own_frames]
        numbers = self._frame_numbers[block.start : block.stop][jumps]
        self._jumps.setdefault(track, []).extend(numbers.tolist())

    def add_trajectory(self, hand: Hand, trajectory: HandTrajectory) -> None:
        """Pass the next trajectory of a hand to its phase segmenter."""
        self._segmenters.setdefault(hand, PhaseSegmenter(self.settings)).add(trajectory)

    def _segment(self, hand: Hand, kinematics: PointKinematics) -> None:
        """Take the trajectories of a hand out of the next block."""
        trajectories = hand_trajectories(
            kinematics, self._frame_numbers, self._times, self._ends, self.settings.max_gap_s
        )
        for trajectory in trajectories:
            self.add_trajectory(hand, trajectory)

    def _frame_range(self, first: int, last: int) -> tuple[int, int]:
        return frame_range(self._frame_numbers, first, last)


def _without_margins(kinematics: PointKinematics, block: Block) -> PointKinematics:
    """The block's own frames; `frame_index` then counts from the first frame of the video."""
    kinematics = replace(kinematics, frame_index=kinematics.frame_index + block.first)
    index = kinematics.frame_index
    return kinematics.select((block.start <= index) & (index < block.stop))


def phase_columns(phases: list[tuple[Hand, Phase]]) -> dict[str, list]:
    """Return the columns of the phases table.

    Gestures are numbered from 0 through the whole video, in order of their start.
    """
    rows = []
    for (hand, phase), gesture in zip(phases, gesture_numbers(phases), strict=True):
        run = phase.run
        rows.append(
            {
                "shot": hand.shot,
                "track": hand.track,
                "hand": hand.side,
                "phase": phase.name,
                "start_s": run.start_s,
                "end_s": run.end_s,
                "gesture": gesture,
                "peak_speed": None if run.peak_extrapolated else run.peak_speed,
                "mean_speed": run.path_length / run.duration_s,
                "path_length": run.path_length,
                "world_path_length": run.world_path_length,
            }
        )
    return {name: [row[name] for row in rows] for name in schemas.SCHEMAS["phases"].names}
