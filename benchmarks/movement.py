"""Measure how well gestures are found on clips whose movement was marked by eye.

python benchmarks/movement.py --results results/mine --half report
python benchmarks/movement.py --results results/mine --half report --spudnig --other segments

README.md in this folder explains what is measured.
"""

import argparse
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parents[1] / "scripts"))

import pandas as pd

from corpus.core.errors import InputError, run
from halves import HALVES
from movement_demo import demo_rows
from movement_marks import (
    SUMMARY_HEADER,
    TRUTH,
    Interval,
    clip_rows,
    clips_with_movement,
    moving_hands,
    read_truth,
    score,
    summary_row,
)
from movement_peers import envision_segments, spudnig_movements
from movement_plot import plot
from movement_sensitivity import scales, sensitivity
from movement_workflow import gestures, hand_gestures, measured_units

OWN = "this workflow"


def clips_without_movement(results: Path, truth: pd.DataFrame) -> list[str]:
    """Return the clips marked as without movement that are part of the results."""
    still = truth[truth["start_s"].isna()]["video_id"]
    return [video for video in still if _has_keypoints(results, video)]


def _has_keypoints(results: Path, video: str) -> bool:
    return (results / "keypoints" / f"{video}.parquet").exists()


def methods(
    results: Path, others: list[Path], *, spudnig: bool
) -> dict[str, Callable[[str], list[Interval]]]:
    """Return functions that give the intervals that each method detects in a video."""
    functions: dict[str, Callable[[str], list[Interval]]] = {
        OWN: lambda video: gestures(results, video)
    }
    if spudnig:
        functions["SPUDNIG's rule"] = lambda video: spudnig_movements(results, video)
    for folder in others:
        functions[folder.name] = lambda video, folder=folder: envision_segments(folder, video)
    return functions


def report(
    results: Path, truth: pd.DataFrame, others: list[Path], *, spudnig: bool = False
) -> Iterator[str]:
    """Yield Markdown: a table of the clips, summaries of methods and hands, and false gestures."""
    clips = clips_with_movement(truth)
    detectors = methods(results, others, spudnig=spudnig)
    scores = {
        name: [score(detect(video), marked) for video, marked in clips]
        for name, detect in detectors.items()
    }
    yield from clip_rows(clips, {"": scores[OWN]})
    yield from ["", SUMMARY_HEADER]
    for name, method_scores in scores.items():
        yield summary_row(name, method_scores)
    hands = moving_hands(truth) if "right_start_s" in truth else []
    if hands:
        found = [score(hand_gestures(results, *hand), marked) for *hand, marked in hands]
        yield summary_row(f"{OWN}, each hand", found)
    yield ""
    yield from censoring_rows(results, [video for video, _ in clips])
    still = clips_without_movement(results, truth)
    counts = [len(gestures(results, video)) for video in still]
    yield f"Gestures where nothing moves: {sum(counts)} in {len(counts)} clips."


def censoring_rows(results: Path, videos: list[str]) -> Iterator[str]:
    """Yield how many gesture units begin or end out of view, where this is measured."""
    units = [measured_units(results, video) for video in videos]
    seen = pd.concat([table for table in units if table is not None] or [pd.DataFrame()])
    if "start_seen" in seen:
        starts, ends = (~seen["start_seen"]).sum(), (~seen["end_seen"]).sum()
        yield f"Of {len(seen)} gesture units, {starts} begin and {ends} end out of view."


def main() -> None:
    """Read the options, measure the clips and print the report."""
    options = parse_arguments()
    truth = read_truth(options.truth, options.half)
    moving = {video for video, _ in clips_with_movement(truth)}
    missing = sorted(video for video in moving if not _has_keypoints(options.results, video))
    if missing:
        raise InputError(f"{options.results}: no keypoints of {', '.join(missing)}")
    for line in report(options.results, truth, options.other, spudnig=options.spudnig):
        print(line)
    if options.sensitivity:
        still = clips_without_movement(options.results, truth)
        print("", *sensitivity(options.results, truth, still), sep="\n")
    if options.scales:
        print("", *scales(options.results), sep="\n")
    if options.demo:
        print("", *demo_rows(options.results, options.demo), sep="\n")
    if options.plot:
        plot(options.results, options.of, options.plot)


def parse_arguments() -> argparse.Namespace:
    """Parse the options of this script."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    add = parser.add_argument
    add("--results", required=True, type=Path, help="results folder with keypoints of the clips")
    add("--truth", type=Path, default=TRUTH, help="table of video_id, start_s and end_s")
    add("--half", choices=HALVES, help="only the clips of this half; default: all clips")
    help_text = "folders of EnvisionHGDetector's *_segments.csv, to compare with"
    add("--other", type=Path, nargs="+", default=[], help=help_text)
    add("--spudnig", action="store_true", help="also compare with the rule of SPUDNIG")
    add("--sensitivity", action="store_true", help="also halve and double each setting")
    add("--scales", action="store_true", help="also measure with other units of length")
    add("--demo", type=Path, help="truth.json of the demo, to compare its drawn figure with")
    add("--plot", type=Path, help="SVG file to write: the speed of both hands in one clip")
    add("--of", default="brother", help="clip to plot")
    return parser.parse_args()


if __name__ == "__main__":
    run(main)
