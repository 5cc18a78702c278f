"""Quality concerns: what to check in a video before its numbers are used."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from corpus.video.corrections import is_damage

CERTAIN_SCORE = 0.97
"""Detection probability below which a face is uncertain: the default of faces.min_track_score."""
FIGURES = (
    "faceless_frames",
    "low_score",
    "unsure",
    "twice_ms",
    "backwards",
    "gap_ms",
    "nobody",
    "faceless_bodies",
)
"""Names of the figures of a video that concerns are based on, in the order of the page's data."""

Weight = Callable[[dict], float]
"""How serious a concern is, from a video's figures; 0 if the video does not have it."""


@dataclass(frozen=True)
class Concern:
    """A reason to check a video. `figure` names the value to show, if there is one."""

    title: str
    meaning: str
    weight: Weight
    figure: str | None = None


def _share_above(name: str, limit: float, *, lowest: float, highest: float) -> Weight:
    """Weight of a share above `limit`: rises linearly from `lowest` to `highest` (share 1)."""

    def weight(figures: dict) -> float:
        share = figures.get(name)
        if share is None or share <= limit:
            return 0.0
        return lowest + (highest - lowest) * (share - limit) / (1 - limit)

    return weight


def _above(name: str, limit: float, weight: float) -> Weight:
    return lambda figures: weight if (figures.get(name) or 0) > limit else 0.0


def _status(name: str, weight: float) -> Weight:
    return lambda figures: weight if figures["status"] == name else 0.0


CONCERNS = {
    "unavailable": Concern(
        "not available",
        "The video is not available at its source, for the reason that the site gives. Its tables "
        "are empty.",
        _status("unavailable", 100),
    ),
    "pending": Concern(
        "not downloaded yet",
        "The video could not be downloaded, for a reason that may pass. Its tables are empty. Run "
        "the workflow again to download it.",
        _status("pending", 100),
    ),
    "no_video": Concern(
        "no video stream",
        "The file contains no video stream, or it is not a media file. Its tables are empty.",
        _status("no_video", 100),
    ),
    "truncated": Concern(
        "incomplete",
        "The file ends too early. The tables contain the part that could be decoded. Download the "
        "file again, or treat the video as shorter than the original.",
        _status("truncated", 50),
    ),
    "damaged": Concern(
        "damaged",
        "The file was decoded to its end, but parts of its data are damaged. The decoder patched "
        "the pictures there, and detections in them may be wrong.",
        lambda figures: 20.0 if figures["status"] == "ok" and is_damage(figures["reason"]) else 0.0,
    ),
    "twice": Concern(
        "one person twice at once",
        "Time in which a person is on screen twice, besides pictures and copies. Probably two "
        "people have the same name, and their time on screen and their gestures are those of both. "
        "Compare the faces in the view Check, and split one off.",
        _above("twice_ms", 0, 30),
        "twice_ms",
    ),
    "backwards": Concern(
        "time does not advance",
        "Number of frames whose time is not later than that of the frame before. The file's "
        "timestamps are wrong there, and speeds around these frames are meaningless.",
        _above("backwards", 0, 20),
        "backwards",
    ),
    "clock": Concern(
        "clock jumps",
        "Number of times the clock of the file starts again or jumps, as in files that were joined "
        "or recorded in parts. The parts follow one another without a gap, as in players. Check "
        "that the times agree with your own notes.",
        _above("clock_jumps", 0, 5),
        "clock_jumps",
    ),
    "gap": Concern(
        "long gap",
        "Longest time without a new frame, if it is over a second: the picture is frozen, or a "
        "part of the recording is lost. Movement in the gap is missing.",
        _above("gap_ms", 1000, 12),
        "gap_ms",
    ),
    "nobody": Concern(
        "often no body found",
        "Share of the frames searched for bodies in which none was found. This is correct if the "
        "frames show no people. Otherwise the people are small, turned away or in the dark, and "
        "their movement is missing.",
        _share_above("nobody", 0.25, lowest=6, highest=16),
        "nobody",
    ),
    "faceless_frames": Concern(
        "few faces",
        "Share of all frames without a tracked face. It is unknown who is on screen in them. To "
        "find smaller faces, lower faces.min_size.",
        _share_above("faceless_frames", 0.5, lowest=3, highest=8),
        "faceless_frames",
    ),
    "low_score": Concern(
        "uncertain faces",
        f"Share of the faces with a detection probability below {CERTAIN_SCORE:.0%}: they are "
        "blurred, small, in profile, or not faces at all.",
        _share_above("low_score", 0.25, lowest=3, highest=8),
        "low_score",
    ),
    "unsure": Concern(
        "uncertain identity",
        "Share of the time on screen in face tracks that probably show somebody who was also found "
        "as another person. The faces are in the view Check.",
        _share_above("unsure", 0, lowest=3, highest=8),
        "unsure",
    ),
    "interlaced": Concern(
        "interlaced frames",
        "Number of frames that consist of two pictures in alternate lines and were not "
        "deinterlaced. Moving hands look like combs in them and are found less often. Set the "
        "config key frames.deinterlace to true.",
        _above("combed_frames", 0, 6),
        "combed_frames",
    ),
    "pictures": Concern(
        "several picture streams",
        "The file contains further picture streams, such as a preview or another camera. Check "
        "that the page shows the right one.",
        _above("n_other_pictures", 0, 2),
    ),
    "bodies": Concern(
        "bodies without a face",
        "Share of the frames searched for bodies that contain a body whose face was never found. "
        "Such bodies have keypoints, but belong to no person of this corpus.",
        _above("faceless_bodies", 0, 2),
        "faceless_bodies",
    ),
    "sizes": Concern(
        "picture changes its size",
        "Number of sizes of the picture in the file. Smaller ones are scaled up to the largest: "
        "faces and hands are found less often in them.",
        _above("n_sizes", 1, 2),
        "n_sizes",
    ),
    "vfr": Concern(
        "variable frame rate",
        "The time between frames varies, as in videos from phones. All times in the tables are "
        "correct, but frame number divided by frame rate is not: use the times of the tables.",
        _above("vfr", 0, 1),
    ),
    "late": Concern(
        "late start",
        "The picture starts more than one frame after 0:00 of a player. ELAN files and this page "
        "correct for this; times in other tools may be shifted by this amount.",
        _above("late_ms", 40, 1),
        "late_ms",
    ),
}
"""By code, most serious first."""


def find_concerns(figures: dict) -> tuple[list[str], int]:
    """Codes of a video's concerns, and its total weight, by which the page sorts videos."""
    weights = {code: concern.weight(figures) for code, concern in CONCERNS.items()}
    return [code for code, weight in weights.items() if weight], round(sum(weights.values()) * 10)


def measure_quality(
    frames: pd.DataFrame, faces: pd.DataFrame, tracks: pd.DataFrame, doubtful: set[int]
) -> dict:
    """Figures from a video's tables frames and faces, and its rows of the table tracks.

    `doubtful` are indices of rows of tracks with an uncertain identity. Shares are from 0 to 1, or
    None if there is nothing to count.
    """
    intervals_s = np.diff(frames["time_s"].to_numpy())
    durations_s = tracks["end_s"] - tracks["start_s"]
    uncertain = durations_s[tracks.index.isin(doubtful)]
    return {
        "low_score": _share((faces["score"] < CERTAIN_SCORE).sum(), len(faces)),
        "unsure": _share(uncertain.sum(), durations_s.sum()),
        "backwards": int((intervals_s <= 0).sum()),
        "gap_ms": round(float(intervals_s.max(initial=0.0)) * 1000),
    }


def coverage_figures(shares: pd.Series) -> dict:
    """Figures from a video's row of the table coverage: shares, or None without frames."""
    figures = {
        "nobody": 1 - shares["body"],
        "faceless_frames": 1 - shares["face"],
        "faceless_bodies": shares["body_without_face"],
    }
    return {
        name: None if pd.isna(share) else round(float(share), 4) for name, share in figures.items()
    }


def _share(part: float, total: float) -> float | None:
    return round(float(part / total), 4) if total else None
