"""Settings that agree best with coders are chosen without the videos that they are scored with."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml

import tune_movement
from coded_events import events
from configurations import checked
from corpus.agreement.event_agreement import THRESHOLDS
from corpus.agreement.phase_trials import FACTORS, trial_settings, video_phases
from corpus.agreement.streams import Stream
from corpus.agreement.tuning import MAX_FOLDS, best_trial, measure_trials, scores, tune
from corpus.agreement.tuning_report import settings_text, trial_table
from corpus.inputs import settings
from corpus.inputs.settings_videos import Movement
from corpus.movement.settings import MovementSettings
from corpus.tables import parquet
from moving_bodies import frame_times, measure, minimum_jerk_path, moving_body, write_results

CURRENT = MovementSettings.from_mapping(Movement().model_dump())
RESTING = (-0.6, -1.7)


def counts_of(matched: list[list[int]], n_events: int = 10) -> np.ndarray:
    """Counts (video, trial, threshold, 3) from the matches of each video and trial."""
    counts = np.full((len(matched), len(matched[0]), len(THRESHOLDS), 3), n_events)
    counts[..., 2] = np.array(matched)[:, :, None]
    return counts


class TestTrials:
    def test_the_first_are_the_current_settings_and_each_extreme(self) -> None:
        trials = trial_settings(CURRENT)
        assert len(trials) == 200 and trials[0] == CURRENT
        assert trials[1] == replace(CURRENT, onset_speed=0.5 * CURRENT.onset_speed)
        assert len({repr(trial) for trial in trials}) > 195

    def test_settings_stay_in_their_range_and_repeat(self) -> None:
        trials = trial_settings(CURRENT)
        for name, (low, high) in FACTORS.items():
            factors = np.array([getattr(trial, name) for trial in trials]) / getattr(CURRENT, name)
            assert factors.min() >= 0.99 * low and factors.max() <= 1.01 * high
        assert all(trial.offset_speed <= trial.onset_speed for trial in trials)
        assert trials == trial_settings(CURRENT)

    def test_only_settings_of_phases_change(self) -> None:
        """Positions and speeds are measured once for all trials."""
        fixed = set(MovementSettings.__annotations__) - {*FACTORS, "rest_height"}
        assert "max_gap_s" in fixed and "phase_cutoff_hz" in fixed
        for trial in trial_settings(CURRENT):
            assert all(getattr(trial, name) == getattr(CURRENT, name) for name in fixed)


class TestChoice:
    def test_score_is_the_mean_f_of_the_pooled_events(self) -> None:
        counts = counts_of([[10, 5], [5, 0]])
        counts[:, 1, :4, 2] = 0
        assert scores(counts) == pytest.approx([15 / 20, 5 / 20 * 5 / 9])

    def test_of_equal_trials_the_first_is_chosen(self) -> None:
        assert best_trial(counts_of([[3, 5, 5]])) == 1
        assert best_trial(counts_of([[5, 5, 5]])) == 0
        assert best_trial(np.zeros((2, 3, len(THRESHOLDS), 3))) == 0

    @pytest.mark.parametrize("n_videos", [3, 4, MAX_FOLDS, 23])
    def test_held_out_videos_do_not_take_part_in_the_choice(self, n_videos: int) -> None:
        generator = np.random.default_rng(n_videos)
        matched = generator.integers(3, 7, size=(n_videos, 30)).tolist()
        chosen = tune(list("v" * n_videos), counts_of(matched)).chosen_without
        for video in range(n_videos):
            other = [*matched[:video], generator.permutation(10)[[0] * 30], *matched[video + 1 :]]
            other[video] = [10 if trial == 17 else 0 for trial in range(30)]
            changed = tune(list("v" * n_videos), counts_of(other)).chosen_without
            assert changed[video] == chosen[video]

    def test_noise_gives_no_gain_on_held_out_videos(self) -> None:
        """The best of many equally good trials looks better on the videos that chose it."""
        generator = np.random.default_rng(4)
        tuning = tune(["v"] * 10, counts_of(generator.integers(3, 8, size=(10, 200)).tolist()))
        selected, current = tuning.held_out_scores()
        assert tuning.score(tuning.chosen) > scores(tuning.counts).mean() + 0.05
        assert selected < tuning.score(tuning.chosen) - 0.05
        low, high = tuning.gain_interval()
        assert low < selected - current < high

    def test_a_better_trial_has_its_gain(self) -> None:
        tuning = tune(["v"] * 5, counts_of([[5, 8], [4, 8], [6, 9], [5, 7], [5, 8]]))
        assert tuning.held_out_scores() == pytest.approx((0.8, 0.5))
        low, high = tuning.gain_interval()
        assert 0.2 < low < 0.3 < high < 0.4
        assert tuning.gain_interval() == (low, high)


class TestReport:
    TRIALS = (CURRENT, replace(CURRENT, onset_speed=0.7, min_extent=0.1))

    def test_settings_can_be_pasted(self) -> None:
        text = settings_text(tune(list("abcd"), counts_of([[5, 8]] * 4)), self.TRIALS)
        assert yaml.safe_load(text) == {"movement": {"onset_speed": 0.7, "min_extent": 0.1}}
        assert "Gain +0.300, 95 % interval +0.300 to +0.300" in text
        assert "keep the current settings" not in text

    def test_an_uncertain_gain_is_called_so(self) -> None:
        text = settings_text(tune(list("abc"), counts_of([[5, 9], [5, 4], [5, 9]])), self.TRIALS)
        assert "The interval contains 0: keep the current settings." in text

    def test_two_videos_cannot_be_cross_validated(self) -> None:
        tuning = tune(list("ab"), counts_of([[5, 8]] * 2))
        assert tuning.chosen_without is None
        text = settings_text(tuning, self.TRIALS)
        assert "Not cross-validated, because fewer than 3 videos are coded." in text
        assert "held-out" not in text and "Gain" not in text

    def test_without_a_better_trial_there_is_nothing_to_paste(self) -> None:
        text = settings_text(tune(list("abc"), counts_of([[8, 8]] * 3)), self.TRIALS)
        assert yaml.safe_load(text) is None
        assert "No trial is better" in text

    def test_all_trials_are_listed(self) -> None:
        table = trial_table(tune(list("abc"), counts_of([[5, 8]] * 3)), self.TRIALS)
        assert table["score"].tolist() == pytest.approx([0.5, 0.8])
        assert table["n_videos_held_out"].tolist() == [0, 3]
        assert table["onset_speed"].tolist() == [1.0, 0.7]


@pytest.mark.parametrize("still_camera", [False, True])
def test_the_script_accepts_the_flags_of_its_rule(
    still_camera: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The rule passes all keys that measure_movement gets, those without a number too."""
    config = checked({"movement": {"still_camera": still_camera, "onset_speed": 1.5}})
    flags = settings.flags(config, "measure_movement")
    paths = ("results", "videos", "annotations", "coders", "files", "settings", "trials")
    files = [word for name in paths for word in (f"--{name}", name)]
    monkeypatch.setattr("sys.argv", ["tune_movement.py", *flags, *files])
    found = MovementSettings.from_mapping(vars(tune_movement.parse_arguments()))
    assert found == MovementSettings.from_mapping(config["movement"])
    assert found.still_camera is still_camera


def slow_and_quick(slow_s: float) -> list[tuple[float, float, float]]:
    """A hand rises within 0.5 s and falls again; later within `slow_s` seconds."""
    quick = [(1.0, *RESTING), (1.5, 0.0, -0.2), (2.0, *RESTING)]
    return [(0.0, *RESTING), *quick, (5.0, *RESTING), (5 + slow_s, -0.2, -0.9), (9.5, *RESTING)]


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Four videos in which a hand moves quickly once, and once so gently that it is not found."""
    folder = tmp_path_factory.mktemp("tuning")
    times = frame_times(25, 11)
    for number, video in enumerate("abcd"):
        path = minimum_jerk_path(*slow_and_quick(2.2 + number / 10), (12.0, *RESTING))
        body = moving_body(times, right=path, noise=0.002, seed=number)
        one = write_results(folder / "one", times, body)
        for table in ("keypoints", "frames", "shots", "status"):
            target = folder / table / f"{video}.parquet"
            target.parent.mkdir(exist_ok=True)
            (one / table / "v.parquet").rename(target)
    return folder


TRACKS = pd.DataFrame({"video_id": list("abcd"), "track": 0, "person": "p0001", "kind": "person"})


def coder(video: str) -> Stream:
    """A coder who marked both movements of the right hand."""
    units = events((1.0, 2.0), (5.3, 9.2))
    return Stream("eve", video, "p0001", "right", {"units": units}, ((0.0, 11.0),))


def test_gentle_movements_are_found_with_the_chosen_settings(results: Path) -> None:
    trials = trial_settings(CURRENT)[:12]
    videos, counts = measure_trials(results, map(coder, "dcba"), TRACKS, trials)
    assert videos == list("abcd") and counts.shape == (4, 12, 9, 3)
    tuning = tune(videos, counts)
    assert trials[tuning.chosen].onset_speed < CURRENT.onset_speed
    assert tuning.gain_interval()[0] > 0.1
    n_coded, n_found, n_matched = np.moveaxis(counts[:, :, 0], -1, 0)
    assert n_coded.tolist() == [[2] * 12] * 4
    assert n_found[:, 0].tolist() == n_matched[:, 0].tolist() == [1] * 4
    assert n_matched[:, tuning.chosen].tolist() == [2] * 4


def test_the_first_trial_gives_the_phases_of_the_workflow(results: Path, tmp_path: Path) -> None:
    first, second = video_phases(results, "a", trial_settings(CURRENT)[:2])
    for table in ("keypoints", "frames", "shots", "status"):
        (tmp_path / table).mkdir()
        content = (results / table / "a.parquet").read_bytes()
        (tmp_path / table / "v.parquet").write_bytes(content)
    measure(tmp_path)
    expected = parquet.read(tmp_path / "phases/v.parquet")
    pd.testing.assert_frame_equal(first.astype(expected.dtypes), expected, rtol=1e-5)
    assert (second["phase"] == "movement").sum() > (first["phase"] == "movement").sum()
