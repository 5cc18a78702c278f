"""The conda environments have the versions of the lock file and the packages of their scripts."""

import ast
import re
import sys
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
import yaml

from corpus.planning.code_version import source_files

STAGES = ("fetch", "frames", "faces", "keypoints", "people", "report")

PACKAGES_WITHOUT_DEPENDENCIES = {
    "frames": "scenedetect",
    "faces": "facenet-pytorch",
    "keypoints": "mediapipe",
}
"""Packages that require old versions or a second OpenCV, by stage: see envs/overrides.txt."""


def package_name(requirement: str) -> str:
    """Normalised name of the package in a requirement: foo-bar for Foo.Bar[extra]==1."""
    return re.sub(r"[-_.]+", "-", re.split(r"[\[=<>~! ;]", requirement)[0]).lower()


@pytest.fixture(scope="module")
def locked_versions(root) -> dict[str, str]:
    text = (root / "envs/lock.txt").read_text()
    versions = re.findall(r"^([A-Za-z0-9_.-]+)==(\S+)", text, re.M)
    return {package_name(name): version for name, version in versions}


def environment(root: Path, stage: str) -> dict:
    return yaml.safe_load((root / f"envs/{stage}.yaml").read_text())


def pip_requirements(root: Path, stage: str) -> list[str]:
    return environment(root, stage)["dependencies"][-1]["pip"]


def pins(root: Path, stage: str) -> list[str]:
    """All pinned packages of a stage: those of pip, and those of its post-deploy script."""
    script = root / f"envs/{stage}.post-deploy.sh"
    text = script.read_text() if script.exists() else ""
    installed_later = re.findall(r"^python -m pip install --no-deps (\S+)$", text, re.M)
    return pip_requirements(root, stage) + installed_later


def test_the_lock_file_has_no_address_and_one_opencv(root, locked_versions):
    text = (root / "envs/lock.txt").read_text()
    assert "http" not in text
    assert "--" not in text.replace("--hash=sha256:", "")
    assert [name for name in locked_versions if "opencv" in name] == ["opencv-python-headless"]
    n_pins = len(re.findall(r"^\S+==", text, re.M))
    assert len(locked_versions) == n_pins, "one version of each package"
    assert all(re.findall(rf"^{re.escape(name)}==", text, re.M | re.I) for name in ("torch", "pip"))


def test_the_lock_file_contains_all_requirements(root, locked_versions):
    lines = (root / "envs/requirements.in").read_text().splitlines()
    required = {package_name(line) for line in lines if line and not line.startswith("#")}
    assert required <= set(locked_versions)


def test_each_stage_has_an_environment_and_there_are_no_others(root):
    assert {path.stem for path in (root / "envs").glob("*.yaml")} == set(STAGES)
    used = set()
    for path in (root / "rules").glob("*.smk"):
        used |= set(re.findall(r'"\.\./envs/(\w+)\.yaml"', path.read_text()))
    assert used <= set(STAGES)


@pytest.mark.parametrize("stage", STAGES)
def test_environments_have_the_versions_of_the_lock_file(root, locked_versions, stage):
    definition = environment(root, stage)
    assert definition["channels"] == ["conda-forge", "nodefaults"]
    assert definition["dependencies"][:2] == ["python=3.11", "pip"]
    for pin in pins(root, stage):
        assert pin.split("==")[1] == locked_versions[package_name(pin)], pin
    names = [package_name(pin) for pin in pins(root, stage)]
    assert len(set(names)) == len(names)
    assert not {"opencv-python", "opencv-contrib-python"} & set(names)


@pytest.mark.parametrize("stage", STAGES)
def test_packages_with_overridden_requirements_are_installed_without_dependencies(root, stage):
    listed = {package_name(pin) for pin in pip_requirements(root, stage)}
    assert not set(PACKAGES_WITHOUT_DEPENDENCIES.values()) & listed
    later = [package_name(pin) for pin in pins(root, stage) if package_name(pin) not in listed]
    expected = PACKAGES_WITHOUT_DEPENDENCIES.get(stage)
    assert later == ([expected] if expected else [])


def stage_scripts(root: Path, stage: str) -> set[str]:
    """Scripts of the rules that run in the environment of a stage."""
    scripts = set()
    for path in (root / "rules").glob("*.smk"):
        for rule in re.split(r"^rule ", path.read_text(), flags=re.M)[1:]:
            if f'"../envs/{stage}.yaml"' in rule:
                scripts |= set(re.findall(r'code\("(\w+)"\)', rule))
    return scripts


def imported_packages(file: Path) -> set[str]:
    """Third-party packages that a module imports at any level, also inside functions."""
    modules = set()
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.Import):
            modules |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            modules.add(node.module)
    return {name.split(".")[0] for name in modules} - sys.stdlib_module_names - {"corpus"}


@pytest.mark.parametrize("stage", STAGES)
def test_environments_contain_the_packages_that_their_scripts_import(root, stage):
    scripts = stage_scripts(root, stage)
    assert scripts, f"no rule runs in {stage}.yaml"
    available = {package_name(pin) for pin in pins(root, stage)}
    distributions = packages_distributions() | {"dlib": ["dlib-bin"]}
    for script in scripts:
        for file in source_files(root / f"scripts/{script}.py"):
            for package in imported_packages(file):
                names = {package_name(name) for name in distributions[package]}
                assert names & available, f"{file.name} imports {package}: not in {stage}.yaml"


def test_the_readme_shows_the_lock_command_and_all_files(root):
    readme = (root / "envs/README.md").read_text()
    assert "--override envs/overrides.txt" in readme
    for path in (root / "envs").iterdir():
        if path.suffix in (".txt", ".in"):
            assert f"`{path.name}`" in readme
