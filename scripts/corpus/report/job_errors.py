"""Why a job failed, in one line: from SLURM's state of the job, its logs and the executor."""

import re
from collections.abc import Sequence
from pathlib import Path

from corpus.core.wording import count_noun, shorten_middle
from corpus.planning.finished_run import FailedJob

MAX_ERROR = 400
"""Length in characters of the error that is shown of a job. Longer ones are cut in the middle: they
begin with the cause and end with what to do."""
LOG_END = 200_000
"""Bytes at the end of a log in which its error is searched."""
LOGGED_ERROR = re.compile(r"^(?:ERROR|CRITICAL) +(.+)", re.MULTILINE)
"""A line that scripts log about an error that users can correct."""
SLURM_ERROR = re.compile(r"^(?:slurmstepd\S*|srun): error: (?!\S+: tasks? )(.+)", re.MULTILINE)
"""An error of SLURM in a job's log. That a task has ended is a consequence of another error."""
STATE = re.compile(r"SLURM status is: '(\w+)")
"""SLURM's state of a job in the message of Snakemake's executor."""
OUT_OF_MEMORY = re.compile(r"oom[-_ ]kill|exceeded .*memory limit", re.IGNORECASE)
OUT_OF_TIME = re.compile(r"DUE TO TIME LIMIT")
ADVICE = re.compile(
    r"(?: Reason: Unknown\.| Detailed failure reason unavailable [^.]*\.)?"
    "For further error details .*"
)
"""What the executor adds to its messages."""
NO_MESSAGE = "its log has no message; it was probably killed, for example for its memory"


def describe_error(job: FailedJob) -> tuple[str, str]:
    """The error of a failed job in one line, and the log that says more, or an empty text.

    If SLURM ended the job, this is the error: what its log contains then is a consequence. Without
    an error in any log, it is what the executor says.
    """
    texts = {log: text for log in job.logs if (text := _end_of(Path(log)))}
    if ended := slurm_reason(job, list(texts.values())):
        with_reason = [log for log, text in texts.items() if SLURM_ERROR.search(text)]
        return ended, next(iter([*with_reason, *texts]), "")
    for log, text in texts.items():
        if error := error_in(text):
            return shorten_middle(error, MAX_ERROR), log
    message = ADVICE.sub("", " ".join(job.message.split()))
    return shorten_middle(message, MAX_ERROR) or NO_MESSAGE, next(iter(texts), "")


def slurm_reason(job: FailedJob, logs: Sequence[str]) -> str | None:
    """Why SLURM ended a job, or None if it did not or does not say why.

    `logs` are the contents of its logs. Depending on the site, its memory and time limits are in
    the state of the job, in the log, or both.
    """
    state = found[1] if (found := STATE.search(job.message)) else ""
    lines = "\n".join(line for text in logs for line in SLURM_ERROR.findall(text))
    if state == "OUT_OF_MEMORY" or OUT_OF_MEMORY.search(lines):
        amount = f" of {job.memory_mb:,} MB" if job.memory_mb else ""
        return f"SLURM killed it, because it needed more than its memory{amount}"
    if state in ("TIMEOUT", "DEADLINE") or OUT_OF_TIME.search(lines):
        amount = f" of {count_noun(job.minutes, 'minute')}" if job.minutes else ""
        return f"SLURM ended it at its time limit{amount}"
    if state in ("NODE_FAIL", "BOOT_FAIL"):
        return f"its node failed (SLURM state {state})"
    if state in ("CANCELLED", "PREEMPTED", "REVOKED"):
        return f"it was cancelled (SLURM state {state})"
    return None


def error_in(log: str) -> str | None:
    """The error that a log reports, in one line, or None.

    It is the first error that a script logged, else what SLURM says about the job, else the last
    line of a Python traceback.
    """
    for pattern in (LOGGED_ERROR, SLURM_ERROR):
        if found := pattern.search(log):
            return found[1].strip()
    _, traceback, text = log.rpartition("Traceback (most recent call last):")
    if traceback:
        lines = [line for line in text.splitlines() if line and not line[0].isspace()]
        return lines[0].strip() if lines else None
    return None


def _end_of(log: Path) -> str:
    """The end of a log file as a text, empty if it cannot be read."""
    try:
        with log.open("rb") as file:
            file.seek(0, 2)
            file.seek(max(0, file.tell() - LOG_END))
            return file.read().decode("utf-8", errors="replace")
    except OSError:
        return ""
