"""Videos that could not be fetched yet: their record has the status `pending`.

A pending video has an empty file, so that the rest of the corpus is made without it. The next run
fetches it again, and with it makes everything that depends on it.

Every job of the workflow imports this module: use only the standard library.
"""

import json
import os
from collections.abc import Mapping
from pathlib import Path

MAX_LISTED = 20
"""Number of videos that the message lists. The others are counted."""


def pending_reason(media: Path | str) -> str | None:
    """Why a video could not be fetched, or None if it was fetched, is gone, or was never tried."""
    try:
        if os.path.getsize(media):
            return None
        record = json.loads(Path(f"{media}.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    is_pending = isinstance(record, dict) and record.get("status") == "pending"
    return (record.get("reason") or "no reason given") if is_pending else None


def describe_pending(reasons: Mapping[str, str], n_downloads: int, all_done: bool = True) -> str:
    """The message at the end of a run.

    `reasons` are by video id, of the pending videos; `n_downloads` is the number of videos that
    this run tried to download. `all_done` says whether all jobs of the run succeeded.
    """
    n = len(reasons)
    videos = "1 video" if n == 1 else f"{n} videos"
    lines = [f"  {video}: {reason}" for video, reason in [*reasons.items()][:MAX_LISTED]]
    if n > MAX_LISTED:
        lines.append(f"  and {n - MAX_LISTED} more; the table corpus has the reason of each")
    if n == n_downloads and n > 1:
        title = (
            f"NO DOWNLOAD OF THIS RUN SUCCEEDED ({videos}). "
            "Is there a network? See docs/downloads.md."
        )
    else:
        title = f"In this run, {videos} of {n_downloads} could not be downloaded yet."
    done = "Everything else is done. " if all_done else ""
    return "\n".join(
        [
            title,
            *lines,
            f"{done}Run the same command again to fetch what is missing; until then, the status of "
            "these videos is pending, and the exit status is 1.",
        ]
    )
