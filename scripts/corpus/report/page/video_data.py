"""The page's data about one video: a summary for lists, and details for the video's own view."""

from pathlib import Path

import pandas as pd

from corpus.report.page import frame_times, movement, quality
from corpus.report.page.player_zero import whole_zero
from corpus.report.page.tables import CorpusTables
from corpus.report.page.values import milliseconds, value_or
from corpus.tables import parquet
from corpus.tables.schemas import HANDS
from corpus.video.record import read_record

GESTURE_COLUMNS = ["gesture", "track", "hand", "start_s", "end_s", "peak_speed"]
GESTURE_NOTES = {"start_seen": False, "end_seen": False, "jump": True, "trunk_movement": True}
"""Columns of which the page shows a note, and the value of which it does."""


def describe_video(tables: CorpusTables, row: pd.Series) -> tuple[dict, dict]:
    """Summary and details of one video, from its row of the table corpus."""
    details = _details(tables, row)
    summary = _media_file(tables, row["video_id"]) | _figures(tables, row)
    summary["status"], summary["reason"] = row["status"], value_or(row["reason"], None)
    summary["vfr"] = bool(value_or(row["is_vfr"], False))
    summary |= _file_figures(row)
    summary["late_ms"] = max(0, (milliseconds(_start_s(row)) or 0) - summary["zero"])
    summary["concerns"], summary["weight"] = quality.find_concerns(summary)
    gesture_clusters = details["gestures"]["cluster"]
    summary["gestures"] = len(gesture_clusters)
    summary["gestures_of_people"] = len(gesture_clusters) - gesture_clusters.count(-1)
    return summary, details


def _start_s(row: pd.Series) -> float:
    return value_or(row["start_s"], 0.0)


def _details(tables: CorpusTables, row: pd.Series) -> dict:
    """Shots with their transitions, speed curves and gestures of one video.

    Copies are left out: they move as the person does who is on screen besides.
    """
    video, length_s = row["video_id"], value_or(row["duration_s"], 0.0)
    tracks = tables.tracks_of(video)
    is_copy = tracks["kind"].eq("copy")
    copies = set(tracks.loc[is_copy, "track"])
    shown = tracks[~is_copy]
    cluster_of = dict(zip(shown["track"], shown["cluster_index"], strict=True))
    details = {"shots": [], "transitions": [], "curves": [], "bin": movement.bin_video(length_s)[1]}
    if path := tables.video_table("shots", video):
        shots = parquet.read(path, ["start_s", "transition"])
        details["shots"] = [milliseconds(start) for start in shots["start_s"]]
        details["transitions"] = [value_or(kind, "") for kind in shots["transition"]]
    if path := tables.video_table("frames", video):
        times_s = parquet.read(path, ["time_s"])["time_s"].to_numpy()
        details["frames"] = frame_times.frame_runs(times_s)
        details["frame_step"] = frame_times.shortest_frame(times_s)
    if path := tables.video_table("kinematics", video):
        details["curves"] = movement.speed_curves(path, _start_s(row), length_s, cluster_of)
    details["gestures"] = _gestures(tables.video_table("gestures", video), cluster_of, copies)
    return details


def _gestures(path: Path | None, cluster_of: dict[int, int], copies: set[int]) -> dict[str, list]:
    """Columns of the gestures in a table at `path` without those of copies, in the order of time.

    `cluster` is -1 for a body without a face, `peak` is in hundredths of a shoulder width per
    second, or None if it is not known. `notes` has a binary digit for each of `GESTURE_NOTES`, the
    first being the lowest.
    """
    columns = [*GESTURE_COLUMNS, *GESTURE_NOTES]
    rows = parquet.read(path, columns) if path else pd.DataFrame(columns=columns)
    rows = rows[~rows["track"].isin(copies)].sort_values(["start_s", "end_s", "track", "hand"])
    return {
        "gesture": rows["gesture"].tolist(),
        "cluster": [cluster_of.get(track, -1) for track in rows["track"]],
        "hand": [HANDS.index(hand) for hand in rows["hand"]],
        "start": [milliseconds(start) for start in rows["start_s"]],
        "end": [milliseconds(end) for end in rows["end_s"]],
        "peak": [None if pd.isna(peak) else round(peak * 100) for peak in rows["peak_speed"]],
        "notes": [_gesture_notes(row) for row in rows.to_dict("records")],
    }


def _gesture_notes(row: dict) -> int:
    """The notes on a gesture in a row of its table, as binary digits."""
    noted = [value_or(row[name], not value) == value for name, value in GESTURE_NOTES.items()]
    return sum(1 << digit for digit, is_noted in enumerate(noted) if is_noted)


def _media_file(tables: CorpusTables, video: str) -> dict:
    """The video's file in the results, its title, and the time that most players show as 0:00.

    `file` is None if there is no file or it cannot be read.
    """
    name = tables.media_name(video)
    record = tables.results / f"{name}.json"
    metadata = read_record(record) if record.exists() else {}
    zero_s = tables.player_zero(video)
    return {
        "file": None if zero_s is None else name,
        # A browser that differs corrects this value, and never the next one.
        "zero": whole_zero(zero_s or 0.0),
        "player_zero_s": zero_s or 0.0,
        "title": metadata.get("title"),
    }


def _file_figures(row: pd.Series) -> dict:
    """What is special about the file, from the video's row of the table corpus."""
    others = value_or(row["other_streams"], "").split("; ")
    n_interlaced = int(value_or(row["n_interlaced"], 0))
    return {
        "clock_jumps": int(value_or(row["n_clock_jumps"], 0)),
        "n_sizes": len(value_or(row["stored_sizes"], "").split(", ")),
        "combed_frames": 0 if value_or(row["deinterlaced"], False) else n_interlaced,
        "n_other_pictures": sum(": picture" in stream for stream in others),
        "file_facts": _file_facts(row, n_interlaced),
    }


def _file_facts(row: pd.Series, n_interlaced: int) -> list[tuple[str, str]]:
    """Properties of the file that differ from those of most files, as pairs of name and value."""
    stored, aspect = value_or(row["stored_sizes"], ""), value_or(row["pixel_aspect"], "1:1")
    facts = []
    if ", " in stored or aspect != "1:1":
        shape = "" if aspect == "1:1" else f", pixels {aspect}"
        facts.append(("Stored as", f"{stored}{shape}"))
    if n_interlaced:
        done = "deinterlaced" if value_or(row["deinterlaced"], False) else "not deinterlaced"
        facts.append(("Interlaced", f"{n_interlaced:,} frames, {done}"))
    if others := value_or(row["other_streams"], ""):
        facts.append(("Stream", value_or(row["picture_stream"], "")))
        facts.append(("Other streams", others))
    return facts


def _figures(tables: CorpusTables, row: pd.Series) -> dict:
    """The figures that quality concerns are based on."""
    video = row["video_id"]
    figures = dict.fromkeys(quality.FIGURES)
    frames, faces = tables.video_table("frames", video), tables.video_table("faces", video)
    if int(value_or(row["n_frames"], 0)) and frames and faces:
        figures |= quality.measure_quality(
            parquet.read(frames, ["time_s"]),
            parquet.read(faces, ["score"]),
            tables.tracks_of(video),
            tables.doubtful_tracks,
        )
    if video in tables.coverage.index:
        figures |= quality.coverage_figures(tables.coverage.loc[video])
    overlaps = [overlap.seconds for overlap in tables.overlaps if overlap.video_id == video]
    return figures | {"twice_ms": milliseconds(sum(overlaps))}
