"""Selects rows of the table `corpus` (corpus.parquet) by the status of the video."""

import pandas as pd

STATUSES_WITH_FRAMES = ("ok", "truncated")
"""Statuses of videos that have at least one decoded frame."""
STATUSES_WITHOUT_FILE = ("unavailable", "pending")
"""Statuses of videos that were not downloaded."""


def videos_with_frames(corpus: pd.DataFrame) -> pd.DataFrame:
    """Rows of `corpus` whose video has decoded frames, in the order of the table."""
    return corpus[corpus["status"].isin(STATUSES_WITH_FRAMES)]
