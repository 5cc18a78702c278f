"""The efficiency page: its numbers, and that it needs no other file."""

from pathlib import Path

from benchmark_files import write_benchmark
from corpus.report.efficiency import benchmarks, page, summary
from html_document import HtmlDocument


def render(folder: Path) -> HtmlDocument:
    """The page about the benchmark files in a folder."""
    jobs, incomplete_files = benchmarks.read_benchmarks(folder)
    limitations = summary.list_limitations(jobs, incomplete_files)
    return HtmlDocument(page.render(summary.summarise(jobs), limitations, summary.GB_PER_CORE))


def test_the_page_needs_no_other_file(tmp_path: Path) -> None:
    write_benchmark(tmp_path / "find" / "a.tsv")
    document = render(tmp_path)
    assert document.tags.isdisjoint({"script", "link", "img", "iframe"})
    assert not [names for _, names in document.elements if "src" in names]
    # One link, back to the page that lies beside it.
    assert [n["href"] for _, n in document.elements if "href" in n] == ["index.html"]
    for text in ("url(", "@import", "http"):
        assert text not in document.text
    assert "prefers-color-scheme: dark" in document.text


def test_the_page_shows_the_numbers(tmp_path: Path) -> None:
    write_benchmark(tmp_path / "find" / "a.tsv", max_rss="4608.00")
    write_benchmark(tmp_path / "find" / "b.tsv")
    document = render(tmp_path)
    assert "2816at most 460855% of 5120" in document.text
    assert "90% of its memory: close" in document.text
    # On phones, each cell shows its heading.
    titles = [names.get("data-title") for tag, names in document.elements if tag == "td"]
    assert titles == [*page.HEADINGS[1:]]
    widths = [names["style"] for tag, names in document.elements if tag == "i"]
    assert widths[:2] == ["width:90.0%", "width:55.0%"]


def test_the_page_shows_that_jobs_requested_different_amounts(tmp_path: Path) -> None:
    large_request = {"mem_mb": 10240, "runtime": 10, "gpu": 1}
    write_benchmark(tmp_path / "find" / "a.tsv")
    write_benchmark(tmp_path / "find" / "b.tsv")
    write_benchmark(tmp_path / "find" / "c.tsv", resources=large_request)
    text = render(tmp_path).text
    assert "15% of 5120, at most 10240" in text and "requests 1 GPU" in text


def test_the_page_escapes_names(tmp_path: Path) -> None:
    write_benchmark(tmp_path / "find" / "<b>&.tsv", rule_name="<script>alert()</script>")
    (tmp_path / "<i>.tsv").touch()
    document = render(tmp_path)
    assert document.tags.isdisjoint({"script", "b"})
    for name in ("<script>alert()</script>", "<b>&", "<i>.tsv"):
        assert name in document.text
