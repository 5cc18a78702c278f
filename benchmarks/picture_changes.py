"""Measure how well repeated pictures are found, and how far a camera that stands still drifts.

python benchmarks/picture_changes.py CLIP...

Each clip is copied as if its pictures had been repeated to raise the frame rate, and compressed.
Frames that are repeats in the clip itself are not counted in its copies. The last table is about
the clips as they are: it shows a drift only if their cameras stand still.
"""

import argparse
import subprocess
import sys
from collections import Counter
from pathlib import Path
from tempfile import TemporaryDirectory

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "scripts"))

import numpy as np
from imageio_ffmpeg import get_ffmpeg_exe

from corpus.core.errors import run
from corpus.core.progress import with_progress
from corpus.video.frame_index import index_frames, to_tables
from corpus.video.reader import Reader

CUT_CHANGE, MIN_SHOT_S = 10.0, 0.5
"""The defaults of `shots.threshold` and `shots.min_length_s`."""
PATTERNS = {
    "none": lambda n: n,
    "15 to 30": lambda n: n // 2,
    "24 to 30": lambda n: n - n // 5 - (n % 5 == 4),
    "10 to 30": lambda n: n // 3,
}
"""Which picture of the clip each frame of a copy shows, if the clip had as many as it needs."""
QUALITIES = (18, 28, 35)
"""Compression of the copies, as x264's crf: from nearly lossless to blocks that are visible."""


def write_copy(pictures: list[np.ndarray], shown: list[int], crf: int, path: Path) -> None:
    """Write a film of 30 frames per second that shows these pictures, by number."""
    height, width = (side // 2 * 2 for side in pictures[0].shape[:2])
    command = [get_ffmpeg_exe(), "-v", "error", "-y", "-f", "rawvideo", "-pix_fmt", "rgb24"]
    command += ["-s", f"{width}x{height}", "-r", "30", "-i", "-", "-c:v", "libx264"]
    command += ["-pix_fmt", "yuv420p", "-threads", "1", "-crf", str(crf), str(path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE) as process:
        assert process.stdin
        for number in shown:
            process.stdin.write(np.ascontiguousarray(pictures[number][:height, :width]).tobytes())


def compare(clip: Path, counts: Counter, folder: Path) -> tuple[int, int, int, float]:
    """Count repeats in the copies of a clip; return what was found in the clip itself.

    This is the number of frames, of repeats, of frames with a known movement of the camera, and the
    drift in thousandths of the width of the picture per second.
    """
    frames, _, status = to_tables(index_frames(clip, CUT_CHANGE), MIN_SHOT_S)
    pictures = [frame.pixels for frame in Reader(clip)]
    for pattern, picture_of_frame in PATTERNS.items():
        shown = [picture_of_frame(n) for n in range(len(pictures))]
        is_repeat = np.diff(shown, prepend=-1) == 0
        is_counted = is_repeat | ~frames["repeated"][shown]
        for crf in QUALITIES:
            write_copy(pictures, shown, crf, folder / "copy.mp4")
            copy = to_tables(index_frames(folder / "copy.mp4", CUT_CHANGE), MIN_SHOT_S)[0]
            for kind, of_kind in (("repeats", is_repeat), ("others", ~is_repeat)):
                counts[pattern, crf, kind] += int((of_kind & is_counted).sum())
                found = of_kind & is_counted & copy["repeated"]
                counts[pattern, crf, f"found {kind}"] += int(found.sum())
    steps = np.array([frames["camera_x"], frames["camera_y"]])
    is_known = np.isfinite(steps[0])
    drift = np.linalg.norm(steps[:, is_known].sum(axis=1)) / status["duration_s"]
    n_repeated = int(frames["repeated"].sum())
    return len(pictures), n_repeated, int(is_known.sum()), float(1000 * drift / status["width"])


def main() -> None:
    """Print both tables."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("clips", nargs="+", type=Path, metavar="CLIP", help="short video file")
    clips = parser.parse_args().clips
    counts: Counter = Counter()
    with TemporaryDirectory() as folder:
        found = [compare(clip, counts, Path(folder)) for clip in with_progress(clips, "clips")]
    print("| frames of the copy | crf | repeats found | other frames taken for repeats |")
    print("|---|---|---|---|")
    for pattern in PATTERNS:
        for crf in QUALITIES:
            n = {kind: counts[pattern, crf, kind] for kind in ("repeats", "others")}
            hits, false = (counts[pattern, crf, f"found {kind}"] for kind in n)
            print(f"| {pattern} | {crf} | {hits} of {n['repeats']} | {false} of {n['others']} |")
    print("\n| clip | frames | repeated | movement known | drift, 1/1000 of the width per s |")
    print("|---|---|---|---|---|")
    for clip, (n_frames, n_repeated, n_known, drift) in zip(clips, found, strict=True):
        print(f"| {clip.stem} | {n_frames} | {n_repeated} | {n_known} | {drift:.2f} |")


if __name__ == "__main__":
    run(main)
