"""Movement, hold and rest of one hand, from its speed.

The phases are those that people code by hand (Kendon 2004, Gesture: Visible Action as Utterance;
Kita, van Gijn and van der Hulst 1998, Movement phases in signs and co-speech gestures), as far as
they follow from movement alone: preparation, stroke and retraction are one kind here, "movement".
docs/gestures.md defines each, and says where the thresholds come from.
"""

from dataclasses import dataclass, field, replace

import numpy as np


@dataclass(frozen=True)
class Rules:
    """What is a movement, a hold and a rest: the section `movement` of the configuration."""

    max_gap_s: float
    max_jitter: float
    onset_speed: float
    offset_speed: float
    min_movement_s: float
    min_extent: float
    min_still_s: float
    max_hold_s: float
    rest_height: float
    rest_radius: float


@dataclass
class Stretch:
    """A hand in successive frames (n) of one shot, after smoothing.

    `ends` are the times of the frames after each, `xy` (n, 2) shoulder widths, `world` (n, 3)
    metres, `speed` (n,) shoulder widths a second.
    """

    frames: np.ndarray
    times: np.ndarray
    ends: np.ndarray
    xy: np.ndarray
    world: np.ndarray
    speed: np.ndarray


@dataclass
class Run:
    """Successive frames that are alike, and what is known of them: a run is joined to the next
    without its frames, so that memory does not grow with a video's length."""

    moving: bool
    start_s: float
    end_s: float
    peak: float
    path: float
    world_path: float
    low: np.ndarray
    high: np.ndarray
    xy_s: np.ndarray

    @property
    def seconds(self) -> float:
        return self.end_s - self.start_s

    @property
    def extent(self) -> float:
        """Diagonal of the box around the run's positions, shoulder widths."""
        return float(np.linalg.norm(self.high - self.low))

    @property
    def place(self) -> np.ndarray:
        """(2,) mean position over time, shoulder widths."""
        return self.xy_s / self.seconds

    def joined(self, other: "Run") -> "Run":
        """This run and the one right after it."""
        return Run(
            self.moving,
            self.start_s,
            other.end_s,
            max(self.peak, other.peak),
            self.path + other.path,
            _sum(self.world_path, other.world_path),
            np.minimum(self.low, other.low),
            np.maximum(self.high, other.high),
            self.xy_s + other.xy_s,
        )


@dataclass(frozen=True)
class Phase:
    """A run that was given a name of tables.PHASES, and its gesture; None at rest."""

    name: str
    run: Run
    gesture: int | None


def _sum(a: float, b: float) -> float:
    """Sum of what is known."""
    return b if np.isnan(a) else a if np.isnan(b) else a + b


def runs(stretch: Stretch, threshold: float) -> list[Run]:
    """The stretch cut where the speed crosses the threshold. The way from a frame to the next
    belongs to the run of the former."""
    fast = stretch.speed > threshold
    first = np.flatnonzero(np.diff(fast, prepend=not fast[0]))
    last = [*first[1:], len(fast)]
    step = np.append(np.linalg.norm(np.diff(stretch.xy, axis=0), axis=1), 0.0)
    world = np.append(np.linalg.norm(np.diff(stretch.world, axis=0), axis=1), np.nan)
    xy_s = stretch.xy * (stretch.ends - stretch.times)[:, None]
    found = []
    for a, b in zip(first, last, strict=True):
        known = world[a:b][np.isfinite(world[a:b])]
        found.append(
            Run(
                bool(fast[a]),
                float(stretch.times[a]),
                float(stretch.ends[b - 1]),
                float(stretch.speed[a:b].max()),
                float(step[a:b].sum()),
                float(known.sum()) if len(known) else np.nan,
                stretch.xy[a:b].min(axis=0),
                stretch.xy[a:b].max(axis=0),
                xy_s[a:b].sum(axis=0),
            )
        )
    return found


def joined(found: list[Run]) -> list[Run]:
    """Without two alike in a row."""
    merged: list[Run] = []
    for run in found:
        if merged and merged[-1].moving == run.moving:
            merged[-1] = merged[-1].joined(run)
        else:
            merged.append(run)
    return merged


def sorted_out(found: list[Run], rules: Rules) -> list[Run]:
    """Movements and stillness in turn, from an unbroken stretch's runs above and below
    `offset_speed`.

    1. A movement is above `offset_speed` all along, and somewhere above `onset_speed`.
    2. A stop shorter than `min_still_s` is part of the movement around it.
    3. Movements shorter than `min_movement_s` or smaller than `min_extent` are none.
    """
    found = joined([replace(r, moving=r.moving and r.peak >= rules.onset_speed) for r in found])
    inner = range(1, len(found) - 1)
    short = {i for i in inner if not found[i].moving and found[i].seconds < rules.min_still_s}
    found = joined([replace(r, moving=r.moving or i in short) for i, r in enumerate(found)])
    return joined([replace(r, moving=r.moving and _is_movement(r, rules)) for r in found])


def _is_movement(run: Run, rules: Rules) -> bool:
    return run.seconds >= rules.min_movement_s and run.extent >= rules.min_extent


def named(stretches: list[list[Run]], rules: Rules) -> list[Phase]:
    """Phases of one hand in one shot, from what `sorted_out` made of each of its stretches.

    A still hand is at rest

    - for longer than `max_hold_s`,
    - below `rest_height`,
    - within `rest_radius` of a place where it is still for longer than `max_hold_s` in this shot,
    - where no movement is next to it;

    else it is a hold. Movements and holds in a row are a gesture.
    """
    still = [run for found in stretches for run in found if not run.moving]
    long = [run.place for run in still if run.seconds > rules.max_hold_s]
    places = np.array(long).reshape(-1, 2)

    def rests(run: Run) -> bool:
        if run.seconds > rules.max_hold_s or run.place[1] < rules.rest_height:
            return True
        return bool((np.linalg.norm(places - run.place, axis=1) <= rules.rest_radius).any())

    phases, gesture = [], -1
    for found in stretches:
        resting = True
        for run in found:
            if not run.moving and (len(found) == 1 or rests(run)):
                phases.append(Phase("rest", run, None))
                resting = True
                continue
            gesture += resting
            resting = False
            phases.append(Phase("movement" if run.moving else "hold", run, gesture))
    return phases


@dataclass
class Follower:
    """One hand of one track, followed through its stretches in the order of time.

    A stretch may be handed over in parts; what is seen again after a gap is a new one.
    """

    rules: Rules
    _stretches: list[list[Run]] = field(default_factory=list)
    _runs: list[Run] = field(default_factory=list)
    _last: tuple | None = None

    def add(self, stretch: Stretch) -> None:
        """The next stretch, or the next part of the same."""
        if self._goes_on(stretch):
            self._bridge(stretch)
        else:
            self._close()
        fresh = runs(stretch, self.rules.offset_speed)
        self._runs[-1:] = joined([*self._runs[-1:], *fresh])
        self._last = (stretch.frames[-1], stretch.times[-1], stretch.xy[-1], stretch.world[-1])

    def phases(self) -> list[Phase]:
        """All phases, once everything was added."""
        self._close()
        return named(self._stretches, self.rules)

    def _close(self) -> None:
        if self._runs:
            self._stretches.append(sorted_out(self._runs, self.rules))
        self._runs, self._last = [], None

    def _goes_on(self, stretch: Stretch) -> bool:
        if self._last is None:
            return False
        frame, time, *_ = self._last
        passed = stretch.times[0] - time
        return stretch.frames[0] == frame + 1 and 0 < passed <= self.rules.max_gap_s + 1e-6

    def _bridge(self, stretch: Stretch) -> None:
        """Add the way from the last frame of one part to the first of the next."""
        _, _, xy, world = self._last
        run = self._runs[-1]
        run.path += float(np.linalg.norm(stretch.xy[0] - xy))
        run.world_path = _sum(run.world_path, float(np.linalg.norm(stretch.world[0] - world)))
