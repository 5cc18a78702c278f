"""Short lines on the terminal while Snakemake runs, instead of about fifteen lines for each job.

Snakemake's main process imports this module when it starts: use only the standard library.

Each message of Snakemake is a log record. Those of its own events have the attribute `event`, and
others are recognised by their text. What is not recognised, above all warnings and errors, is
printed as Snakemake prints it. The complete log in .snakemake/log always has everything.
"""

import logging
import textwrap
import time

HANDLER = "DefaultStreamHandler"
"""Name of Snakemake's handler for the terminal; it has none if a logger plugin prints instead."""
HIDDEN_EVENTS = ("job_started",)
"""Events without information for users: how many jobs start at the same time."""
HIDDEN_TEXTS = (
    "Assuming unrestricted shared filesystem usage",
    "Using shell: ",
    "Rules claiming more threads",
    "Provided resources: ",
    "Conda environments: ignored",
    "Singularity containers: ignored",
    "Select jobs to execute",
)
"""Begin of messages about the set-up, which is the same in each run."""
WIDTH = 100
"""Length in characters of the lines that list the planned jobs."""


def event_of(record: logging.LogRecord) -> str:
    """Snakemake's name of the event of a message, or an empty text."""
    return getattr(getattr(record, "event", None), "value", "")


class ProgressLines(logging.Handler):
    """Prints one line for each job that starts, and one for each that ends."""

    def __init__(self, stream) -> None:
        super().__init__()
        self.stream = stream
        self._names: dict[int, str] = {}
        self._ended: list[str] = []

    def takes(self, record: logging.LogRecord) -> bool:
        """Whether this handler prints or hides a message."""
        return (
            event_of(record) in _LINES
            or event_of(record) in HIDDEN_EVENTS
            or (record.levelno == logging.INFO and str(record.msg).startswith(HIDDEN_TEXTS))
        )

    def emit(self, record: logging.LogRecord) -> None:
        """Print the line of a message, if it has one."""
        if line := _LINES.get(event_of(record)):
            # A failure here must not stop a run.
            try:
                if text := line(self, record):
                    self.stream.write(f"{text}\n")
                    self.stream.flush()
            except Exception:
                self.handleError(record)

    def _planned(self, record: logging.LogRecord) -> str:
        """Numbers of jobs by rule."""
        counts = dict(getattr(record, "stats", {}))
        total = counts.pop("total", sum(counts.values()))
        jobs = ", ".join(f"{n:,} {rule}" for rule, n in counts.items())
        return textwrap.fill(f"{total:,} jobs: {jobs}", WIDTH, subsequent_indent="  ")

    def _started(self, record: logging.LogRecord) -> str:
        """Number, rule and wildcards of a job; nothing where the executor says the same."""
        job = record.__dict__
        name = " ".join([job["rule_name"], *map(str, (job.get("wildcards") or {}).values())])
        self._names[job["jobid"]] = name
        # A job without outputs only names the files of a target. The executor of a cluster prints a
        # line with the rule, the wildcards, and the number of the job on the cluster.
        is_announced = bool(job["output"]) and job["local"]
        return f"{_clock()} job {job['jobid']}: {name}" if is_announced else ""

    def _finished(self, record: logging.LogRecord) -> str:
        """Keep the name until the message about the progress, which follows."""
        number = record.__dict__["job_id"]
        self._ended.append(self._names.pop(number, f"job {number}"))
        return ""

    def _progress(self, record: logging.LogRecord) -> str:
        """How many jobs are done, and which ended."""
        names, self._ended = ", ".join(self._ended), []
        done, total = record.__dict__["done"], record.__dict__["total"]
        # Rounded down: 100% only when everything is done.
        return f"{_clock()} {done:,} of {total:,} ({100 * done // total}%) done: {names}"


_LINES = {
    "run_info": ProgressLines._planned,
    "job_info": ProgressLines._started,
    "job_finished": ProgressLines._finished,
    "progress": ProgressLines._progress,
}
"""What is printed for each event."""


def shorten_output(logger: logging.Logger) -> None:
    """Let Snakemake print short lines on the terminal. Its options such as --quiet still count."""
    for handler in logger.handlers:
        if handler.get_name() == HANDLER and isinstance(handler, logging.StreamHandler):
            lines = ProgressLines(handler.stream)
            lines.filters = list(handler.filters)
            handler.addFilter(lambda record, lines=lines: not lines.takes(record))
            logger.addHandler(lines)
            return


def _clock() -> str:
    """The time of day."""
    return time.strftime("%H:%M:%S")
