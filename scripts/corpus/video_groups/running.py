"""Process the videos of a group one after the other; a video that fails leaves the others alone."""

import json
import logging
from collections.abc import Callable, Sequence
from pathlib import Path

from corpus.core.atomic_files import write_text
from corpus.core.errors import CorpusError, VideoError, full_disk_message
from corpus.core.file_records import forget_inputs
from corpus.planning.video_groups import overlapping_files
from corpus.video_groups.states import is_suspect

MAX_LISTED = 10
"""Failed videos that the message at the end lists. The others are counted."""


def process_group(
    videos: Sequence[str], results: Path, process: Callable[[str], dict], output: Path
) -> None:
    """Call `process` for each video; write what it returns into the record `output`, by video.

    A video at which an earlier job of the group ended comes last, so that the others are complete
    if it ends this one too. Records of groups that had these videos before are removed first.
    Raises VideoError at the end if any video failed, and the error of a full disk at once.
    """
    for record in overlapping_files(output.parent, output.stem):
        record.unlink(missing_ok=True)
    done: dict[str, dict] = {}
    failures: dict[str, str] = {}
    for number, video in enumerate(sorted(videos, key=lambda v: (is_suspect(results, v), v)), 1):
        logging.info("---- %s (%d of %d)", video, number, len(videos))
        try:
            done[video] = process(video)
        except (Exception, SystemExit) as error:
            if full_disk_message(error):
                raise
            failures[video] = f"{type(error).__name__}: {error}"
            if isinstance(error, CorpusError):
                failures[video] = str(error)
            logging.error("%s: %s", video, error, exc_info=not isinstance(error, CorpusError))
    if failures:
        raise VideoError(describe_failures(failures, len(videos)))
    forget_inputs()
    write_text(output, json.dumps(done, sort_keys=True, indent=1) + "\n")


def results_of_record(record: Path) -> Path:
    """The folder of the results, from the path of a record in it: groups/KIND/GROUP.json."""
    return record.parents[2]


def describe_failures(failures: dict[str, str], n_videos: int) -> str:
    """The message about the videos of a group that failed; `failures` are messages by id."""
    lines = [f"  {video}: {message}" for video, message in [*failures.items()][:MAX_LISTED]]
    if len(failures) > MAX_LISTED:
        lines.append(f"  and {len(failures) - MAX_LISTED} more; see above")
    title = f"{len(failures)} of {n_videos} videos failed. The tables of the others are complete:"
    return "\n".join([title, *lines])
