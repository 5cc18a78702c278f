"""The conda environments repeat the lock file, and hold what their stage's scripts import."""

import ast
import re
import sys
from importlib.metadata import packages_distributions

import pytest
import yaml

from corpus.planning.code_version import source_files

STAGES = ("fetch", "frames", "faces", "keypoints", "people", "report")


def name_of(requirement: str) -> str:
    """A package's name in one spelling: Foo.Bar[extra]==1 is foo-bar."""
    return re.sub(r"[-_.]+", "-", re.split(r"[\[=<>~! ;]", requirement)[0]).lower()


@pytest.fixture(scope="module")
def locked(root) -> dict[str, str]:
    text = (root / "envs/lock.txt").read_text()
    return {name_of(name): v for name, v in re.findall(r"^([A-Za-z0-9_.-]+)==(\S+)", text, re.M)}


def environment(root, stage: str) -> dict:
    return yaml.safe_load((root / f"envs/{stage}.yaml").read_text())


def pins(root, stage: str) -> list[str]:
    """What a stage's environment holds: pip's part, and what is added afterwards."""
    deploy = root / f"envs/{stage}.post-deploy.sh"
    added = deploy.read_text() if deploy.exists() else ""
    listed = environment(root, stage)["dependencies"][-1]["pip"]
    return listed + re.findall(r"^python -m pip install --no-deps (\S+)$", added, re.M)


def test_the_lock_has_no_address_and_one_opencv(root, locked):
    text = (root / "envs/lock.txt").read_text()
    assert "http" not in text
    assert "--" not in text.replace("--hash=sha256:", "")
    assert [name for name in locked if "opencv" in name] == ["opencv-python-headless"]
    assert len(locked) == len(re.findall(r"^\S+==", text, re.M)), "one version of each"
    assert all(re.findall(rf"^{re.escape(name)}==", text, re.M | re.I) for name in ("torch", "pip"))


def test_the_lock_covers_the_requirements(root, locked):
    wanted = (root / "envs/requirements.in").read_text().splitlines()
    names = {name_of(line) for line in wanted if line and not line.startswith("#")}
    assert names <= set(locked)


def test_there_is_an_environment_for_each_stage_and_no_other(root):
    assert {path.stem for path in (root / "envs").glob("*.yaml")} == set(STAGES)
    used = set()
    for path in (root / "rules").glob("*.smk"):
        used |= set(re.findall(r'"\.\./envs/(\w+)\.yaml"', path.read_text()))
    assert used <= set(STAGES)


@pytest.mark.parametrize("stage", STAGES)
def test_pins_are_the_locks(root, locked, stage):
    found = environment(root, stage)
    assert found["channels"] == ["conda-forge", "nodefaults"]
    assert found["dependencies"][:2] == ["python=3.11", "pip"]
    for pin in pins(root, stage):
        assert pin.split("==")[1] == locked[name_of(pin)], pin
    names = [name_of(pin) for pin in pins(root, stage)]
    assert len(set(names)) == len(names)
    assert not {"opencv-python", "opencv-contrib-python"} & set(names)


# Their own requirements name old versions or a second OpenCV: see overrides.txt.
APART = {"frames": "scenedetect", "faces": "facenet-pytorch", "keypoints": "mediapipe"}


@pytest.mark.parametrize("stage", STAGES)
def test_packages_with_overridden_requirements_come_without_them(root, stage):
    listed = {name_of(pin) for pin in environment(root, stage)["dependencies"][-1]["pip"]}
    assert not set(APART.values()) & listed
    added = [name_of(pin) for pin in pins(root, stage) if name_of(pin) not in listed]
    assert added == ([APART[stage]] if stage in APART else [])


def scripts_of(root, stage: str) -> set[str]:
    """Scripts of the rules that run in a stage's environment."""
    found = set()
    for path in (root / "rules").glob("*.smk"):
        for rule in re.split(r"^rule ", path.read_text(), flags=re.M)[1:]:
            if f'"../envs/{stage}.yaml"' in rule:
                found |= set(re.findall(r'code\("(\w+)"\)', rule))
    return found


def imported(file) -> set[str]:
    """Packages that a module imports, anywhere in it."""
    names = set()
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module)
    return {name.split(".")[0] for name in names} - sys.stdlib_module_names - {"corpus"}


@pytest.mark.parametrize("stage", STAGES)
def test_environments_hold_what_the_scripts_import(root, stage):
    scripts = scripts_of(root, stage)
    assert scripts, f"no rule runs in {stage}.yaml"
    held = {name_of(pin) for pin in pins(root, stage)}
    origin = packages_distributions() | {"dlib": ["dlib-bin"]}
    for script in scripts:
        for file in source_files(root / f"scripts/{script}.py"):
            for package in imported(file):
                names = {name_of(name) for name in origin[package]}
                assert names & held, f"{file.name} imports {package}, which {stage}.yaml lacks"


def test_the_readme_gives_the_command_that_made_the_lock(root):
    readme = (root / "envs/README.md").read_text()
    assert "--override envs/overrides.txt" in readme
    for path in (root / "envs").iterdir():
        if path.suffix in (".txt", ".in"):
            assert f"`{path.name}`" in readme
