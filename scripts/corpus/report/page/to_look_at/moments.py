"""Where in a video a concern about its quality can be seen: what the page shows first."""

import numpy as np
import pandas as pd

from corpus.report.coverage import frames_with_detections, frames_with_face
from corpus.report.page.quality import CERTAIN_SCORE
from corpus.report.page.tables import CorpusTables
from corpus.tables import parquet


def longest_run(flags: np.ndarray) -> int | None:
    """Index at which the longest run of true values begins; None if there is none.

    Of two equally long runs, the first counts.
    """
    edges = np.diff(np.concatenate([[False], flags, [False]]).astype(int))
    starts, ends = np.flatnonzero(edges == 1), np.flatnonzero(edges == -1)
    return int(starts[(ends - starts).argmax()]) if len(starts) else None


def moment_of_concern(tables: CorpusTables, video: str, code: str) -> float | None:
    """Time (s, clock of the tables) at which a concern can be seen; None if it has no such moment.

    Of frames without a face or a body it is the start of the longest stretch, and of a gap the
    frame before it. If not every frame was searched for bodies, the stretch may begin up to one
    sample early.
    """
    frames = tables.video_table("frames", video)
    if frames is None:
        return None
    times_s = parquet.read(frames, ["time_s"])["time_s"].to_numpy()
    if len(times_s) < 2:
        return None
    if code in ("gap", "backwards"):
        intervals_s = np.diff(times_s)
        index = int(intervals_s.argmax() if code == "gap" else (intervals_s <= 0).argmax())
    elif code == "faceless_frames":
        index = longest_run(~frames_with_face(times_s, tables.tracks_of(video)))
    elif code == "nobody" and (path := tables.video_table("keypoints", video)):
        index = longest_run(~frames_with_detections(path, len(times_s))["body"])
    elif code == "low_score" and (path := tables.video_table("faces", video)):
        return _first_uncertain(parquet.read(path, ["time_s", "score"]))
    else:
        return None
    return None if index is None else float(times_s[index])


def _first_uncertain(faces: pd.DataFrame) -> float | None:
    times_s = faces.loc[faces["score"] < CERTAIN_SCORE, "time_s"]
    return float(times_s.min()) if len(times_s) else None
