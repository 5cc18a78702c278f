"""Comparisons of gesture units: with marks, with other tools, and with changed copies."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from movement_changes import CHANGES, copy_id
from movement_invariance import Hand, compare, spread
from movement_marks import event_f, joined, score
from movement_peers import moving_frames

BASE = Hand(n_units=1, n_person_units=1, peak_speed=6.0, onset_s=0.5, offset_s=1.5)


def test_intervals_that_overlap_or_touch_are_one_event():
    assert joined([(2.0, 3.0), (0.0, 1.0), (1.0, 1.5), (2.5, 2.7)]) == [(0.0, 1.5), (2.0, 3.0)]


def test_the_f_measure_counts_missed_and_additional_events():
    marked = (1.0, 2.0)
    scores = [score([(1.0, 2.0)], marked), score([(1.0, 2.0), (5.0, 6.0)], marked)]
    assert event_f(scores) == pytest.approx(2 * 2 / (2 + 3))
    assert event_f([score([], marked)]) == 0
    assert event_f([score([(1.0, 1.4)], marked)]) == 0, "too little overlap"


@pytest.mark.parametrize("name", CHANGES)
def test_a_copy_that_moves_as_its_change_implies_does_not_differ(name):
    change = CHANGES[name]
    expected = Hand(
        n_units=2,
        n_person_units=1,
        peak_speed=6.0 / change.slowness,
        onset_s=0.5 * change.slowness + change.delay_s,
        offset_s=1.5 * change.slowness + change.delay_s,
    )
    comparison = compare("clip", "right", name, BASE, expected)
    assert (comparison.n_units, comparison.expected_units) == (2, 1)
    assert comparison.has_same_person_units
    assert comparison.peak_ratio == pytest.approx(1)
    assert comparison.onset_ms == pytest.approx(0) and comparison.offset_ms == pytest.approx(0)
    late = compare("clip", "right", name, BASE, replace(expected, onset_s=expected.onset_s + 0.1))
    assert late.onset_ms == pytest.approx(100 / change.slowness)


def test_the_spread_is_that_of_harmless_changes():
    found = replace(BASE, peak_speed=7.5, onset_s=0.6)
    rows = [
        compare("clip", "right", "mirrored", BASE, BASE),
        compare("clip", "right", "crf38", BASE, found),
        compare("clip", "right", "10fps", BASE, replace(BASE, peak_speed=1.0, onset_s=9.0)),
        compare("clip", "right", "half_speed", BASE, replace(BASE, n_person_units=2)),
    ]
    figures = spread(pd.DataFrame(rows))
    assert figures["hands"] == 2
    assert figures["same_person_units"] == pytest.approx(3 / 4)
    assert (figures["peak_min"], figures["peak_max"]) == (1.0, 1.25)
    assert figures["onset_max_ms"] == pytest.approx(100)


def test_copies_have_valid_video_ids():
    assert copy_id("walk", "12.5fps") == "walk__12_5fps"
    assert len({copy_id("walk", name) for name in CHANGES}) == len(CHANGES)


def test_spudnig_finds_a_keypoint_that_leaves_its_rest_and_comes_back():
    x = np.r_[np.full(40, 100.0), np.linspace(100, 300, 10), np.linspace(300, 100, 10)]
    x = np.r_[x, np.full(40, 100.0)]
    pixels, confidence = np.column_stack([x, np.zeros(len(x))]), np.ones(len(x))
    frames = np.flatnonzero(moving_frames(pixels, confidence))
    assert frames[0] < 3, "the rule starts with a rest position in the corner of the image"
    frames = frames[frames > 10]
    assert 30 < frames[0] < 50 and 55 < frames[-1] < 70
    assert len(frames) == frames[-1] - frames[0] + 1, "one movement"
    assert not moving_frames(pixels, confidence * 0.2).any(), "OpenPose is not sure of it"
    assert not moving_frames(np.full_like(pixels, 100.0), confidence)[10:].any()
