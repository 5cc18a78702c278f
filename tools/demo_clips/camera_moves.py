"""Clips of still portraits: the camera pans, zooms and cuts, and nobody moves."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from demo_clips.frames import (
    FPS,
    HEIGHT,
    WIDTH,
    Motion,
    Placement,
    affine_matrix,
    smooth_for_scale,
    sway,
    warp,
)


@dataclass(frozen=True)
class Actor:
    """A moving portrait in a shot, shown between the columns `left` and `right` of the frame."""

    person: str
    motion: Motion
    left: int = 0
    right: int = WIDTH


@dataclass(frozen=True)
class Shot:
    """A shot: its length in frames, its background colour (RGB), and its actors."""

    frames: int
    backdrop: tuple[int, int, int]
    actors: tuple[Actor, ...]


@dataclass(frozen=True)
class PortraitClip:
    """A clip of portraits that are moved but not animated."""

    shots: tuple[Shot, ...]

    @property
    def n_frames(self) -> int:
        """Number of frames."""
        return sum(shot.frames for shot in self.shots)

    def images(self, pictures: dict[str, np.ndarray]) -> Iterator[np.ndarray]:
        """Draw all frames, each (HEIGHT, WIDTH, 3) uint8 RGB, from the portraits by person."""
        return (draw_frame(shot, fraction, pictures) for shot, fraction in self._positions())

    def truth(self) -> dict:
        """Return the ground truth of the clip, as in truth.json."""
        lengths = [shot.frames for shot in self.shots]
        return {
            "fps": FPS,
            "width": WIDTH,
            "height": HEIGHT,
            "n_frames": sum(lengths),
            "cuts": np.cumsum(lengths)[:-1].tolist(),
            "frames": [
                {
                    actor.person: affine_matrix(actor.motion(fraction)).round(6).tolist()
                    for actor in shot.actors
                }
                for shot, fraction in self._positions()
            ],
        }

    def _positions(self) -> Iterator[tuple[Shot, float]]:
        """Yield, for every frame, its shot and its position in the shot, from 0 to 1."""
        for shot in self.shots:
            for number in range(shot.frames):
                yield shot, number / (shot.frames - 1)


def draw_frame(shot: Shot, fraction: float, pictures: dict[str, np.ndarray]) -> np.ndarray:
    """Draw one frame of a shot, at a fraction of its length."""
    frame = np.empty((HEIGHT, WIDTH, 3), np.uint8)
    frame[:] = shot.backdrop
    for actor in shot.actors:
        placement = actor.motion(fraction)
        picture = smooth_for_scale(pictures[actor.person], placement[0])
        warped = warp(picture, placement, shot.backdrop)
        frame[:, actor.left : actor.right] = warped[:, actor.left : actor.right]
    return frame


def glide(start: Placement, end: Placement) -> Motion:
    """Return a motion from one placement to another that starts and ends slowly."""

    def motion(fraction: float) -> Placement:
        eased = fraction * fraction * (3 - 2 * fraction)
        scale, x, y = (a + (b - a) * eased for a, b in zip(start, end, strict=True))
        return scale, x, y

    return motion


def one_person(person: str, start: Placement, end: Placement) -> tuple[Actor, ...]:
    """Return the actors of a shot with one person, who glides across the frame."""
    return (Actor(person, glide(start, end)),)


def side_by_side(collins_left: bool, phase: float) -> tuple[Actor, Actor]:
    """Return the actors of a shot with both people, each swaying in one half of the frame."""
    half = WIDTH // 2
    collins, hopper = (0, half) if collins_left else (half, 0)
    return (
        Actor(
            "collins",
            sway((0.85, collins - 40, 62), dx=22, dy=10, n_cycles=1.5, phase=phase),
            left=collins,
            right=collins + half,
        ),
        Actor(
            "hopper",
            sway((0.72, hopper - 25, 60), dx=18, dy=12, n_cycles=1.0, phase=phase),
            left=hopper,
            right=hopper + half,
        ),
    )


COLLINS = PortraitClip(
    (
        Shot(60, (38, 92, 70), one_person("collins", (0.94, 15, 0), (0.94, 145, 0))),
        Shot(65, (0, 0, 0), one_person("collins", (1.3, -13, -2), (1.6, -64, -12))),
    )
)
HOPPER = PortraitClip(
    (
        Shot(45, (196, 182, 150), one_person("hopper", (0.8, 50, 2), (0.8, 180, 2))),
        Shot(45, (92, 32, 42), one_person("hopper", (0.96, 130, -8), (1.06, 8, -14))),
        Shot(45, (60, 110, 60), one_person("hopper", (0.8, 215, 2), (0.88, 120, -6))),
    )
)
BOTH = PortraitClip(
    (
        Shot(50, (70, 70, 78), side_by_side(True, 0.0)),
        Shot(40, (180, 150, 60), one_person("hopper", (0.98, 10, -10), (0.98, 120, -10))),
        Shot(50, (70, 70, 78), side_by_side(False, 0.3)),
    )
)
