"""Tasks in several processes: results in order, errors in one line, and nothing is left behind."""

import os
import signal
import subprocess
import sys

import pytest

import worker_tasks
from corpus.core.errors import ModelError, WorkerError
from corpus.core.processes import _Schedule, results_in_order

# The schedule ------------------------------------------------------------------------------------


def test_tasks_are_given_in_order_and_not_too_far_ahead():
    schedule = _Schedule(9, 4, avoid_successive=False)
    assert [schedule.next_task(None, 0) for _ in range(5)] == [0, 1, 2, 3, None]
    assert schedule.next_task(0, 1) == 4
    assert schedule.next_task(1, 1) is None
    assert [schedule.next_task(4, 8) for _ in range(5)] == [5, 6, 7, 8, None]


def test_a_process_does_not_get_the_task_after_its_last_one_if_there_is_another():
    schedule = _Schedule(6, 4, avoid_successive=True)
    assert schedule.next_task(None, 0) == 0
    assert schedule.next_task(0, 1) == 2
    assert schedule.next_task(None, 1) == 1
    assert schedule.next_task(2, 2) == 4
    assert schedule.next_task(4, 3) == 3
    assert schedule.next_task(4, 4) == 5, "the last one"


# Processes ---------------------------------------------------------------------------------------


def test_results_come_in_order_from_all_processes(tmp_path):
    counts = []
    tasks = list(range(8))
    results = results_in_order(
        worker_tasks.open_recorder, [str(tmp_path)], tasks, 2, count=counts.append
    )
    assert list(results) == [2 * task for task in tasks]
    assert sum(counts) == sum(tasks)
    recorded = [
        [int(line) for line in file.read_text().splitlines()] for file in tmp_path.iterdir()
    ]
    assert sorted(task for done in recorded for task in done) == tasks
    assert all(done == sorted(done) for done in recorded)
    assert not any(is_running(int(file.stem)) for file in tmp_path.iterdir())


@pytest.mark.fault("interruptions", "a worker process is killed", "one sentence says so")
@pytest.mark.parametrize(
    ("kind", "error", "message"),
    [
        ("killed", WorkerError, "a worker process was ended by SIGKILL. The usual reason"),
        ("exit", WorkerError, "a worker process ended with 3"),
        ("error", ModelError, "no model"),
        ("local", RuntimeError, "LocalError: not portable"),
    ],
)
def test_an_error_in_a_process_is_raised(kind, error, message):
    results = results_in_order(worker_tasks.open_faulty, [kind], range(4), 1)
    assert [next(results), next(results)] == [0, 1]
    with pytest.raises(error) as raised:
        next(results)
    assert str(raised.value).startswith(message)
    if kind in ("error", "local"):
        assert "worker_tasks.py" in raised.value.__notes__[0], "its traceback"


def test_processes_end_if_their_results_are_not_wanted_any_more(tmp_path):
    results = results_in_order(worker_tasks.open_recorder, [str(tmp_path)], range(8), 1)
    next(results)
    results.close()
    assert not any(is_running(int(file.stem)) for file in tmp_path.iterdir())


@pytest.mark.fault("interruptions", "a job with worker processes is killed", "no process is left")
@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_no_process_is_left_of_a_killed_job(how):
    job = subprocess.Popen(
        [sys.executable, worker_tasks.__file__],
        env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    assert job.stdout is not None
    try:
        assert [job.stdout.readline() for _ in range(2)] == [b"waiting\n"] * 2
        job.send_signal(how)
        # The output ends when the last process that may write to it has ended.
        assert job.stdout.read() == b""
        assert job.wait() != 0
    finally:
        job.kill()
        job.stdout.close()


def is_running(process: int) -> bool:
    """Whether a process exists."""
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True
