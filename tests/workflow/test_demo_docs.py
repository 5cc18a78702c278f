"""The documentation shows what the demo's results are."""

import contextlib
import io
import re

from corpus.tables.schemas import read_added_tables
from repository import ROOT
from workflow_runs import console_of

FENCED = re.compile(r"^ *```(\w*)\n(.*?)^ *```$", re.MULTILINE | re.DOTALL)


def fenced(page: str) -> list[tuple[str, str]]:
    """Kind and text of each fenced block of a page."""
    return FENCED.findall((ROOT / page).read_text(encoding="utf-8"))


def blocks(page: str, kind: str) -> list[str]:
    """Texts of a page's fenced blocks of one kind."""
    return [text for found, text in fenced(page) if found == kind]


def test_python_code_prints_what_the_page_shows(demo):
    """The blocks run one after another, as a reader would run them."""
    here, ran, shown_blocks = {}, 0, fenced("docs/reading.md")
    for place, (kind, text) in enumerate(shown_blocks):
        if kind != "python":
            continue
        code, ran = text.replace("results/laptop", str(demo)), ran + 1
        with contextlib.redirect_stdout(io.StringIO()) as printed:
            exec(compile(code, f"docs/reading.md, python block {ran}", "exec"), here)
        shown = shown_blocks[place + 1][1] if printed.getvalue() else ""
        lines = [line.rstrip() for line in printed.getvalue().splitlines()]
        assert lines == shown.splitlines()
    assert ran == 9
    assert set(here["wrists"]["person"]) == {"p0001", "p0002"}
    assert len(here["collins"]) and here["in_view"]["visibility"].min() > 0.5


def test_the_run_ends_with_what_the_readme_shows(demo):
    console = console_of(demo).read_text().replace(str(demo), "results/laptop")
    assert console.endswith("\n\n" + blocks("README.md", "text")[0])


def test_the_run_prints_a_line_when_a_job_starts_and_one_when_it_ends(demo):
    lines = console_of(demo).read_text().splitlines()
    started = [line for line in lines if re.search(r"^[\d:]{8} job \d+: ", line)]
    done = [line for line in lines if re.search(r"^[\d:]{8} .*%\) done: ", line)]
    # The last job that ends names the files of the target and does nothing.
    assert len(started) == len(done) - 1 and done[-1].endswith("(100%) done: all")
    assert len(lines) < len(started) + len(done) + 25


def test_the_results_are_the_files_that_the_page_lists(demo):
    [tree] = [block for block in blocks("docs/results.md", "text") if "report/index.html" in block]
    on_request = {"agreement.parquet", "report/agreement.html", "report/tuning.yaml"}
    on_request.add("gesture_scores/{video}.parquet")
    listed = {line.split()[0] for line in tree.splitlines()} - on_request
    for path in listed:
        shown = path.replace("{video}", "both").replace("{name}", "people.tsv")
        assert (demo / shown).exists(), path
    made = {path.name for path in demo.iterdir()}
    # Tables of added stages are only on the page docs/tables.md.
    names = {path.partition("/")[0].replace("{name}", "people.tsv") for path in listed}
    assert made - read_added_tables().keys() == names
