"""Erasing a person deletes reports, but not what people wrote into them."""

from pathlib import Path

import pytest

from corpus.core.errors import InputError
from erasable_corpus import ErasableCorpus

EDITED = "The legal basis is consent."


@pytest.fixture
def edited(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ErasableCorpus:
    """A corpus in whose methods section and people.tsv somebody wrote."""
    corpus = ErasableCorpus(tmp_path, monkeypatch)
    for name in ("report/methods.md", "people.tsv"):
        (corpus.results / name).parent.mkdir(exist_ok=True)
        (corpus.results / name).write_text(EDITED)
    return corpus


@pytest.mark.fault(
    "changes",
    "erase_person.py deletes a methods section in which somebody wrote",
    "a copy is kept beside the manifest and named on the console",
)
def test_edited_texts_are_kept(edited: ErasableCorpus, capsys: pytest.CaptureFixture) -> None:
    edited.erase("p0002")
    printed = capsys.readouterr().out
    for name in ("methods.md", "people.tsv"):
        assert (edited.annotations / name).read_text() == EDITED
        assert f"it may still contain them: {edited.annotations / name}" in printed
    assert not (edited.results / "report" / "methods.md").exists()


@pytest.mark.fault(
    "changes",
    "erase_person.py gets the ELAN folder of the results as the folder of annotations",
    "refused; nothing is erased",
)
def test_copies_are_never_put_where_files_are_deleted(edited: ErasableCorpus) -> None:
    edited.annotations = edited.results / "elan"
    before = edited.content()
    with pytest.raises(InputError, match="name another folder"):
        edited.erase("p0002")
    assert edited.content() == before
