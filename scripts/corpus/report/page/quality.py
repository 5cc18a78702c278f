"""What about each video may need a look before its numbers are relied on."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd

SURE_SCORE = 0.97
"""Detector's probability below which a face is doubtful: the default of faces.min_track_score."""
SURE_TRACK = 0.5
"""Probability below which a track may well be somebody else."""


@dataclass(frozen=True)
class Concern:
    """Something to look at. `weigh` says how much, 0 for not at all; `figure` names the number."""

    title: str
    meaning: str
    weigh: Callable[[dict], float]
    figure: str | None = None


def _over(name: str, limit: float, least: float, most: float) -> Callable[[dict], float]:
    """Weigh a share from `limit` on, between `least` and `most` at 1."""

    def weigh(row: dict) -> float:
        share = row.get(name)
        if share is None or share <= limit:
            return 0.0
        return least + (most - least) * (share - limit) / (1 - limit)

    return weigh


def _has(name: str, weight: float, over: float = 0) -> Callable[[dict], float]:
    return lambda row: weight if (row.get(name) or 0) > over else 0.0


def _status(name: str, weight: float) -> Callable[[dict], float]:
    return lambda row: weight if row["status"] == name else 0.0


CONCERNS = {
    "unavailable": Concern(
        "not available",
        "The video is gone at its source, in the site's own words. Its tables are empty.",
        _status("unavailable", 100),
    ),
    "no_video": Concern(
        "no picture",
        "The file has no picture stream, or is no media file. Its tables are empty.",
        _status("no_video", 100),
    ),
    "truncated": Concern(
        "breaks off",
        "The file ended before it should have; the tables cover what could be decoded. Fetch it "
        "again, or take the video as shorter than it was.",
        _status("truncated", 50),
    ),
    "damaged": Concern(
        "damaged",
        "Decoded to its end, but parts of the file were damaged on the way; pictures there are "
        "patched up, and what was found in them may be wrong.",
        lambda row: 20.0 if row["status"] == "ok" and row["reason"] else 0.0,
    ),
    "backwards": Concern(
        "time stands still",
        "Frames that are not later than the one before: the file's clock is broken there, and "
        "speeds around it mean nothing.",
        _has("backwards", 20),
        "backwards",
    ),
    "gap": Concern(
        "long gap",
        "The longest time without a new frame, over a second: a frozen picture or a part lost in "
        "recording. Movement there is not seen.",
        _has("gap_ms", 12, over=1000),
        "gap_ms",
    ),
    "nobody": Concern(
        "often nobody found",
        "Share of the frames searched for bodies in which none was found. Right for pictures "
        "without people; otherwise people are small, turned away or in the dark, and their "
        "movement is missing.",
        _over("nobody", 0.25, 6, 16),
        "nobody",
    ),
    "faceless_frames": Concern(
        "few faces",
        "Share of all frames in which no face was followed. Who is on screen is not known there. A "
        "smaller faces.min_size finds smaller faces.",
        _over("faceless_frames", 0.5, 3, 8),
        "faceless_frames",
    ),
    "low_score": Concern(
        "doubtful faces",
        f"Share of the faces of which the detector was less than {SURE_SCORE:.0%} sure: blurred, "
        "small, in profile, or no faces at all.",
        _over("low_score", 0.25, 3, 8),
        "low_score",
    ),
    "unsure": Concern(
        "unsure who it is",
        f"Share of the seconds on screen in tracks with a probability below {SURE_TRACK}: the "
        "person may be somebody else. Check them, and join or name people.",
        _over("unsure", 0.25, 3, 8),
        "unsure",
    ),
    "bodies": Concern(
        "bodies without a face",
        "Share of the frames searched for bodies with one whose face was never found. They have "
        "keypoints, but are no person of this corpus.",
        _has("faceless_bodies", 2),
        "faceless_bodies",
    ),
    "vfr": Concern(
        "varying frame rate",
        "Gaps between frames differ, as in phone videos. All times here are right; frame number "
        "over frame rate is not, so take times from the tables.",
        _has("vfr", 1),
    ),
    "late": Concern(
        "late start",
        "The picture begins after a player's 0:00, by more than a frame. ELAN files and this page "
        "allow for it; other tools may be off by as much.",
        _has("late_ms", 1, over=40),
        "late_ms",
    ),
}
"""By code, gravest first."""


def concerns(row: dict) -> tuple[list[str], int]:
    """Codes of what is to be looked at in one video, and how grave it is altogether."""
    weights = {code: concern.weigh(row) for code, concern in CONCERNS.items()}
    return [code for code, weight in weights.items() if weight], round(sum(weights.values()) * 10)


def measure(frames: pd.DataFrame, faces: pd.DataFrame, tracks: pd.DataFrame) -> dict:
    """Figures of one video that concerns are about; None where there is nothing to count.

    `frames` and `faces` are its tables, `tracks` its rows of the tracks table. Shares are 0 to 1.
    """
    steps = np.diff(frames["time_s"].to_numpy())
    seconds = (tracks["end_s"] - tracks["start_s"]).to_numpy()
    doubtful = (tracks["probability"] < SURE_TRACK).to_numpy()
    return {
        "low_score": _share((faces["score"] < SURE_SCORE).sum(), len(faces)),
        "unsure": _share(seconds[doubtful].sum(), seconds.sum()),
        "backwards": int((steps <= 0).sum()),
        "gap_ms": round(float(steps.max(initial=0.0)) * 1000),
    }


def covered(shares: pd.Series) -> dict:
    """Figures out of a video's row of `corpus.coverage`: shares, or None of no frames."""
    left = {
        "nobody": 1 - shares["body"],
        "faceless_frames": 1 - shares["face"],
        "faceless_bodies": shares["body_without_face"],
    }
    return {
        name: None if pd.isna(value) else round(float(value), 4) for name, value in left.items()
    }


def _share(part: float, whole: float) -> float | None:
    return round(float(part / whole), 4) if whole else None
