"""How well gestures are found on clips whose movement was marked by eye.

python benchmarks/movement.py --results results/mine
python benchmarks/movement.py --results results/mine --other segments --plot hand.svg --of brother

README.md, beside this file, says what is measured.
"""

import argparse
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest import mock

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import yaml

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "scripts"))

import corpus.movement.body_coordinates
import measure_movement
from corpus.core.errors import InputError, run
from corpus.movement.body_coordinates import SHOULDERS, Body, Seen
from corpus.movement.local_regression import half_window
from corpus.movement.phases import Rules
from corpus.tables import parquet, schemas

ROOT = Path(__file__).resolve().parents[1]
TRUTH = Path(__file__).with_name("movement_truth.tsv")
CHANGES = (0.5, 2.0)
"""What each setting is multiplied by, to see how much hangs on it."""
SHARES, MOST = ("min_visibility", "seen_share"), 0.95
"""Settings that are shares, and the highest that they are set to."""
AT_REST = ("no", "bird", "milk", "hungry")
"""Clips in which the left hand hangs in view and rests all along."""
STEP_S = 0.001

Intervals = list[tuple[float, float]]


def settings() -> dict[str, float]:
    """The section `movement` of config.yaml."""
    return yaml.safe_load((ROOT / "config" / "config.yaml").read_text("utf-8"))["movement"]


def measure(results: Path, video: str, values: dict[str, float]) -> tuple[pd.DataFrame, ...]:
    """Kinematics and phases of a video, measured anew from its keypoints."""
    names = ("keypoints", "frames", "shots", "status")
    keypoints, frames, shots, status = (results / name / f"{video}.parquet" for name in names)
    [size] = pq.read_table(status, columns=["width", "height"]).to_pylist()
    seen = Seen(
        values["min_visibility"],
        values["seen_window_s"],
        values["seen_share"],
        size["width"] or 0,
        size["height"] or 0,
    )
    rules = Rules(**{name: values[name] for name in Rules.__dataclass_fields__})
    hands = measure_movement.Hands(rules)
    half_s = half_window(values["cutoff_hz"])
    parts = measure_movement.kinematics(
        keypoints, parquet.read(frames), parquet.read(shots), seen, half_s, hands
    )
    found = list(parts)
    names = schemas.SCHEMAS["kinematics"].names
    kinematics = pd.concat(found) if found else pd.DataFrame(columns=names)
    return kinematics, pd.DataFrame(measure_movement.phase_table(hands.phases()))


def gestures(phases: pd.DataFrame) -> Intervals:
    """Start and end of each gesture, whoever's and whichever hand's."""
    known = phases[phases["gesture"].notna()]
    found = known.groupby("gesture").agg(start=("start_s", "min"), end=("end_s", "max"))
    return list(found.itertuples(index=False, name=None))


def others(folder: Path, video: str) -> Intervals:
    """Segments that EnvisionHGDetector found, of either of its models, and of any label."""
    [file] = folder.glob(f"{video}.*_segments.csv")
    return list(pd.read_csv(file)[["start_time", "end_time"]].itertuples(index=False, name=None))


def overlap(found: Intervals, known: tuple[float, float]) -> float:
    """Length of what both cover, by that of what either covers (intersection over union)."""
    last = max([known[1], *(end for _, end in found)])
    times = np.arange(0, last, STEP_S) + STEP_S / 2
    inside = np.zeros(len(times), bool)
    for start, end in found:
        inside |= (start <= times) & (times < end)
    truth = (known[0] <= times) & (times < known[1])
    return float((inside & truth).sum() / (inside | truth).sum())


def row(found: Intervals, known: tuple[float, float]) -> list:
    """One clip: start and end of what was found, overlap, error of onset and offset in ms."""
    if not found:
        return [None, 0.0, np.nan, np.nan]
    start, end = min(start for start, _ in found), max(end for _, end in found)
    errors = [(a - b) * 1000 for a, b in ((start, known[0]), (end, known[1]))]
    return [(start, end), overlap(found, known), *errors]


def cells(rows: list) -> str:
    """The cells of one or more `row`s."""
    shown = []
    for between, share, *errors in rows:
        shown.append("{:.2f} to {:.2f}".format(*between) if between else "none")
        shown.append(f"{share:.2f}")
        shown += ["" if np.isnan(error) else f"{error:+.0f}" for error in errors]
    return " | ".join(shown)


def summary(rows: list, overlaps: Callable, errors: Callable) -> str:
    """The cells of a line that sums up one method's `row`s."""
    numbers = np.array([found[1:] for found in rows], float)
    wrong = errors(np.abs(numbers[:, 1:]), axis=0)
    return f" | {overlaps(numbers[:, 0]):.2f} | {wrong[0]:.0f} | {wrong[1]:.0f}"


def report(results: Path, truth: pd.DataFrame, other: Path | None) -> Iterator[str]:
    """Lines of Markdown: a table of the clips that move, then the others."""
    moving = truth[truth["start_s"].notna()]
    methods = [lambda video: gestures(measure(results, video, settings())[1])]
    methods += [lambda video: others(other, video)] if other else []
    columns = ["found, s", "overlap", "onset, ms", "offset, ms"] * len(methods)
    yield "| clip | by eye, s | " + " | ".join(columns) + " |"
    yield "|" + "---|" * (2 + len(columns))
    rows = []
    for video, start, end in moving[["video_id", "start_s", "end_s"]].itertuples(index=False):
        rows.append([row(method(video), (start, end)) for method in methods])
        yield f"| {video} | {start:.2f} to {end:.2f} | {cells(rows[-1])} |"
    for name, overlaps, errors in (("mean", np.mean, np.nanmean), ("worst", np.min, np.nanmax)):
        parts = [summary(list(own), overlaps, errors) for own in zip(*rows, strict=True)]
        yield f"| {name} | |" + " |".join(parts) + " |"
    still = [v for v in truth[truth["start_s"].isna()]["video_id"] if _has(results, v)]
    counts = [len(gestures(measure(results, video, settings())[1])) for video in still]
    yield ""
    yield f"Gestures where nothing moves: {sum(counts)} in {len(counts)} clips."


def _has(results: Path, video: str) -> bool:
    return (results / "keypoints" / f"{video}.parquet").exists()


def sensitivity(results: Path, truth: pd.DataFrame) -> Iterator[str]:
    """Lines of Markdown: the mean overlap where one setting is halved or doubled."""
    moving = truth[truth["start_s"].notna()][["video_id", "start_s", "end_s"]]
    still = [v for v in truth[truth["start_s"].isna()]["video_id"] if _has(results, v)]

    def result(values: dict[str, float]) -> str:
        overlaps = [
            overlap(gestures(measure(results, video, values)[1]), (start, end))
            for video, start, end in moving[["video_id", "start_s", "end_s"]].itertuples(
                index=False
            )
        ]
        wrong = sum(len(gestures(measure(results, video, values)[1])) for video in still)
        return f"{np.mean(overlaps):.2f}, {np.min(overlaps):.2f}, {wrong}"

    yield "| setting | value | " + " | ".join(f"times {change:g}" for change in CHANGES) + " |"
    yield "|---|---|" + "---|" * len(CHANGES)
    yield f"| as it is | | {result(settings())} |" + " |" * (len(CHANGES) - 1)
    for name, value in settings().items():
        limit = MOST if name in SHARES else np.inf
        changed = [result(settings() | {name: min(value * change, limit)}) for change in CHANGES]
        yield f"| `{name}` | {value:g} | " + " | ".join(changed) + " |"


def zoomed(results: Path, video: str, folder: Path) -> None:
    """Copy a video's tables as if the camera had zoomed out, to four fifths in each second."""
    for name in ("frames", "shots", "status"):
        (folder / name).mkdir(parents=True, exist_ok=True)
        table = (results / name / f"{video}.parquet").read_bytes()
        (folder / name / f"{video}.parquet").write_bytes(table)
    rows = parquet.read(results / "keypoints" / f"{video}.parquet")
    factor = 0.8 ** (rows["time_s"] - rows["time_s"].min())
    rows["x"], rows["y"] = rows["x"] * factor, rows["y"] * factor
    (folder / "keypoints").mkdir(exist_ok=True)
    parquet.write(folder / "keypoints" / f"{video}.parquet", "keypoints", rows, {})


def shoulders(body: Body, times: np.ndarray, width_m: float, seen: Seen) -> np.ndarray:
    """(n,) the shoulder width in the picture, as an alternative to corpus.body.unit."""
    left, right = (body.pose[name][:, :2] for name in SHOULDERS)
    return np.linalg.norm(left - right, axis=1)


def scales(results: Path) -> Iterator[str]:
    """Lines of Markdown: the speed that hands at rest seem to have, by the unit of length."""
    units = {
        "shoulder width in the picture, each frame": shoulders,
        "its median": lambda *a: np.full(len(a[1]), np.nanmedian(shoulders(*a))),
        "torso in pixels and metres, each frame": lambda b, t, w, s: b.scale() * w,
        "the same, smoothed (as it is)": corpus.movement.body_coordinates.unit,
    }
    yield "| unit | still camera | zoom |"
    yield "|---|---|---|"
    with TemporaryDirectory() as temporary:
        for video in AT_REST:
            zoomed(results, video, Path(temporary))
        for name, unit in units.items():
            cells = []
            for folder in (results, Path(temporary)):
                with mock.patch("corpus.body.unit", unit):
                    found = [measure(folder, video, settings())[0] for video in AT_REST]
                own = pd.concat(found).query("point == 'left_hand'")
                cells.append(f"{own['speed'].quantile(0.95):.2f}")
            yield f"| {name} | " + " | ".join(cells) + " |"


def plot(results: Path, video: str, path: Path) -> None:
    """The speed of both hands of a clip of one person, with their phases as shades."""
    import matplotlib

    matplotlib.use("svg")
    import matplotlib.pyplot as plt

    matplotlib.rcParams.update({"svg.hashsalt": "movement", "font.size": 9})
    kinematics, phases = measure(results, video, settings())
    figure, axes = plt.subplots(2, 1, figsize=(7, 3.6), sharex=True, sharey=True, layout="tight")
    shades = {"movement": "#f4a582", "hold": "#fddbc7", "rest": "#e0e0e0"}
    for side, axis in zip(schemas.HANDS, axes, strict=True):
        own = kinematics[kinematics["point"] == f"{side}_hand"]
        for phase in phases[phases["hand"] == side].itertuples():
            axis.axvspan(phase.start_s, phase.end_s, color=shades[phase.phase], lw=0)
        axis.plot(own["time_s"], own["speed"], color="#2166ac", lw=1.5)
        for key, style in (("onset_speed", "--"), ("offset_speed", ":")):
            axis.axhline(settings()[key], color="black", lw=0.8, ls=style)
        axis.set_title(f"{side} hand", loc="left", fontsize=9)
        axis.set_ylabel("widths/s")
    axes[-1].set_xlabel("time, s")
    handles = [plt.Rectangle((0, 0), 1, 1, color=color) for color in shades.values()]
    axes[0].legend(handles, shades, ncols=3, loc="upper right", frameon=False)
    figure.savefig(path, metadata={"Date": None})


def main() -> None:
    """Read the options, measure, print the report."""
    options = parse_arguments()
    truth = pd.read_csv(options.truth, sep="\t")
    missing = [v for v in truth["video_id"] if not _has(options.results, v)]
    moving = set(truth[truth["start_s"].notna()]["video_id"])
    if moving & set(missing):
        raise InputError(
            f"{options.results}: no keypoints of {', '.join(sorted(moving & set(missing)))}"
        )
    for line in report(options.results, truth, options.other):
        print(line)
    if options.sensitivity:
        print("", *sensitivity(options.results, truth), sep="\n")
    if options.scales:
        print("", *scales(options.results), sep="\n")
    if options.plot:
        plot(options.results, options.of, options.plot)


def parse_arguments() -> argparse.Namespace:
    """Options of this script."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    add = parser.add_argument
    add("--results", required=True, type=Path, help="results with keypoints of these clips")
    add("--truth", type=Path, default=TRUTH, help="table: video_id, start_s, end_s")
    add("--other", type=Path, help="folder of EnvisionHGDetector's *_segments.csv, to compare")
    add("--sensitivity", action="store_true", help="also with each setting halved and doubled")
    add("--scales", action="store_true", help="also with other units of length")
    add("--plot", type=Path, help="SVG to write: the hands' speed in one clip")
    add("--of", default="brother", help="the clip to plot")
    return parser.parse_args()


if __name__ == "__main__":
    run(main)
