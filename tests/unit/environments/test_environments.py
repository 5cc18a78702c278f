"""The conda environments agree with the lock file and contain every package that scripts import.

These tests only read files. They install nothing.
"""

import re
from pathlib import Path

import pytest
import yaml

from corpus.planning.code_version import source_files
from imported_packages import imported_packages
from lock_files import LOCK, locked_versions, package_name

ENVIRONMENTS = ("fetch", "frames", "faces", "keypoints", "people", "report")


VERSIONS = locked_versions(LOCK)


def read_environment(root: Path, name: str) -> dict:
    """Content of an environment file."""
    return yaml.safe_load((root / f"envs/{name}.yaml").read_text())


def pip_requirements(root: Path, name: str) -> list[str]:
    """The requirements in an environment file, which pip installs with their dependencies."""
    return read_environment(root, name)["dependencies"][-1]["pip"]


def all_requirements(root: Path, name: str) -> list[str]:
    """The requirements in an environment file and in its post-deploy script."""
    file = root / f"envs/{name}.post-deploy.sh"
    script = file.read_text() if file.exists() else ""
    added = re.findall(r"^python -m pip install --no-deps (\S+)$", script, re.M)
    return pip_requirements(root, name) + added


def test_rules_use_only_environments_that_exist(root):
    assert {path.stem for path in (root / "envs").glob("*.yaml")} == set(ENVIRONMENTS)
    used = set()
    for path in (root / "rules").glob("*.smk"):
        used |= set(re.findall(r'"\.\./envs/(\w+)\.yaml"', path.read_text()))
    assert used <= set(ENVIRONMENTS)


@pytest.mark.parametrize("name", ENVIRONMENTS)
def test_versions_are_those_of_the_lock_file(root, name):
    environment = read_environment(root, name)
    assert environment["channels"] == ["conda-forge", "nodefaults"]
    assert environment["dependencies"][:2] == ["python=3.11", "pip"]
    requirements = all_requirements(root, name)
    for requirement in requirements:
        version = requirement.split("==")[1]
        assert version == VERSIONS[package_name(requirement)], requirement
    packages = [package_name(requirement) for requirement in requirements]
    assert len(set(packages)) == len(packages)
    assert not {"opencv-python", "opencv-contrib-python"} & set(packages)


# By environment: the package that requires old versions, see overrides.txt.
OVERRIDDEN = {"faces": "facenet-pytorch"}


@pytest.mark.parametrize("name", ENVIRONMENTS)
def test_packages_with_overridden_requirements_are_installed_without_dependencies(root, name):
    packages = {package_name(requirement) for requirement in pip_requirements(root, name)}
    assert not set(OVERRIDDEN.values()) & packages
    installed = [package_name(requirement) for requirement in all_requirements(root, name)]
    added = [package for package in installed if package not in packages]
    assert added == ([OVERRIDDEN[name]] if name in OVERRIDDEN else [])


def scripts_in(root: Path, name: str) -> set[str]:
    """Names of the scripts whose rules run in an environment."""
    scripts = set()
    for path in (root / "rules").glob("*.smk"):
        for rule in re.split(r"^rule ", path.read_text(), flags=re.M)[1:]:
            if f'"../envs/{name}.yaml"' in rule:
                scripts |= set(re.findall(r'code\("(\w+)"', rule))
    return scripts


@pytest.mark.parametrize("name", ENVIRONMENTS)
def test_environments_contain_all_imported_packages(root, name):
    scripts = scripts_in(root, name)
    assert scripts, f"no rule runs in {name}.yaml"
    available = {package_name(requirement) for requirement in all_requirements(root, name)}
    for script in scripts:
        for file in source_files(root / f"scripts/{script}.py"):
            for module, packages in imported_packages(file).items():
                assert packages & available, f"{file.name} imports {module}: not in {name}.yaml"
