"""Kinematics and phases of people whose movement is known."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import measure_movement
from corpus.movement.body_coordinates import Body
from corpus.movement.local_regression import half_window, local_fit
from corpus.tables import parquet, schemas
from moving_bodies import HANGING, SCALE, WIDTH_M, at, clock, mover, through, write
from repository import ROOT

GESTURE = through(
    (0.0, -0.6, -1.7), (1.0, -0.6, -1.7), (1.5, 0.0, -0.2), (2.2, 0.0, -0.2), (2.7, -0.6, -1.7)
)
"""The right hand rises within half a second, stays for 0.7 s and falls again."""


def measured(results: Path, *options: str) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Kinematics and phases, as the script writes them."""
    names = ("keypoints", "frames", "shots", "status", "kinematics", "phases")
    paths = {name: results / name / "v.parquet" for name in names}
    for name in names[-2:]:
        paths[name].parent.mkdir(exist_ok=True)
    words = [word for name, path in paths.items() for word in (f"--{name}", str(path))]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "argv", ["measure_movement.py", *words, *options])
        measure_movement.main()
    return parquet.read(paths["kinematics"]), parquet.read(paths["phases"])


def of(table: pd.DataFrame, name: str, track: int = 0) -> pd.DataFrame:
    """Rows of one hand or point of a track."""
    column = "point" if "point" in table else "hand"
    return table[(table[column] == name) & (table["track"] == track)].reset_index(drop=True)


def names(phases: pd.DataFrame, hand: str = "right", track: int = 0) -> list[str]:
    return of(phases, hand, track)["phase"].tolist()


# Kinematics


@pytest.mark.parametrize("fps", [10, 12, 25, 29.97, 60])
def test_speed_is_right_at_any_rate(tmp_path, fps):
    def path(times):
        return np.column_stack([-1.5 + 1.6 * times, -1.5 + 1.2 * times])

    times = clock(fps, 1.5)
    kinematics, _ = measured(write(tmp_path, times, mover(times, right=path)))
    for point in ("right_wrist", "right_hand"):
        own = of(kinematics, point)
        assert len(own) == len(times) and not own["interpolated"].any()
        assert np.allclose(own["speed"], 2.0, atol=0.02)
        assert np.allclose(own["world_speed"], 2.0 * WIDTH_M, atol=0.01)
        assert np.allclose(own[["x", "y"]], path(times), atol=0.03)
    assert np.allclose(of(kinematics, "left_hand")["speed"], 0, atol=0.01)


def test_speed_is_right_at_a_varying_rate(tmp_path):
    random = np.random.default_rng(1)
    times = np.cumsum(random.uniform(0.01, 0.08, 60))
    moving = mover(times, right=lambda t: np.column_stack([-1 + 0.8 * t, -1 + 0.6 * t]))
    kinematics, _ = measured(write(tmp_path, times, moving))
    assert np.allclose(of(kinematics, "right_wrist")["speed"], 1.0, atol=0.01)


def test_acceleration_is_the_vectors_length(tmp_path):
    times = clock(50, 1.2)
    # Around a circle the speed is steady, and only its direction changes.
    turning = mover(times, right=lambda t: 0.5 * np.column_stack([np.cos(4 * t), np.sin(4 * t)]))
    kinematics, _ = measured(write(tmp_path, times, turning))
    own = of(kinematics, "right_wrist")
    inner = own[own["acceleration"].notna()]
    assert 50 < len(inner) < 60, "not at the ends, where it would be a guess"
    assert np.allclose(inner["speed"], 2.0, rtol=0.03)
    assert np.allclose(inner["acceleration"], 8.0, rtol=0.05)
    assert np.allclose(inner["world_acceleration"], 8.0 * WIDTH_M, rtol=0.05)


def test_axes_point_right_up_and_to_the_camera(tmp_path):
    times = clock(25, 1)
    kinematics, _ = measured(write(tmp_path, times, mover(times, right=at(-0.4, -0.6))))
    own = of(kinematics, "right_wrist").iloc[12]
    assert np.allclose(own[["x", "y"]].astype(float), [-0.4, -0.6], atol=0.01)
    assert np.allclose(own[["world_x", "world_y"]].astype(float), [-0.14, -0.21], atol=0.01)
    assert own["world_z"] == pytest.approx(0.1, abs=0.01)


def test_distance_zoom_and_pan_of_the_camera_change_nothing(tmp_path):
    times = clock(25, 4)
    still, _ = measured(write(tmp_path / "still", times, mover(times, right=GESTURE)))
    pan = np.column_stack([150 + 60 * times, 150 + 20 * np.sin(times)])
    filmed = mover(times, right=GESTURE, zoom=0.5 * 1.25**times, pan=pan)
    kinematics, _ = measured(write(tmp_path / "filmed", times, filmed))
    assert len(kinematics) == len(still)
    assert np.allclose(kinematics[["x", "y"]], still[["x", "y"]], atol=0.02)
    assert np.allclose(kinematics["speed"], still["speed"], atol=0.1)


def test_turning_the_torso_moves_no_hand(tmp_path):
    times = clock(25, 4)
    yaw = np.radians(60) * np.sin(2 * np.pi * times / 2)
    kinematics, phases = measured(write(tmp_path, times, mover(times, yaw=yaw)))
    assert kinematics["speed"].max() < 0.1
    assert set(phases["phase"]) == {"rest"}


def test_a_hand_is_the_hand_models_and_else_the_poses(tmp_path):
    times = clock(25, 2)
    hands = times < 1
    kinematics, _ = measured(write(tmp_path, times, mover(times, hands=hands)))
    own = of(kinematics, "left_hand")
    assert len(own) == len(times)
    assert np.allclose(own[["x", "y"]], HANGING["left"], atol=0.03)


@pytest.mark.parametrize("share", [0.3, 0.9])
def test_changing_between_hand_model_and_pose_moves_no_hand(tmp_path, share):
    times = clock(25, 8)
    found = np.random.default_rng(3).uniform(size=len(times)) < share
    still = mover(times, left=at(0.3, -0.8), hands=found, noise=0.01)
    still.loc[still["part"] == "left_hand", "y"] += 0.15 * WIDTH_M * SCALE
    kinematics, phases = measured(write(tmp_path, times, still))
    height = of(kinematics, "left_hand")["y"].median()
    assert height == pytest.approx(-0.8 if share < 0.5 else -0.95, abs=0.02)
    assert names(phases, "left") == ["rest"]


def test_without_the_pose_the_hand_model_suffices_for_the_hand(tmp_path):
    times = clock(25, 2)
    kinematics, _ = measured(write(tmp_path, times, mover(times, visibility=0.1)))
    assert set(kinematics["point"]) == {"left_hand", "right_hand"}


@pytest.mark.parametrize("hidden", [{"visibility": 0.3, "hands": False}, {"pan": (320.0, 460.0)}])
def test_what_is_hidden_or_outside_the_picture_is_not_seen(tmp_path, hidden):
    times = clock(25, 2)
    low = {"right": at(-0.6, -2.3), "left": at(0.6, -2.3)}
    kinematics, phases = measured(write(tmp_path, times, mover(times, **low, **hidden)))
    assert len(kinematics) == len(phases) == 0


def test_short_gaps_are_filled_and_long_ones_are_not(tmp_path):
    times = clock(25, 4)
    seen = np.ones(len(times), bool)
    seen[20:24] = seen[60:70] = False
    guesses = {"visibility": np.where(seen, 0.9, 0.1), "hands": seen}
    moving = mover(times, right=lambda t: np.column_stack([t / 2 - 1, t * 0 - 0.5]), **guesses)
    kinematics, phases = measured(write(tmp_path, times, moving))
    for point in ("right_wrist", "right_hand"):
        own = of(kinematics, point)
        assert own["frame"].tolist() == [*range(60), *range(70, 100)]
        assert own.loc[own["interpolated"], "frame"].tolist() == [20, 21, 22, 23]
        assert np.allclose(own["x"], own["time_s"] / 2 - 1, atol=0.03)
        assert np.allclose(own["speed"], 0.5, atol=0.03)
    right = of(phases, "right")
    assert right["start_s"].tolist() == pytest.approx([0.0, 2.8])
    assert right["end_s"].tolist() == pytest.approx([2.4, 4.0])


def test_nothing_crosses_a_cut(tmp_path):
    times = clock(25, 4)
    there = mover(times, right=lambda t: np.where(t[:, None] < 2, (-0.6, -1.0), (0.6, 0.5)))
    kinematics, phases = measured(write(tmp_path, times, there, cuts=(50,)))
    assert kinematics["speed"].max() < 0.05
    assert set(phases["phase"]) == {"rest"}
    right = of(phases, "right")
    assert right["shot"].tolist() == [0, 1]
    assert right["end_s"].tolist() == pytest.approx([2.0, 4.0])
    _, uncut = measured(write(tmp_path / "uncut", times, there))
    assert "movement" in names(uncut)


def test_a_clock_that_jumps_back_ends_what_is_measured(tmp_path):
    times = np.concatenate([clock(25, 2), clock(25, 2)])
    kinematics, phases = measured(write(tmp_path, times, mover(times, right=GESTURE)))
    assert np.isfinite(kinematics["speed"]).all()
    assert len(of(phases, "left")) == 2
    assert (phases["end_s"] >= phases["start_s"]).all()
    assert phases["start_s"].tolist() == sorted(phases["start_s"])


def test_a_clock_that_stands_still_gives_nothing(tmp_path):
    times = np.zeros(50)
    kinematics, phases = measured(write(tmp_path, times, mover(times)))
    assert len(kinematics) == len(phases) == 0


def test_people_are_measured_each_by_themselves(tmp_path):
    times = clock(25, 4)
    moves = mover(times, right=GESTURE, track=0, zoom=0.4, pan=(160.0, 250.0))
    rests = mover(times, track=7, zoom=0.6, pan=(450.0, 250.0))
    faceless = mover(times, left=GESTURE, track=-1, zoom=0.5, pan=(320.0, 250.0))
    kinematics, phases = measured(write(tmp_path, times, moves, rests, faceless))
    assert kinematics["track"].unique().tolist() == [-1, 0, 7]
    assert names(phases, track=0).count("movement") == 2
    assert names(phases, track=7) == ["rest"] and names(phases, "left", 7) == ["rest"]
    assert names(phases, "left", -1).count("movement") == 2
    known = phases[phases["gesture"].notna()]
    assert known.groupby("gesture")[["track", "hand"]].nunique().eq(1).all(axis=None)


def test_rows_are_ordered_by_frame_track_and_point(tmp_path):
    times = clock(25, 1)
    both = mover(times, track=3), mover(times, track=1, pan=(400.0, 250.0))
    kinematics, _ = measured(write(tmp_path, times, *both))
    order = {point: place for place, point in enumerate(schemas.KINEMATIC_POINTS)}
    keys = kinematics.assign(point=kinematics["point"].astype(str).map(order))
    keys = list(keys[["frame", "track", "point"]].itertuples(index=False))
    assert keys == sorted(keys) and len(keys) == 25 * 2 * 4


# Smoothing


def test_the_cutoff_is_where_half_the_power_is_left():
    times = np.arange(-1, 1, 0.0005)
    for cutoff in (4.0, 6.0, 10.0):
        wave = np.cos(2 * np.pi * cutoff * times)[:, None]
        middle = local_fit(times, wave, np.zeros(1), half_window(cutoff))[0, 0, 0]
        assert middle == pytest.approx(np.sqrt(0.5), abs=0.005)


def test_there_is_no_lag():
    times = clock(25, 4)
    bump = np.exp(-(((times - 2.0) / 0.15) ** 2))[:, None]
    value, speed, _ = local_fit(times, bump, times, half_window(6.0))[..., 0]
    assert times[value.argmax()] == pytest.approx(2.0)
    assert speed[50] == pytest.approx(0, abs=1e-6)


@pytest.mark.parametrize("count", [0, 1, 2, 3, 4, 5])
def test_few_samples_give_what_they_can(count):
    times = clock(25, 1)[:count]
    found = local_fit(times, np.ones((count, 2)), times, half_window(6.0))
    assert found.shape == (3, count, 2)
    assert np.isfinite(found[0]).all() == (count != 1)
    assert np.isfinite(found[1]).all() == (count not in (1, 2, 3))


# Phases


def test_a_gesture_with_a_hold(tmp_path):
    times = clock(25, 4)
    _, phases = measured(write(tmp_path, times, mover(times, right=GESTURE)))
    right = of(phases, "right")
    assert right["phase"].tolist() == ["rest", "movement", "hold", "movement", "rest"]
    assert right["start_s"].tolist() == pytest.approx([0.0, 1.04, 1.48, 2.24, 2.68], abs=0.09)
    assert right["end_s"].tolist() == [*right["start_s"][1:], pytest.approx(4.0)]
    assert right["gesture"].isna().tolist() == [True, False, False, False, True]
    assert right["gesture"].nunique() == 1
    way = np.hypot(0.6, 1.5)
    assert right["path_length"].tolist() == pytest.approx([0, way, 0, way, 0], abs=0.1)
    assert right.loc[1, "world_path_length"] == pytest.approx(way * WIDTH_M, abs=0.03)
    # The peak of a movement with the least jerk is 1.875 times its mean speed.
    assert right.loc[1, "peak_speed"] == pytest.approx(1.875 * way / 0.5, rel=0.1)
    assert right.loc[1, "mean_speed"] == pytest.approx(
        right.loc[1, "path_length"] / (right.loc[1, "end_s"] - right.loc[1, "start_s"])
    )
    assert names(phases, "left") == ["rest"]


def test_rest_splits_gestures(tmp_path):
    times = clock(25, 6)
    twice = through(
        *((0.0, -0.6, -1.7), (0.5, -0.6, -1.7), (1.0, 0.0, -0.5), (1.5, -0.6, -1.7)),
        *((2.0, -0.6, -1.7), (2.5, 0.2, -0.2), (3.0, -0.6, -1.7), (6.0, -0.6, -1.7)),
    )
    _, phases = measured(write(tmp_path, times, mover(times, right=twice)))
    right = of(phases, "right")
    assert right["phase"].tolist() == ["rest", "movement", "rest", "movement", "rest"]
    assert right["gesture"].dropna().tolist() == [0, 1]


def resting_high(still_s: float):
    """A hand that is kept at the height of the belly, but for two movements."""
    back = 2.0 + still_s
    return through(
        *((0.0, -0.2, -0.8), (1.0, -0.2, -0.8), (1.5, 0.2, 0.0), (2.0, -0.2, -0.8)),
        *((back, -0.2, -0.8), (back + 0.5, 0.2, 0.0), (back + 1.0, -0.2, -0.8)),
        (20.0, -0.2, -0.8),
    )


def test_still_for_long_is_rest_and_so_is_the_same_place_for_a_moment(tmp_path):
    times = clock(25, 5)
    _, phases = measured(write(tmp_path / "a", times, mover(times, right=resting_high(0.6))))
    assert names(phases) == ["hold", "movement", "hold", "movement", "hold"]
    times = clock(25, 9)
    _, phases = measured(write(tmp_path / "b", times, mover(times, right=resting_high(0.6))))
    assert names(phases) == ["rest", "movement", "rest", "movement", "rest"]
    _, phases = measured(write(tmp_path / "c", times, mover(times, right=resting_high(3.5))))
    assert names(phases) == ["rest", "movement", "rest", "movement", "rest"]


@pytest.mark.parametrize("fps", [5, 12, 30])
def test_phases_follow_one_another_without_a_gap(tmp_path, fps):
    times = clock(fps, 8, start=0.852)
    moving = mover(times, right=lambda t: GESTURE(t - 0.852))
    _, phases = measured(write(tmp_path, times, moving))
    right = of(phases, "right")
    assert {"rest", "movement"} <= set(right["phase"])
    assert right["start_s"].tolist() == [0.852, *right["end_s"][:-1]]
    assert right["end_s"].iloc[-1] == pytest.approx(8.852, abs=1e-5)
    assert (right["end_s"] > right["start_s"]).all()


def test_a_turning_point_is_no_hold(tmp_path):
    times = clock(25, 4)
    waving = mover(times, right=lambda t: np.column_stack([0.3 * np.sin(8 * t), 0 * t - 0.5]))
    _, phases = measured(write(tmp_path, times, waving))
    assert names(phases) == ["movement"]


@pytest.mark.parametrize("fps", [12, 25, 50])
def test_jitter_is_no_movement(tmp_path, fps):
    # On real clips the keypoints of still hands jitter by 0.005 to 0.02.
    times = clock(fps, 20)
    kinematics, phases = measured(write(tmp_path, times, mover(times, noise=0.02)))
    assert set(kinematics["track"]) == {0}
    assert set(phases["phase"]) == {"rest"}


def test_guesses_that_jump_about_are_no_hand(tmp_path):
    times = clock(25, 10)
    random = np.random.default_rng(2)

    def guess(times):
        return np.column_stack(
            [random.normal(0, 0.1, len(times)), random.normal(-0.6, 0.3, len(times))]
        )

    sure = mover(times, right=guess, left=guess, hands=False, visibility=0.9)
    kinematics, phases = measured(write(tmp_path / "sure", times, sure))
    assert len(kinematics) == len(phases) == 0
    now_and_then = random.uniform(size=len(times)) < 0.5
    flicker = mover(times, hands=False, visibility=np.where(now_and_then, 0.9, 0.2))
    _, phases = measured(write(tmp_path / "flicker", times, flicker))
    assert len(phases) == 0


def test_small_slow_and_short_movements_are_left_out(tmp_path):
    times = clock(50, 4)
    for name, path in {
        "small": through((0, 0, -0.5), (1, 0, -0.5), (1.15, 0.15, -0.5), (4, 0.15, -0.5)),
        "slow": through((0, 0, -0.5), (1, 0, -0.5), (3, 0.6, -0.5), (4, 0.6, -0.5)),
    }.items():
        _, phases = measured(write(tmp_path / name, times, mover(times, right=path)))
        assert names(phases) == ["rest"], name
    _, phases = measured(tmp_path / "slow", "--onset-speed", "0.45")
    assert "movement" in names(phases)
    _, phases = measured(tmp_path / "small", "--min-extent", "0.05")
    assert "movement" in names(phases)


@pytest.mark.parametrize("seed", range(5))
def test_a_signer_filmed_as_they_are_is_found(tmp_path, seed):
    """As hard as real clips of signing: jitter, hands lost while fast, raised arms that narrow the
    shoulders, hands that hang at the picture's edge with low visibility."""
    random = np.random.default_rng(seed)
    times = clock(30, 2.5)
    start, end = 0.4 + random.uniform(0, 0.1), 2.0 + random.uniform(0, 0.1)
    up, across = random.uniform(-0.5, 0.4), random.uniform(-0.3, 0.3)
    path = through(
        *((0.0, -0.6, -1.75), (start, -0.6, -1.75), (start + 0.45, across, up)),
        *((start + 0.6, across, up), (start + 0.8, across + 0.3, up - 0.1)),
        *((end - 0.5, across + 0.3, up - 0.1), (end, -0.6, -1.75), (2.5, -0.6, -1.75)),
    )
    speed = np.linalg.norm(np.gradient(path(times), times, axis=0), axis=1)
    found = (speed < 4) & (random.uniform(size=len(times)) < 0.85)
    raised = path(times)[:, 1] > -1.2
    signer = mover(
        times,
        right=path,
        noise=0.012,
        hands=found,
        visibility=np.where(raised, 0.99, random.uniform(0.45, 0.95, len(times))),
        yaw=np.radians(25) * raised,
        seed=seed,
    )
    _, phases = measured(write(tmp_path, times, signer))
    gesture = of(phases, "right")[of(phases, "right")["gesture"].notna()]
    assert gesture["gesture"].nunique() == 1
    assert gesture["start_s"].min() == pytest.approx(start, abs=0.15)
    assert gesture["end_s"].max() == pytest.approx(end, abs=0.15)
    assert names(phases, "left") == ["rest"]


# Long videos, and those with nothing


@pytest.fixture(scope="module")
def long_video(tmp_path_factory) -> Path:
    """Two minutes and a half in one shot, with a gesture every ten seconds."""
    times = clock(25, 150)
    moving = mover(times, right=lambda t: GESTURE(t % 10), noise=0.01)
    return write(tmp_path_factory.mktemp("long"), times, moving)


def test_reading_in_other_batches_gives_the_same_bytes(long_video, monkeypatch):
    written = []
    for batch in (measure_movement.BATCH, 777):
        monkeypatch.setattr(measure_movement, "BATCH", batch)
        kinematics, phases = measured(long_video)
        written.append(
            [(long_video / n / "v.parquet").read_bytes() for n in ("kinematics", "phases")]
        )
    assert written[0] == written[1]
    assert len(kinematics) == 150 * 25 * 4
    assert names(phases).count("movement") == 30


def test_blocks_do_not_show(long_video, monkeypatch):
    whole, phases = measured(long_video)
    monkeypatch.setattr(measure_movement, "BLOCK", 201)
    in_parts, phases_again = measured(long_video)
    for column in ("x", "y", "speed", "acceleration", "world_speed"):
        assert np.allclose(whole[column], in_parts[column], atol=1e-4, equal_nan=True), column
    assert phases["phase"].tolist() == phases_again["phase"].tolist()
    assert np.allclose(phases["path_length"], phases_again["path_length"], atol=1e-3)


def test_memory_does_not_grow_with_length(long_video, monkeypatch):
    held = []
    monkeypatch.setattr(measure_movement, "BLOCK", 250)
    monkeypatch.setattr(measure_movement, "BATCH", 5000)
    create = Body.__init__

    def count(body, rows, frames):
        held.append((len(rows), len(frames)))
        create(body, rows, frames)

    monkeypatch.setattr(Body, "__init__", count)
    measured(long_video)
    assert len(held) == 15
    margin = 25 * measure_movement.MARGIN_S
    rows, frames = np.max(held, axis=0)
    assert frames <= 250 + 2 * margin + 1
    assert rows <= (frames + 1) * (13 + 2 * 21)


@pytest.mark.parametrize("count", [0, 1, 25])
def test_nobody_gives_empty_tables(tmp_path, count):
    kinematics, phases = measured(write(tmp_path, clock(25, count / 25)))
    for name, table in (("kinematics", kinematics), ("phases", phases)):
        assert len(table) == 0
        assert table.columns.tolist() == schemas.SCHEMAS[name].names


def test_a_video_without_a_picture(tmp_path):
    results = write(tmp_path, clock(25, 0))
    status = {"video_id": ["v"], "status": ["unavailable"]}
    parquet.write(results / "status" / "v.parquet", "status", status, {})
    kinematics, phases = measured(results)
    assert len(kinematics) == len(phases) == 0


def test_a_single_frame(tmp_path):
    times = clock(25, 0.04)
    kinematics, phases = measured(write(tmp_path, times, mover(times)))
    assert len(kinematics) == len(phases) == 0


def test_settings_that_contradict_each_other_are_told(tmp_path):
    results = write(tmp_path, clock(25, 0))
    words = [
        word
        for name in ("keypoints", "frames", "shots", "status", "kinematics", "phases")
        for word in (f"--{name}", results / name / "v.parquet")
    ]
    script = ROOT / "scripts" / "measure_movement.py"
    done = subprocess.run(
        [sys.executable, script, *words, "--offset-speed", "2"], capture_output=True, text=True
    )
    assert done.returncode == 1
    assert "movement.offset_speed: 2; it must be at most movement.onset_speed" in done.stderr


def test_defaults_are_those_of_the_configuration():
    import yaml

    with pytest.MonkeyPatch.context() as patch:
        needed = ("keypoints", "frames", "shots", "status", "kinematics", "phases")
        patch.setattr(sys, "argv", ["x", *[w for n in needed for w in (f"--{n}", "x")]])
        options = vars(measure_movement.parse_arguments())
    config = yaml.safe_load((ROOT / "config" / "config.yaml").read_text("utf-8"))["movement"]
    assert {name: options[name] for name in config} == config


@pytest.mark.workflow
@pytest.mark.parametrize("clip", ["collins", "hopper", "both"])
def test_still_portraits_make_no_gesture_whatever_the_camera_does(demo, clip):
    phases = parquet.read(demo / "phases" / f"{clip}.parquet")
    assert not (phases["phase"] == "movement").any()


@pytest.mark.workflow
def test_a_hand_planted_in_the_demo_is_found(demo, tmp_path):
    """The clip pans and zooms over a portrait; a wrist is put in, in body coordinates."""
    keypoints = parquet.read(demo / "keypoints" / "collins.parquet").astype(
        {"part": str, "keypoint": str}
    )
    keypoints = keypoints[keypoints["part"] == "pose"].reset_index(drop=True)
    by_frame = keypoints.pivot(index="frame", columns="keypoint", values=["x", "y"])
    shoulders = by_frame["x"]["left_shoulder"] - by_frame["x"]["right_shoulder"]
    unit = shoulders.rolling(25, center=True, min_periods=1).mean()
    last = keypoints["shot"].max()
    first_s = keypoints.loc[keypoints["shot"] == last, "time_s"].min()
    times = keypoints.groupby("frame")["time_s"].first()
    x, y = GESTURE(np.clip(times - first_s - 0.2, 0, None).to_numpy() + 0.5).T * 0.5
    middle = (by_frame.xs("left_shoulder", 1, 1) + by_frame.xs("right_shoulder", 1, 1)) / 2
    for name in ("wrist", "pinky", "index", "thumb"):
        rows = keypoints["keypoint"] == f"right_{name}"
        at_frame = keypoints.loc[rows, "frame"]
        keypoints.loc[rows, "x"] = (middle["x"] + x * unit).loc[at_frame].to_numpy(np.float32)
        keypoints.loc[rows, "y"] = (middle["y"] - y * unit).loc[at_frame].to_numpy(np.float32)
        keypoints.loc[rows, "visibility"] = np.float32(0.9)
    for name in ("frames", "shots", "status"):
        (tmp_path / name).mkdir()
        source = demo / name / "collins.parquet"
        (tmp_path / name / "v.parquet").write_bytes(source.read_bytes())
    (tmp_path / "keypoints").mkdir()
    parquet.write(tmp_path / "keypoints" / "v.parquet", "keypoints", keypoints, {})
    _, phases = measured(tmp_path)
    right = phases[(phases["hand"] == "right") & (phases["shot"] == last)]
    assert "movement" in right["phase"].tolist()
    assert not (phases[phases["hand"] == "left"]["phase"] == "movement").any()
