"""The summary of each rule has the numbers of made-up benchmark files."""

from pathlib import Path

import pandas as pd
import pytest

from benchmark_files import BASIC_COLUMNS, write_benchmark
from corpus.report.efficiency import benchmarks, summary


def summarise(folder: Path) -> tuple[pd.DataFrame, list[str]]:
    """The summary of all rules, by rule, and the limitations."""
    jobs, incomplete_files = benchmarks.read_benchmarks(folder)
    limitations = summary.list_limitations(jobs, incomplete_files)
    return summary.summarise(jobs).set_index("rule"), limitations


def test_one_job(tmp_path: Path) -> None:
    """A job of 60 s, of which CPU time is known for 45 s.

    It used 1 of 5 GB, 1 of 10 minutes and half a core.
    """
    write_benchmark(tmp_path / "find" / "a.tsv")
    rules, limitations = summarise(tmp_path)
    assert limitations == []
    assert rules.loc["find"].dropna().to_dict() == pytest.approx(
        {
            "jobs": 1,
            "jobs_measured": 1,
            "mem_mb_asked_median": 5120,
            "mem_mb_asked_max": 5120,
            "mem_mb_used_median": 1024,
            "mem_mb_used_max": 1024,
            "mem_mb_used_share": 0.2,
            "minutes_asked_median": 10,
            "minutes_asked_max": 10,
            "minutes_used_median": 1,
            "minutes_used_max": 1,
            "minutes_used_share": 0.1,
            "cores_asked_median": 1,
            "cores_asked_max": 1,
            "cores_used_median": 0.5,
            "cores_used_max": 0.5,
            "cores_used_share": 0.5,
            "gpus_asked_max": 0,
            "idle_gb_hours": 4 / 60,
            "idle_core_hours": 0.5 / 60,
            "waste_core_hours": 1.5 / 60,
            "unused_minutes": 9,
            "nearest_job": "a",
            "nearest_limit": "memory",
            "nearest_share": 0.2,
        }
    )


def test_several_jobs_of_one_rule(tmp_path: Path) -> None:
    second_attempt = {"mem_mb": 10240, "runtime": 20, "gpu": 1}
    write_benchmark(tmp_path / "find" / "a.tsv")
    write_benchmark(tmp_path / "find" / "b.tsv", max_rss="2048.00")
    write_benchmark(tmp_path / "find" / "c.tsv", s="1080.00", resources=second_attempt)
    row = summarise(tmp_path)[0].loc["find"]
    assert (row["jobs"], row["gpus_asked_max"]) == (3, 1)
    assert (row["mem_mb_asked_median"], row["mem_mb_asked_max"]) == (5120, 10240)
    assert (row["mem_mb_used_median"], row["mem_mb_used_max"]) == (1024, 2048)
    assert row["idle_gb_hours"] == pytest.approx((4 + 3 + 9 * 18) / 60)
    assert row["mem_mb_used_share"] == pytest.approx((1 + 2 + 18) / (5 + 5 + 180))
    assert row["unused_minutes"] == pytest.approx(9 + 9 + 2)
    nearest = row[["nearest_job", "nearest_limit", "nearest_share"]].tolist()
    assert nearest == ["c", "time", pytest.approx(0.9)]


def test_a_job_that_used_more_than_requested_has_no_negative_waste(tmp_path: Path) -> None:
    write_benchmark(tmp_path / "find" / "a.tsv", max_rss="6144.00", cpu_time="90.00", s="660.00")
    row = summarise(tmp_path)[0].loc["find"]
    assert row["idle_gb_hours"] == row["unused_minutes"] == 0
    assert (row["mem_mb_used_share"], row["nearest_share"]) == pytest.approx((1.2, 1.2))


def test_rules_are_sorted_by_waste_with_unknown_waste_last(tmp_path: Path) -> None:
    large_request = {"mem_mb": 102400, "runtime": 10}
    write_benchmark(tmp_path / "once" / "a.tsv", resources=large_request)
    for n in range(30):
        write_benchmark(tmp_path / "often" / f"{n}.tsv")
    write_benchmark(tmp_path / "cores" / "a.tsv", threads=100)
    write_benchmark(tmp_path / "little" / "a.tsv")
    write_benchmark(tmp_path / "a_unknown" / "a.tsv", columns=BASIC_COLUMNS)
    assert summarise(tmp_path)[0].index.tolist() == [
        "cores",
        "often",
        "once",
        "little",
        "a_unknown",
    ]


def test_missing_requests_are_explained(tmp_path: Path) -> None:
    write_benchmark(tmp_path / "find" / "a.tsv", columns=BASIC_COLUMNS)
    rules, [limitation] = summarise(tmp_path)
    assert "1 of 1 jobs" in limitation and "benchmark-extended" in limitation
    row = rules.loc["find"]
    assert (row["mem_mb_used_max"], row["minutes_used_max"]) == (1024, 1)
    assert row[["mem_mb_asked_max", "waste_core_hours", "nearest_share"]].isna().all()


@pytest.mark.parametrize("cells", [{"max_rss": "NA", "cpu_time": "NA"}, {"s": "0.40"}])
def test_a_job_that_was_too_short_to_measure_is_counted(tmp_path: Path, cells: dict) -> None:
    write_benchmark(tmp_path / "find" / "a.tsv", **cells)
    write_benchmark(tmp_path / "find" / "b.tsv")
    rules, [limitation] = summarise(tmp_path)
    row = rules.loc["find"]
    assert (row["jobs"], row["jobs_measured"], row["mem_mb_used_median"]) == (2, 1, 1024)
    assert "1 of 2 jobs could not be measured" in limitation


@pytest.mark.parametrize("resources", ["-", "{'mem_mb': <TBD>}", "{}", "7"])
def test_unreadable_resources_are_unknown(tmp_path: Path, resources: str) -> None:
    write_benchmark(tmp_path / "find" / "a.tsv", resources=resources)
    rules, [limitation] = summarise(tmp_path)
    assert "do not contain the requested resources" in limitation
    assert pd.isna(rules.loc["find", "mem_mb_asked_max"])
    assert rules.loc["find", "mem_mb_used_max"] == 1024


def test_incomplete_files_are_counted_and_named(tmp_path: Path) -> None:
    write_benchmark(tmp_path / "find" / "good.tsv")
    for n in range(6):
        (tmp_path / "find" / f"{n}.tsv").touch()
    rules, [limitation] = summarise(tmp_path)
    assert rules.loc["find", "jobs"] == 1
    assert limitation.startswith("6 incomplete benchmark files") and "find/4.tsv, ..." in limitation


def test_without_benchmarks_the_summary_is_empty(tmp_path: Path) -> None:
    rules, [limitation] = summarise(tmp_path)
    assert rules.empty
    assert "no benchmark files" in limitation
