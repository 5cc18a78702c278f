"""What README.md and docs/ say is so: files, commands, keys, tables, code and its output."""

import contextlib
import io
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

import document_tables
from corpus.inputs import settings
from repository import ROOT

README = (ROOT / "README.md").read_text(encoding="utf-8")
READING = (ROOT / "docs" / "reading.md").read_text(encoding="utf-8")
PAGES = ["README.md", *(f"docs/{page.name}" for page in sorted((ROOT / "docs").glob("*.md")))]
FENCED = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
BLOCKS = [(kind, text) for kind, text in FENCED.findall(README)]
PROSE = FENCED.sub("", README)
SPANS = re.findall(r"`([^`\n]+)`", PROSE)
SUFFIXES = (".py", ".smk", ".yaml", ".tsv", ".md", ".txt", ".toml", ".sh", ".cff", ".svg")
KEYS = settings.keys(settings.schema(ROOT))


def blocks(kind: str) -> list[str]:
    return [text for found, text in BLOCKS if found == kind]


def is_example(path: str) -> bool:
    """Files that the reader is told to make, and those of the results."""
    name = Path(path).name
    made = (
        path.startswith(("results", "report/", "exports/", "covers/", "elan/"))
        or name == "people.tsv"
    )
    return made or name.startswith(("mine", "my_stage"))


def commands() -> list[list[str]]:
    """Every command of the shell in the README, as its words."""
    lines = [line for block in blocks("bash") for line in block.splitlines()] + SPANS
    words = [
        shlex.split(line, comments=True) for line in lines if "'" not in line or "find" in line
    ]
    return [line for line in words if line]


def anchors(markdown: str) -> set[str]:
    titles = re.findall(r"^#+ (.+)$", FENCED.sub("", markdown), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", title).strip().lower().replace(" ", "-") for title in titles}


def test_the_tables_page_is_up_to_date():
    written = document_tables.PAGE.read_text(encoding="utf-8")
    assert written == document_tables.page(), "run: python tools/document_tables.py"


def test_the_page_knows_every_column():
    page = document_tables.page()
    for table, schema in document_tables.SCHEMAS.items():
        section = page.partition(f"\n## {table}\n")[2].partition("\n## ")[0]
        assert [name for name in re.findall(r"^\| `(\w+)`", section, re.MULTILINE)] == schema.names


def test_the_readme_stays_short():
    assert len(README.splitlines()) < 400


def test_paths_exist():
    paths = {
        span
        for span in SPANS
        if re.fullmatch(r"[\w./-]+", span)
        and ("/" in span or span.endswith(SUFFIXES) or span == "Snakefile")
        and not is_example(span)
    }
    assert "scripts/corpus/tables/schemas.py" in paths and "rules/" in paths
    assert [path for path in sorted(paths) if not (ROOT / path).exists()] == []


@pytest.mark.parametrize("page", PAGES)
def test_links_lead_somewhere(page):
    text = (ROOT / page).read_text(encoding="utf-8")
    broken = []
    for target in re.findall(r"\]\(([^)]+)\)", text):
        if target.startswith(("http://", "https://")):
            continue
        file, _, anchor = target.partition("#")
        path = (ROOT / page).parent / file if file else ROOT / page
        if not path.exists() or (anchor and anchor not in anchors(path.read_text("utf-8"))):
            broken.append(target)
    assert broken == []
    labelled = re.findall(r"\[([\w/.-]+\.(?:md|cff))\]\(([^)#]+)", text)
    assert [pair for pair in labelled if pair[0] != pair[1].removeprefix("../")] == []


def test_the_picture_names_the_rules():
    rules = "".join(file.read_text("utf-8") for file in (ROOT / "rules").glob("*.smk"))
    drawn = set(re.findall(r">([a-z]+(?:_[a-z]+)?)</text>", (ROOT / "docs/flow.svg").read_text()))
    drawn = {name for name in drawn if "_" in name or name in ("people", "gestures")}
    small = {"fetch_model", "picture_people", "import_elan", "write_methods", "efficiency"}
    known = set(re.findall(r"^rule (\w+):", rules, re.MULTILINE)) - small
    assert drawn == {name for name in known if not name.startswith(("plot_", "export_"))}


def test_snakemake_targets_and_profiles_exist():
    source = "".join(
        file.read_text("utf-8") for file in [ROOT / "Snakefile", *(ROOT / "rules").glob("*.smk")]
    )
    rules = set(re.findall(r"^rule (\w+):", source, re.MULTILINE))
    runs = [words[1:] for words in commands() if words[0] == "snakemake"]
    assert len(runs) > 3
    for words in runs:
        # Targets come first: --configfile takes every word that follows it.
        before = words[: words.index("--profile")] if "--profile" in words else words
        if "--report" in before:
            assert before[1].endswith(".html") and len(before) == 2
            continue
        assert {word for word in before if not word.startswith("-")} <= rules, words
        if "--profile" in words:
            assert (ROOT / words[words.index("--profile") + 1] / "profile.yaml").exists()
        if "--configfile" in words:
            assert len(words) == words.index("--configfile") + 2, words
    named = re.search(r"name a target \*\*before\*\*.*", PROSE)[0]
    assert set(re.findall(r"`(\w+)`", named)) <= rules
    table = PROSE.partition("| you | runs again |")[2].partition("\n\n")[0]
    for cell in (row.split("|")[2] for row in table.splitlines() if row.startswith("| ")):
        assert set(re.findall(r"`([a-z]+_?[a-z]+)`", cell)) <= rules | {"dlib"}


def test_make_targets_exist():
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = {words[1] for words in commands() if words[0] == "make" and len(words) > 1}
    assert {"demo", "test"} <= targets
    assert targets <= set(re.findall(r"^(\w+):", makefile, re.MULTILINE))


def test_config_keys_are_in_the_schema(tmp_path, monkeypatch):
    # The reader has copied who is known by then.
    (tmp_path / "config").mkdir()
    (tmp_path / "config/mine_known.parquet").touch()
    monkeypatch.chdir(tmp_path)
    sections = {key.partition(".")[0] for key in KEYS if "." in key}
    named = {s.partition(":")[0] for s in SPANS if s.partition(".")[0] in sections and "." in s}
    named = {key for key in named if not key.endswith((".tsv", ".parquet"))}
    assert "faces.embedder" in named
    unknown = {key for key in named if key.removesuffix("*").rstrip(".") not in KEYS}
    assert unknown == set()
    for block in blocks("yaml"):
        given = yaml.safe_load(block)
        settings.complete(given, ROOT)
        settings.check(given, ROOT)


@pytest.mark.workflow
def test_python_code_prints_what_is_said(demo):
    """The blocks run one after another, as a reader would run them."""
    here, ran, shown_blocks = {}, 0, FENCED.findall(READING)
    for place, (kind, text) in enumerate(shown_blocks):
        if kind != "python":
            continue
        code, ran = text.replace("results/laptop", str(demo)), ran + 1
        with contextlib.redirect_stdout(io.StringIO()) as printed:
            exec(compile(code, f"docs/reading.md, python block {ran}", "exec"), here)
        shown = shown_blocks[place + 1][1] if printed.getvalue() else ""
        lines = [line.rstrip() for line in printed.getvalue().splitlines()]
        assert lines == shown.splitlines()
    assert ran == 5
    assert set(here["wrists"]["person"]) == {"p0001", "p0002"}
    assert len(here["collins"]) and here["in_view"]["visibility"].min() > 0.5


@pytest.mark.workflow
def test_the_summary_is_what_the_readme_says(demo):
    script = [sys.executable, ROOT / "tools/summarise.py", "--results", demo]
    done = subprocess.run(script, check=True, capture_output=True, text=True)
    printed = done.stdout.replace(str(demo), "results/laptop")
    assert printed.splitlines() == blocks("text")[0].splitlines()


@pytest.mark.workflow
def test_the_results_are_what_the_readme_lists(demo):
    [tree] = [block for block in blocks("text") if block.startswith("report/index.html")]
    listed = {line.split()[0] for line in tree.splitlines()}
    for path in listed:
        assert (demo / path.replace("{video}", "both")).exists(), path
    made = {path.name for path in demo.iterdir()}
    assert made == {path.partition("/")[0] for path in listed}
