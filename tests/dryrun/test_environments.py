"""The conda environments agree with the lock file and contain every package that scripts import.

These tests only read files. They install nothing.
"""

import ast
import re
import sys
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
import yaml

from corpus.planning.code_version import source_files

ENVIRONMENTS = ("fetch", "frames", "faces", "keypoints", "people", "report")


def package_name(requirement: str) -> str:
    """Normalised name of the package in a requirement: foo-bar for Foo.Bar[extra]==1."""
    return re.sub(r"[-_.]+", "-", re.split(r"[\[=<>~! ;]", requirement)[0]).lower()


@pytest.fixture(scope="module")
def locked_versions(root: Path) -> dict[str, str]:
    """Versions in the lock file, by package."""
    text = (root / "envs/lock.txt").read_text()
    pins = re.findall(r"^([A-Za-z0-9_.-]+)==(\S+)", text, re.M)
    return {package_name(package): version for package, version in pins}


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


def test_the_lock_file_names_no_index_and_only_one_opencv(root, locked_versions):
    text = (root / "envs/lock.txt").read_text()
    assert "http" not in text
    assert "--" not in text.replace("--hash=sha256:", "")
    opencv_packages = [package for package in locked_versions if "opencv" in package]
    assert opencv_packages == ["opencv-python-headless"]
    assert len(locked_versions) == len(re.findall(r"^\S+==", text, re.M)), "one version of each"
    for package in ("torch", "pip"):
        assert re.findall(rf"^{re.escape(package)}==", text, re.M | re.I)


def test_the_lock_file_contains_all_requirements(root, locked_versions):
    lines = (root / "envs/requirements.in").read_text().splitlines()
    packages = {package_name(line) for line in lines if line and not line.startswith("#")}
    assert packages <= set(locked_versions)


def test_rules_use_only_environments_that_exist(root):
    assert {path.stem for path in (root / "envs").glob("*.yaml")} == set(ENVIRONMENTS)
    used = set()
    for path in (root / "rules").glob("*.smk"):
        used |= set(re.findall(r'"\.\./envs/(\w+)\.yaml"', path.read_text()))
    assert used <= set(ENVIRONMENTS)


@pytest.mark.parametrize("name", ENVIRONMENTS)
def test_versions_are_those_of_the_lock_file(root, locked_versions, name):
    environment = read_environment(root, name)
    assert environment["channels"] == ["conda-forge", "nodefaults"]
    assert environment["dependencies"][:2] == ["python=3.11", "pip"]
    requirements = all_requirements(root, name)
    for requirement in requirements:
        version = requirement.split("==")[1]
        assert version == locked_versions[package_name(requirement)], requirement
    packages = [package_name(requirement) for requirement in requirements]
    assert len(set(packages)) == len(packages)
    assert not {"opencv-python", "opencv-contrib-python"} & set(packages)


# By environment: the package that requires old versions or a second OpenCV, see overrides.txt.
OVERRIDDEN = {"frames": "scenedetect", "faces": "facenet-pytorch", "keypoints": "mediapipe"}


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
                scripts |= set(re.findall(r'code\("(\w+)"\)', rule))
    return scripts


def imported_packages(file: Path) -> set[str]:
    """Packages outside the standard library that a module imports, also inside functions."""
    modules = set()
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.Import):
            modules |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            modules.add(node.module)
    return {module.split(".")[0] for module in modules} - sys.stdlib_module_names - {"corpus"}


@pytest.mark.parametrize("name", ENVIRONMENTS)
def test_environments_contain_all_imported_packages(root, name):
    scripts = scripts_in(root, name)
    assert scripts, f"no rule runs in {name}.yaml"
    available = {package_name(requirement) for requirement in all_requirements(root, name)}
    distributions = packages_distributions() | {"dlib": ["dlib-bin"]}
    for script in scripts:
        for file in source_files(root / f"scripts/{script}.py"):
            for module in imported_packages(file):
                packages = {package_name(distribution) for distribution in distributions[module]}
                assert packages & available, f"{file.name} imports {module}: not in {name}.yaml"


def test_the_readme_gives_the_command_that_writes_the_lock_file(root):
    readme = (root / "envs/README.md").read_text()
    assert "--override envs/overrides.txt" in readme
    for path in (root / "envs").iterdir():
        if path.suffix in (".txt", ".in"):
            assert f"`{path.name}`" in readme
