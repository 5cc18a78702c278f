"""The tables of movement agree with each other, for bodies that move at random."""

import numpy as np
import pandas as pd
import pytest

from corpus.tables.schemas import PARTS
from moving_bodies import (
    HANGING,
    OUTPUT_TABLES,
    SIZE,
    frame_times,
    measure_people,
    minimum_jerk_path,
    moving_body,
    read_output,
)
from segment_gestures import tables_of_video

SECONDS = 8
EXCHANGED = {"left": "right", "right": "left", "both": "both"}
REGION_SHARES = ["center_center_share", "center_share", "periphery_share", "extreme_share"]


def random_path(random: np.random.Generator, side: str):
    """Return a path that alternates between stays and movements, some of them to the rest."""
    time, points = 0.0, [(-1.0, *HANGING[side])]
    while time < SECONDS:
        time += random.uniform(0.3, 1.5)
        points.append((time, *points[-1][1:]))
        time += random.uniform(0.2, 1.0)
        sideways = random.uniform(-0.5, 1.5) * (1 if side == "left" else -1)
        raised = (sideways, random.uniform(-1.5, 0.8))
        points.append((time, *(HANGING[side] if random.random() < 0.4 else raised)))
    return minimum_jerk_path(*points)


def random_body(seed: int, times: np.ndarray) -> pd.DataFrame:
    """Return keypoints of a body whose hands are hidden for a part of the time."""
    random = np.random.default_rng(seed)
    left, right = (random_path(random, side) for side in ("left", "right"))
    is_visible = (np.arange(len(times)) // 45 + seed) % 3 > 0
    visibility = np.where(is_visible, 1.0, 0.2)
    return moving_body(
        times, left, right, noise=0.008, visibility=visibility, hands=is_visible, seed=seed
    )


def mirrored(body: pd.DataFrame) -> pd.DataFrame:
    """Return the keypoints of a body in the mirrored film: its left hand is a right one."""
    body = body.assign(x=SIZE[0] - body["x"], world_x=-body["world_x"])
    for column in ("part", "keypoint"):
        names = body[column].astype(str).str
        body[column] = names.replace(r"left|right", lambda name: EXCHANGED[name[0]], regex=True)
    body["order"] = [list(PARTS).index(part) for part in body["part"]]
    return body.sort_values(["frame", "order"], kind="stable").drop(columns="order")


def tables_of(folder, times, *people) -> dict[str, pd.DataFrame]:
    """Measure people, one in each track; return all tables of the video."""
    measure_people(folder, times, *people)
    tables = {name: read_output(folder, name) for name in OUTPUT_TABLES}
    ids = range(len(people))
    names = [f"p{track:04}" for track in ids]
    tracks = pd.DataFrame({"track": ids, "person": names, "start_s": 0.0, "kind": "person"})
    tracks["end_s"] = times[-1]
    return tables | tables_of_video(tables["phases"], tables["gesture_measures"], tracks)


@pytest.mark.parametrize("seed", [0, 1])
def test_seconds_and_counts_agree(tmp_path, seed):
    times = frame_times(25, SECONDS)
    tables = tables_of(tmp_path, times, random_body(seed, times))
    gestures, units = tables["corpus_gestures"], tables["gesture_units"]
    phases = tables["phases"].assign(hand=lambda rows: rows["hand"].astype(str))
    phases["seconds"] = phases["end_s"] - phases["start_s"]
    assert len(gestures) >= 3 and (phases["seconds"] > 0).all()
    assert gestures["gesture"].tolist() == tables["gesture_measures"]["gesture"].tolist()

    seconds_of_gestures = phases.groupby("gesture")["seconds"].sum()
    lengths = gestures["end_s"] - gestures["start_s"]
    assert seconds_of_gestures.tolist() == pytest.approx(lengths.tolist())
    assert gestures[REGION_SHARES].sum(axis=1).tolist() == pytest.approx([1.0] * len(gestures))
    seen = gestures["visible_share"] + gestures["interpolated_share"]
    assert seen.tolist() == pytest.approx([1.0] * len(gestures))
    assert (gestures["peak_speed"].isna() == gestures["peak_time_s"].isna()).all()

    [use] = tables["hand_use"].to_dict("records")
    seconds_of_hands = phases.groupby("hand")["seconds"].sum()
    for row in tables["movement_quality"].itertuples():
        assert row.visible_s == pytest.approx(seconds_of_hands[row.hand])
        assert row.visible_s == pytest.approx(use[f"{row.hand}_visible_s"], abs=1e-6)
    both_s = use["left_visible_s"] + use["right_visible_s"] - use["visible_s"]
    assert both_s == pytest.approx(use["both_visible_s"], abs=1e-6)
    assert use["n_units"] == len(units) == gestures["unit"].nunique()
    assert use["n_units"] == use["n_left"] + use["n_right"] + use["n_both"]
    assert units[["n_left", "n_right"]].sum(axis=1).sum() == len(gestures)
    assert units["path_length"].sum() == pytest.approx(gestures["path_length"].sum())


@pytest.mark.parametrize("seed", [0, 1])
def test_a_mirrored_film_exchanges_the_hands_and_nothing_else(tmp_path, seed):
    times = frame_times(25, SECONDS)
    body = random_body(seed, times)
    before = tables_of(tmp_path / "film", times, body)
    after = tables_of(tmp_path / "mirrored", times, mirrored(body))
    numbers = ["gesture", "unit", "other_gesture"]
    for table in ("corpus_gestures", "gesture_units"):
        exchanged = after[table].assign(hand=after[table]["hand"].astype(str).map(EXCHANGED))
        if table == "gesture_units":
            sides = {"n_left": "n_right", "left_s": "right_s"}
            exchanged = exchanged.rename(columns=sides | {new: old for old, new in sides.items()})
            exchanged["lag_s"] = -exchanged["lag_s"].astype(float)
        rows = []
        for part in (before[table], exchanged):
            part = part.astype({"hand": str, "lag_s": float}).drop(columns=numbers, errors="ignore")
            rows.append(part.sort_values(["start_s", "hand"]).reset_index(drop=True))
        assert len(rows[0])
        pd.testing.assert_frame_equal(
            *rows, check_like=True, check_dtype=False, rtol=1e-3, atol=1e-3
        )
    [use], [exchanged] = (t["hand_use"].to_dict("records") for t in (before, after))
    assert exchanged["visible_s"] == pytest.approx(use["visible_s"])
    assert exchanged["left_visible_s"] == pytest.approx(use["right_visible_s"])
    for name in ("handedness", "movement_handedness"):
        assert exchanged[name] == pytest.approx(-use[name], abs=1e-6)
