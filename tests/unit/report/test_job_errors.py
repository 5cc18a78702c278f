"""Why a job failed, in one line."""

from pathlib import Path

import pytest

from corpus.planning.finished_run import FailedJob
from corpus.report import job_errors

TRACEBACK = "Traceback (most recent call last):"
ADVICE = "For further error details see the cluster/cloud log and the log files of the rule(s)."


def message(state: str, reason: str = "Reason: Unknown.") -> str:
    """What the executor says about a failed job."""
    return f"SLURM-job '12' failed, SLURM status is: '{state}'. {reason}{ADVICE}\n"


def write_logs(folder: Path, *texts: str) -> list[str]:
    """Write the log of the rule, then that of the cluster."""
    for number, text in enumerate(texts):
        (folder / f"{number}.log").write_text(text)
    return [str(folder / f"{number}.log") for number in range(len(texts))]


@pytest.mark.parametrize(
    ("log", "error"),
    [
        ("INFO a\nERROR x.mp4: damaged\nERROR later", "x.mp4: damaged"),
        (f"{TRACEBACK}\n  File x\n    f()\nValueError: bad\n", "ValueError: bad"),
        ("srun: error: Unable to create step", "Unable to create step"),
        ("srun: error: cpu1: task 0: Exited with exit code 1", None),
        ("INFO all is well\n", None),
    ],
)
def test_the_error_of_a_log_is_one_line(log, error):
    assert job_errors.error_in(log) == error


@pytest.mark.parametrize(
    "line",
    [
        "slurmstepd: error: Detected 1 oom_kill event in StepId=12.0.",
        "slurmstepd-cpu1: error: StepId=12.batch exceeded memory limit (10 > 9), being killed",
        "slurmstepd: error: Detected 1 oom-kill event(s) in step 12.batch cgroup.",
    ],
)
def test_slurm_says_in_the_log_that_memory_was_short(tmp_path, line):
    """The state of the job is then often only FAILED, and its script may log a consequence."""
    logs = write_logs(tmp_path, "ERROR a process has ended", f"{line}\nWorkflowError\n")
    error, log = job_errors.describe_error(FailedJob("x", "a", logs, message("FAILED"), 600))
    assert error == "SLURM killed it, because it needed more than its memory of 600 MB"
    assert log == logs[1]


def test_slurm_says_in_the_state_why_it_ended_a_job(tmp_path):
    logs = write_logs(tmp_path, "", "srun: error: cpu1: task 0: Terminated\n")

    def describe(state: str) -> str:
        error, log = job_errors.describe_error(FailedJob("x", "a", logs, message(state), 600, 10))
        assert log == logs[1]
        return error

    assert describe("TIMEOUT") == "SLURM ended it at its time limit of 10 minutes"
    assert "more than its memory of 600 MB" in describe("OUT_OF_MEMORY")
    assert describe("NODE_FAIL") == "its node failed (SLURM state NODE_FAIL)"
    assert describe("CANCELLED") == "it was cancelled (SLURM state CANCELLED)"
    # Jobs of a group request resources together.
    grouped = FailedJob("x", "a", logs, message("TIMEOUT"))
    assert job_errors.slurm_reason(grouped, []) == "SLURM ended it at its time limit"


def test_without_an_error_in_a_log_the_executor_says_why(tmp_path):
    logs = [*write_logs(tmp_path, ""), str(tmp_path / "missing.log")]
    invalid = f"Job submission failed: The given account is invalid.{ADVICE}"
    for text, error in {
        message("FAILED"): "SLURM-job '12' failed, SLURM status is: 'FAILED'.",
        invalid: "Job submission failed: The given account is invalid.",
        "": job_errors.NO_MESSAGE,
    }.items():
        assert job_errors.describe_error(FailedJob("x", "a", logs, text)) == (error, "")


def test_an_error_of_the_script_counts_if_slurm_did_not_end_the_job(tmp_path):
    logs = write_logs(tmp_path, "ERROR a.mp4: damaged", "srun: error: Unable to create step")
    job = FailedJob("x", "a", logs, message("FAILED"))
    assert job_errors.describe_error(job) == ("a.mp4: damaged", logs[0])
