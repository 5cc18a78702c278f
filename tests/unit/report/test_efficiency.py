"""The efficiency report: numbers from hand-made benchmark files, and what is wrong with some."""

import html.parser
import re
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

import report_efficiency
from corpus.report.efficiency import page as page_module
from rule_files import RULES
from workflow_runs import DEMO

SHORT = ["s", "h:m:s", "max_rss", "max_pss", "cpu_time"]
EXTENDED = [*SHORT, "rule_name", "threads", "resources", "input_size_mb"]


def benchmark(path: Path, *, head: list[str] = EXTENDED, **cells: object) -> Path:
    """A benchmark file of one job of a minute, as Snakemake writes it."""
    usual = {"s": "60.00", "h:m:s": "0:01:00", "max_rss": "1024.00", "max_pss": "1000.00"}
    usual |= {"cpu_time": "22.50", "rule_name": path.parent.name, "threads": 1}
    usual |= {"resources": {"tmpdir": "/tmp", "mem_mb": 5120, "runtime": 10}, "input_size_mb": {}}
    path.parent.mkdir(parents=True, exist_ok=True)
    row = [str((usual | cells)[name]) for name in head]
    path.write_text("\t".join(head) + "\n" + "\t".join(row) + "\n")
    return path


def summary(folder: Path) -> tuple[pd.DataFrame, list[str]]:
    jobs, broken = report_efficiency.read_benchmarks(folder)
    return report_efficiency.summarise(jobs).set_index("rule"), report_efficiency.notes(
        jobs, broken
    )


def test_one_job_in_exact_numbers(tmp_path: Path) -> None:
    """60 s, of which CPU time is known of 45 s: 1 of 5 GB, 1 of 10 minutes, half of a core."""
    benchmark(tmp_path / "find" / "a.tsv")
    rules, told = summary(tmp_path)
    assert told == []
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
    second_try = {"mem_mb": 10240, "runtime": 20, "gpu": 1}
    benchmark(tmp_path / "find" / "a.tsv")
    benchmark(tmp_path / "find" / "b.tsv", max_rss="2048.00")
    benchmark(tmp_path / "find" / "c.tsv", s="1080.00", resources=second_try)
    row = summary(tmp_path)[0].loc["find"]
    assert (row["jobs"], row["gpus_asked_max"]) == (3, 1)
    assert (row["mem_mb_asked_median"], row["mem_mb_asked_max"]) == (5120, 10240)
    assert (row["mem_mb_used_median"], row["mem_mb_used_max"]) == (1024, 2048)
    assert row["idle_gb_hours"] == pytest.approx((4 + 3 + 9 * 18) / 60)
    assert row["mem_mb_used_share"] == pytest.approx((1 + 2 + 18) / (5 + 5 + 180))
    assert row["unused_minutes"] == pytest.approx(9 + 9 + 2)
    nearest = row[["nearest_job", "nearest_limit", "nearest_share"]].tolist()
    assert nearest == ["c", "time", pytest.approx(0.9)]


def test_what_took_more_than_it_asked_for_is_no_negative_waste(tmp_path: Path) -> None:
    benchmark(tmp_path / "find" / "a.tsv", max_rss="6144.00", cpu_time="90.00", s="660.00")
    row = summary(tmp_path)[0].loc["find"]
    assert row["idle_gb_hours"] == row["unused_minutes"] == 0
    assert (row["mem_mb_used_share"], row["nearest_share"]) == pytest.approx((1.2, 1.2))


@pytest.mark.parametrize(
    ("seconds", "last"), [(0.4, 0), (0.6, 0.5), (14.9, 14.5), (44, 15), (46, 45), (3600, 3585)]
)
def test_cpu_time_is_known_until_the_last_look(seconds: float, last: float) -> None:
    assert report_efficiency.last_look(seconds) == pytest.approx(last)


def test_snakemake_looks_as_often_as_is_said_here() -> None:
    from snakemake import benchmark

    every = benchmark.BENCHMARK_INTERVAL_SHORT, benchmark.BENCHMARK_INTERVAL
    assert every == (report_efficiency.FIRST_LOOK_S, report_efficiency.LATER_LOOK_S)
    assert every[0] * every[1] == report_efficiency.LOOKS_UNTIL_S


def test_the_largest_waste_comes_first_and_what_is_not_known_last(tmp_path: Path) -> None:
    held = {"mem_mb": 102400, "runtime": 10}
    benchmark(tmp_path / "once" / "a.tsv", resources=held)
    for number in range(30):
        benchmark(tmp_path / "often" / f"{number}.tsv")
    benchmark(tmp_path / "cores" / "a.tsv", threads=100)
    benchmark(tmp_path / "little" / "a.tsv")
    benchmark(tmp_path / "a_riddle" / "a.tsv", head=SHORT)
    assert summary(tmp_path)[0].index.tolist() == ["cores", "often", "once", "little", "a_riddle"]


def test_a_rule_of_one_job_has_a_file_of_its_own_name(tmp_path: Path) -> None:
    benchmark(tmp_path / "people.tsv", rule_name="people")
    benchmark(tmp_path / "join.tsv", head=SHORT)
    assert set(summary(tmp_path)[0].index) == {"people", "join"}


def test_the_report_leaves_its_own_job_out(tmp_path: Path) -> None:
    benchmark(tmp_path / "efficiency.tsv", rule_name="efficiency")
    assert summary(tmp_path)[0].empty


def test_without_the_extended_columns_it_says_what_to_do(tmp_path: Path) -> None:
    benchmark(tmp_path / "find" / "a.tsv", head=SHORT)
    rules, [told] = summary(tmp_path)
    assert "1 of 1 jobs" in told and "benchmark-extended" in told
    row = rules.loc["find"]
    assert (row["mem_mb_used_max"], row["minutes_used_max"]) == (1024, 1)
    assert row[["mem_mb_asked_max", "waste_core_hours", "nearest_share"]].isna().all()


@pytest.mark.parametrize("cells", [{"max_rss": "NA", "cpu_time": "NA"}, {"s": "0.40"}])
def test_a_job_too_short_to_measure_still_counts(tmp_path: Path, cells: dict) -> None:
    benchmark(tmp_path / "find" / "a.tsv", **cells)
    benchmark(tmp_path / "find" / "b.tsv")
    rules, [told] = summary(tmp_path)
    row = rules.loc["find"]
    assert (row["jobs"], row["jobs_measured"], row["mem_mb_used_median"]) == (2, 1, 1024)
    assert "1 of 2 jobs could not be measured" in told


@pytest.mark.parametrize("resources", ["-", "{'mem_mb': <TBD>}", "{}", "7"])
def test_resources_that_cannot_be_read_are_not_known(tmp_path: Path, resources: str) -> None:
    benchmark(tmp_path / "find" / "a.tsv", resources=resources)
    rules, [told] = summary(tmp_path)
    assert "asked for is not in" in told
    assert pd.isna(rules.loc["find", "mem_mb_asked_max"])
    assert rules.loc["find", "mem_mb_used_max"] == 1024


def test_files_that_are_not_whole_are_named_and_left_out(tmp_path: Path) -> None:
    benchmark(tmp_path / "find" / "good.tsv")
    half = benchmark(tmp_path / "find" / "half.tsv")
    half.write_text(half.read_text()[:-30])
    cut = benchmark(tmp_path / "find" / "cut.tsv")
    cut.write_text(cut.read_text().rpartition("\t")[0] + "\n")
    (tmp_path / "find" / "empty.tsv").touch()
    (tmp_path / "find" / "head.tsv").write_text("\t".join(EXTENDED) + "\n")
    (tmp_path / "find" / "other.tsv").write_bytes(b"\xff\xfe\n\n")
    benchmark(tmp_path / "find" / "timeless.tsv", s="-")
    rules, [told] = summary(tmp_path)
    assert rules.loc["find", "jobs"] == 1
    assert "6 benchmark files" in told and "find/cut.tsv" in told


@pytest.mark.parametrize("folder", [".", "not there"])
def test_without_benchmarks_there_is_an_empty_report(tmp_path: Path, folder: str) -> None:
    rules, [told] = summary(tmp_path / folder)
    assert rules.empty
    assert "no benchmark files" in told


class Page(html.parser.HTMLParser):
    """The elements of a page with their attributes, and its text."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements, self.text, self.open = [], "", []
        self.feed(text)

    def handle_starttag(self, tag: str, attributes: list) -> None:
        self.elements.append((tag, dict(attributes)))
        if tag != "meta":
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


def page_of(folder: Path) -> Page:
    jobs, broken = report_efficiency.read_benchmarks(folder)
    rules, told = report_efficiency.summarise(jobs), report_efficiency.notes(jobs, broken)
    page = Page(page_module.render(rules, told, report_efficiency.GB_PER_CORE))
    assert page.open == []
    return page


def test_the_page_stands_alone(tmp_path: Path) -> None:
    benchmark(tmp_path / "find" / "a.tsv")
    page = page_of(tmp_path)
    assert {tag for tag, _ in page.elements}.isdisjoint({"script", "link", "img", "iframe"})
    assert not [names for _, names in page.elements if {"src", "href"} & set(names)]
    assert "url(" not in page.text and "@import" not in page.text and "http" not in page.text
    assert "prefers-color-scheme: dark" in page.text


def test_the_page_tells_the_numbers(tmp_path: Path) -> None:
    benchmark(tmp_path / "find" / "a.tsv", max_rss="4608.00")
    benchmark(tmp_path / "find" / "b.tsv")
    page = page_of(tmp_path)
    assert "2816at most 460855% of 5120" in page.text
    assert "90% of its memory: close" in page.text
    widths = [names["style"] for tag, names in page.elements if tag == "i"]
    assert widths[:2] == ["width:90.0%", "width:55.0%"]


def test_the_page_tells_where_jobs_asked_for_different_amounts(tmp_path: Path) -> None:
    benchmark(tmp_path / "find" / "a.tsv")
    benchmark(tmp_path / "find" / "b.tsv")
    benchmark(tmp_path / "find" / "c.tsv", resources={"mem_mb": 10240, "runtime": 10, "gpu": 1})
    text = page_of(tmp_path).text
    assert "15% of 5120, at most 10240" in text and "asks for 1 GPU" in text


def test_the_page_escapes_names(tmp_path: Path) -> None:
    benchmark(tmp_path / "find" / "<b>&.tsv", rule_name="<script>alert()</script>")
    (tmp_path / "<i>.tsv").touch()
    page = page_of(tmp_path)
    assert {"script", "b"}.isdisjoint({tag for tag, _ in page.elements})
    for name in ("<script>alert()</script>", "<b>&", "<i>.tsv"):
        assert name in page.text


@pytest.mark.parametrize("head", [SHORT, EXTENDED])
def test_the_script_writes_table_and_page(root: Path, tmp_path: Path, head: list[str]) -> None:
    benchmark(tmp_path / "benchmarks" / "find" / "a.tsv", head=head)
    table, page = tmp_path / "report" / "e.tsv", tmp_path / "report" / "e.html"
    command = [sys.executable, root / "scripts/report_efficiency.py"]
    command += ["--benchmarks", tmp_path / "benchmarks", "--table", table, "--page", page]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    assert "find: 1 jobs" in done.stderr
    assert sorted(table.parent.iterdir()) == [page, table]
    rows = pd.read_csv(table, sep="\t")
    assert rows.columns.tolist() == report_efficiency.COLUMNS
    assert rows["mem_mb_used_max"].tolist() == [1024]
    assert "find" in page.read_text()


@pytest.mark.workflow
def test_the_demo_has_a_row_for_every_rule(demo: Path) -> None:
    rows = pd.read_csv(demo / "report" / "efficiency.tsv", sep="\t").set_index("rule")
    # Models are fetched once for all runs on a machine; exports and imports are made on demand.
    whole = {rule for rule in RULES if not rule.startswith(("export_", "import_"))}
    assert set(rows.index) | {"fetch_model"} == whole - {"efficiency"}
    assert rows["waste_core_hours"].dropna().is_monotonic_decreasing
    known = ["mem_mb_asked_max", "minutes_asked_max", "cores_asked_max", "nearest_share"]
    assert rows[known].notna().all(axis=None)
    assert (rows.loc["extract_keypoints", ["jobs", "jobs_measured"]] == 3).all()
    assert "extract_keypoints" in (demo / "report" / "efficiency.html").read_text()


@pytest.mark.workflow
def test_snakemakes_report_includes_it(demo: Path, snakemake, tmp_path: Path) -> None:
    report = tmp_path / "report.html"
    snakemake("--configfile", DEMO[-1], "--config", f"results={demo}", "--report", report)
    text = report.read_text()
    assert "Efficiency" in re.search(r"^ *var categories = ({.*)", text, re.M)[1]
    results = re.search(r"^ *var results = ({.*)", text, re.M)[1]
    for name in ("efficiency.html", "efficiency.tsv", "Waste is what was held and not used"):
        assert name in results
