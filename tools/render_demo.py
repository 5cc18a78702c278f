"""Render the clips of the demo from two portraits, and write their ground truth.

The portraits show Eileen Collins and Grace Hopper; tools/portraits/README.md gives their sources.

In three clips, portraits are moved but not animated: pans, zooms and hard cuts. In the clip `hands`
a figure with the head of Grace Hopper moves its arms. `truth.json` gives every cut, the people in
every frame, and the affine map from each portrait's pixels to those of the frame: a point in the
portrait must be detected at its mapped position in every frame. For the figure it also gives the
position of each hand in every frame, and when the hand moves, how fast and how far. Coordinates
are (x, y) pixels of the upright picture, with the centre of the top left pixel at (0, 0). Frames
are numbered from 0.

The same versions of the libraries give the same bytes. Clips that are up to date are not rendered
again.
"""

import argparse
import hashlib
import json
import logging
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Protocol

import av
import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "scripts"))

from corpus.core.checksums import sha256
from corpus.core.errors import run
from corpus.core.progress import with_progress
from demo_clips import camera_moves, gesture_clip
from demo_clips.frames import FPS, HEIGHT, WIDTH
from demo_clips.portraits import portraits

TRUTH = "truth.json"


class Clip(Protocol):
    """What every clip can do."""

    @property
    def n_frames(self) -> int:
        """Number of frames."""
        ...

    def images(self, pictures: dict[str, np.ndarray]) -> Iterator[np.ndarray]:
        """Draw all frames, each (HEIGHT, WIDTH, 3) uint8 RGB, from the portraits by person."""
        ...

    def truth(self) -> dict:
        """Return the ground truth of the clip, as in truth.json."""
        ...


CLIPS: dict[str, Clip] = {
    "collins": camera_moves.COLLINS,
    "hopper": camera_moves.HOPPER,
    "both": camera_moves.BOTH,
    "hands": gesture_clip.HANDS,
}


def render(path: Path, clip: Clip, pictures: dict[str, np.ndarray]) -> None:
    """Write a clip as H.264."""
    # With several threads, the bytes would depend on the number of processor cores.
    encoder_options = {"crf": "18", "preset": "veryfast", "threads": "1"}
    with av.open(path, "w", format="mp4", options={"movflags": "+faststart"}) as container:
        stream = container.add_stream("libx264", rate=FPS, options=encoder_options)
        stream.width, stream.height, stream.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        for image in with_progress(clip.images(pictures), path.name, clip.n_frames):
            frame = av.VideoFrame.from_ndarray(image, format="rgb24")
            container.mux(stream.encode(frame))
        container.mux(stream.encode())


def source_sha256() -> str:
    """Return a checksum over this script, the modules it draws with, and the portraits."""
    folder = Path(__file__).resolve().parent
    sources = [
        Path(__file__),
        *(folder / "demo_clips").glob("*.py"),
        *(folder / "portraits").iterdir(),
    ]
    digests = "".join(sha256(path) for path in sorted(sources))
    return hashlib.sha256(digests.encode()).hexdigest()


def is_up_to_date(directory: Path, made_by: str) -> bool:
    """Return whether all clips exist and were rendered by this version of the tool."""
    truth_file = directory / TRUTH
    if not truth_file.exists() or not all((directory / f"{name}.mp4").exists() for name in CLIPS):
        return False
    return json.loads(truth_file.read_text(encoding="utf-8"))["made_by"] == made_by


def render_all(directory: Path) -> None:
    """Render the clips and their ground truth if they are out of date.

    The files are written into a folder of their own and then moved into place, so that several
    processes may do this at the same time.
    """
    made_by = source_sha256()
    if is_up_to_date(directory, made_by):
        logging.info("the demo's clips in %s are up to date", directory)
        return
    directory.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=directory, prefix=".rendering-") as folder:
        pictures = portraits()
        for name, clip in CLIPS.items():
            render(Path(folder, f"{name}.mp4"), clip, pictures)
        text = json.dumps(ground_truth(pictures, made_by), sort_keys=True)
        Path(folder, TRUTH).write_text(text + "\n", encoding="utf-8")
        # The old truth does not match the new clips.
        (directory / TRUTH).unlink(missing_ok=True)
        for name in (*(f"{name}.mp4" for name in CLIPS), TRUTH):
            os.replace(Path(folder, name), directory / name)


def ground_truth(pictures: dict[str, np.ndarray], made_by: str) -> dict:
    """Return the content of truth.json."""
    return {
        "made_by": made_by,
        "portraits": {
            name: {"width": picture.shape[1], "height": picture.shape[0]}
            for name, picture in pictures.items()
        },
        "clips": {name: clip.truth() for name, clip in CLIPS.items()},
    }


def main() -> None:
    """Read the options and render the clips."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("directory", type=Path, help="folder for the clips and truth.json")
    render_all(parser.parse_args().directory)


if __name__ == "__main__":
    run(main)
