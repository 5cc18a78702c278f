"""Copy labelled clips and alter the light, the camera and the side.

python benchmarks/altered_clips.py CLIPS --labels CLIPS/LABELS.csv --work /tmp/altered

In clips from one recording session, people look nearly the same, so the clustering never splits
them. This program adds altered copies of each labelled clip, which show the same person, as if
filmed on another occasion. README.md in this folder describes the next steps.
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
from halves import HALVES, in_half

ALTERATIONS = {
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
"""ffmpeg filters of each copy, by strength: dim and out of focus, far away, pale and noisy,
mirrored and tilted."""
CRF = {"little": "30", "much": "35"}
"""Quality setting of x264 (a higher crf is coarser): below and above the point where compression
blocks become visible."""


def write_altered_copy(clip: Path, filters: str, crf: str, copy: Path) -> None:
    """Apply ffmpeg `filters` to a clip and write it as H.264 with this `crf`, without sound."""
    command = [get_ffmpeg_exe(), "-v", "error", "-y", "-i", clip, "-vf", filters, "-an"]
    command += ["-c:v", "libx264", "-crf", crf, "-threads", "1", "-fps_mode", "passthrough"]
    subprocess.run([*map(str, command), str(copy)], check=True, stdin=subprocess.DEVNULL)


def main() -> None:
    """Write the copies, and a manifest and labels for all clips and copies."""
    options = parse_arguments()
    clips = labelled_clips.find_clips(options.clips)
    labels = labelled_clips.read_labels(options.labels, clips)
    known = (label["person"] for label in labels.values() if label["person"])
    chosen = in_half(known, options.half)
    labelled = [clip for clip in clips if labels.get(clip, {}).get("person") in chosen]
    options.work.mkdir(parents=True, exist_ok=True)
    video_ids = labelled_clips.video_ids(clips)
    videos, people = [], []
    for clip in with_progress(labelled, "clips", len(labelled), "clips"):
        path = options.clips.absolute() / clip
        videos.append((video_ids[clip], path))
        people.append((clip, labels[clip]["person"]))
        for name, filters in ALTERATIONS[options.by].items():
            copy = options.work.absolute() / f"{video_ids[clip]}_{name}.mp4"
            write_altered_copy(path, filters, CRF[options.by], copy)
            videos.append((copy.stem, copy))
            people.append((copy.name, labels[clip]["person"]))
    write_table(options.work / "videos.tsv", ("video_id", "source"), videos, "\t")
    write_table(options.work / "labels.csv", ("clip", "person"), people, ",")


def write_table(path: Path, header: tuple[str, ...], rows: list[tuple], delimiter: str) -> None:
    """Write the header and the rows as UTF-8 text."""
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, delimiter=delimiter, lineterminator="\n").writerows([header, *rows])


def parse_arguments() -> argparse.Namespace:
    """Parse the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("clips", type=Path, help="folder of clips")
    parser.add_argument(
        "--labels", type=Path, required=True, help="CSV with the person of each clip"
    )
    parser.add_argument("--half", choices=HALVES, help="only these people; default: all people")
    parser.add_argument("--work", type=Path, required=True, help="output folder")
    parser.add_argument(
        "--by", choices=ALTERATIONS, default="little", help="strength of the alterations"
    )
    return parser.parse_args()


if __name__ == "__main__":
    run(main)
