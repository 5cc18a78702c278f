"""What a run prints on the terminal for each message of Snakemake."""

import io
import logging
import re
from dataclasses import dataclass, field

import pytest
from snakemake.logging import ColorizingTextHandler, DefaultFilter, DefaultFormatter, LogEvent
from snakemake.settings.enums import Quietness

from corpus.planning import terminal_output


@dataclass
class Terminal:
    """A logger with Snakemake's own handler for the terminal."""

    logger: logging.Logger
    stream: io.StringIO = field(default_factory=io.StringIO)

    def open(self, *quiet: Quietness) -> None:
        """Set the logger up as Snakemake does, then let it print short lines."""
        handler = ColorizingTextHandler(nocolor=True, stream=self.stream)
        handler.addFilter(DefaultFilter(quiet, False, False, False, False))
        handler.setFormatter(DefaultFormatter(quiet, show_failed_logs=True))
        handler.name = terminal_output.HANDLER
        self.logger.addHandler(handler)
        terminal_output.shorten_output(self.logger)

    def job(self, number: int, rule: str, *, local: bool = True, **wildcards: str) -> None:
        """Log that a job starts; the fields are those of Snakemake."""
        job = {"jobid": number, "rule_name": rule, "wildcards": wildcards, "local": local}
        job |= {"output": [] if rule == "all" else ["x"], "input": [], "log": [], "rule_msg": None}
        job |= {"benchmark": None, "reason": "", "priority": 0, "threads": 1, "resources": {}}
        self.event("JOB_INFO", f" Rule: {rule}", is_checkpoint=False, **job)

    def event(self, name: str, text: str | None = None, **values: object) -> None:
        """Log an event of Snakemake."""
        self.logger.info(text, extra={"event": LogEvent[name], **values})

    def lines(self) -> list[str]:
        """Printed lines, without the time of day."""
        return [re.sub(r"^\d\d:\d\d:\d\d ", "", x) for x in self.stream.getvalue().splitlines()]


@pytest.fixture
def terminal() -> Terminal:
    """A terminal whose logger has no handler of other tests."""
    return Terminal(logging.Logger("test_terminal_output"))


def test_a_job_has_a_line_when_it_starts_and_one_when_it_ends(terminal: Terminal) -> None:
    terminal.open()
    for text in ("Using shell: /usr/bin/bash", "Select jobs to execute...", "Provided cores: 2"):
        terminal.logger.info(text)
    terminal.event("RUN_INFO", "Job stats:", stats={"faces": 1200, "all": 1, "total": 1201})
    terminal.event("JOB_STARTED", "Execute 1 jobs...", jobs=[3])
    terminal.job(3, "faces", video="talk", ext="mp4")
    terminal.event("SHELLCMD", "Shell command: x", shellcmd="x")
    terminal.event("JOB_FINISHED", "Finished jobid: 3", job_id=3)
    terminal.event("PROGRESS", done=1, total=1201)
    terminal.job(0, "all")
    terminal.event("JOB_FINISHED", "Finished jobid: 0", job_id=0)
    terminal.event("PROGRESS", done=1201, total=1201)
    assert terminal.lines() == [
        "Provided cores: 2",
        "1,201 jobs: 1,200 faces, 1 all",
        "job 3: faces talk mp4",
        "1 of 1,201 (0%) done: faces talk mp4",
        "1,201 of 1,201 (100%) done: all",
    ]


def test_jobs_of_a_group_end_in_one_line(terminal: Terminal) -> None:
    terminal.open()
    terminal.job(1, "frames", video="a")
    terminal.job(2, "faces", video="a")
    for number in (1, 2, 7):
        terminal.event("JOB_FINISHED", job_id=number)
    terminal.event("PROGRESS", done=3, total=9)
    assert terminal.lines()[-1] == "3 of 9 (33%) done: frames a, faces a, job 7"


def test_the_executor_of_a_cluster_announces_jobs_itself(terminal: Terminal) -> None:
    terminal.open()
    terminal.job(3, "faces", local=False, video="talk")
    terminal.logger.info("Job 3 has been submitted with SLURM jobid 9 (log: faces/talk/9.log).")
    terminal.event("JOB_FINISHED", job_id=3)
    terminal.event("PROGRESS", done=1, total=2)
    submitted, done = terminal.lines()
    assert (
        submitted.startswith("Job 3 has been submitted") and done == "1 of 2 (50%) done: faces talk"
    )


def test_warnings_and_errors_are_printed_completely(terminal: Terminal, tmp_path) -> None:
    terminal.open()
    log = tmp_path / "faces.log"
    log.write_text("the cause\n")
    error = {"rule_name": "faces", "rule_msg": None, "jobid": 3, "input": [], "output": ["x"]}
    error |= {"log": [str(log)], "conda_env": None, "shellcmd": "detect a", "aux": {}}
    terminal.logger.warning("Using shell: is a warning here")
    terminal.logger.error("Error", extra={"event": LogEvent.JOB_ERROR, **error})
    terminal.logger.info("Trying to restart job 3.")
    printed = "\n".join(terminal.lines())
    for text in ("is a warning", "Error in rule faces:", "detect a", "the cause", "restart job 3"):
        assert text in printed


def test_options_of_snakemake_still_count(terminal: Terminal) -> None:
    terminal.open(Quietness.PROGRESS)
    terminal.job(3, "faces")
    terminal.event("JOB_FINISHED", job_id=3)
    terminal.event("PROGRESS", done=1, total=2)
    assert terminal.lines() == ["job 3: faces"]


def test_a_message_with_other_fields_stops_nothing(terminal: Terminal, capsys) -> None:
    terminal.open()
    terminal.event("JOB_INFO", "from another version of Snakemake")
    terminal.logger.info("goes on")
    assert terminal.lines() == ["goes on"]
    assert "KeyError" in capsys.readouterr().err


def test_other_handlers_get_all_messages(terminal: Terminal) -> None:
    complete = logging.StreamHandler(io.StringIO())
    terminal.logger.addHandler(complete)
    terminal.open()
    terminal.logger.info("Using shell: /usr/bin/bash")
    assert terminal.lines() == []
    assert complete.stream.getvalue() == "Using shell: /usr/bin/bash\n"
