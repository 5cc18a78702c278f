"""The state of one video: how each of its files was made, in `{results}/groups/videos/{id}.json`.

Tables do not name the code and the settings that made them in a form that can be compared before a
stage runs, so the jobs of groups note them here. A state belongs to the video and not to its group,
and thus survives when videos are added and groups are cut in another way.

The image that holds only the download imports this module: use only the standard library.
"""

import json
from pathlib import Path

from corpus.core.atomic_files import write_text
from corpus.core.file_records import forget_inputs

State = dict[str, dict]
"""What was noted, by the name of the stage."""
RUNNING = "running"
"""Key of the stage that has begun and has not ended well."""


def state_path(results: Path, video: str) -> Path:
    """The file with the state of a video."""
    return results / "groups" / "videos" / f"{video}.json"


def read_state(results: Path, video: str) -> State:
    """Return the state of a video; empty if the file is missing or damaged."""
    try:
        state = json.loads(state_path(results, video).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return state if isinstance(state, dict) else {}


def write_state(results: Path, video: str, state: State) -> None:
    """Write the state of a video."""
    # A file that is written after tables were read would get a record of these tables.
    forget_inputs()
    path = state_path(results, video)
    write_text(path, json.dumps(state, sort_keys=True) + "\n")


def begin(results: Path, video: str, stage: str) -> None:
    """Note that a stage has begun: if it ends the process, the next job leaves it to the end."""
    state = read_state(results, video)
    state.pop(stage, None)
    write_state(results, video, state | {RUNNING: {"stage": stage}})


def end(results: Path, video: str, stage: str, noted: dict) -> None:
    """Note that a stage has ended, and how its files were made."""
    state = read_state(results, video)
    state.pop(RUNNING, None)
    write_state(results, video, state | {stage: noted})


def is_suspect(results: Path, video: str) -> bool:
    """Whether an earlier job began a stage of this video that did not end well."""
    return RUNNING in read_state(results, video)
