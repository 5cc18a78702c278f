"""The requests of several tasks are answered together."""

import pytest

from corpus.pose.lockstep import in_lockstep


def task(name, n_rounds, log, per_round=1):
    """A task that asks `per_round` questions in each round, and records its answers."""
    try:
        for number in range(n_rounds):
            answers = yield [(name, number, part) for part in range(per_round)]
            assert answers == [(name, number, part, "!") for part in range(per_round)]
        log.append(f"{name} done")
    finally:
        log.append(f"{name} closed")


class Answers:
    """Answers requests, and records how many there were at a time."""

    def __init__(self):
        self.batches = []

    def __call__(self, requests):
        self.batches.append([request[0] for request in requests])
        return [(*request, "!") for request in requests]


def run_tasks(tasks, width):
    answer = Answers()
    rounds = len(list(in_lockstep(answer, tasks, width)))
    assert rounds == len(answer.batches)
    return answer.batches


def test_each_task_gets_its_own_answers():
    log = []
    tasks = [task("a", 2, log), task("b", 1, log, 3), task("c", 1, log, 0)]
    assert run_tasks(tasks, 3) == [["a", "b", "b", "b"], ["a"]]
    assert log == ["b done", "b closed", "c done", "c closed", "a done", "a closed"]


def test_the_next_task_begins_when_one_ends():
    log = []
    tasks = [task("a", 3, log), task("b", 1, log), task("c", 2, log), task("d", 1, log)]
    assert run_tasks(tasks, 2) == [["a", "b"], ["a", "c"], ["a", "c"], ["d"]]
    assert run_tasks([task("a", 2, log), task("b", 1, log)], 1) == [["a"], ["a"], ["b"]]


def test_tasks_do_not_run_far_ahead_of_a_slow_one():
    log = []
    tasks = [task("slow", 9, log), *(task(f"{n}", 1, log) for n in range(8))]
    batches = run_tasks(tasks, 2)
    assert batches[:3] == [["slow", "0"], ["slow", "1"], ["slow", "2"]]
    assert batches[3:9] == [["slow"]] * 6
    assert batches[9:] == [["3", "4"], ["5", "6"], ["7"]]


def test_tasks_without_requests_end_at_once():
    log = []
    assert run_tasks([task("a", 0, log), task("b", 0, log)], 4) == []
    assert log == ["a done", "a closed", "b done", "b closed"]


def test_an_error_closes_all_tasks():
    log = []

    def faulty():
        yield [("faulty", 0, 0)]
        raise OSError("no disk")

    with pytest.raises(OSError, match="no disk"):
        run_tasks([task("a", 3, log), faulty(), task("b", 3, log)], 3)
    assert sorted(log) == ["a closed", "b closed"]
