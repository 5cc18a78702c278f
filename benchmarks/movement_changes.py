"""Render copies of clips in which the same movement is filmed in another way.

python benchmarks/movement_changes.py CLIP.mkv... --work /tmp/changes

Each change states what it does to time, speed and side, so that the gestures of a copy can be
compared with those of the clip; see `movement_invariance.py`.
"""

import argparse
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parents[1] / "scripts"))

from imageio_ffmpeg import get_ffmpeg_exe

from corpus.core.errors import run
from corpus.core.progress import with_progress
from corpus.video.reader import Reader
from stage_runs import ROOT, in_groups, run_workflow

SMOOTH_STEPS = 4
"""The image is enlarged by this factor before it is moved in steps of whole pixels."""


@dataclass(frozen=True)
class Change:
    """A change of a film, and what it does to the movement in it.

    `filters` are those of ffmpeg, for a film that starts at 0 and has `{frames}` frames of
    `{width}` x `{height}` pixels at 30 per second. Times are multiplied by `slowness` and then
    moved by `delay_s`; speeds are divided by `slowness`. A harmless change keeps all pictures at
    nearly their quality, so every measure should stay as it is.
    """

    filters: str
    rate: str | None = None
    crf: int = 18
    slowness: float = 1.0
    delay_s: float = 0.0
    mirrored: bool = False
    harmless: bool = False


def _moved(filters: str) -> str:
    """Filters on an enlarged image, which is then reduced to its size before."""
    return f"scale=iw*{SMOOTH_STEPS}:-1,{filters},scale={{width}}:{{height}}"


CHANGES = {
    "crf18": Change("null", harmless=True),
    "25fps": Change("fps=25"),
    "15fps": Change("fps=15"),
    "12.5fps": Change("fps=12.5"),
    "10fps": Change("fps=10"),
    "half_speed": Change("setpts=2*PTS", rate="15", slowness=2),
    "half_speed_doubled": Change("setpts=2*PTS,fps=30", slowness=2),
    "double_speed": Change("setpts=PTS/2", rate="60", slowness=0.5),
    "50fps": Change("setpts=PTS*30/50", rate="50", slowness=0.6),
    "mirrored": Change("hflip", mirrored=True, harmless=True),
    "240p": Change("scale=-2:240", harmless=True),
    "1080p": Change("scale=-2:1080", harmless=True),
    "smaller": Change(
        "scale={width}*3/4:-2,pad={width}:{height}:-1:-1:color=gray", harmless=True
    ),
    "zoom": Change(
        _moved(
            "pad=iw/0.6:ih/0.6:-1:-1:color=gray,"
            "zoompan=z='1+(1/0.6-1)*on/{frames}':x='(iw-iw/zoom)/2':y='(ih-ih/zoom)/2'"
            ":d=1:s={width}x{height}:fps=30"
        ),
        harmless=True,
    ),
    "pan": Change(
        _moved("pad=iw*1.25:ih:-1:0:color=gray,crop=iw/1.25:ih:(iw-ow)*n/{frames}:0"),
        harmless=True,
    ),
    "anamorphic": Change("scale=iw*45/64:ih,setsar=64/45", harmless=True),
    "crf38": Change("null", crf=38, harmless=True),
    "still_before": Change(
        "tpad=start_mode=clone:start_duration=2", delay_s=2, harmless=True
    ),
    "fifth_repeated": Change("select='mod(n+1,5)',fps=30", harmless=True),
}  # fmt: skip
"""Changes by name. Those of the frame rate and the speed are judged one by one.

A lower rate contains less of the movement. At 25 and 12.5 frames per second, each frame shows the
nearest earlier picture of 30, so its time is up to 33 ms late and fast movement seems to jerk.
"""


def copy_id(clip: str, change: str) -> str:
    """The video id of a changed copy."""
    return f"{clip}__{change.replace('.', '_')}"


def render(clip: Path, change: Change, path: Path, size: tuple[int, int], n_frames: int) -> None:
    """Write a changed copy of a clip of `n_frames` frames as H.264 without sound."""
    width, height = size
    filters = change.filters.format(width=width, height=height, frames=n_frames)
    command = [get_ffmpeg_exe(), "-v", "error", "-y", "-i", clip, "-an"]
    command += ["-vf", f"setpts=PTS-STARTPTS,{filters},format=yuv420p", "-threads", "1"]
    command += ["-c:v", "libx264", "-preset", "veryfast", "-crf", change.crf]
    command += ["-r", change.rate] if change.rate else ["-fps_mode", "passthrough"]
    subprocess.run([*map(str, command), str(path)], check=True, stdin=subprocess.DEVNULL)


def render_all(clips: list[Path], folder: Path) -> dict[str, Path]:
    """Render all changed copies of clips; returns the paths of copies and clips by video id."""
    folder.mkdir(parents=True, exist_ok=True)
    films = {clip.stem: clip for clip in clips}
    jobs = [(clip, name, change) for clip in clips for name, change in CHANGES.items()]
    for clip, name, change in with_progress(jobs, "copies", len(jobs), "copies"):
        path = folder / f"{copy_id(clip.stem, name)}.mp4"
        render(clip, change, path, *_size_and_frames(clip))
        films[path.stem] = path
    return films


def _size_and_frames(clip: Path) -> tuple[tuple[int, int], int]:
    """Width and height, and the number of frames."""
    shapes = [frame.pixels.shape for frame in Reader(clip)]
    return (shapes[0][1], shapes[0][0]), len(shapes)


def main() -> None:
    """Render the copies, and extract the keypoints of copies and clips."""
    options = parse_arguments()
    films = render_all(options.clips, options.work / "films")
    settings = in_groups(ROOT, len(films))
    run_workflow(ROOT, options.work, films, ["keypoints"], settings, options.cores)


def parse_arguments() -> argparse.Namespace:
    """Parse the options of this script."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("clips", nargs="+", type=Path, help="clips of 30 frames per second")
    parser.add_argument("--work", required=True, type=Path, help="output folder")
    parser.add_argument("--cores", type=int, default=1, help="cores for the workflow")
    return parser.parse_args()


if __name__ == "__main__":
    run(main)
