"""Copies of labelled clips as if filmed elsewhere: other light, another camera, another side.

python benchmarks/altered_clips.py CLIPS --labels CLIPS/LABELS.csv --work /tmp/altered

People look much the same in all clips of one sitting, so that nothing ever splits them. Here each
labelled clip comes with altered copies of its own, which are the same person. README.md, beside
this file, says how to go on from there.
"""

import argparse
import csv
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "scripts"))

from imageio_ffmpeg import get_ffmpeg_exe

import labelled_clips
from corpus.core.errors import run
from corpus.core.progress import with_progress

ALTERED = {
    "little": {
        "dim": "eq=gamma=0.7:contrast=0.9,gblur=sigma=0.7",
        "far": "scale=trunc(iw/3)*2:-2,scale=trunc(iw*3/4)*2:-2",
        "pale": "eq=brightness=0.06:contrast=0.85:saturation=0.6,noise=alls=6:allf=t:all_seed=1",
        "turned": "hflip,rotate=4*PI/180",
    },
    "much": {
        "dim": "eq=gamma=0.45:contrast=0.8,gblur=sigma=1.2",
        "far": "scale=iw/2:-2,scale=iw*2:-2",
        "pale": "eq=brightness=0.12:contrast=0.7:saturation=0.4,noise=alls=20:allf=t:all_seed=1",
        "turned": "hflip,rotate=8*PI/180",
    },
}
"""ffmpeg's filters for each copy: little light out of focus, far away, pale and noisy, mirrored and
tilted."""
COARSE = {"little": "30", "much": "35"}
"""x264's crf: before and after blocks begin to show."""


def alter(clip: Path, filters: str, coarse: str, copy: Path) -> None:
    """Write `clip` anew through ffmpeg's `filters`, as coarse H.264 without sound."""
    command = [get_ffmpeg_exe(), "-v", "error", "-y", "-i", clip, "-vf", filters, "-an"]
    command += ["-c:v", "libx264", "-crf", coarse, "-threads", "1", "-fps_mode", "passthrough"]
    subprocess.run([*map(str, command), str(copy)], check=True, stdin=subprocess.DEVNULL)


def main() -> None:
    """Write the copies, a manifest of all and their labels."""
    options = parse_arguments()
    clips = labelled_clips.find_clips(options.clips)
    labels = labelled_clips.read_labels(options.labels, clips)
    named = [clip for clip in clips if labels.get(clip, {}).get("person")]
    options.work.mkdir(parents=True, exist_ok=True)
    ids = labelled_clips.video_ids(clips)
    videos, people = [], []
    for clip in with_progress(named, "clips", len(named), "clips"):
        path = options.clips.absolute() / clip
        videos.append((ids[clip], path))
        people.append((clip, labels[clip]["person"]))
        for name, filters in ALTERED[options.by].items():
            copy = options.work.absolute() / f"{ids[clip]}_{name}.mp4"
            alter(path, filters, COARSE[options.by], copy)
            videos.append((copy.stem, copy))
            people.append((copy.name, labels[clip]["person"]))
    write(options.work / "videos.tsv", ("video_id", "source"), videos, "\t")
    write(options.work / "labels.csv", ("clip", "person"), people, ",")


def write(path: Path, head: tuple[str, ...], rows: list[tuple], delimiter: str) -> None:
    """A small table."""
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, delimiter=delimiter, lineterminator="\n").writerows([head, *rows])


def parse_arguments() -> argparse.Namespace:
    """Options of this program."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("clips", type=Path, help="folder of clips")
    parser.add_argument("--labels", type=Path, required=True, help="who is in them")
    parser.add_argument("--work", type=Path, required=True, help="folder to write to")
    parser.add_argument("--by", choices=ALTERED, default="little", help="how much is altered")
    return parser.parse_args()


if __name__ == "__main__":
    run(main)
