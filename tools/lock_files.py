"""Read the lock files and the lists of required packages in envs/."""

import re
from pathlib import Path

ENVS = Path(__file__).resolve().parents[1] / "envs"
LOCK = ENVS / "lock.txt"
"""Packages that the workflow uses when it runs."""
TEST_LOCK = ENVS / "lock-tests.txt"
"""Packages that tests, linters and the documentation site use."""


def package_name(requirement: str) -> str:
    """Normalised name of the package in a requirement: foo-bar for Foo.Bar[extra]==1."""
    return re.sub(r"[-_.]+", "-", re.split(r"[\[=<>~! ;]", requirement)[0]).lower()


def required_packages(requirements: Path) -> set[str]:
    """Return the packages that a .in file names."""
    lines = requirements.read_text(encoding="utf-8").splitlines()
    return {package_name(line) for line in lines if line and not line.startswith("#")}


def locked_versions(lock: Path) -> dict[str, str]:
    """Return the versions in a lock file, by package."""
    return {name: version for name, version, _ in _entries(lock)}


def conditional_packages(lock: Path) -> set[str]:
    """Return the packages that a lock file installs only on some systems or Python versions."""
    return {name for name, _, condition in _entries(lock) if condition}


def _entries(lock: Path) -> list[tuple[str, str, str]]:
    """Package, version and condition of each entry of a lock file."""
    text = lock.read_text(encoding="utf-8")
    entries = re.findall(r"^([A-Za-z0-9_.-]+)==(\S+)(?: ; ([^\\\n]+))?", text, re.MULTILINE)
    return [(package_name(name), version, condition) for name, version, condition in entries]
