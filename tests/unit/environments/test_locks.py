"""The lock files: what users run, and what only tests, linters and the documentation site need."""

import re

import pytest

from imported_packages import imported_packages
from lock_files import ENVS, LOCK, TEST_LOCK, locked_versions, required_packages
from repository import ROOT

VERSIONS = locked_versions(LOCK)
TEST_VERSIONS = locked_versions(TEST_LOCK)
REQUIRED = required_packages(ENVS / "requirements.in")
REQUIRED_BY_TESTS = required_packages(ENVS / "requirements-tests.in")


@pytest.mark.parametrize("lock", [LOCK, TEST_LOCK], ids=lambda lock: lock.name)
def test_lock_file_names_no_index_and_has_checksums(lock):
    text = lock.read_text(encoding="utf-8")
    assert "http" not in text
    assert "--" not in text.replace("--hash=sha256:", "")
    entries = re.split(r"^(?=\S)", text, flags=re.MULTILINE)[1:]
    assert len(entries) == len(locked_versions(lock)), "one version of each"
    for entry in entries:
        assert "--hash=sha256:" in entry, entry


def test_only_one_opencv_is_locked():
    opencv_packages = [package for package in VERSIONS if "opencv" in package]
    assert opencv_packages == ["opencv-python-headless"]


def test_lock_files_contain_all_requirements():
    assert VERSIONS.keys() >= REQUIRED
    assert TEST_VERSIONS.keys() >= REQUIRED_BY_TESTS


def test_packages_of_tests_are_not_installed_for_users():
    assert not REQUIRED_BY_TESTS & VERSIONS.keys()
    assert "scikit-image" not in VERSIONS


def test_lock_files_agree():
    shared = VERSIONS.keys() & TEST_VERSIONS.keys()
    assert shared
    for package in shared:
        assert TEST_VERSIONS[package] == VERSIONS[package], package


DOCUMENTATION_SITE = [ROOT / "tools/docs_site.py"]
"""Tools that run only with the packages of tests."""
RUN_BY_USERS = [
    ROOT / "Snakefile",
    *sorted((ROOT / "rules").glob("*.smk")),
    *sorted((ROOT / "scripts").rglob("*.py")),
    *sorted(set((ROOT / "tools").rglob("*.py")) - set(DOCUMENTATION_SITE)),
]


def test_all_imports_of_the_workflow_are_required_directly():
    """A package that arrives only through another package may disappear with it."""
    missing = {
        f"{file.relative_to(ROOT)} imports {module}"
        for file in RUN_BY_USERS
        for module, packages in imported_packages(file).items()
        if not packages & REQUIRED
    }
    assert not missing, "name the packages in envs/requirements.in and run make lock"


def test_imports_of_tests_and_benchmarks_are_locked():
    files = [*(ROOT / "tests").rglob("*.py"), *(ROOT / "benchmarks").glob("*.py")]
    files += DOCUMENTATION_SITE
    optional = {"fast_hdbscan", "pynndescent"}  # compared by a benchmark where they are installed
    missing = {
        f"{file.relative_to(ROOT)} imports {module}"
        for file in files
        for module, packages in imported_packages(file).items()
        if module not in optional and not packages & (REQUIRED | REQUIRED_BY_TESTS)
    }
    assert not missing, "name the packages in envs/requirements-tests.in and run make lock"


def test_imports_in_snakemake_files_are_found(tmp_path):
    """The test above would otherwise pass without looking at rules."""
    file = tmp_path / "a.smk"
    file.write_text("import os, yaml\nfrom corpus.core import errors\nrule a:\n    input: 'b'\n")
    assert imported_packages(file) == {"yaml": {"pyyaml"}}


def test_snakemake_can_write_its_report():
    """Snakemake imports pygments only for the report, which users create."""
    assert "pygments" in VERSIONS
    assert "snakemake[reports]" in (ENVS / "requirements.in").read_text(encoding="utf-8")


@pytest.mark.parametrize("recipe", ["containers/Dockerfile", "containers/fetch/Dockerfile"])
def test_images_install_only_what_users_run(recipe):
    text = (ROOT / recipe).read_text(encoding="utf-8")
    assert re.findall(r"[\w/-]*lock[\w-]*\.txt", text)
    assert "lock-tests" not in text


def test_readme_describes_each_file():
    readme = (ENVS / "README.md").read_text(encoding="utf-8")
    for path in ENVS.iterdir():
        if path.suffix in (".txt", ".in"):
            assert f"`{path.name}`" in readme
    assert "make lock" in readme


def make_prerequisites() -> dict[str, set[str]]:
    """What each target of the Makefile depends on directly."""
    text = (ROOT / "Makefile").read_text(encoding="utf-8").replace("$(VENV)", ".venv")
    rules = re.findall(r"^([\w./-]+):(?!=)([^=\n]*)$", text, re.MULTILINE)
    return {target: set(prerequisites.split()) - {"|"} for target, prerequisites in rules}


def installed_by(target: str) -> set[str]:
    """The lock files that `make` installs before a target, by the names of their ready files."""
    prerequisites, pending, reached = make_prerequisites(), [target], set()
    while pending:
        name = pending.pop()
        if name not in reached:
            reached.add(name)
            pending += prerequisites.get(name, ())
    return {name for name in reached if name.startswith(".venv/ready")}


def test_make_installs_packages_of_tests_only_where_they_are_needed():
    assert installed_by("demo") == installed_by("environment") == {".venv/ready"}
    for target in {"test", "quick", "lint", "docs"} & make_prerequisites().keys():
        assert installed_by(target) == {".venv/ready", ".venv/ready-tests"}, target


def test_make_installs_again_when_a_lock_file_changes():
    prerequisites = make_prerequisites()
    assert "envs/lock.txt" in prerequisites[".venv/ready"]
    assert "envs/lock-tests.txt" in prerequisites[".venv/ready-tests"]
