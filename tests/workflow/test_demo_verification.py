"""The check of results finds no fault in the demo, and one changed byte in each of its files."""

import shutil
from pathlib import Path

import pytest

from corpus.report.verification.checks import Check
from corpus.report.verification.result_files import classify, list_files

CHANGED = ("table", "output", "record", "media")


@pytest.fixture(scope="module")
def copy(demo: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy with new modification times and with the videos themselves instead of links."""
    folder = tmp_path_factory.mktemp("verified") / "results"
    return shutil.copytree(demo, folder, copy_function=shutil.copyfile)


def test_the_demo_has_no_faults(copy: Path) -> None:
    report = Check(copy).run()
    assert report.findings == []
    assert report.n_unrecorded == 0 and report.n_checked > 60


@pytest.mark.fault("tables", "one byte of any file of the demo changes", "exactly it is named")
@pytest.mark.parametrize("part", [0, 1])
def test_one_changed_byte_is_found_in_each_file(copy: Path, part: int) -> None:
    """Half of the files are changed at a time: the others must not be reported for them."""
    files = [file for file in map(classify, list_files(copy)) if file.kind in CHANGED]
    names = [file.name for file in files][part::2]
    contents = {name: (copy / name).read_bytes() for name in names}
    for name, content in contents.items():
        middle = len(content) // 2
        changed = bytes([content[middle] ^ 1])
        (copy / name).write_bytes(content[:middle] + changed + content[middle + 1 :])
    found = [finding.name for finding in Check(copy).run().findings]
    for name, content in contents.items():
        (copy / name).write_bytes(content)
    assert sorted(found) == sorted(names)
