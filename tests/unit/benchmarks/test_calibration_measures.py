"""Reliability tables, claims and warnings, with values computed by hand."""

import math

import numpy as np
import pandas as pd
import pytest

from calibration_measures import (
    calibration_error,
    claims_of_tracks,
    reliability,
    true_of_found,
    warnings,
)


def test_the_reliability_table_has_one_row_per_bin_with_claims():
    probabilities = np.array([0.0, 0.1, 0.72, 0.78, 1.0])
    rows = reliability(probabilities, np.array([False, True, True, False, True]))
    assert rows.to_numpy().tolist() == [
        pytest.approx([0.0, 0.1, 1, 0.0, 0.0]),
        pytest.approx([0.1, 0.2, 1, 0.1, 1.0]),
        pytest.approx([0.7, 0.8, 2, 0.75, 0.5]),
        pytest.approx([0.9, 1.0, 1, 1.0, 1.0]),
    ]
    # |0 - 0|, |0.1 - 1|, twice |0.75 - 0.5|, |1 - 1|, over five claims
    assert calibration_error(rows) == pytest.approx((0.9 + 2 * 0.25) / 5)
    assert math.isnan(calibration_error(reliability(np.array([]), np.array([]))))


def labelled_tracks():
    """A is p1 and, split off, p3; B has a track in p1, and p2."""
    rows = [
        ("p1", "A", 10, 0.9, "p3", 0.8),
        ("p1", "A", 5, 0.4, None, np.nan),
        ("p1", "B", 3, 0.2, "p2", 0.7),
        ("p2", "B", 9, 1.0, "p1", 0.6),
        ("p3", "A", 2, 0.95, "p1", 0.55),
    ]
    columns = ["person", "true", "faces", "probability", "other_person", "other_probability"]
    return pd.DataFrame(rows, columns=columns)


def test_a_found_person_is_the_true_person_of_most_of_its_faces():
    assert true_of_found(labelled_tracks()) == {"p1": "A", "p2": "B", "p3": "A"}


def test_each_track_claims_its_person_and_its_other_person():
    claims = claims_of_tracks(labelled_tracks())
    assert claims["claim"].tolist() == ["own"] * 5 + ["other"] * 4
    assert claims["right"].tolist() == [True, True, False, True, True] + [True, True, False, True]
    assert claims["probability"][5:].tolist() == [0.8, 0.7, 0.6, 0.55]


def test_tables_of_earlier_versions_claim_no_other_person():
    earlier = labelled_tracks().drop(columns=["other_person", "other_probability"])
    assert set(claims_of_tracks(earlier)["claim"]) == {"own"}
    assert warnings(earlier)["other"]["warnings"] == 0


def test_claims_about_people_without_known_faces_are_left_out():
    tracks = labelled_tracks().assign(other_person="p9")
    assert set(claims_of_tracks(tracks)["claim"]) == {"own"}


def test_warnings_and_unwarned_errors_are_counted():
    assert warnings(labelled_tracks()) == {
        # Two tracks are doubted; the one of B in p1 is wrong.
        "own": {"warnings": 2, "right": 1, "errors": 1, "errors warned": 1},
        # Four tracks have a probable other person; p2 is not A. Only p3 is split off.
        "other": {"warnings": 4, "right": 3, "errors": 1, "errors warned": 1},
    }
