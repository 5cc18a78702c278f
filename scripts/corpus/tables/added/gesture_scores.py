"""The table gesture_scores: how much each gesture unit looks like a gesture."""

from corpus.tables.table import Table

TABLE = Table(
    name="gesture_scores",
    row="gesture unit of one hand, if `movement.gesture_score` is true",
    columns={
        "gesture": ("int32", "number of the gesture unit within the video, as in gestures"),
        "track": ("int32", "track of the person, as in keypoints"),
        "hand": ("category", "left or right, the person's own"),
        "start_s": ("float64", "start, seconds"),
        "end_s": ("float64", "end, seconds"),
        "gesture_score": (
            "float32",
            "mean probability of a gesture over its windows of 0.2 s, by EnvisionHGdetector's "
            "LightGBM model; null without a window in which the hand is seen",
        ),
        "gesture_share": ("float32", "share of these windows with a probability of at least 0.5"),
        "n_windows": ("int32", "number of windows, 25 per second"),
    },
    about="tracks",
    rule="score_gestures",
    note="The windows belong to a body, not to a hand: both hands of a two-handed gesture have "
    "nearly the same score.",
)
