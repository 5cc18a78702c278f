"""The README and the pages in docs/ agree with the files, commands and keys they describe."""

import re
import shlex
from pathlib import Path

import pytest
import yaml

import doc_blocks
import docs_site
import document_tables
from corpus.inputs import settings
from corpus.tables import reference_page
from known_people_files import write_known_people
from repository import ROOT, repository_files
from rule_files import RULES

PAGES = ["README.md", *(f"docs/{page.name}" for page in sorted((ROOT / "docs").glob("*.md")))]
PAGES += docs_site.OUTSIDE
TEXTS = {page: (ROOT / page).read_text(encoding="utf-8") for page in PAGES}
README = TEXTS["README.md"]
RESULTS = TEXTS["docs/results.md"]
FENCED = re.compile(r"^ *```(\w*)\n(.*?)^ *```$", re.MULTILINE | re.DOTALL)
PROSE = {page: FENCED.sub("", text) for page, text in TEXTS.items()}
SPANS = {page: re.findall(r"`([^`\n]+)`", prose) for page, prose in PROSE.items()}
SUFFIXES = (".py", ".smk", ".yaml", ".tsv", ".md", ".txt", ".toml", ".sh", ".cff", ".svg")
KEYS = settings.keys()
TARGETS = set(re.findall(r"^rule (\w+):", (ROOT / "Snakefile").read_text(), re.MULTILINE))


def blocks(page: str, kind: str) -> list[str]:
    return [text for found, text in FENCED.findall(TEXTS[page]) if found == kind]


def is_example(path: str) -> bool:
    """Whether a path is a file that the reader creates, or one of the results."""
    name = Path(path).name
    if path in {block.file for block in doc_blocks.read_blocks(ROOT / "docs/extending.md")}:
        return True
    in_results = path.startswith(("results", "report/", "exports/", "covers/", "elan/"))
    return in_results or name == "people.tsv" or name.startswith(("mine", "my_stage"))


def commands() -> list[list[str]]:
    """Every snakemake and make command in the README and the pages, split into words."""
    lines = []
    for page in PAGES:
        shell = "".join(blocks(page, "bash")).replace("\\\n", " ")
        lines += shell.splitlines() + SPANS[page]
    called = [line.strip() for line in lines if line.strip().startswith(("snakemake ", "make "))]
    return [shlex.split(line, comments=True) for line in called]


def anchors(markdown: str) -> set[str]:
    titles = re.findall(r"^#+ (.+)$", FENCED.sub("", markdown), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", title).strip().lower().replace(" ", "-") for title in titles}


def test_the_tables_page_is_up_to_date():
    written = document_tables.PAGE.read_text(encoding="utf-8")
    assert written == reference_page.page(), "run: python tools/document_tables.py"


def test_the_tables_page_lists_every_column():
    page = reference_page.page()
    for table, schema in reference_page.SCHEMAS.items():
        section = page.partition(f"\n## {table}\n")[2].partition("\n## ")[0]
        assert re.findall(r"^\| `(\w+)`", section, re.MULTILINE) == schema.names


def test_the_readme_stays_short():
    assert len(README.splitlines()) <= 120


def test_every_page_can_be_reached_from_the_readme():
    reached, waiting = set(), ["README.md"]
    while waiting:
        page = waiting.pop()
        if page in reached or page not in TEXTS:
            continue
        reached.add(page)
        for target in re.findall(r"\]\(([^)#]+\.md)", TEXTS[page]):
            waiting.append(str(((ROOT / page).parent / target).resolve().relative_to(ROOT)))
    assert reached == set(PAGES)


@pytest.mark.parametrize("page", [page for page in PAGES if page != "CHANGELOG.md"])
def test_paths_exist(page):
    """The changelog also names paths before a change. Paths that git ignores are not checked."""
    files = {Path(file) for file in repository_files()}
    known = files.union(*(file.parents for file in files))
    paths = {
        span
        for span in SPANS[page]
        if re.fullmatch(r"[\w./-]+", span)
        and ("/" in span or span == "Snakefile")
        and Path(Path(span).parts[0]) in known
        and not is_example(span)
    }
    assert [path for path in sorted(paths) if Path(path) not in known] == []


@pytest.mark.parametrize("page", PAGES)
def test_links_lead_somewhere(page):
    text = TEXTS[page]
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


def test_the_flow_chart_shows_the_rules():
    drawn = set(re.findall(r">([a-z]+(?:_[a-z]+)+)</text>", (ROOT / "docs/flow.svg").read_text()))
    left_out = {"fetch_model", "crop_faces", "import_elan", "write_methods", "report_efficiency"}
    left_out |= {"publish_methods", "measure_agreement", "tune_movement"}
    left_out.add("score_gestures")
    # They run the rules for single videos that the chart shows.
    left_out |= {"fetch_group", "analyse_faces", "analyse_movement", "file_of_group"}
    expected = {name for name in RULES if not name.startswith(("plot_", "export_"))} - left_out
    assert drawn == expected


def test_snakemake_targets_and_profiles_exist():
    names = set(RULES) | TARGETS
    runs = [words[1:] for words in commands() if words[0] == "snakemake" and len(words) > 1]
    assert len(runs) > 3
    for words in runs:
        # Targets come first: --configfile takes every word that follows it.
        before = words[: words.index("--profile")] if "--profile" in words else words
        if "--report" in before:
            assert before[1].endswith(".html") and len(before) == 2
            continue
        options = [place for place, word in enumerate(before) if word.startswith("-")]
        named = set(before[: options[0]] if options else before)
        assert {name for name in named if "/" not in name} <= names, words
        if "--profile" in words:
            # Another workflow calls its clone of this one by the name of the repository.
            profile = words[words.index("--profile") + 1].removeprefix("video-corpus-workflow/")
            assert (ROOT / profile / "profile.yaml").exists()
        if "--configfile" in words:
            following = words[words.index("--configfile") + 2 :]
            assert following == [] or following[0].startswith("-"), words
    named = re.search(r"name a target \*\*before\*\*.*", PROSE["README.md"])[0]
    assert set(re.findall(r"`(\w+)`", named)) <= TARGETS


def test_the_pages_name_rules_that_exist():
    table = PROSE["docs/reruns.md"].partition("| you | runs again |")[2].partition("\n\n")[0]
    rows = [row.split("|")[2] for row in table.splitlines() if row.startswith("| ")]
    assert len(rows) > 15
    for cell in rows:
        assert set(re.findall(r"`([a-z]+_[a-z]+)`", cell)) <= set(RULES)


def test_make_targets_exist():
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = {words[1] for words in commands() if words[0] == "make" and len(words) > 1}
    assert {"demo", "test"} <= targets
    assert targets <= set(re.findall(r"^([\w-]+):", makefile, re.MULTILINE))


def test_config_keys_are_in_the_schema(tmp_path, monkeypatch):
    # Pages tell the reader to copy this file before the configuration names it.
    (tmp_path / "config").mkdir()
    write_known_people(tmp_path / "config/mine_known.parquet")
    monkeypatch.chdir(tmp_path)
    sections = {key.partition(".")[0] for key in KEYS if "." in key}
    spans = [span for page in PAGES for span in SPANS[page]]
    named = {s.partition(":")[0] for s in spans if s.partition(".")[0] in sections and "." in s}
    named = {key for key in named if not key.endswith((".tsv", ".parquet", ".md", ".py", ".svg"))}
    assert "faces.embedder" in named
    unknown = {key for key in named if key.removesuffix("*").rstrip(".") not in KEYS}
    assert unknown == set()
    checked = 0
    for page in ("README.md", "docs/people.md"):
        for block in blocks(page, "yaml"):
            given = yaml.safe_load(block)
            settings.read(given)
            settings.check_files(given, ROOT)
            checked += 1
    assert checked == 2
