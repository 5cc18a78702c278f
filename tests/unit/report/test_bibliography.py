"""The bibliography: valid BibTeX, citations in a text, and the works of docs/citing.md."""

import re
from pathlib import Path

import pytest
import yaml

from corpus.report.methods import bibliography, text
from corpus.tables import provenance
from methods_corpora import plain_corpus, summarise
from small_corpus import COMMIT


def test_the_bibliography_is_valid_bibtex() -> None:
    source = bibliography.FILE.read_text()
    assert source.count("{") == source.count("}")
    assert len(re.findall(r"^@", source, re.MULTILINE)) == len(bibliography.read())
    required = {
        "article": {"author", "title", "journal", "year"},
        "inproceedings": {"author", "title", "booktitle", "year"},
        "book": {"author", "title", "publisher", "year"},
        "misc": {"author", "title"},
    }
    for entry in bibliography.read().values():
        assert required[entry.kind] <= set(entry.fields), entry.key
        assert all(value.count("{") == value.count("}") for value in entry.fields.values())
        if entry.key != bibliography.WORKFLOW_KEY:
            assert {"doi", "url"} & set(entry.fields), entry.key
        assert not entry.fields.get("doi", "").startswith("http")
        assert re.fullmatch(r"(19|20)\d\d", entry.fields.get("year", "2000"))


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("@misc{a,\n  title = {A},\n}\n@misc{a,\n  title = {B},\n}\n", "the key occurs twice"),
        ("@misc{a,\n  title = {A}\n}\n", "not in the expected form"),
        ("@misc{a,\n  title = {A},\n", "not in the expected form"),
        ("@misc{a,\n  title = {A}, year = 2000,\n}\n", "not in the expected form"),
    ],
)
def test_an_invalid_bibliography_is_an_error(tmp_path: Path, source: str, message: str) -> None:
    (tmp_path / "x.bib").write_text(source)
    with pytest.raises(ValueError, match=f"x.bib: a: .*{message}"):
        bibliography.read(tmp_path / "x.bib")


def test_citations_are_found_once_and_in_order() -> None:
    source = "A [@a; @b-c]. B [@d]. C [@a], me@example.org, [see @e]."
    assert bibliography.cited_keys(source) == ["a", "b-c", "d", "e"]


def test_the_references_are_the_cited_works(tmp_path: Path) -> None:
    summary = summarise(plain_corpus(tmp_path / "results"))
    methods = text.compose(summary)
    path = tmp_path / "r.bib"
    path.write_text(bibliography.references(methods, bibliography.read(), summary.workflow_version))
    entries = bibliography.read(path)
    assert list(entries) == sorted(bibliography.cited_keys(methods))
    workflow = entries[bibliography.WORKFLOW_KEY]
    assert workflow.fields["version"] == "0.1.0"
    assert COMMIT in workflow.fields["note"]


def test_the_entry_of_the_workflow_matches_the_citation_file(root: Path) -> None:
    workflow = bibliography.read()[bibliography.WORKFLOW_KEY].fields
    citation = yaml.safe_load((root / "CITATION.cff").read_text())
    assert workflow["title"] == citation["title"]
    assert workflow["author"] == f"{{{citation['authors'][0]['name']}}}"
    assert citation["version"] == provenance.WORKFLOW


def test_the_documentation_links_the_same_works(root: Path) -> None:
    citing = (root / "docs/citing.md").read_text()
    table = citing.partition("| part | licence | cite |")[2].partition("\n\n")[0]
    works = {value for entry in bibliography.read().values() for value in entry.fields.values()}
    links = re.findall(r"\]\((https?://[^)]+)\)", table)
    assert len(links) > 8
    for link in links:
        assert link.removeprefix("https://doi.org/") in works, link
