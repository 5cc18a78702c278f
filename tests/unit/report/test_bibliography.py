"""The works that a text cites: valid BibTeX, each citable, and those of the README."""

import re
from pathlib import Path

import pytest
import yaml
from test_methods import TRACKS, VIDEOS, facts, text

import write_methods
from corpus.faces.embedders import EMBEDDERS
from corpus.report.methods import bibliography, paragraphs
from corpus.tables import provenance
from small_corpus import COMMIT, Results


def test_the_bibliography_is_bibtex() -> None:
    source = bibliography.FILE.read_text()
    assert source.count("{") == source.count("}")
    assert len(re.findall(r"^@", source, re.MULTILINE)) == len(bibliography.read())
    needed = {
        "article": {"author", "title", "journal", "year"},
        "inproceedings": {"author", "title", "booktitle", "year"},
        "misc": {"author", "title"},
    }
    for entry in bibliography.read().values():
        assert needed[entry.kind] <= set(entry.fields), entry.key
        assert all(value.count("{") == value.count("}") for value in entry.fields.values())
        if entry.key != paragraphs.OWN:
            assert {"doi", "url"} & set(entry.fields), entry.key
        assert not entry.fields.get("doi", "").startswith("http")
        assert re.fullmatch(r"(19|20)\d\d", entry.fields.get("year", "2000"))


@pytest.mark.parametrize(
    "source",
    [
        "@misc{a,\n  title = {A},\n}\n@misc{a,\n  title = {B},\n}\n",
        "@misc{a,\n  title = {A}\n}\n",
        "@misc{a,\n  title = {A},\n",
        "@misc{a,\n  title = {A}, year = 2000,\n}\n",
    ],
)
def test_a_faulty_bibliography_is_refused(tmp_path: Path, source: str) -> None:
    (tmp_path / "x.bib").write_text(source)
    with pytest.raises(ValueError, match="x.bib: a"):
        bibliography.read(tmp_path / "x.bib")


def test_citations_are_found() -> None:
    told = "A [@a; @b-c]. B [@d]. C [@a], me@example.org, [see @e]."
    assert bibliography.cited(told) == ["a", "b-c", "d", "e"]


def everything(folder: Path, embedder: str) -> str:
    """The text about a corpus that made use of all there is."""
    results = Results(folder / embedder, VIDEOS, TRACKS)
    results.record("a", **{"yt-dlp": "2026.1"})
    for video in VIDEOS:
        results.gestures(video, ["p0001"])
    results.write("clusters", None, {"cluster": [0, 1]}, embedder=embedder)
    return text(results)


def test_each_citation_has_a_work_and_each_work_can_be_cited(tmp_path: Path) -> None:
    cited = {key for name in EMBEDDERS for key in bibliography.cited(everything(tmp_path, name))}
    assert cited == set(bibliography.read())


def test_only_the_embedder_that_was_used_is_cited(tmp_path: Path) -> None:
    sources = {"dlib": "king2009", "facenet-vggface2": "cao2018", "facenet-casia-webface": "yi2014"}
    assert set(sources) == set(EMBEDDERS)
    for name, key in sources.items():
        cited = set(bibliography.cited(everything(tmp_path, name)))
        assert cited & set(sources.values()) == {key}


def test_the_references_are_those_that_are_cited(tmp_path: Path) -> None:
    found = facts(Results(tmp_path / "results", VIDEOS, TRACKS))
    told = write_methods.compose(found)
    works = write_methods.references(told, found, bibliography.read())
    path = tmp_path / "r.bib"
    path.write_text(works)
    entries = bibliography.read(path)
    assert list(entries) == sorted(bibliography.cited(told))
    assert entries[paragraphs.OWN].fields["version"] == "0.1.0"
    assert COMMIT in entries[paragraphs.OWN].fields["note"]


def test_the_workflows_own_entry_is_that_of_its_citation_file(root: Path) -> None:
    own = bibliography.read()[paragraphs.OWN].fields
    citation = yaml.safe_load((root / "CITATION.cff").read_text())
    assert own["title"] == citation["title"]
    assert own["author"] == f"{{{citation['authors'][0]['name']}}}"
    assert citation["version"] == provenance.WORKFLOW


def test_the_readme_names_the_same_works(root: Path) -> None:
    readme = (root / "README.md").read_text()
    table = readme.partition("| part | licence | cite |")[2].partition("\n\n")[0]
    works = {value for entry in bibliography.read().values() for value in entry.fields.values()}
    links = re.findall(r"\]\((https?://[^)]+)\)", table)
    assert len(links) > 8
    for link in links:
        assert link.removeprefix("https://doi.org/") in works, link
