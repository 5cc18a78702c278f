"""Scores of each set of films of benchmarks/keypoint_accuracy.py, by version of the keypoints."""

from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path

import pandas as pd

import keypoint_films as films
import keypoint_measures as measures
from halves import half_of
from keypoint_report import Score
from labelled_bodies import LabelledPicture

MEDIAPIPE = "MediaPipe"
"""Name of the results of MediaPipe alone."""

Keypoints = Mapping[str, Mapping[str, pd.DataFrame]]
"""Rows of the table keypoints by version and video id."""


def people_scores(
    pictures: Mapping[str, LabelledPicture], keypoints: Keypoints, version: str
) -> list[Score]:
    """People found and errors of their joints, in labelled pictures."""
    n_frames = round(films.STILL_FPS * films.STILL_S)
    scores = []
    for video, picture in pictures.items():
        bodies = measures.poses(keypoints[version][video])
        score = measures.mean_score(bodies, n_frames, picture.people)
        add = partial(Score, "people", half_of(video), version=version)
        scores += [
            add(measure="people found", value=score.found, of=score.people),
            add(measure="joints within 0.2 torsos", value=score.correct, of=score.joints),
            add(measure="bodies without a label", value=score.others, of=1),
            add(measure="mean error, torsos", value=sum(score.errors), of=len(score.errors)),
        ]
    return scores


def nobody_scores(paths: Mapping[str, Path], keypoints: Keypoints, version: str) -> list[Score]:
    """Frames with bodies in films without people."""
    scores = []
    for video, path in paths.items():
        n_frames = sum(1 for _ in films.read_pictures(path))
        rows = keypoints[version][video]
        n_bodies = len(rows.loc[rows["part"] == "pose", ["frame", "track"]].drop_duplicates())
        add = partial(Score, "nobody", half_of(video), version=version)
        scores += [
            add(measure="frames with a body", value=len(measures.poses(rows)), of=n_frames),
            add(measure="bodies in all frames", value=n_bodies, of=1),
        ]
    return scores


def signer_scores(
    halves: Mapping[str, str], keypoints: Keypoints, versions: Sequence[str]
) -> list[Score]:
    """Bodies and hands found in clips of one signer, and their jitter.

    Jitter is measured in the frames in which all versions of the workflow have the keypoint.
    """
    scores = []
    for video, half in halves.items():
        reference = films.follow_one(measures.poses(keypoints[MEDIAPIPE][video]))
        rows = {
            version: measures.rows_of_person(keypoints[version][video], reference)
            for version in versions
        }
        for version in (MEDIAPIPE, *versions):
            table = keypoints[version][video]
            own = rows[version] if version != MEDIAPIPE else table
            bodies = measures.poses(table)
            n_bodies = sum(map(len, bodies.values()))
            found = measures.frames_with_body(bodies, reference)
            n_hands = measures.count_hands(own)
            n_frames = len(reference)
            add = partial(Score, "signers", half, version=version)
            scores += [
                add(measure="frames with the body", value=len(found), of=n_frames),
                add(measure="hands", value=n_hands, of=2 * n_frames),
                add(measure="bodies elsewhere per frame", value=n_bodies - len(found), of=n_frames),
            ]
        for part, parts, names in (
            ("hands", measures.HANDS, ()),
            ("arms", ("pose",), measures.ARM_JOINTS),
        ):
            series = [
                measures.second_differences(measures.paths(rows[version], parts, names))
                for version in versions
            ]
            for version, one in zip(versions, measures.common(series), strict=True):
                scores.append(Score("signers", half, f"jitter of {part}, px", version, one))
    return scores


def pixelated_scores(
    halves: Mapping[str, str], keypoints: Keypoints, unaltered: Mapping[str, pd.DataFrame]
) -> list[Score]:
    """Frames with the signer's body although the head is pixelated.

    Counted are the frames in which MediaPipe alone finds the body in the pixelated film; the body
    is known from the unaltered film.
    """
    scores = []
    for video, half in halves.items():
        reference = films.follow_one(measures.poses(unaltered[video]))
        bodies = {version: measures.poses(tables[video]) for version, tables in keypoints.items()}
        possible = measures.frames_with_body(bodies[MEDIAPIPE], reference)
        for version in keypoints:
            found = measures.frames_with_body(bodies[version], reference) & possible
            n_bodies = sum(map(len, bodies[version].values()))
            n_found = len(measures.frames_with_body(bodies[version], reference))
            n_hands, n_frames = measures.count_hands(keypoints[version][video]), len(reference)
            add = partial(Score, "pixelated", half, version=version)
            scores += [
                add(measure="frames with the body", value=len(found), of=len(possible)),
                add(measure="hands", value=n_hands, of=2 * n_frames),
                add(measure="bodies elsewhere per frame", value=n_bodies - n_found, of=n_frames),
            ]
    return scores
