"""Workers of pytest-xdist: their number, and their priority beside the cluster."""

import os

import pytest

import worker_load
from repository import ROOT

TESTS = ROOT / "tests"


def test_there_is_a_worker_more_than_usable_cores(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {0, 1, 5})
    assert worker_load.n_workers() == 4


@pytest.mark.parametrize(
    ("folder", "start", "priority"),
    [("cluster", 0, 0), ("cluster", 15, 15), ("workflow", 0, 10), ("unit", 15, 19)],
)
def test_only_tests_on_the_cluster_keep_their_priority(
    folder: str, start: int, priority: int
) -> None:
    assert worker_load.lowered_priority(TESTS / folder / "test_it.py", start) == priority


def test_the_priority_of_a_worker_is_never_raised(monkeypatch: pytest.MonkeyPatch) -> None:
    values = []
    monkeypatch.setattr(os, "setpriority", lambda which, who, value: values.append(value))
    monkeypatch.setattr(worker_load, "_START", 0)
    for present, folder in ((0, "unit"), (10, "unit"), (10, "cluster")):
        monkeypatch.setattr(os, "getpriority", lambda which, who, value=present: value)
        worker_load.give_way_to_cluster(TESTS / folder / "test_it.py")
    assert values == [10]
