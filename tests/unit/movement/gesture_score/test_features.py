"""Features of windows of landmarks, by their definitions."""

import numpy as np
import pytest

from corpus.movement.gesture_score.features import LANDMARKS, N_FEATURES, window_features

LEFT_WRIST, RIGHT_WRIST = (LANDMARKS.index(f"{side}_wrist") for side in ("left", "right"))


def standing() -> np.ndarray:
    """A window of a body that stands still, symmetric to the plane x = 0, (1, 5, 23, 4)."""
    body = np.zeros((23, 4), np.float32)
    for number, name in enumerate(LANDMARKS):
        side = 1 if "left" in name else -1 if "right" in name else 0
        height = -0.5 if "shoulder" in name else -0.3 if "elbow" in name else -0.1
        body[number] = [0.2 * side, height, 0.05, 0.9]
    return np.tile(body, (1, 5, 1, 1))


def test_order_and_number() -> None:
    assert LANDMARKS[0] == "nose"
    assert LANDMARKS[-1] == "right_thumb"
    assert window_features(np.zeros((7, 5, 23, 4), np.float32)).shape == (7, N_FEATURES)
    assert window_features(np.zeros((0, 5, 23, 4), np.float32)).shape == (0, N_FEATURES)


def test_a_body_that_stands_still() -> None:
    features = window_features(standing())[0]
    np.testing.assert_allclose(features[:3], [0.2, -0.5, 0.05], atol=1e-6)
    assert not features[18:44].any(), "steps, speeds and ranges"
    assert not features[68:72].any(), "changes of speed"
    np.testing.assert_allclose(features[72:74], 0.4, atol=1e-6, err_msg="wrists below shoulders")
    assert features[74] == pytest.approx(0.4), "distance of the wrists"
    assert not features[[77, 79]].any(), "path and asymmetry"
    np.testing.assert_allclose(features[80:], 0.9, atol=1e-6, err_msg="visibility")


def test_a_moving_right_wrist() -> None:
    """The first frame of a window has no step: four steps of 1 cm, divided by five frames."""
    window = standing()
    window[0, :, RIGHT_WRIST, 0] += np.arange(5, dtype=np.float32) * 0.01
    features = window_features(window)[0]
    np.testing.assert_allclose(features[33:36], [0.008, 0, 0], atol=1e-6)
    np.testing.assert_allclose(features[36:38], [0, 0.008], atol=1e-6)
    np.testing.assert_allclose(features[38:44], [0, 0, 0, 0.04, 0, 0], atol=1e-6)
    np.testing.assert_allclose(features[68:72], 0, atol=1e-6)
    assert features[77] == pytest.approx(0.04, abs=1e-6)
    assert features[79] == pytest.approx(1, abs=1e-4)


def test_visibility_of_a_wrist_that_disappears() -> None:
    window = standing()
    window[0, 4, LEFT_WRIST, 3] = 0.1
    features = window_features(window)[0]
    assert features[84] == pytest.approx((4 * 0.9 + 0.1) / 5)
    np.testing.assert_allclose(features[98:], [0.1, 0.9], atol=1e-6)


def test_windows_do_not_influence_each_other() -> None:
    windows = np.random.default_rng(5).normal(size=(9, 5, 23, 4)).astype(np.float32)
    alone = np.concatenate([window_features(window[np.newaxis]) for window in windows])
    np.testing.assert_array_equal(window_features(windows), alone)
