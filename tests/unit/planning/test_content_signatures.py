"""Signatures of local files depend on their content only, and are read again only if necessary."""

import os
import shutil
from pathlib import Path

import pytest

from corpus.core.links import hide_link, repair_link
from corpus.planning import content_signatures
from corpus.planning.content_signatures import BLOCK, N_BLOCKS, Signatures, content_signature

LARGE = BLOCK * N_BLOCKS * 3
MANY_YEARS_AGO = (10**9, 10**9)


def replace_by_older(path: Path, content: bytes) -> None:
    """Replace a file as `cp -p` or a restored backup does."""
    path.write_bytes(content)
    os.utime(path, MANY_YEARS_AGO)


@pytest.mark.parametrize("size", [0, 1, BLOCK, BLOCK * N_BLOCKS, BLOCK * N_BLOCKS + 1, LARGE])
def test_a_copy_has_the_same_signature(tmp_path: Path, size: int) -> None:
    (tmp_path / "a").write_bytes(os.urandom(size))
    shutil.copyfile(tmp_path / "a", tmp_path / "b")
    os.utime(tmp_path / "b", MANY_YEARS_AGO)
    assert content_signature(tmp_path / "a") == content_signature(tmp_path / "b")
    assert content_signature(tmp_path / "a").startswith(f"{size}:")


@pytest.mark.parametrize(
    ("size", "position"),
    [(1, 0), (BLOCK * N_BLOCKS, BLOCK * 7 + 5), (LARGE, 0), (LARGE, LARGE - 1)],
)
def test_another_byte_of_the_same_size_is_noticed(tmp_path: Path, size: int, position: int) -> None:
    content = bytearray(size)
    (tmp_path / "a").write_bytes(content)
    before = content_signature(tmp_path / "a")
    content[position] = 1
    replace_by_older(tmp_path / "a", content)
    assert content_signature(tmp_path / "a") != before


def test_little_of_a_large_file_is_read(tmp_path: Path) -> None:
    positions = content_signatures._positions(10**10)
    assert (len(positions), positions[0], positions[-1]) == (N_BLOCKS, 0, 10**10 - BLOCK)


@pytest.mark.fault(
    "changes",
    "a local file is replaced by an older one of the same size",
    "its signature changes, also where the earlier one was remembered",
)
def test_a_replaced_file_is_read_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(content_signatures, "SETTLED_AFTER_NS", -1)
    file, cache = tmp_path / "a.mp4", tmp_path / ".snakemake" / "signatures.json"
    replace_by_older(file, b"new")

    def signature() -> str:
        signatures = Signatures(cache)
        signatures.prepare([str(file)])
        return signatures.of(str(file))

    first = signature()
    reads: list[str] = []
    read = content_signatures.content_signature
    monkeypatch.setattr(
        content_signatures, "content_signature", lambda path: reads.append(str(path)) or read(path)
    )
    assert signature() == first and reads == []
    replace_by_older(file, b"old")
    assert signature() != first and reads == [str(file)]


@pytest.mark.parametrize("content", ["", "{", "[]", '{"/a": 1}', '{"/a": [1]}'])
def test_a_damaged_cache_is_ignored(tmp_path: Path, content: str) -> None:
    cache, file = tmp_path / "cache.json", tmp_path / "a.mp4"
    cache.write_text(content)
    file.write_text("a")
    signatures = Signatures(cache)
    signatures.prepare([str(file), str(tmp_path / "none.mp4")])
    assert signatures.of(str(file)) == content_signature(file)
    assert signatures.of(str(tmp_path / "none.mp4")) == "missing"


def test_a_cache_that_cannot_be_written_is_not_needed(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    signatures = Signatures(tmp_path / "file" / "cache.json")
    signatures.prepare([str(tmp_path / "file")])
    assert signatures.of(str(tmp_path / "file")).startswith("0:")


def test_a_file_that_just_changed_is_not_remembered(tmp_path: Path) -> None:
    """A second change within the resolution of the disk's clock would go unnoticed."""
    cache = tmp_path / "cache.json"
    (tmp_path / "a.mp4").touch()
    Signatures(cache).prepare([str(tmp_path / "a.mp4")])
    assert cache.read_text() == "{}"


@pytest.mark.fault(
    "changes", "the folder of results is moved", "its links lead to the videos again"
)
def test_a_link_that_leads_nowhere_is_repaired(tmp_path: Path) -> None:
    source, link = tmp_path / "clips" / "a.mp4", tmp_path / "deep" / "er" / "videos" / "a.mp4"
    source.parent.mkdir()
    link.parent.mkdir(parents=True)
    source.write_text("video")
    link.symlink_to("../../clips/a.mp4")
    os.utime(link, MANY_YEARS_AGO, follow_symlinks=False)
    repair_link(str(link), str(source))
    assert link.read_text() == "video" and not os.path.isabs(os.readlink(link))
    assert link.lstat().st_mtime == MANY_YEARS_AGO[1]
    assert os.listdir(link.parent) == ["a.mp4"]


def test_only_links_that_lead_nowhere_are_touched(tmp_path: Path) -> None:
    source, other = tmp_path / "a.mp4", tmp_path / "b.mp4"
    source.write_text("a")
    other.write_text("b")
    link, file = tmp_path / "link.mp4", tmp_path / "file.mp4"
    link.symlink_to("b.mp4")
    file.write_text("downloaded")
    for path in (link, file, tmp_path / "none.mp4"):
        repair_link(str(path), str(source))
    assert os.readlink(link) == "b.mp4" and file.read_text() == "downloaded"
    assert not (tmp_path / "none.mp4").exists()
    dangling = tmp_path / "dangling.mp4"
    dangling.symlink_to("gone.mp4")
    repair_link(str(dangling), str(tmp_path / "gone.mp4"))
    assert os.readlink(dangling) == "gone.mp4"


def test_a_hidden_link_comes_back_with_its_time(tmp_path: Path) -> None:
    source, link = tmp_path / "a.mp4", tmp_path / "videos" / "a.mp4"
    link.parent.mkdir()
    link.symlink_to("../a.mp4")
    os.utime(link, MANY_YEARS_AGO, follow_symlinks=False)
    hide_link(str(link))
    assert not os.path.lexists(link)
    repair_link(str(link), str(source))
    assert not os.path.lexists(link), "the video is still gone"
    source.write_text("video")
    repair_link(str(link), str(source))
    assert link.read_text() == "video" and link.lstat().st_mtime == MANY_YEARS_AGO[1]
    hide_link(str(link))
    assert link.is_symlink(), "it leads somewhere"
