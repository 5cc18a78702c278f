"""Reading Snakemake's benchmark files, complete and incomplete ones."""

from pathlib import Path

import pytest

from benchmark_files import BASIC_COLUMNS, EXTENDED_COLUMNS, write_benchmark
from corpus.report.efficiency import benchmarks


@pytest.mark.parametrize(
    ("seconds", "measured_s"),
    [(0.4, 0), (0.6, 0.5), (14.9, 14.5), (44, 15), (46, 45), (3600, 3585)],
)
def test_cpu_time_is_known_until_the_last_measurement(seconds: float, measured_s: float) -> None:
    assert benchmarks.last_measurement(seconds) == pytest.approx(measured_s)


def test_the_intervals_are_those_of_snakemake() -> None:
    from snakemake import benchmark

    short_s, long_s = benchmark.BENCHMARK_INTERVAL_SHORT, benchmark.BENCHMARK_INTERVAL
    assert short_s == benchmarks.SHORT_INTERVAL_S
    assert long_s == benchmarks.LONG_INTERVAL_S
    assert short_s * long_s == benchmarks.SHORT_INTERVAL_UNTIL_S


def test_the_rule_of_a_job_is_in_its_file_or_is_the_name_of_its_folder_or_file(
    tmp_path: Path,
) -> None:
    write_benchmark(tmp_path / "people.tsv", rule_name="people")
    write_benchmark(tmp_path / "join.tsv", columns=BASIC_COLUMNS)
    write_benchmark(tmp_path / "find" / "a.tsv", columns=BASIC_COLUMNS)
    jobs, _ = benchmarks.read_benchmarks(tmp_path)
    assert sorted(zip(jobs["rule"], jobs["job"], strict=True)) == [
        ("find", "a"),
        ("join", ""),
        ("people", ""),
    ]


def test_the_report_leaves_out_its_own_job(tmp_path: Path) -> None:
    rule = "report_efficiency"
    write_benchmark(tmp_path / f"{rule}.tsv", rule_name=rule)
    jobs, incomplete_files = benchmarks.read_benchmarks(tmp_path)
    assert jobs.empty and incomplete_files == []


def test_incomplete_files_are_named_and_left_out(tmp_path: Path) -> None:
    write_benchmark(tmp_path / "find" / "good.tsv")
    half_file = write_benchmark(tmp_path / "find" / "half.tsv")
    half_file.write_text(half_file.read_text()[:-30])
    cut_file = write_benchmark(tmp_path / "find" / "cut.tsv")
    cut_file.write_text(cut_file.read_text().rpartition("\t")[0] + "\n")
    (tmp_path / "find" / "empty.tsv").touch()
    (tmp_path / "find" / "head.tsv").write_text("\t".join(EXTENDED_COLUMNS) + "\n")
    (tmp_path / "find" / "other.tsv").write_bytes(b"\xff\xfe\n\n")
    write_benchmark(tmp_path / "find" / "timeless.tsv", s="-")
    jobs, incomplete_files = benchmarks.read_benchmarks(tmp_path)
    assert jobs["job"].tolist() == ["good"]
    names = ("cut", "empty", "half", "head", "other", "timeless")
    assert incomplete_files == [f"find/{name}.tsv" for name in names]


@pytest.mark.parametrize("folder", [".", "missing"])
def test_a_folder_without_benchmarks_gives_an_empty_table(tmp_path: Path, folder: str) -> None:
    jobs, incomplete_files = benchmarks.read_benchmarks(tmp_path / folder)
    assert jobs.columns.tolist() == list(benchmarks.JOB_COLUMNS)
    assert jobs.empty and incomplete_files == []
