"""Counts, tables and TSV of benchmarks/keypoint_accuracy.py, and its measures on the demo."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

import numpy as np
import pandas as pd

from corpus.tables.schemas import POSE_KEYPOINTS
from halves import HALVES
from keypoint_measures import MIN_VISIBILITY

BEGIN, END = "<!-- keypoint accuracy: begin -->", "<!-- keypoint accuracy: end -->"
"""Lines around the table of the page."""
STILL_KEYPOINTS = (*POSE_KEYPOINTS[:11], "left_shoulder", "right_shoulder")
"""Keypoints that the figure of the demo's clip `hands` does not move."""
ANY_HALF = "all"
"""Half of what no setting was chosen on."""
KEYS = ["set", "half", "measure"]
PERCENT = 100


class Score(NamedTuple):
    """One measure of one film: a count out of a number, or values to take the median of."""

    set: str
    half: str
    measure: str
    version: str
    value: float | pd.Series
    of: float = 1
    """The sum of `value` of all films is divided by the sum of this."""


def add_up(scores: Iterable[Score]) -> pd.DataFrame:
    """One row per set, half, measure and version: value, n, and the quotient or median `result`.

    Measures of several films are added before they are divided; medians are those of all values of
    all films together, and `n` is then their number. In the half `all` are the films of both.
    """
    groups: dict[tuple, list[Score]] = {}
    for score in scores:
        for half in dict.fromkeys((score.half, ANY_HALF)):
            key = (score.set, half, score.measure, score.version)
            groups.setdefault(key, []).append(score)
    rows = []
    for key, group in sorted(groups.items(), key=lambda item: _order(item[0], groups)):
        if isinstance(group[0].value, pd.Series):
            values = pd.concat([score.value for score in group])
            result, value, n = values.median(), np.nan, len(values)
        else:
            value, n = sum(score.value for score in group), sum(score.of for score in group)
            result = value / n if n else np.nan
        rows.append((*key, value, n, result))
    return pd.DataFrame(rows, columns=[*KEYS, "version", "value", "n", "result"])


def _order(key: tuple, groups: Iterable[tuple]) -> tuple[int, int]:
    """Sort key of a group: sets as measured, then halves, then measures as measured."""
    sets = list(dict.fromkeys(name for name, *_ in groups))
    return sets.index(key[0]), (*HALVES, ANY_HALF).index(key[1])


def as_tsv(table: pd.DataFrame) -> str:
    return table.to_csv(sep="\t", index=False, float_format="%.6g")


def cell(measure: str, value: float, n: float, result: float) -> str:
    """A result as text: counts as `found of n`, other measures as a number."""
    if np.isnan(result):
        return ""
    if measure in ("bodies without a label", "bodies in all frames"):
        return f"{value:.3g}"
    if "," in measure or "per frame" in measure:
        return f"{result:.3g}"
    return f"{value:.4g} of {n:g} ({PERCENT * result:.0f} %)"


def markdown(table: pd.DataFrame) -> str:
    """A Markdown table with one row per set, half and measure, and one column per version."""
    versions = list(table["version"].unique())
    lines = ["| films | half | measure | " + " | ".join(versions) + " |"]
    lines.append("|---|---|---|" + "---:|" * len(versions))
    for (name, half, measure), rows in table.groupby(KEYS, sort=False):
        by_version = rows.set_index("version")
        cells = [
            cell(measure, *by_version.loc[version, ["value", "n", "result"]])
            if version in by_version.index
            else ""
            for version in versions
        ]
        lines.append(f"| {name} | {half} | {measure} | " + " | ".join(cells) + " |")
    return "\n".join(lines) + "\n"


# Rendered clips ----------------------------------------------------------------------------------


def demo_scores(truth: dict, keypoints: Mapping[str, Mapping[str, pd.DataFrame]]) -> list[Score]:
    """Errors in the demo's clips, where the motion of every pixel is known.

    A keypoint of a still portrait must move as the portrait. Its error is the distance from the
    median of its positions in the portrait, in heights of the portrait. The hands of the drawn
    figure have known centres; their error is in shoulder widths of the figure.
    """
    scores = []
    for version, tables in keypoints.items():
        for clip, content in truth["clips"].items():
            values, n_bodies, n_people = motion_errors(tables[clip], content, truth["portraits"])
            if clip == "hands":
                hands = hand_errors(tables[clip], content)
                n_frames = 2 * content["n_frames"]
                scores += [
                    Score("demo", ANY_HALF, "hands", version, len(hands), n_frames),
                    Score("demo", ANY_HALF, "error of hands, shoulder widths", version, hands),
                ]
            scores += [
                Score("demo", ANY_HALF, "people in frames", version, n_bodies, n_people),
                Score("demo", ANY_HALF, "error of bodies, 1/1000 portrait", version, 1000 * values),
            ]
    return scores


def motion_errors(
    keypoints: pd.DataFrame, clip: dict, portraits: dict
) -> tuple[pd.Series, int, int]:
    """Errors of all keypoints inside their portrait; people found; people in all frames.

    A body belongs to the portrait in which most of its keypoints lie.
    """
    pose = keypoints[(keypoints["part"] == "pose") & (keypoints["visibility"] > MIN_VISIBILITY)]
    if "hands" in clip:
        pose = pose[pose["keypoint"].isin(STILL_KEYPOINTS)]
    errors, seen = [pd.Series(dtype=float)], set()
    cuts = [0, *clip["cuts"], clip["n_frames"]]
    for start, end in zip(cuts, cuts[1:], strict=False):
        shot = pose[(pose["frame"] >= start) & (pose["frame"] < end)]
        people = list(clip["frames"][start])
        positions = {name: _in_portrait(shot, clip, name) for name in people}
        for (frame, _), rows in shot.groupby(["frame", "track"]):
            inside = {
                name: _inside(positions[name].loc[rows.index], portraits[name]).sum()
                for name in people
            }
            person = max(inside, key=lambda name: inside[name])
            if (frame, person) not in seen:
                seen.add((frame, person))
                still = positions[person].loc[rows.index]
                errors.append(still.assign(person=person, keypoint=rows["keypoint"], shot=start))
    rows = pd.concat(errors[1:]) if len(errors) > 1 else None
    n_people = sum(map(len, clip["frames"]))
    if rows is None:
        return errors[0], 0, n_people
    keys = ["person", "keypoint", "shot"]
    median = rows.groupby(keys, observed=True)[["x", "y"]].transform("median")
    heights = rows["person"].map({name: size["height"] for name, size in portraits.items()})
    widths = rows["person"].map({name: size["width"] for name, size in portraits.items()})
    shown = (median["x"].between(0, widths)) & (median["y"].between(0, heights))
    distance = np.hypot(rows["x"] - median["x"], rows["y"] - median["y"]) / heights
    return distance[shown], len(seen), n_people


def _in_portrait(shot: pd.DataFrame, clip: dict, person: str) -> pd.DataFrame:
    """Positions of keypoints in the portrait of a person, pixels of the portrait."""
    points = np.column_stack([shot["x"], shot["y"], np.ones(len(shot))])
    inverse = {
        frame: np.linalg.inv(np.vstack([clip["frames"][frame][person], [0, 0, 1]]))
        for frame in shot["frame"].unique()
    }
    mapped = [inverse[frame] @ point for frame, point in zip(shot["frame"], points, strict=True)]
    return pd.DataFrame(
        np.array(mapped).reshape(-1, 3)[:, :2], columns=["x", "y"], index=shot.index
    )


def _inside(points: pd.DataFrame, size: Mapping[str, int]) -> pd.Series:
    return points["x"].between(0, size["width"]) & points["y"].between(0, size["height"])


def hand_errors(keypoints: pd.DataFrame, clip: dict) -> pd.Series:
    """Distance of each found hand's centre from that of the nearest true hand, shoulder widths."""
    centres = {side: np.array(hand["centre"]) for side, hand in clip["hands"].items()}
    hands = keypoints[keypoints["part"].isin([f"{side}_hand" for side in centres])]
    found = hands.groupby(["frame", "track", "part"], observed=True)[["x", "y"]].mean()
    distances = [
        min(float(np.linalg.norm(row.to_numpy() - true[frame])) for true in centres.values())
        for (frame, _, _), row in found.iterrows()
    ]
    return pd.Series(distances, dtype=float) / clip["shoulder_width"]
