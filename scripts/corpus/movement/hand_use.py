"""How much each person gestures in a video: seconds in which hands are seen, rates, handedness."""

import pandas as pd

from corpus.movement.person_units import total_seconds
from corpus.tables.schemas import SCHEMAS

Spans = list[tuple[float, float]]
"""Start and end of intervals in seconds; they may overlap."""


def hand_use(phases: pd.DataFrame, units: pd.DataFrame, tracks: pd.DataFrame) -> pd.DataFrame:
    """Return the hand use of the people in one video, in columns of the table hand_use.

    Parameters
    ----------
    phases
        Rows of the table phases of the video. A hand counts as visible in all its phases.
    units
        Gesture units of people in the video (`person_units.merge_hands`).
    tracks
        The video's rows of the table tracks, without copies and pictures: the columns track,
        person, start_s and end_s. Where tracks of a person overlap, their time counts once.

    Returns
    -------
    One row per person, sorted by person. Times are in seconds. Rates and shares are null if their
    denominator is 0.
    """
    columns = [name for name in SCHEMAS["hand_use"].names if name != "video_id"]
    rows = [
        person_hand_use(
            phases[phases["track"].isin(person_tracks["track"])],
            units.loc[units["person"] == person, "hand"].astype(str).value_counts().to_dict(),
        )
        | {"person": person, "screen_s": total_seconds(spans_of(person_tracks))}
        for person, person_tracks in tracks.groupby("person")
    ]
    return pd.DataFrame(rows, columns=columns)


def person_hand_use(phases: pd.DataFrame, n_units: dict[str, int]) -> dict[str, float | None]:
    """Return the hand use of one person in a video.

    `phases` are rows of the table phases of the person's tracks, and `n_units` the number of
    gesture units by hand: left, right or both.
    """
    is_movement = phases["phase"] == "movement"
    is_left = phases["hand"] == "left"
    left, right = spans_of(phases[is_left]), spans_of(phases[~is_left])
    left_moves = spans_of(phases[is_left & is_movement])
    right_moves = spans_of(phases[~is_left & is_movement])
    visible_s, movement_s = total_seconds(left + right), total_seconds(left_moves + right_moves)
    n_left, n_right, n_both = (n_units.get(hand, 0) for hand in ("left", "right", "both"))
    return {
        "left_visible_s": total_seconds(left),
        "right_visible_s": total_seconds(right),
        "visible_s": visible_s,
        "both_visible_s": common_seconds(left, right),
        "left_movement_s": total_seconds(left_moves),
        "right_movement_s": total_seconds(right_moves),
        "movement_s": movement_s,
        "movement_share": ratio(movement_s, visible_s),
        "n_left": n_left,
        "n_right": n_right,
        "n_both": n_both,
        "n_units": n_left + n_right + n_both,
        "units_per_minute": ratio(60 * (n_left + n_right + n_both), visible_s),
        "two_handed_share": ratio(n_both, n_left + n_right + n_both),
        "handedness": laterality(n_right + n_both, n_left + n_both),
        # A moving hand is visible: what both hands see is what the other hand sees.
        "movement_handedness": laterality(
            common_seconds(right_moves, left), common_seconds(left_moves, right)
        ),
    }


def laterality(right: float, left: float) -> float | None:
    """Return how much more the right hand does than the left, from -1 (left) to 1 (right).

    This is Oldfield's laterality quotient (1971, Neuropsychologia 9, 97-113) as a share instead of
    a percentage: the difference divided by the sum. Returns None if both are 0.
    """
    return ratio(right - left, right + left)


def ratio(numerator: float, denominator: float) -> float | None:
    """Return a ratio; None if the denominator is 0."""
    return numerator / denominator if denominator else None


def common_seconds(first: Spans, second: Spans) -> float:
    """Return the seconds that both sets of spans cover."""
    separate_s = total_seconds(first) + total_seconds(second)
    return max(0.0, round(separate_s - total_seconds(first + second), 6))


def spans_of(rows: pd.DataFrame) -> Spans:
    """Return start and end of each row."""
    return list(zip(rows["start_s"].tolist(), rows["end_s"].tolist(), strict=True))
