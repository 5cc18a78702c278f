"""Measures of keypoints: people found, errors, hands, jitter.

All functions take the rows of the table keypoints of one video, with the columns frame, track,
part, keypoint, x, y and visibility.
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd

from corpus.tables.schemas import POSE_KEYPOINTS
from labelled_bodies import LabelledPerson, torso_length

COLUMNS = ["frame", "track", "part", "keypoint", "x", "y", "visibility"]
"""Columns of the table keypoints that are used."""
SIGMAS = {
    "nose": 0.026, "eye": 0.025, "ear": 0.035, "shoulder": 0.079, "elbow": 0.072, "wrist": 0.062,
    "hip": 0.107, "knee": 0.087, "ankle": 0.089,
}  # fmt: skip
"""Spread of human labels of a joint / size of a person, of COCO's evaluation
(https://cocodataset.org/#keypoints-eval)."""
AREA_SHARE = 0.53
"""Area of a person / area of the box, the value that mmpose uses where no outline is labelled."""
FOUND_SIMILARITY = 0.5
"""Object keypoint similarity at which a person counts as found, the lowest that COCO uses."""
PCK_DISTANCE = 0.2
"""Largest distance of a correct keypoint, in torso lengths (Yang & Ramanan 2013)."""
BODY_JOINTS = [f"{side}_{joint}" for side in ("left", "right") for joint in ("shoulder", "elbow")]
"""Joints by which a signer is recognised: hands are found separately, and heads are covered."""
BODY_DISTANCE = 0.5
"""Largest mean distance of `BODY_JOINTS` of the same person, in shoulder widths."""
ARM_JOINTS = [f"{side}_{joint}" for side in ("left", "right") for joint in ("elbow", "wrist")]
HANDS = ("left_hand", "right_hand")
MIN_VISIBILITY = 0.5


class PeopleScore(NamedTuple):
    """How well the labelled people of one picture were found; sums that can be added."""

    people: float
    """Labelled people."""
    found: float
    """Of these, the people that were found."""
    joints: float
    """Labelled joints of all people."""
    correct: float
    """Of these, the joints with a keypoint of the found body within `PCK_DISTANCE`."""
    errors: list[float]
    """Distance of each joint of the found people, in torso lengths."""
    others: float
    """Bodies that belong to no labelled person; some are people without a label."""


def poses(keypoints: pd.DataFrame) -> dict[int, list[np.ndarray]]:
    """The bodies of each frame, each (33, 2) pixels in the order of POSE_KEYPOINTS."""
    pose = keypoints[keypoints["part"] == "pose"]
    bodies: dict[int, list[np.ndarray]] = {}
    for (frame, _), rows in pose.groupby(["frame", "track"]):
        points = rows.set_index("keypoint").loc[list(POSE_KEYPOINTS), ["x", "y"]]
        bodies.setdefault(int(frame), []).append(points.to_numpy(float))
    return bodies


def joint_distances(body: np.ndarray, person: LabelledPerson) -> np.ndarray:
    """Distances of all labelled joints of a person from a body, pixels."""
    indices = [POSE_KEYPOINTS.index(name) for name in person.joints]
    return np.linalg.norm(body[indices] - np.array(list(person.joints.values())), axis=1)


def similarity(body: np.ndarray, person: LabelledPerson) -> float:
    """Object keypoint similarity of a body and a labelled person, 0 to 1."""
    sigmas = np.array([SIGMAS[name.split("_")[-1]] for name in person.joints])
    width, height = person.box[2:] - person.box[:2]
    scale = 2 * (2 * sigmas) ** 2 * AREA_SHARE * width * height
    return float(np.exp(-(joint_distances(body, person) ** 2) / scale).mean())


def match_people(bodies: Sequence[np.ndarray], people: Sequence[LabelledPerson]) -> dict[int, int]:
    """The found body of each labelled person, by number; the most similar pairs first."""
    pairs = sorted(
        (
            (similarity(body, person), number, index)
            for number, person in enumerate(people)
            for index, body in enumerate(bodies)
        ),
        reverse=True,
    )
    matches: dict[int, int] = {}
    for score, number, index in pairs:
        if score >= FOUND_SIMILARITY and number not in matches and index not in matches.values():
            matches[number] = index
    return matches


def score_people(bodies: Sequence[np.ndarray], people: Sequence[LabelledPerson]) -> PeopleScore:
    """Compare the bodies found in one image with the people labelled in it."""
    matches = match_people(bodies, people)
    errors: list[float] = []
    for number, index in matches.items():
        person = people[number]
        errors += (joint_distances(bodies[index], person) / torso_length(person)).tolist()
    return PeopleScore(
        people=len(people),
        found=len(matches),
        joints=sum(len(person.joints) for person in people),
        correct=sum(error <= PCK_DISTANCE for error in errors),
        errors=errors,
        others=len(bodies) - len(matches),
    )


def mean_score(
    bodies: dict[int, list[np.ndarray]], n_frames: int, people: Sequence[LabelledPerson]
) -> PeopleScore:
    """The mean score of a film that shows one labelled picture."""
    scores = [score_people(bodies.get(frame, []), people) for frame in range(n_frames)]
    return PeopleScore(
        people=len(people),
        found=float(np.mean([score.found for score in scores])),
        joints=scores[0].joints,
        correct=float(np.mean([score.correct for score in scores])),
        errors=[error for score in scores for error in score.errors],
        others=float(np.mean([score.others for score in scores])),
    )


def is_same_body(body: np.ndarray, reference: np.ndarray) -> bool:
    """Whether two bodies are those of one person: by shoulders and elbows."""
    indices = [POSE_KEYPOINTS.index(name) for name in BODY_JOINTS]
    left, right = (POSE_KEYPOINTS.index(f"{side}_shoulder") for side in ("left", "right"))
    width = float(np.linalg.norm(reference[left] - reference[right]))
    distance = np.linalg.norm(body[indices] - reference[indices], axis=1).mean()
    return bool(distance <= BODY_DISTANCE * width)


def frames_with_body(
    bodies: dict[int, list[np.ndarray]], reference: dict[int, list[np.ndarray]]
) -> set[int]:
    """The frames in which one of the bodies is the first body of the reference."""
    return {
        frame
        for frame, [expected, *_] in reference.items()
        if any(is_same_body(body, expected) for body in bodies.get(frame, []))
    }


def rows_of_person(keypoints: pd.DataFrame, reference: dict[int, list[np.ndarray]]) -> pd.DataFrame:
    """The rows of the person who is the first body of the reference, one track per frame."""
    pose = keypoints[keypoints["part"] == "pose"]
    tracks = {}
    for (frame, track), rows in pose.groupby(["frame", "track"]):
        points = rows.set_index("keypoint").loc[list(POSE_KEYPOINTS), ["x", "y"]].to_numpy(float)
        if frame in reference and is_same_body(points, reference[frame][0]):
            tracks.setdefault(frame, track)
    return keypoints[keypoints["track"] == keypoints["frame"].map(tracks)]


def count_hands(keypoints: pd.DataFrame) -> int:
    """Number of hands in all frames together."""
    hands = keypoints[keypoints["part"].isin(HANDS)]
    return len(hands[["frame", "track", "part"]].drop_duplicates())


def paths(keypoints: pd.DataFrame, parts: Iterable[str], names: Iterable[str] = ()) -> pd.DataFrame:
    """Positions of keypoints of one person, one row per frame, with columns x and y of each.

    Keypoints of a pose that are not visible are missing. `names` limits the keypoints.
    """
    rows = keypoints[keypoints["part"].isin(list(parts))]
    if wanted := set(names):
        rows = rows[rows["keypoint"].isin(wanted)]
    # Hands have no visibility.
    rows = rows[~(rows["visibility"].astype(float) < MIN_VISIBILITY)]
    columns = ["part", "keypoint"]
    table = rows.astype({"part": str, "keypoint": str}).pivot_table(
        index="frame", columns=columns, values=["x", "y"], observed=True
    )
    if table.empty:
        return table
    return table.reindex(range(int(table.index.min()), int(table.index.max()) + 1))


def second_differences(path: pd.DataFrame) -> pd.Series:
    """Length of the second difference of each keypoint, pixels, by keypoint and frame.

    A movement of constant speed has none. Only frames with the keypoint in the frames before and
    after are included.
    """
    if path.empty:
        return pd.Series(dtype=float)
    second = path.shift(1) - 2 * path + path.shift(-1)
    lengths = np.hypot(second["x"], second["y"])
    return lengths.unstack().dropna()


def common(series: Sequence[pd.Series]) -> list[pd.Series]:
    """Each series, limited to the entries that all of them have."""
    index = series[0].index
    for other in series[1:]:
        index = index.intersection(other.index)
    return [one.loc[index] for one in series]
