"""Measure how well gestures are found on clips whose movement was marked by eye.

python benchmarks/movement.py --results results/mine
python benchmarks/movement.py --results results/mine --other segments --plot hand.svg --of brother

README.md in this folder explains what is measured.
"""

import argparse
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest import mock

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import yaml

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "scripts"))

from corpus.core.errors import InputError, run
from corpus.movement import body_coordinates
from corpus.movement.body_coordinates import SHOULDERS, ObservationRules, TrackKeypoints
from corpus.movement.measurement import VideoMovement, phase_columns
from corpus.movement.settings import MovementSettings
from corpus.tables import parquet, schemas
from halves import HALVES

ROOT = Path(__file__).resolve().parents[1]
TRUTH = Path(__file__).with_name("movement_truth.tsv")
FACTORS = (0.5, 2.0)
"""Each setting is multiplied by these factors to measure how much the result depends on it."""
SHARES, MAX_SHARE = ("min_visibility", "seen_share"), 0.95
"""Settings that are shares, and the highest value that they are set to."""
CLIPS_AT_REST = ("no", "bird", "milk", "hungry")
"""Clips in which the left hand hangs in view and rests throughout."""
STEP_S = 0.001
"""Time resolution of the overlap in seconds."""

Interval = tuple[float, float]
"""Start and end in seconds."""


def settings() -> dict[str, float]:
    """Return the section `movement` of config.yaml."""
    return yaml.safe_load((ROOT / "config" / "config.yaml").read_text("utf-8"))["movement"]


def measure(
    results: Path, video: str, values: dict[str, float]
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Measure kinematics and phases of a video from its keypoints, with the settings `values`."""
    names = ("keypoints", "frames", "shots", "status")
    keypoints, frames, shots, status = (results / name / f"{video}.parquet" for name in names)
    [size] = pq.read_table(status, columns=["width", "height"]).to_pylist()
    movement = VideoMovement(
        keypoints=keypoints,
        frames=parquet.read(frames),
        shots=parquet.read(shots),
        image_size=(size["width"] or 0, size["height"] or 0),
        settings=MovementSettings.from_mapping(values),
    )
    blocks = list(movement.kinematics())
    columns = schemas.SCHEMAS["kinematics"].names
    kinematics = pd.concat(blocks) if blocks else pd.DataFrame(columns=columns)
    return kinematics, pd.DataFrame(phase_columns(movement.phases()))


def gesture_intervals(phases: pd.DataFrame) -> list[Interval]:
    """Return start and end of each gesture of all people and both hands."""
    groups = phases[phases["gesture"].notna()].groupby("gesture")
    intervals = groups.agg(start=("start_s", "min"), end=("end_s", "max"))
    return list(intervals.itertuples(index=False, name=None))


def measured_gestures(results: Path, video: str, values: dict[str, float]) -> list[Interval]:
    """Return the gestures of a video, measured with the settings `values`."""
    return gesture_intervals(measure(results, video, values)[1])


def envision_segments(folder: Path, video: str) -> list[Interval]:
    """Return the segments that EnvisionHGDetector found, of both of its models and any label."""
    [file] = folder.glob(f"{video}.*_segments.csv")
    return list(pd.read_csv(file)[["start_time", "end_time"]].itertuples(index=False, name=None))


def overlap(detected: list[Interval], marked: Interval) -> float:
    """Return intersection over union of the detected intervals and the marked one, 0 to 1."""
    last = max([marked[1], *(end for _, end in detected)])
    times = np.arange(0, last, STEP_S) + STEP_S / 2
    is_detected = np.zeros(len(times), bool)
    for start, end in detected:
        is_detected |= (start <= times) & (times < end)
    is_marked = (marked[0] <= times) & (times < marked[1])
    return float((is_detected & is_marked).sum() / (is_detected | is_marked).sum())


@dataclass(frozen=True)
class Score:
    """Agreement of a method with the marked interval of one clip.

    `detected` is from the first detected start to the last detected end, or None if nothing was
    detected. The errors are detected minus marked time in milliseconds, NaN without a detection.
    """

    detected: Interval | None
    overlap: float
    onset_error_ms: float
    offset_error_ms: float

    def cells(self) -> list[str]:
        """Return the cells of a Markdown table."""
        errors = (self.onset_error_ms, self.offset_error_ms)
        return [
            "{:.2f} to {:.2f}".format(*self.detected) if self.detected else "none",
            f"{self.overlap:.2f}",
            *("" if np.isnan(error) else f"{error:+.0f}" for error in errors),
        ]


def score(detected: list[Interval], marked: Interval) -> Score:
    """Compare the detected intervals of one clip with the marked one."""
    if not detected:
        return Score(None, 0.0, np.nan, np.nan)
    start, end = min(start for start, _ in detected), max(end for _, end in detected)
    return Score(
        detected=(start, end),
        overlap=overlap(detected, marked),
        onset_error_ms=(start - marked[0]) * 1000,
        offset_error_ms=(end - marked[1]) * 1000,
    )


def summary_cells(
    scores: list[Score], summarise_overlaps: Callable, summarise_errors: Callable
) -> str:
    """Return the cells of a line that summarises one method's scores."""
    overlaps = np.array([score.overlap for score in scores])
    errors = np.array([(score.onset_error_ms, score.offset_error_ms) for score in scores])
    onset, offset = summarise_errors(np.abs(errors), axis=0)
    return f" | {summarise_overlaps(overlaps):.2f} | {onset:.0f} | {offset:.0f}"


def read_truth(path: Path, half: str | None) -> pd.DataFrame:
    """Return the marks of the clips in one half, or of all clips if `half` is None."""
    truth = pd.read_csv(path, sep="\t")
    return truth if half is None or "half" not in truth else truth[truth["half"] == half]


def clips_with_movement(truth: pd.DataFrame) -> list[tuple[str, Interval]]:
    """Return the clips with a marked movement, and its start and end."""
    marked = truth[truth["start_s"].notna()][["video_id", "start_s", "end_s"]]
    return [(video, (start, end)) for video, start, end in marked.itertuples(index=False)]


def clips_without_movement(results: Path, truth: pd.DataFrame) -> list[str]:
    """Return the clips marked as without movement that are part of the results."""
    still = truth[truth["start_s"].isna()]["video_id"]
    return [video for video in still if _has_keypoints(results, video)]


def _has_keypoints(results: Path, video: str) -> bool:
    return (results / "keypoints" / f"{video}.parquet").exists()


def report(results: Path, truth: pd.DataFrame, other: Path | None) -> Iterator[str]:
    """Yield lines of Markdown: a table of the clips with movement, then the other clips."""
    methods = [lambda video: measured_gestures(results, video, settings())]
    methods += [lambda video: envision_segments(other, video)] if other else []
    columns = ["found, s", "overlap", "onset, ms", "offset, ms"] * len(methods)
    yield "| clip | by eye, s | " + " | ".join(columns) + " |"
    yield "|" + "---|" * (2 + len(columns))
    clip_scores = []
    for video, marked in clips_with_movement(truth):
        scores = [score(method(video), marked) for method in methods]
        clip_scores.append(scores)
        cells = " | ".join(cell for method_score in scores for cell in method_score.cells())
        yield f"| {video} | {marked[0]:.2f} to {marked[1]:.2f} | {cells} |"
    summaries = (("mean", np.mean, np.nanmean), ("worst", np.min, np.nanmax))
    for name, summarise_overlaps, summarise_errors in summaries:
        cells = [
            summary_cells(list(method_scores), summarise_overlaps, summarise_errors)
            for method_scores in zip(*clip_scores, strict=True)
        ]
        yield f"| {name} | |" + " |".join(cells) + " |"
    still = clips_without_movement(results, truth)
    counts = [len(measured_gestures(results, video, settings())) for video in still]
    yield ""
    yield f"Gestures where nothing moves: {sum(counts)} in {len(counts)} clips."


def sensitivity(results: Path, truth: pd.DataFrame) -> Iterator[str]:
    """Yield lines of Markdown: the results with one setting halved or doubled.

    Each cell gives the mean overlap, the worst overlap and the number of false gestures.
    """
    moving = clips_with_movement(truth)
    still = clips_without_movement(results, truth)

    def result(values: dict[str, float]) -> str:
        overlaps = [
            overlap(measured_gestures(results, video, values), marked) for video, marked in moving
        ]
        n_false = sum(len(measured_gestures(results, video, values)) for video in still)
        return f"{np.mean(overlaps):.2f}, {np.min(overlaps):.2f}, {n_false}"

    yield "| setting | value | " + " | ".join(f"times {factor:g}" for factor in FACTORS) + " |"
    yield "|---|---|" + "---|" * len(FACTORS)
    yield f"| all defaults | | {result(settings())} |" + " |" * (len(FACTORS) - 1)
    for name, value in settings().items():
        limit = MAX_SHARE if name in SHARES else np.inf
        cells = [result(settings() | {name: min(value * factor, limit)}) for factor in FACTORS]
        yield f"| `{name}` | {value:g} | " + " | ".join(cells) + " |"


def copy_zoomed(results: Path, video: str, folder: Path) -> None:
    """Copy a video's tables as if the camera had zoomed out to four fifths in each second."""
    for name in ("frames", "shots", "status"):
        (folder / name).mkdir(parents=True, exist_ok=True)
        table = (results / name / f"{video}.parquet").read_bytes()
        (folder / name / f"{video}.parquet").write_bytes(table)
    rows = parquet.read(results / "keypoints" / f"{video}.parquet")
    factor = 0.8 ** (rows["time_s"] - rows["time_s"].min())
    rows["x"], rows["y"] = rows["x"] * factor, rows["y"] * factor
    (folder / "keypoints").mkdir(exist_ok=True)
    parquet.write(folder / "keypoints" / f"{video}.parquet", "keypoints", rows, {})


def shoulder_width_in_image(
    keypoints: TrackKeypoints, times: np.ndarray, width_m: float, rules: ObservationRules
) -> np.ndarray:
    """Return the shoulder width (n,) in pixels in each frame.

    It has the arguments of `body_coordinates.pixels_per_shoulder_width`, to which it is an
    alternative.
    """
    left, right = (keypoints.pose[name][:, :2] for name in SHOULDERS)
    return np.linalg.norm(left - right, axis=1)


def median_shoulder_width_in_image(
    keypoints: TrackKeypoints, times: np.ndarray, width_m: float, rules: ObservationRules
) -> np.ndarray:
    """Return the median of the shoulder widths in pixels, for each frame (n,)."""
    widths = shoulder_width_in_image(keypoints, times, width_m, rules)
    return np.full(len(times), np.nanmedian(widths))


def unsmoothed_unit(
    keypoints: TrackKeypoints, times: np.ndarray, width_m: float, rules: ObservationRules
) -> np.ndarray:
    """Return the shoulder width (n,) in pixels from the torso's scale, without smoothing."""
    return keypoints.scale() * width_m


def scales(results: Path) -> Iterator[str]:
    """Yield lines of Markdown: the apparent speed of resting hands, for each unit of length."""
    units = {
        "shoulder width in the image, each frame": shoulder_width_in_image,
        "its median": median_shoulder_width_in_image,
        "torso in pixels and metres, each frame": unsmoothed_unit,
        "the same, smoothed (the default)": body_coordinates.pixels_per_shoulder_width,
    }
    yield "| unit | still camera | zoom |"
    yield "|---|---|---|"
    with TemporaryDirectory() as temporary:
        for video in CLIPS_AT_REST:
            copy_zoomed(results, video, Path(temporary))
        for name, unit in units.items():
            cells = []
            for folder in (results, Path(temporary)):
                with mock.patch.object(body_coordinates, "pixels_per_shoulder_width", unit):
                    tables = [measure(folder, video, settings())[0] for video in CLIPS_AT_REST]
                left_hands = pd.concat(tables).query("point == 'left_hand'")
                cells.append(f"{left_hands['speed'].quantile(0.95):.2f}")
            yield f"| {name} | " + " | ".join(cells) + " |"


def plot(results: Path, video: str, path: Path) -> None:
    """Plot the speed of both hands in a clip of one person, with their phases as shades."""
    import matplotlib

    matplotlib.use("svg")
    import matplotlib.pyplot as plt

    matplotlib.rcParams.update({"svg.hashsalt": "movement", "font.size": 9})
    kinematics, phases = measure(results, video, settings())
    figure, axes = plt.subplots(2, 1, figsize=(7, 3.6), sharex=True, sharey=True, layout="tight")
    shades = {"movement": "#f4a582", "hold": "#fddbc7", "rest": "#e0e0e0"}
    for side, axis in zip(schemas.HANDS, axes, strict=True):
        hand = kinematics[kinematics["point"] == f"{side}_hand"]
        for phase in phases[phases["hand"] == side].itertuples():
            axis.axvspan(phase.start_s, phase.end_s, color=shades[phase.phase], lw=0)
        axis.plot(hand["time_s"], hand["speed"], color="#2166ac", lw=1.5)
        for key, style in (("onset_speed", "--"), ("offset_speed", ":")):
            axis.axhline(settings()[key], color="black", lw=0.8, ls=style)
        axis.set_title(f"{side} hand", loc="left", fontsize=9)
        axis.set_ylabel("widths/s")
    axes[-1].set_xlabel("time, s")
    handles = [plt.Rectangle((0, 0), 1, 1, color=color) for color in shades.values()]
    axes[0].legend(handles, shades, ncols=3, loc="upper right", frameon=False)
    figure.savefig(path, metadata={"Date": None})


def main() -> None:
    """Read the options, measure the clips and print the report."""
    options = parse_arguments()
    truth = read_truth(options.truth, options.half)
    moving = {video for video, _ in clips_with_movement(truth)}
    missing = sorted(video for video in moving if not _has_keypoints(options.results, video))
    if missing:
        raise InputError(f"{options.results}: no keypoints of {', '.join(missing)}")
    for line in report(options.results, truth, options.other):
        print(line)
    if options.sensitivity:
        print("", *sensitivity(options.results, truth), sep="\n")
    if options.scales:
        print("", *scales(options.results), sep="\n")
    if options.plot:
        plot(options.results, options.of, options.plot)


def parse_arguments() -> argparse.Namespace:
    """Parse the options of this script."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    add = parser.add_argument
    add("--results", required=True, type=Path, help="results folder with keypoints of the clips")
    add("--truth", type=Path, default=TRUTH, help="table of video_id, start_s and end_s")
    add("--half", choices=HALVES, help="only the clips of this half; default: all clips")
    add("--other", type=Path, help="folder of EnvisionHGDetector's *_segments.csv, to compare with")
    add("--sensitivity", action="store_true", help="also halve and double each setting")
    add("--scales", action="store_true", help="also measure with other units of length")
    add("--plot", type=Path, help="SVG file to write: the speed of both hands in one clip")
    add("--of", default="brother", help="clip to plot")
    return parser.parse_args()


if __name__ == "__main__":
    run(main)
