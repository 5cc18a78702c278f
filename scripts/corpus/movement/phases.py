"""Segmentation of one hand's movement into the phases movement, hold and rest, from its speed.

These are the phases that people code by hand (Kendon 2004, Gesture: Visible Action as Utterance;
Kita, van Gijn and van der Hulst 1998, Movement phases in signs and co-speech gestures), as far as
they follow from movement alone: preparation, stroke and retraction are all "movement" here.
docs/gestures.md defines each phase and says where the thresholds come from.
"""

from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from corpus.movement.local_regression import GAP_TOLERANCE_S
from corpus.movement.movement_runs import (
    HandTrajectory,
    Run,
    find_movements,
    merge_equal_runs,
    split_at_threshold,
    sum_ignoring_nan,
)
from corpus.movement.rest_places import rest_balance
from corpus.movement.settings import MovementSettings


class Hand(NamedTuple):
    """A hand of a face track in one shot; `side` is left or right."""

    shot: int
    track: int
    side: str


@dataclass(frozen=True)
class Phase:
    """A run with its phase, one of schemas.PHASES, and the number of its gesture (None at rest).

    Gestures are numbered from 0 for each hand of a track. `after_rest` and `before_rest` say
    whether a rest directly precedes and directly follows it in the same unbroken trajectory.
    """

    name: str
    run: Run
    gesture: int | None
    after_rest: bool = False
    before_rest: bool = False


def classify_runs(trajectories: list[list[Run]], settings: MovementSettings) -> list[Phase]:
    """Return the phases of one hand in one shot.

    `trajectories` holds, for each unbroken trajectory of the hand in the shot, the runs that
    `find_movements` returned. A still hand is at rest

    - if it is still for longer than `max_hold_s`,
    - if it is below `rest_height`,
    - if there is no movement in its trajectory,
    - if its other stays near this place are mostly rests (see `rest_places.rest_balance`).

    Otherwise it is a hold. Successive movements and holds form one gesture.
    """
    still_runs = [run for runs in trajectories for run in runs if not run.is_moving]
    balance = rest_balance(
        np.array([run.duration_s for run in still_runs]),
        np.array([run.mean_position for run in still_runs]).reshape(-1, 2),
        settings,
    )
    in_rest_place = iter(balance > 0)

    def is_rest(run: Run) -> bool:
        """Whether a run is at rest. Call it for each run once, in the order of `trajectories`."""
        return not run.is_moving and bool(
            next(in_rest_place)
            or run.duration_s > settings.max_hold_s
            or run.mean_position[1] < settings.rest_height
        )

    phases, gesture = [], -1
    for runs in trajectories:
        is_alone = len(runs) == 1 and not runs[0].is_moving
        rests = [is_rest(run) or is_alone for run in runs]
        for index, (run, rests_now) in enumerate(zip(runs, rests, strict=True)):
            after_rest = index > 0 and rests[index - 1]
            before_rest = index + 1 < len(runs) and rests[index + 1]
            gesture += not rests_now and (index == 0 or after_rest)
            name = "rest" if rests_now else "movement" if run.is_moving else "hold"
            number = None if rests_now else gesture
            phases.append(Phase(name, run, number, after_rest, before_rest))
    return phases


@dataclass
class PhaseSegmenter:
    """Segments the movement of one hand of a face track in one shot, in order of time.

    A trajectory may be added in several parts: a part that continues the last one is joined to it.
    After a gap a new trajectory begins.
    """

    settings: MovementSettings
    _finished: list[list[Run]] = field(default_factory=list)
    """Runs of movement and stillness of each finished trajectory."""
    _runs: list[Run] = field(default_factory=list)
    """Runs above and below `offset_speed` of the current trajectory."""
    _last_frame: HandTrajectory | None = None

    def add(self, part: HandTrajectory) -> None:
        """Add the next trajectory, or the next part of the current one."""
        if self._last_frame is not None and self._continues(part, self._last_frame):
            self._add_path_to(part, self._last_frame)
        else:
            self._finish_trajectory()
        new_runs = split_at_threshold(part, self.settings.offset_speed)
        self._runs[-1:] = merge_equal_runs([*self._runs[-1:], *new_runs])
        self._last_frame = part.last_frame()

    def phases(self) -> list[Phase]:
        """Return all phases, after all parts were added."""
        self._finish_trajectory()
        return classify_runs(self._finished, self.settings)

    def _finish_trajectory(self) -> None:
        if self._runs:
            self._finished.append(find_movements(self._runs, self.settings))
        self._runs, self._last_frame = [], None

    def _continues(self, part: HandTrajectory, previous: HandTrajectory) -> bool:
        """Whether the part's first frame follows the last frame that was added."""
        step_s = part.times[0] - previous.times[-1]
        is_next_frame = part.frames[0] == previous.frames[-1] + 1
        return is_next_frame and 0 < step_s <= self.settings.max_gap_s + GAP_TOLERANCE_S

    def _add_path_to(self, part: HandTrajectory, previous: HandTrajectory) -> None:
        """Add the path from the last frame of the previous part to the first of this one."""
        run = self._runs[-1]
        step = np.linalg.norm(part.positions[0] - previous.positions[-1])
        world_step = np.linalg.norm(part.world_positions[0] - previous.world_positions[-1])
        run.path_length += float(step)
        run.world_path_length = sum_ignoring_nan(run.world_path_length, float(world_step))
