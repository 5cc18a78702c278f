"""Paths that lead to the same place."""

from pathlib import Path

import pytest

from corpus.core.locations import Locations, link_steps


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder `real` with a file, and a link to the folder."""
    (tmp_path / "real").mkdir()
    (tmp_path / "real" / "file").touch()
    (tmp_path / "link").symlink_to("real")
    return tmp_path


def test_all_paths_of_a_file_have_one_key(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder / "real")
    paths = ["file", "./file", "../link/file", "../real/../real/file", str(folder / "link/file")]
    locations = Locations()
    assert len({locations.key(path) for path in paths}) == 1
    assert locations.key("File") != locations.key("file")


def test_dots_after_a_link_lead_out_of_its_target(folder: Path) -> None:
    (folder / "other").mkdir()
    (folder / "other" / "link").symlink_to(folder / "real")
    assert Locations().key(folder / "other/link/../x") == Locations().key(folder / "x")


def test_a_link_is_another_file_than_its_target(folder: Path) -> None:
    (folder / "to_file").symlink_to("real/file")
    locations = Locations()
    assert locations.key(folder / "to_file") != locations.key(folder / "real/file")
    steps = [locations.key(step) for step in link_steps(folder / "to_file")]
    assert steps == [locations.key(folder / "to_file"), locations.key(folder / "real/file")]


def test_a_circle_of_links_ends(folder: Path) -> None:
    (folder / "a").symlink_to("b")
    (folder / "b").symlink_to("a")
    assert len(list(link_steps(folder / "a"))) == 40


def test_a_missing_folder_is_known_by_its_nearest_parent(folder: Path) -> None:
    locations = Locations()
    assert locations.identity(folder / "link/new/x") == locations.identity(folder / "real/new/x")
    assert locations.identity(folder / "real/new") != locations.identity(folder / "real/New")
    assert locations.contains(folder / "link", folder / "real/new/x")
    assert not locations.contains(folder / "real/new", folder / "link")


def test_names_of_missing_files_ignore_case_where_the_file_system_does(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        Locations, "_test_case", lambda self, path: path.startswith(str(folder.resolve()))
    )
    locations = Locations()
    assert locations.identity(folder / "real/new") == locations.identity(folder / "real/NEW")
    assert locations.key(folder / "real/Talk.MP4") == locations.key(folder / "real/talk.mp4")
    decomposed, composed = "Mu\u0308ller.mp4", "M\u00fcller.mp4"
    assert locations.key(folder / decomposed) == locations.key(folder / composed)
