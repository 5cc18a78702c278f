"""docs/licences.md lists every run-time package and model, and marks GPL parts and NVIDIA's."""

import re
import sys
from importlib.metadata import PackageNotFoundError, PackagePath, files

import pytest

import document_licences
from approved_files import check_approved
from corpus.inputs.model_catalogue import CATALOGUE
from document_licences import LICENCES, NVIDIA, PACKAGE_NOTES, PAGE
from lock_files import LOCK, conditional_packages, locked_versions

VERSIONS = locked_versions(LOCK)


def installed_files(package: str) -> list[PackagePath]:
    """The files of a package; none if it is not installed on this system."""
    try:
        return files(package) or []
    except PackageNotFoundError:
        return []


def section(title: str) -> str:
    """The text below a heading of the page."""
    return PAGE.read_text(encoding="utf-8").partition(f"\n## {title}\n")[2].partition("\n## ")[0]


def rows(title: str) -> dict[str, str]:
    """Rows of the table below a heading, by the name in their first cell."""
    return dict(re.findall(r"^\| `([^`]+)` \|(.+)\|$", section(title), re.MULTILINE))


def test_page_is_up_to_date(pytestconfig):
    check_approved(document_licences.page(), PAGE, pytestconfig.option.fix)


def test_page_lists_every_package_and_model():
    packages = rows("Packages")
    assert packages.keys() == VERSIONS.keys()
    for package, version in VERSIONS.items():
        assert packages[package].split("|")[0].strip() == version
    models = rows("Models")
    assert models.keys() == CATALOGUE.keys()
    for name, model in CATALOGUE.items():
        assert f"| {model.licence} |" in models[name]


def test_page_does_not_depend_on_the_system():
    """The tool names the licence of each package that is not installed on every system."""
    assert conditional_packages(LOCK) <= LICENCES.keys()


def test_tool_names_only_locked_packages():
    assert LICENCES.keys() | PACKAGE_NOTES.keys() <= VERSIONS.keys()


@pytest.mark.parametrize("package", sorted(LICENCES))
def test_tool_agrees_with_metadata(package):
    """Metadata come first: a package that starts to state its licence leaves the table."""
    stated = document_licences.stated_licence(package)
    if package not in conditional_packages(LOCK):
        assert stated is None, f"remove {package} from the table in the tool"
    assert stated in (None, LICENCES[package])


def test_package_without_licence_is_reported(monkeypatch):
    monkeypatch.delitem(LICENCES, "certifi")
    with pytest.raises(document_licences.UnknownLicenceError, match="certifi .* licence file"):
        document_licences.licence("certifi")


def marked(mark: str) -> set[str]:
    """Packages whose note has a mark in bold."""
    return {package for package, row in rows("Packages").items() if f"**{mark}**" in row}


def test_packages_under_the_gpl_are_marked():
    under_gpl = {
        package
        for package in VERSIONS
        if re.search(r"(?<!L)GPL-(?!.*\bOR\b)", document_licences.licence(package))
    }
    assert under_gpl == {"mutagen"}
    assert under_gpl <= marked("GPL")


def test_wheels_with_gpl_encoders_are_marked():
    """x264 and x265 are under the GPL. Wheels include libraries as files of their own."""
    with_encoders = {
        package
        for package in VERSIONS
        if any(re.match(r"libx26[45]", file.name) for file in installed_files(package))
    }
    assert with_encoders <= marked("GPL")
    if sys.platform == "linux":
        assert with_encoders == {"av"}


def test_ffmpeg_program_is_a_gpl_build_and_marked():
    (program,) = [file for file in installed_files("imageio-ffmpeg") if "ffmpeg-" in file.name]
    assert b"--enable-gpl --enable-version3" in program.read_binary()
    assert "GPL-3.0-or-later" in rows("Packages")["imageio-ffmpeg"]


def test_packages_with_parts_of_cuda_are_marked():
    under_nvidia_terms = {name for name, licence in LICENCES.items() if licence == NVIDIA}
    library = re.compile(r"lib(cudart|cublas|cudnn|cufft|cusolver|cusparse|nccl|nvjpeg|nvperf)")
    with_cuda = {
        package
        for package in VERSIONS
        if any(library.match(file.name) for file in installed_files(package))
    }
    assert under_nvidia_terms | with_cuda <= marked("NVIDIA")
    assert {package for package in VERSIONS if package.startswith("nvidia-")} <= marked("NVIDIA")
