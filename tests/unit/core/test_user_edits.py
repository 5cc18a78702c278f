"""Texts that people edited in the results are kept before they are written again."""

from pathlib import Path

import pytest

from corpus.core import user_edits
from corpus.core.errors import InputError


@pytest.fixture
def texts(tmp_path: Path) -> tuple[Path, Path, Path]:
    """The text that the workflow made, the file that people edit, and the folder of copies."""
    text = tmp_path / "results" / "unedited" / "methods.md"
    text.parent.mkdir(parents=True)
    text.write_text("made\n")
    return text, tmp_path / "results" / "methods.md", tmp_path / "annotations"


def publish(texts: tuple[Path, Path, Path]) -> list[Path]:
    """Write the file; returns the copies."""
    text, path, folder = texts
    return user_edits.publish_texts({path: text}, folder)


def test_a_file_that_nobody_edited_is_not_copied(texts, capsys: pytest.CaptureFixture) -> None:
    text, path, folder = texts
    assert publish(texts) == []
    text.write_text("made again\n")
    assert publish(texts) == []
    assert path.read_text() == "made again\n"
    assert not folder.exists() and not capsys.readouterr().out
    assert not user_edits.is_edited(path)


def test_each_edit_is_kept_under_a_name_of_its_own(texts, capsys: pytest.CaptureFixture) -> None:
    _, path, folder = texts
    for edit in ("first", "second", "first"):
        publish(texts)
        path.write_text(edit)
        assert user_edits.is_edited(path)
    copies = publish(texts)
    assert copies == [folder / "methods.md"], "a copy with this content exists"
    assert f"It is kept as {copies[0]}." in capsys.readouterr().out
    assert (folder / "methods.md").read_text() == "first"
    assert (folder / "methods.2.md").read_text() == "second"
    assert len(list(folder.iterdir())) == 2
    assert path.read_text() == "made\n"


def test_a_file_without_a_record_may_have_been_edited(texts) -> None:
    """Older versions of the workflow wrote no record."""
    _, path, folder = texts
    path.write_text("unknown")
    assert not user_edits.is_edited(path)
    assert publish(texts) == [folder / "methods.md"]


def test_a_damaged_record_counts_as_an_edit(texts) -> None:
    _, path, folder = texts
    publish(texts)
    path.write_text("edited")
    path.with_name(".methods.md.checksum").write_text("{")
    assert user_edits.is_edited(path)
    assert publish(texts) == [folder / "methods.md"]


def test_an_edit_that_equals_the_new_text_is_not_copied(texts) -> None:
    text, path, _ = texts
    publish(texts)
    path.write_text("the same")
    text.write_text("the same")
    assert publish(texts) == []


@pytest.mark.fault(
    "changes",
    "copies of edited files are to go into the folder that is written or erased",
    "refused; the edited file stays",
)
def test_copies_cannot_go_into_the_folder_of_the_file(texts) -> None:
    text, path, _ = texts
    publish(texts)
    path.write_text("edited")
    (path.parent / "link").symlink_to(path.parent)
    for folder in (path.parent, path.parent / "link", path.parent / "unedited" / ".."):
        with pytest.raises(InputError, match="name another folder"):
            user_edits.publish_texts({path: text}, folder)
    assert path.read_text() == "edited"
