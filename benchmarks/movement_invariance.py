"""Compare the gesture units of changed copies of clips with those of the clips themselves.

python benchmarks/movement_changes.py CLIP.mkv... --work /tmp/changes
python benchmarks/movement_invariance.py /tmp/changes/results

README.md in this folder explains what is measured.
"""

import argparse
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parents[1] / "scripts"))

import numpy as np
import pandas as pd

from corpus.core.errors import InputError, run
from corpus.tables import parquet
from movement_changes import CHANGES, Change, copy_id
from movement_workflow import Movement, measured

HANDS = ("right", "left")


@dataclass(frozen=True)
class Hand:
    """What is measured of one hand in one film.

    `onset_s` is the start of the first gesture unit and `offset_s` the end of the last one, from
    the first frame of the film; both are NaN without a unit. `peak_speed` is the highest of all
    units, in shoulder widths per second, and NaN where no peak is known. `n_person_units` counts
    units of the person, which go on where the skeleton gets a new track.
    """

    n_units: int
    n_person_units: int
    peak_speed: float
    onset_s: float
    offset_s: float


def hand_of(movement: Movement, side: str, first_frame_s: float) -> Hand:
    """Return the measures of one hand of all tracks."""
    units = movement.units().query("hand == @side")
    if units.empty:
        return Hand(0, 0, np.nan, np.nan, np.nan)
    return Hand(
        n_units=len(units),
        n_person_units=movement.n_person_units(side),
        peak_speed=float(units["peak_speed"].max()),
        onset_s=units["start_s"].min() - first_frame_s,
        offset_s=units["end_s"].max() - first_frame_s,
    )


@dataclass(frozen=True)
class Comparison:
    """A hand in a changed copy, compared with the clip after undoing the change.

    `peak_ratio` is the peak speed divided by the expected one; `onset_ms` and `offset_ms` are
    later than expected where positive, in the time of the clip.
    """

    clip: str
    side: str
    change: str
    n_units: int
    expected_units: int
    has_same_person_units: bool
    peak_ratio: float
    onset_ms: float
    offset_ms: float


def compare(clip: str, side: str, name: str, base: Hand, copy: Hand) -> Comparison:
    """Compare one hand of a copy with the same hand of the clip."""
    change = CHANGES[name]
    onset = (copy.onset_s - change.delay_s) / change.slowness
    offset = (copy.offset_s - change.delay_s) / change.slowness
    return Comparison(
        clip=clip,
        side=side,
        change=name,
        n_units=copy.n_units,
        expected_units=base.n_units,
        has_same_person_units=copy.n_person_units == base.n_person_units,
        peak_ratio=copy.peak_speed * change.slowness / base.peak_speed,
        onset_ms=(onset - base.onset_s) * 1000,
        offset_ms=(offset - base.offset_s) * 1000,
    )


def measured_hands(results: Path, video: str, change: Change | None) -> dict[str, Hand]:
    """Measure both hands of a film; sides are those of the clip, also in a mirrored copy."""
    movement = measured(results, video)
    frames = parquet.read(results / "frames" / f"{video}.parquet", ["time_s"])
    first = frames["time_s"].min()
    sides = HANDS[::-1] if change and change.mirrored else HANDS
    hands = zip(HANDS, sides, strict=True)
    return {side: hand_of(movement, found, first) for side, found in hands}


def comparisons(results: Path, clips: list[str]) -> pd.DataFrame:
    """Compare all copies that the results contain with their clips, one row per moving hand."""
    rows = []
    for clip in clips:
        base = measured_hands(results, clip, None)
        for name, change in CHANGES.items():
            video = copy_id(clip, name)
            if not (results / "keypoints" / f"{video}.parquet").exists():
                continue
            copies = measured_hands(results, video, change)
            rows += [
                compare(clip, side, name, base[side], copies[side])
                for side in HANDS
                if base[side].n_units or copies[side].n_units
            ]
    return pd.DataFrame(rows, columns=list(Comparison.__annotations__))


def change_rows(table: pd.DataFrame) -> Iterator[str]:
    """Yield a row per change: units, ratio of peak speed, and differences of time per hand."""
    yield "| change | units found / expected | peak speed / expected | onset, ms | offset, ms |"
    yield "|---|---|---|---|---|"
    for name in CHANGES:
        hands = table[table["change"] == name]
        if hands.empty:
            continue
        cells = [
            f"{hands['n_units'].sum()} / {hands['expected_units'].sum()}",
            " ".join(_text(value, ".2f") for value in hands["peak_ratio"]),
            " ".join(_text(value, "+.0f") for value in hands["onset_ms"]),
            " ".join(_text(value, "+.0f") for value in hands["offset_ms"]),
        ]
        yield f"| {name} | " + " | ".join(cells) + " |"


def _text(value: float, form: str) -> str:
    return "–" if np.isnan(value) else format(value, form)


def spread(table: pd.DataFrame) -> dict[str, float]:
    """Return the spread over the harmless changes.

    Standard deviation and range of the ratio of peak speeds; median, 95th percentile and largest
    absolute difference of onset and offset in milliseconds; the share of hands in copies that have
    as many gesture units as in the clip; and `rate_sd`, the standard deviation of the ratio of
    units per clip and change. `same_person_units` is the share of hands in all copies, also those
    with another frame rate or speed, that have as many gesture units of the person.
    """
    harmless = table[[CHANGES[name].harmless for name in table["change"]]]
    ratios = harmless["peak_ratio"].dropna()
    onset, offset = harmless["onset_ms"].abs().dropna(), harmless["offset_ms"].abs().dropna()
    units = harmless.groupby(["clip", "change"])[["n_units", "expected_units"]].sum()
    rates = units["n_units"] / units["expected_units"]
    return {
        "hands": len(harmless),
        "peaks": len(ratios),
        "peak_sd": float(ratios.std()),
        "peak_min": float(ratios.min()),
        "peak_max": float(ratios.max()),
        "onset_median_ms": float(onset.median()),
        "onset_p95_ms": float(onset.quantile(0.95)),
        "onset_max_ms": float(onset.max()),
        "offset_median_ms": float(offset.median()),
        "offset_p95_ms": float(offset.quantile(0.95)),
        "offset_max_ms": float(offset.max()),
        "same_units": float((harmless["n_units"] == harmless["expected_units"]).mean()),
        "rate_sd": float(rates.std()),
        "same_person_units": float(table["has_same_person_units"].mean()),
    }


def report(results: Path, clips: list[str]) -> Iterator[str]:
    """Yield the table of changes and the spread over the harmless ones, in Markdown."""
    table = comparisons(results, clips)
    hands = table.drop_duplicates(["clip", "side"])[["clip", "side"]]
    names = ", ".join(f"{clip} {side}" for clip, side in hands.itertuples(index=False))
    yield f"Hands, in this order: {names}."
    yield ""
    yield from change_rows(table)
    yield ""
    yield "| harmless changes together | |"
    yield "|---|---|"
    for name, value in spread(table).items():
        yield f"| {name} | {value:.3g} |"


def clips_of(results: Path) -> list[str]:
    """Return the clips that have at least one changed copy among the results."""
    videos = [path.stem for path in (results / "keypoints").glob("*.parquet")]
    return sorted({video.partition("__")[0] for video in videos if "__" in video})


def main() -> None:
    """Print the comparison."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("results", type=Path, help="results folder of movement_changes.py")
    parser.add_argument("--clips", nargs="+", help="clips to compare; default: all")
    options = parser.parse_args()
    clips = options.clips or clips_of(options.results)
    if not clips:
        raise InputError(f"{options.results}: no keypoints of changed copies")
    print(*report(options.results, clips), sep="\n")


if __name__ == "__main__":
    run(main)
