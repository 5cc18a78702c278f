"""Measures of probabilities: are claims of probability p right in a share p of all cases?"""

import numpy as np
import pandas as pd

N_BINS = 10
DOUBT = 0.5
"""A reader is warned if the person of a track is less probable than this, or another person is
more probable."""


def reliability(
    probabilities: np.ndarray, is_right: np.ndarray, n_bins: int = N_BINS
) -> pd.DataFrame:
    """One row per bin of equal width that has claims: from, to, n (of claims), mean, right.

    `mean` is the mean probability and `right` the share of right claims. A probability of 1
    belongs to the last bin.
    """
    bins = np.minimum((np.asarray(probabilities) * n_bins).astype(int), n_bins - 1)
    claims = pd.DataFrame({"bin": bins, "mean": probabilities, "right": is_right})
    bins_used = claims.groupby("bin")
    rows = bins_used.agg(n=("mean", "size"), mean=("mean", "mean"), right=("right", "mean"))
    edges = pd.DataFrame({"from": rows.index / n_bins, "to": (rows.index + 1) / n_bins}, rows.index)
    return pd.concat([edges, rows], axis=1).reset_index(drop=True)


def calibration_error(rows: pd.DataFrame) -> float:
    """Expected calibration error (Naeini, Cooper & Hauskrecht 2015) of a `reliability` table.

    The mean difference between probability and share of right claims, weighted by the claims.
    """
    if rows.empty:
        return float("nan")
    return float(np.average((rows["mean"] - rows["right"]).abs(), weights=rows["n"]))


def true_of_found(tracks: pd.DataFrame) -> dict[str, str]:
    """The true person of each found person: the one whom most known faces of its tracks show.

    `tracks` has the columns person, true and faces (the number of known faces). Of two true people
    with the same number of faces, the first in the order of names counts.
    """
    return _largest(tracks, "person", "true")


def _largest(tracks: pd.DataFrame, group: str, member: str) -> dict[str, str]:
    totals = tracks.groupby([group, member])["faces"].sum().reset_index()
    totals = totals.sort_values([group, "faces", member], ascending=[True, False, True])
    return dict(totals.drop_duplicates(group)[[group, member]].to_numpy())


def claims_of_tracks(tracks: pd.DataFrame) -> pd.DataFrame:
    """What the results claim about each track, and whether it is right.

    `tracks` has the columns of `true_of_found` and probability, and may have other_person and
    other_probability. Result: claim (`own`: the track shows its person; `other`: it shows the other
    person), probability and right. Claims without a probability, and about people without known
    faces, are left out.
    """
    true_people = true_of_found(tracks)
    columns = [("own", "person", "probability"), ("other", "other_person", "other_probability")]
    claims = [
        pd.DataFrame(
            {
                "claim": claim,
                "probability": tracks[probability].astype(float),
                "right": tracks[person].map(true_people) == tracks["true"],
            }
        )[tracks[person].isin(list(true_people))]
        for claim, person, probability in columns
        if person in tracks
    ]
    return pd.concat(claims).dropna(subset="probability").reset_index(drop=True)


def warnings(tracks: pd.DataFrame) -> dict[str, dict[str, int]]:
    """How many warnings there are, how many are right, and how many errors have a right warning.

    `tracks` as in `claims_of_tracks`. `own`: a track may not show its person; the errors are the
    tracks that do not. `other`: a track may show another person; the errors are the tracks that are
    not in the found person with most faces of their true person.
    """
    true_people = true_of_found(tracks)
    is_wrong = tracks["person"].map(true_people) != tracks["true"]
    is_split = tracks["person"] != tracks["true"].map(_largest(tracks, "true", "person"))
    doubted = tracks["probability"] < DOUBT
    may_be_other = pd.Series(False, tracks.index)
    other_is_right = may_be_other
    if "other_person" in tracks:
        may_be_other = tracks["other_probability"] > DOUBT
        other_is_right = tracks["other_person"].map(true_people) == tracks["true"]
    return {
        "own": _count_warnings(doubted, is_wrong, is_wrong),
        "other": _count_warnings(may_be_other, other_is_right, is_split & ~is_wrong),
    }


def _count_warnings(is_warned: pd.Series, is_right: pd.Series, is_error: pd.Series) -> dict:
    return {
        "warnings": int(is_warned.sum()),
        "right": int((is_warned & is_right).sum()),
        "errors": int(is_error.sum()),
        "errors warned": int((is_error & is_warned & is_right).sum()),
    }
