"""Render the three clips of the demo from two portraits, and write their ground truth.

The portraits show Eileen Collins (NASA; `skimage.data.astronaut()`) and Grace Hopper (US Navy;
matplotlib's sample `grace_hopper.jpg`). They are works of the US government in the public domain,
and part of packages that the environment contains anyway, so that no network is needed.

Portraits are moved but not animated: pans, zooms and hard cuts. Therefore `truth.json` gives every
cut, the people in every frame, and the affine map from each portrait's pixels to those of the
frame: a point in the portrait must be detected at its mapped position in every frame. Coordinates
are (x, y) pixels of the upright picture, with the centre of the top left pixel at (0, 0). Frames
are numbered from 0.

The same versions of the libraries give the same bytes. Clips that are up to date are not rendered
again.
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
"""Scale of a portrait, and x and y of its top left pixel in the frame, pixels."""
Motion = Callable[[float], Placement]
"""Maps a fraction of the shot, from 0 (first frame) to 1 (last frame), to a placement."""


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


def glide(start: Placement, end: Placement) -> Motion:
    """Return a motion from one placement to another that starts and ends slowly."""

    def motion(fraction: float) -> Placement:
        eased = fraction * fraction * (3 - 2 * fraction)
        scale, x, y = (a + (b - a) * eased for a, b in zip(start, end, strict=True))
        return scale, x, y

    return motion


def sway(centre: Placement, dx: float, dy: float, n_cycles: float, phase: float) -> Motion:
    """Return an oscillation around a placement.

    The amplitudes are `dx` and `dy` pixels. The portrait makes `n_cycles` horizontal cycles per
    shot, starting at `phase` (in cycles), and twice as many vertical ones.
    """

    def motion(fraction: float) -> Placement:
        angle = 2 * math.pi * (n_cycles * fraction + phase)
        scale, x, y = centre
        return scale, x + dx * math.sin(angle), y + dy * math.sin(2 * angle)

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


CLIPS = {
    "collins": (
        Shot(60, (38, 92, 70), one_person("collins", (0.94, 15, 0), (0.94, 145, 0))),
        Shot(65, (0, 0, 0), one_person("collins", (1.3, -13, -2), (1.6, -64, -12))),
    ),
    "hopper": (
        Shot(45, (196, 182, 150), one_person("hopper", (0.8, 50, 2), (0.8, 180, 2))),
        Shot(45, (92, 32, 42), one_person("hopper", (0.96, 130, -8), (1.06, 8, -14))),
        Shot(45, (60, 110, 60), one_person("hopper", (0.8, 215, 2), (0.88, 120, -6))),
    ),
    "both": (
        Shot(50, (70, 70, 78), side_by_side(True, 0.0)),
        Shot(40, (180, 150, 60), one_person("hopper", (0.98, 10, -10), (0.98, 120, -10))),
        Shot(50, (70, 70, 78), side_by_side(False, 0.3)),
    ),
}


def portraits() -> dict[str, np.ndarray]:
    """Return the two pictures by person, (height, width, 3) uint8 RGB."""
    hopper = cv2.imread(str(get_sample_data("grace_hopper.jpg", asfileobj=False)))
    return {"collins": astronaut(), "hopper": cv2.cvtColor(hopper, cv2.COLOR_BGR2RGB)}


def affine_matrix(placement: Placement) -> np.ndarray:
    """Return the 2 x 3 matrix that maps the portrait's pixels to those of the frame."""
    scale, x, y = placement
    return np.array([[scale, 0.0, x], [0.0, scale, y]])


def iterate_frames(shots: tuple[Shot, ...]) -> Iterator[tuple[Shot, float]]:
    """Yield, for every frame of a clip, its shot and its position in the shot, from 0 to 1."""
    for shot in shots:
        for number in range(shot.frames):
            yield shot, number / (shot.frames - 1)


def draw_frame(shot: Shot, fraction: float, pictures: dict[str, np.ndarray]) -> np.ndarray:
    """Draw one frame, (HEIGHT, WIDTH, 3) uint8 RGB."""
    frame = np.empty((HEIGHT, WIDTH, 3), np.uint8)
    frame[:] = shot.backdrop
    for actor in shot.actors:
        placement = actor.motion(fraction)
        picture = pictures[actor.person]
        if placement[0] < 1:
            # Smooth before reducing the size: otherwise aliasing makes fine detail flicker.
            picture = cv2.GaussianBlur(picture, (0, 0), 0.4 / placement[0])
        warped = cv2.warpAffine(
            picture,
            affine_matrix(placement),
            (WIDTH, HEIGHT),
            flags=cv2.INTER_CUBIC,
            borderMode=cv2.BORDER_CONSTANT,
            borderValue=shot.backdrop,
        )
        frame[:, actor.left : actor.right] = warped[:, actor.left : actor.right]
    return frame


def ground_truth(shots: tuple[Shot, ...]) -> dict:
    """Return the ground truth of a clip, as in truth.json."""
    lengths = [shot.frames for shot in shots]
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
            for shot, fraction in iterate_frames(shots)
        ],
    }


def render(path: Path, shots: tuple[Shot, ...], pictures: dict[str, np.ndarray]) -> None:
    """Write a clip as H.264 to a temporary file, then move it into place."""
    partial = path.with_name(f".{path.name}.partial")
    # With several threads, the bytes would depend on the number of processor cores.
    encoder_options = {"crf": "18", "preset": "veryfast", "threads": "1"}
    with av.open(partial, "w", format="mp4", options={"movflags": "+faststart"}) as container:
        stream = container.add_stream("libx264", rate=FPS, options=encoder_options)
        stream.width, stream.height, stream.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        total = sum(shot.frames for shot in shots)
        for shot, fraction in with_progress(iterate_frames(shots), path.name, total):
            image = draw_frame(shot, fraction, pictures)
            frame = av.VideoFrame.from_ndarray(image, format="rgb24")
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
    os.replace(partial, path)


def is_up_to_date(directory: Path, script_sha256: str) -> bool:
    """Return whether all clips exist and were rendered by this version of the script."""
    truth_file = directory / TRUTH
    if not truth_file.exists() or not all((directory / f"{name}.mp4").exists() for name in CLIPS):
        return False
    return json.loads(truth_file.read_text())["made_by"] == script_sha256


def render_all(directory: Path) -> None:
    """Render the clips if they are out of date, then write their ground truth."""
    script_sha256 = sha256(__file__)
    if is_up_to_date(directory, script_sha256):
        logging.info("the demo's clips in %s are up to date", directory)
        return
    directory.mkdir(parents=True, exist_ok=True)
    truth_file = directory / TRUTH
    # Remove it first: while clips are rendered, it may not match them.
    truth_file.unlink(missing_ok=True)
    pictures = portraits()
    for name, shots in CLIPS.items():
        render(directory / f"{name}.mp4", shots, pictures)
    truth = {
        "made_by": script_sha256,
        "portraits": {
            name: {"width": picture.shape[1], "height": picture.shape[0]}
            for name, picture in pictures.items()
        },
        "clips": {name: ground_truth(shots) for name, shots in CLIPS.items()},
    }
    partial = directory / f".{TRUTH}.partial"
    partial.write_text(json.dumps(truth, sort_keys=True) + "\n")
    os.replace(partial, truth_file)


def main() -> None:
    """Read the options and render the clips."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("directory", type=Path, help="folder for the clips and truth.json")
    render_all(parser.parse_args().directory)


if __name__ == "__main__":
    run(main)
