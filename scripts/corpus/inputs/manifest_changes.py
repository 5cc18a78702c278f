"""The manifest may be edited while the workflow runs, so jobs may not agree about it."""

from collections.abc import Collection, Iterable
from itertools import islice

from corpus.core.errors import InputError

MAX_LISTED = 5
"""Videos that a message names; the others are counted."""


def require_rows(rows: Collection[str], videos: Iterable[str]) -> None:
    """Raise InputError if the tables contain videos without a row in the manifest."""
    unknown = [video for video in dict.fromkeys(videos) if video not in rows]
    if unknown:
        n_others = len(unknown) - MAX_LISTED
        others = f" and {n_others} more" if n_others > 0 else ""
        raise InputError(
            f"the manifest has no row for {', '.join(islice(unknown, MAX_LISTED))}{others}, but "
            "the tables contain these videos: it was edited while the workflow ran. Run snakemake "
            "again"
        )
