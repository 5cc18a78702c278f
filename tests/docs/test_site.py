"""The documentation site: its pages, and the links between them. `make docs` builds it strictly."""

import re
from pathlib import PurePosixPath

import pytest
from mkdocs.config import load_config
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page

import docs_site
from repository import ROOT

PAGES = sorted([path.name for path in (ROOT / "docs").glob("*.md")] + list(docs_site.OUTSIDE))
FENCE = re.compile(r" *```")
ITEM = re.compile(r"(?:\d+\.|[-*]) ")


@pytest.fixture(scope="module")
def config() -> MkDocsConfig:
    return load_config(str(ROOT / "mkdocs.yml"))


def pages_of(nav: list | dict | str) -> list[str]:
    """Paths of the pages in a navigation, in their order."""
    if isinstance(nav, str):
        return [nav]
    parts = nav.values() if isinstance(nav, dict) else nav
    return [page for part in parts for page in pages_of(part)]


def test_every_page_is_in_the_navigation_once(config: MkDocsConfig) -> None:
    assert sorted(pages_of(config.nav)) == PAGES


def test_the_navigation_begins_with_what_users_need_first(config: MkDocsConfig) -> None:
    order = pages_of(config.nav)
    first = ["index.md", "installation.md", "config/README.md", "settings.md"]
    assert order[:4] == first
    assert order.index("results.md") < order.index("cluster.md") < order.index("CONTRIBUTING.md")


def test_every_document_of_the_repository_is_a_page() -> None:
    """Documents in the root and in its folders, apart from the README, which leads to the site."""
    found = {path.relative_to(ROOT).as_posix() for path in ROOT.glob("[!.]*/README.md")}
    found |= {path.name for path in ROOT.glob("*.md")}
    generated = {"resources/README.md", "results/README.md", "site/README.md"}
    assert found - generated - {"README.md", "docs/README.md"} == set(docs_site.OUTSIDE)


def test_the_site_loads_nothing_from_other_servers(config: MkDocsConfig) -> None:
    assert config.theme["font"] is False
    assert [*config.extra_javascript] == []
    assert list(config.plugins) == ["material/search", "tools/docs_site.py"]
    styles = [ROOT / "docs" / path for path in config.extra_css]
    assert styles and not any("url(" in style.read_text() for style in styles)


def test_the_built_site_is_not_committed(config: MkDocsConfig) -> None:
    folder = PurePosixPath(config.site_dir).name
    assert f"{folder}/" in (ROOT / ".gitignore").read_text().splitlines()


def changed_links(config: MkDocsConfig, path: str, text: str) -> tuple[str, Files]:
    """The text of the page at `path` in the site after the hook, and the files of the site."""
    in_docs = sorted(path.name for path in (ROOT / "docs").glob("*.md"))
    files = Files([File(name, config.docs_dir, config.site_dir, True) for name in in_docs])
    docs_site.on_files(files, config=config)
    page = Page(None, files.src_uris[path], config)
    return docs_site.on_page_markdown(text, page=page, config=config, files=files), files


@pytest.mark.parametrize(
    ("page", "link", "expected"),
    [
        ("people.md", "../config/README.md#people", "config/README.md#people"),
        ("people.md", "exports.md", "exports.md"),
        ("config/README.md", "../docs/people.md", "../people.md"),
        ("config/README.md", "../README.md", "../index.md"),
        ("CONTRIBUTING.md", "docs/extending.md", "extending.md"),
        ("people.md", "../LICENSE", "LICENSE"),
        ("people.md", "#by-hand", "#by-hand"),
        ("people.md", "https://example.org/a.md", "https://example.org/a.md"),
        ("people.md", "../missing.md", "../missing.md"),
    ],
)
def test_links_between_files_become_links_between_pages(
    config: MkDocsConfig, page: str, link: str, expected: str
) -> None:
    text, _ = changed_links(config, page, f"See [it]({link}).")
    assert text == f"See [it]({expected})."


def test_other_files_that_a_page_links_are_part_of_the_site(config: MkDocsConfig) -> None:
    _, files = changed_links(config, "people.md", "[licence](../LICENSE)")
    copied = files.get_file_from_path("LICENSE")
    assert copied is not None and copied.abs_src_path == str(ROOT / "LICENSE")


@pytest.mark.parametrize("path", PAGES)
def test_lists_are_written_such_that_mkdocs_shows_them(path: str) -> None:
    """Python-Markdown wants a blank line before a list, and four columns for what an item contains.

    GitHub shows lists without these as well, so the mistake is easily made.
    """
    text = (ROOT / docs_site.repository_path(path)).read_text(encoding="utf-8")
    faults, fenced, previous = [], False, ""
    in_item = has_paragraphs = False
    for number, line in enumerate(text.splitlines(), start=1):
        if ITEM.match(line) and not fenced:
            after_text = has_paragraphs if in_item else not ITEM.match(previous)
            if previous and after_text:
                faults.append((number, "no blank line before"))
            in_item, has_paragraphs = True, False
        elif in_item and line.startswith(" "):
            has_paragraphs |= not previous
            if not line.startswith("    ") and not ITEM.match(line.strip()):
                faults.append((number, "indented by less than four"))
        elif line and not previous:
            in_item = False
        fenced ^= bool(FENCE.match(line))
        previous = line
    assert faults == []
