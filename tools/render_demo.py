"""Render the demo's three clips, and the truth about them, from two portraits that need no network.

Eileen Collins (NASA; `skimage.data.astronaut()`) and Grace Hopper (US Navy; matplotlib's sample
`grace_hopper.jpg`): works of the US government, in the public domain, inside wheels that the
environment has anyway.

A portrait is moved, never animated: pans, zooms and hard cuts. So `truth.json` knows every cut, who
is in every frame, and how each portrait's pixels map to the frame's: what is found at one place in
the portrait must be found wherever that place has moved to. Coordinates are (x, y) pixels of the
upright picture, with the middle of the top left pixel at (0, 0); frames count from 0.

The same versions of the libraries give the same bytes. Nothing is rendered that is there already.
"""

import argparse
import json
import logging
import math
import os
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import av
import cv2
import numpy as np
from matplotlib.cbook import get_sample_data
from skimage.data import astronaut

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "scripts"))

from corpus.core.checksums import sha256
from corpus.core.errors import run
from corpus.core.progress import with_progress

WIDTH, HEIGHT, FPS = 640, 480, 25
TRUTH = "truth.json"

Placement = tuple[float, float, float]
"""Scale of a portrait, and x and y of its top left pixel in the frame."""
Motion = Callable[[float], Placement]
"""Where a portrait is, at a part of the shot between 0 and 1."""


@dataclass(frozen=True)
class Actor:
    """A person in a shot, seen through a part of the frame's width."""

    person: str
    motion: Motion
    left: int = 0
    right: int = WIDTH


@dataclass(frozen=True)
class Shot:
    """A take: how many frames, before which plain colour (RGB), with whom."""

    frames: int
    backdrop: tuple[int, int, int]
    actors: tuple[Actor, ...]


def glide(start: Placement, end: Placement) -> Motion:
    """From one placement to another, softly in and out."""

    def at(part: float) -> Placement:
        soft = part * part * (3 - 2 * part)
        scale, x, y = (a + (b - a) * soft for a, b in zip(start, end, strict=True))
        return scale, x, y

    return at


def sway(middle: Placement, dx: float, dy: float, rounds: float, phase: float) -> Motion:
    """Swing around a placement, `dx` and `dy` pixels to either side, `rounds` times a shot."""

    def at(part: float) -> Placement:
        turn = 2 * math.pi * (rounds * part + phase)
        scale, x, y = middle
        return scale, x + dx * math.sin(turn), y + dy * math.sin(2 * turn)

    return at


def alone(person: str, start: Placement, end: Placement) -> tuple[Actor, ...]:
    """One person who has the frame to themselves."""
    return (Actor(person, glide(start, end)),)


def side_by_side(collins_left: bool, phase: float) -> tuple[Actor, Actor]:
    """Both, each in one half of the frame, each moving in their own way."""
    half = WIDTH // 2
    collins, hopper = (0, half) if collins_left else (half, 0)
    return (
        Actor(
            "collins", sway((0.85, collins - 40, 62), 22, 10, 1.5, phase), collins, collins + half
        ),
        Actor("hopper", sway((0.72, hopper - 25, 60), 18, 12, 1.0, phase), hopper, hopper + half),
    )


CLIPS = {
    "collins": (
        Shot(60, (38, 92, 70), alone("collins", (0.94, 15, 0), (0.94, 145, 0))),
        Shot(65, (0, 0, 0), alone("collins", (1.3, -13, -2), (1.6, -64, -12))),
    ),
    "hopper": (
        Shot(45, (196, 182, 150), alone("hopper", (0.8, 50, 2), (0.8, 180, 2))),
        Shot(45, (92, 32, 42), alone("hopper", (0.96, 130, -8), (1.06, 8, -14))),
        Shot(45, (60, 110, 60), alone("hopper", (0.8, 215, 2), (0.88, 120, -6))),
    ),
    "both": (
        Shot(50, (70, 70, 78), side_by_side(True, 0.0)),
        Shot(40, (180, 150, 60), alone("hopper", (0.98, 10, -10), (0.98, 120, -10))),
        Shot(50, (70, 70, 78), side_by_side(False, 0.3)),
    ),
}


def portraits() -> dict[str, np.ndarray]:
    """The two pictures: (height, width, 3) uint8 RGB."""
    hopper = cv2.imread(str(get_sample_data("grace_hopper.jpg", asfileobj=False)))
    return {"collins": astronaut(), "hopper": cv2.cvtColor(hopper, cv2.COLOR_BGR2RGB)}


def affine(placement: Placement) -> np.ndarray:
    """2 x 3 matrix from the portrait's pixels to the frame's."""
    scale, x, y = placement
    return np.array([[scale, 0.0, x], [0.0, scale, y]])


def frames_of(shots: tuple[Shot, ...]) -> Iterator[tuple[Shot, float]]:
    """Every frame of a clip: its shot, and the part of the shot that has passed."""
    for shot in shots:
        for number in range(shot.frames):
            yield shot, number / (shot.frames - 1)


def draw(shot: Shot, part: float, pictures: dict[str, np.ndarray]) -> np.ndarray:
    """One frame: (HEIGHT, WIDTH, 3) uint8 RGB."""
    frame = np.empty((HEIGHT, WIDTH, 3), np.uint8)
    frame[:] = shot.backdrop
    for actor in shot.actors:
        placement = actor.motion(part)
        picture = pictures[actor.person]
        if placement[0] < 1:
            # Made smaller by interpolation alone, fine detail would flicker.
            picture = cv2.GaussianBlur(picture, (0, 0), 0.4 / placement[0])
        moved = cv2.warpAffine(
            picture,
            affine(placement),
            (WIDTH, HEIGHT),
            flags=cv2.INTER_CUBIC,
            borderMode=cv2.BORDER_CONSTANT,
            borderValue=shot.backdrop,
        )
        frame[:, actor.left : actor.right] = moved[:, actor.left : actor.right]
    return frame


def truth(shots: tuple[Shot, ...]) -> dict:
    """What is known about a clip."""
    lengths = [shot.frames for shot in shots]
    return {
        "fps": FPS,
        "width": WIDTH,
        "height": HEIGHT,
        "n_frames": sum(lengths),
        "cuts": np.cumsum(lengths)[:-1].tolist(),
        "frames": [
            {actor.person: affine(actor.motion(part)).round(6).tolist() for actor in shot.actors}
            for shot, part in frames_of(shots)
        ],
    }


def render(path: Path, shots: tuple[Shot, ...], pictures: dict[str, np.ndarray]) -> None:
    """Write a clip as H.264, under a temporary name until it is complete."""
    partial = path.with_name(f".{path.name}.partial")
    # Encoding in several threads would make the bytes depend on the machine.
    encoder = {"crf": "18", "preset": "veryfast", "threads": "1"}
    with av.open(partial, "w", format="mp4", options={"movflags": "+faststart"}) as container:
        stream = container.add_stream("libx264", rate=FPS, options=encoder)
        stream.width, stream.height, stream.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        total = sum(shot.frames for shot in shots)
        for shot, part in with_progress(frames_of(shots), path.name, total):
            picture = av.VideoFrame.from_ndarray(draw(shot, part, pictures), format="rgb24")
            container.mux(stream.encode(picture))
        container.mux(stream.encode())
    os.replace(partial, path)


def is_current(directory: Path, maker: str) -> bool:
    """Whether all clips are there, and made by this very script."""
    record = directory / TRUTH
    if not record.exists() or not all((directory / f"{name}.mp4").exists() for name in CLIPS):
        return False
    return json.loads(record.read_text())["made_by"] == maker


def render_all(directory: Path) -> None:
    """Render the clips that are out of date, then write the truth beside them."""
    maker = sha256(__file__)
    if is_current(directory, maker):
        logging.info("the demo's clips in %s are up to date", directory)
        return
    directory.mkdir(parents=True, exist_ok=True)
    record = directory / TRUTH
    # Gone while clips and truth might not match.
    record.unlink(missing_ok=True)
    pictures = portraits()
    for name, shots in CLIPS.items():
        render(directory / f"{name}.mp4", shots, pictures)
    known = {
        "made_by": maker,
        "portraits": {
            name: {"width": picture.shape[1], "height": picture.shape[0]}
            for name, picture in pictures.items()
        },
        "clips": {name: truth(shots) for name, shots in CLIPS.items()},
    }
    partial = directory / f".{TRUTH}.partial"
    partial.write_text(json.dumps(known, sort_keys=True) + "\n")
    os.replace(partial, record)


def main() -> None:
    """Read the options and render."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("directory", type=Path, help="folder for the clips and truth.json")
    render_all(parser.parse_args().directory)


if __name__ == "__main__":
    run(main)
