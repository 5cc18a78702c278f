"""The tables of gestures with their people, of each video and of the whole corpus."""

from corpus.tables.columns import FRAME
from corpus.tables.table import Columns, Table
from corpus.tables.video_tables import VIDEO_TABLES

_VIDEO_ID = ("text", "id in the manifest")
_MEASURES = next(table.columns for table in VIDEO_TABLES if table.name == "gesture_measures")
_OWN_COLUMNS: Columns = dict(
    gesture=("int32", "number within the video, from 0"),
    person=("text", "id of the person; null for a body whose face was not detected"),
    track=("int32", "track of the person, as in keypoints"),
    hand=("category", "left or right, the person's own"),
    shot=FRAME["shot"],
    start_s=("float64", "time at which the hand leaves its rest position, seconds"),
    end_s=("float64", "time at which the hand rests again, seconds"),
    n_movements=("int32", "number of movements, which holds separate"),
    hold_s=("float64", "total duration of its holds, seconds"),
    peak_speed=(
        "float32",
        "highest speed, shoulder widths per second; null if it is extrapolated",
    ),
    mean_speed=("float32", "mean speed including holds, shoulder widths per second"),
    path_length=("float32", "length of the path, shoulder widths"),
    world_path_length=(
        "float32",
        "length of the path in space, metres, as estimated; null if the model gave none",
    ),
    n_holds=("int32", "number of holds"),
    unit=(
        "int32",
        "gesture unit of the person, as in gesture_units: both hands of a two-handed "
        "gesture have the same; null for copies and pictures",
    ),
)
_GESTURE_COLUMNS = _OWN_COLUMNS | {
    name: column for name, column in _MEASURES.items() if name not in _OWN_COLUMNS
}

GESTURE_TABLES = (
    Table(
        name="gestures",
        row="gesture unit of one hand of one person",
        columns=_GESTURE_COLUMNS,
        about="people",
        rule="segment_gestures",
    ),
    Table(
        name="corpus_gestures",
        stem="gestures",
        row="gesture unit of one hand, of all videos",
        columns=dict(video_id=_VIDEO_ID, **_GESTURE_COLUMNS),
        about="people",
        per_video=False,
        note="The rows of `gestures/{video}.parquet` of all videos, in the order of the manifest.",
    ),
    Table(
        name="gesture_units",
        row="gesture unit of one person: a two-handed gesture is one row",
        columns=dict(
            video_id=_VIDEO_ID,
            unit=("int32", "number within the video, from 0, as in gestures"),
            person=("text", "id of the person; null for a body whose face was not detected"),
            track=("int32", "track of its first gesture, as in keypoints"),
            shot=("int32", "shot that contains it, from 0"),
            hand=("category", "left, right or both, the person's own"),
            start_s=("float64", "time at which the first hand leaves its rest position, seconds"),
            end_s=("float64", "time at which the last hand rests again, seconds"),
            n_left=("int32", "number of gesture units of the left hand"),
            n_right=("int32", "number of gesture units of the right hand"),
            left_s=("float64", "duration of those of the left hand, seconds"),
            right_s=("float64", "duration of those of the right hand, seconds"),
            overlap_s=("float64", "time in which both hands gesture, seconds"),
            peak_speed=(
                "float32",
                "highest speed of both hands, shoulder widths per second; null if it is null for "
                "one of its gestures",
            ),
            path_length=("float32", "length of the paths of both hands, shoulder widths"),
            lag_s=(
                "float32",
                "seconds by which the speed of the right hand follows that of the left, -0.5 to "
                "0.5, for the two gestures that overlap longest; null if unknown",
            ),
            symmetry=("float32", "-1 to 1: symmetry of these two gestures; null if unknown"),
            parallel=("float32", "-1 to 1: parallelism of these two gestures; null if unknown"),
            start_seen=("bool", "true if the hand that starts is seen at rest before"),
            end_seen=("bool", "true if the hand that ends last is seen at rest after"),
            jump=("bool", "true if the skeleton jumps in one of its gestures"),
            trunk_movement=(
                "bool",
                "true if only the trunk moves in all of its gestures; null if unknown",
            ),
        ),
        about="people",
        per_video=False,
        note="Without copies and pictures (column `kind` of `tracks`). If tracks of a person "
        "overlap, `n_left`, `n_right` and `path_length` count each of them.",
    ),
    Table(
        name="hand_use",
        row="person in a video",
        columns=dict(
            video_id=_VIDEO_ID,
            person=("text", "id of the person"),
            screen_s=("float64", "time with the face on screen, seconds"),
            left_visible_s=("float64", "time in which the left hand is observed, seconds"),
            right_visible_s=("float64", "time in which the right hand is observed, seconds"),
            visible_s=("float64", "time in which at least one hand is observed, seconds"),
            both_visible_s=("float64", "time in which both hands are observed, seconds"),
            left_movement_s=("float64", "time in which the left hand moves, seconds"),
            right_movement_s=("float64", "time in which the right hand moves, seconds"),
            movement_s=("float64", "time in which at least one hand moves, seconds"),
            movement_share=("float32", "0 to 1: movement_s divided by visible_s"),
            n_left=("int32", "number of gesture units of the left hand alone"),
            n_right=("int32", "number of gesture units of the right hand alone"),
            n_both=("int32", "number of two-handed gesture units"),
            n_units=("int32", "number of gesture units: the sum of these three"),
            units_per_minute=("float32", "n_units per minute of visible_s"),
            two_handed_share=("float32", "0 to 1: n_both divided by n_units"),
            handedness=(
                "float32",
                "-1 (left) to 1 (right): laterality quotient of the gesture units; two-handed ones "
                "count for both hands",
            ),
            movement_handedness=(
                "float32",
                "-1 (left) to 1 (right): laterality quotient of the seconds of movement while both "
                "hands are observed",
            ),
        ),
        about="people",
        per_video=False,
        note="Without copies and pictures (column `kind` of `tracks`). Interpolated gaps count as "
        "observed. Rates and shares are null if they would divide by 0.",
    ),
    Table(
        name="gesture_neighbours",
        row="gesture and one of its 24 most similar gestures",
        columns=dict(
            video_id=_VIDEO_ID,
            gesture=("int32", "number within the video, as in gestures"),
            rank=("int32", "1 for the most similar gesture"),
            other_video_id=("text", "video of the similar gesture"),
            other_gesture=("int32", "its number within that video"),
            distance=(
                "float32",
                "0 to 2: distance of the normalised paths; 0 if they are equal",
            ),
            mirrored=("bool", "true if its mirror image is more similar than itself"),
        ),
        about="people",
        per_video=False,
        rule="compare_gestures",
        note="Gestures of copies, and paths shorter than 0.15 shoulder widths, are not compared; "
        "see [similarity.md](similarity.md).",
    ),
    Table(
        name="gesture_map",
        row="compared gesture",
        columns=dict(
            video_id=_VIDEO_ID,
            gesture=("int32", "number within the video, as in gestures"),
            x=("float32", "position on the map of similar gestures, without unit"),
            y=("float32", "position on the map, without unit"),
        ),
        about="people",
        per_video=False,
        note="Gestures of left hands are mirrored; see [similarity.md](similarity.md).",
    ),
)
