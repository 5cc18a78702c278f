"""How much each person gestures in a video: seconds in which hands are seen, rates, handedness."""

from collections import Counter, defaultdict
from itertools import product

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
    spans_of_tracks = _spans_of_tracks(phases)
    n_units = Counter(zip(units["person"], units["hand"].astype(str), strict=True))
    rows = []
    for person, person_tracks in tracks.groupby("person"):
        spans: dict[tuple[str, bool], Spans] = {
            key: [span for track in person_tracks["track"] for span in spans_of_tracks[track, *key]]
            for key in product(("left", "right"), (False, True))
        }
        counts = {hand: n_units[person, hand] for hand in ("left", "right", "both")}
        on_screen = list(zip(person_tracks["start_s"], person_tracks["end_s"], strict=True))
        screen_s = total_seconds(on_screen)
        rows.append({"person": person, "screen_s": screen_s} | person_hand_use(spans, counts))
    return pd.DataFrame(rows, columns=columns)


def _spans_of_tracks(phases: pd.DataFrame) -> dict[tuple[int, str, bool], Spans]:
    """The phases of each track, hand, and whether the hand moves. Missing ones are empty lists."""
    spans: dict[tuple[int, str, bool], Spans] = defaultdict(list)
    columns = (phases[name].tolist() for name in ("track", "hand", "phase", "start_s", "end_s"))
    for track, hand, phase, start_s, end_s in zip(*columns, strict=True):
        spans[track, hand, phase == "movement"].append((start_s, end_s))
    return spans


def person_hand_use(
    spans: dict[tuple[str, bool], Spans], n_units: dict[str, int]
) -> dict[str, float | None]:
    """Return the hand use of one person in a video.

    `spans` are the intervals in which a hand, left or right, moves (true) or is still (false), and
    `n_units` the number of gesture units by hand: left, right or both.
    """
    left_moves, right_moves = spans["left", True], spans["right", True]
    left, right = left_moves + spans["left", False], right_moves + spans["right", False]
    visible_s, movement_s = total_seconds(left + right), total_seconds(left_moves + right_moves)
    n_left, n_right, n_both = (n_units[hand] for hand in ("left", "right", "both"))
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
