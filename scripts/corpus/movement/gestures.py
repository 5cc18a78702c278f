"""Gestures of one video: movements and the holds between them, merged from its phases."""

import pandas as pd


def merge_phases(phases: pd.DataFrame, person_of_track: dict[int, str]) -> pd.DataFrame:
    """Merge the phases of one video into gestures.

    Parameters
    ----------
    phases
        Rows of the phases table.
    person_of_track
        The person of each face track. Tracks that it lacks, such as the negative ones of bodies
        without a detected face, get no person.

    Returns
    -------
    One row per gesture, in the columns of the gestures table. Times are in seconds, speeds in
    shoulder widths per second, `path_length` in shoulder widths and `world_path_length` in metres,
    which is null if it is unknown for all phases of the gesture.
    """
    gesture_phases = phases[phases["gesture"].notna()].astype({"gesture": int})
    seconds = gesture_phases["end_s"] - gesture_phases["start_s"]
    is_hold = gesture_phases["phase"] == "hold"
    is_movement = gesture_phases["phase"] == "movement"
    gesture_phases = gesture_phases.assign(
        n_movements=is_movement, n_holds=is_hold, hold_s=seconds.where(is_hold, 0.0)
    )
    groups = gesture_phases.groupby("gesture", sort=True)
    gestures = groups.agg(
        track=("track", "first"),
        hand=("hand", "first"),
        shot=("shot", "first"),
        start_s=("start_s", "min"),
        end_s=("end_s", "max"),
        n_movements=("n_movements", "sum"),
        n_holds=("n_holds", "sum"),
        hold_s=("hold_s", "sum"),
        peak_speed=("peak_speed", "max"),
        path_length=("path_length", "sum"),
    )
    gestures["world_path_length"] = groups["world_path_length"].sum(min_count=1)
    duration_s = gestures["end_s"] - gestures["start_s"]
    gestures["mean_speed"] = gestures["path_length"] / duration_s
    gestures["person"] = [person_of_track.get(track) for track in gestures["track"]]
    return gestures.reset_index()


def add_measures(gestures: pd.DataFrame, measures: pd.DataFrame) -> pd.DataFrame:
    """Return gestures with the columns of the table gesture_measures that they lack.

    `peak_speed` becomes null where the time of the peak is not known.

    Both are rows of one video. Raises pandas.errors.MergeError if a number is not unique.
    """
    new = [name for name in measures.columns if name not in gestures.columns]
    gestures = gestures.merge(measures[["gesture", *new]], "left", on="gesture", validate="1:1")
    # The speed may be highest in a phase whose peak is not known.
    is_known = gestures["peak_time_s"].notna()
    return gestures.assign(peak_speed=gestures["peak_speed"].where(is_known))
