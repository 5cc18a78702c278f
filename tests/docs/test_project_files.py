"""Files for contributors and for GitHub: versions, forms, workflows, hooks."""

import re
import shlex
import tomllib
from collections import Counter
from configparser import ConfigParser
from pathlib import Path

import pytest
import yaml

from repository import ROOT

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
CHANGELOG = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
CONTRIBUTING = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")
WORKFLOWS = sorted((ROOT / ".github/workflows").glob("*.yml"))
FORMS = [path for path in (ROOT / ".github/ISSUE_TEMPLATE").glob("*.yml") if path.stem != "config"]


def name(path: Path) -> str:
    return path.name


def read_yaml(path: str | Path) -> dict:
    return yaml.safe_load((ROOT / path).read_text(encoding="utf-8"))


def test_the_changelog_and_the_citation_have_the_version_of_the_project() -> None:
    version = PROJECT["project"]["version"]
    assert read_yaml("CITATION.cff")["version"] == version
    versions = re.findall(r"^## \[([^]]+)\]", CHANGELOG, re.MULTILINE)
    assert versions[:2] == ["Unreleased", version]


def test_no_two_test_files_have_the_same_name() -> None:
    """pytest imports them by name: one call over two folders would refuse the second file."""
    names = Counter(path.name for path in (ROOT / "tests").rglob("test_*.py"))
    assert [name for name, count in names.items() if count > 1] == []


def test_the_version_is_written_nowhere_else() -> None:
    """Scripts, rules and recipes of images read it from pyproject.toml."""
    version = PROJECT["project"]["version"]
    code = [path for folder in ("scripts", "rules", "tools") for path in (ROOT / folder).rglob("*")]
    code += [ROOT / "Snakefile", *(ROOT / "containers").rglob("Dockerfile")]
    texts = {
        path: path.read_bytes()
        for path in code
        if path.suffix in (".py", ".smk", "") and path.is_file()
    }
    assert len(texts) > 100
    assert [path for path, text in texts.items() if f'"{version}"'.encode() in text] == []


def test_the_changelog_has_the_sections_of_keep_a_changelog() -> None:
    sections = re.findall(r"^### (.+)$", CHANGELOG, re.MULTILINE)
    allowed = ["Added", "Changed", "Deprecated", "Removed", "Fixed", "Security"]
    assert sections and set(sections) <= set(allowed)


def test_the_steps_of_a_release_name_files_that_exist() -> None:
    steps = CONTRIBUTING.partition("## Make a release")[2].partition("\n## ")[0]
    spans = re.findall(r"`([\w./-]+\.(?:md|toml|cff|yml))`", steps)
    assert {"pyproject.toml", "CITATION.cff", "CHANGELOG.md"} <= set(spans)
    assert [path for path in spans if not (ROOT / path).is_file()] == []
    tags = read_yaml(".github/workflows/image.yml")[True]["push"]["tags"]
    assert tags == ["v*"] and "git tag -a v" in steps


@pytest.mark.parametrize("path", FORMS, ids=name)
def test_issue_forms_have_what_github_requires(path: Path) -> None:
    form = read_yaml(path)
    assert form["name"] and form["description"]
    fields = [field for field in form["body"] if field["type"] != "markdown"]
    ids = [field["id"] for field in fields]
    assert ids and len(ids) == len(set(ids))
    assert all(field["attributes"]["label"] for field in fields)
    assert any(field.get("validations", {}).get("required") for field in fields)


def test_there_are_forms_for_bugs_questions_and_proposals() -> None:
    assert sorted(path.stem for path in FORMS) == ["bug", "feature", "question"]
    assert read_yaml(".github/ISSUE_TEMPLATE/config.yml") == {"blank_issues_enabled": True}


def test_the_pull_request_template_agrees_with_the_review_checklist() -> None:
    template = (ROOT / ".github/PULL_REQUEST_TEMPLATE.md").read_text(encoding="utf-8")
    first = re.findall(r"^- \[ \] (.+)$", template, re.MULTILINE)[:2]
    checklist = CONTRIBUTING.partition("## Review checklist")[2].partition("\n## ")[0]
    assert len(first) == 2 and all(item in checklist for item in first)


@pytest.mark.parametrize("path", WORKFLOWS, ids=name)
def test_workflows_are_pinned_limited_and_without_standing_permissions(path: Path) -> None:
    workflow = read_yaml(path)
    assert workflow["permissions"] == {}
    for job in workflow["jobs"].values():
        assert job["timeout-minutes"] <= 120 and job["permissions"]
        for step in job["steps"]:
            uses = step.get("uses", "actions/checkout@" + 40 * "0")
            assert re.fullmatch(r"[\w/-]+@[0-9a-f]{40}", uses), uses
            if uses.startswith("actions/checkout@") and "uses" in step:
                assert step["with"]["persist-credentials"] is False


def test_commands_of_workflows_exist() -> None:
    runs = [
        step["run"]
        for path in WORKFLOWS
        for job in read_yaml(path)["jobs"].values()
        for step in job["steps"]
        if "run" in step
    ]
    targets = {match for run in runs for match in re.findall(r"(?:^|\s)make (\w+)", run)}
    assert {"lint", "quick"} <= targets <= set(re.findall(r"^(\w+):", MAKEFILE, re.MULTILINE))
    programs = {
        path for run in runs for path in re.findall(r"(?<![\w/])(?:\.ci|containers)/\w+", run)
    }
    assert ".ci/run" in programs
    assert [path for path in programs if not (ROOT / path).is_file()] == []


def test_workflows_agree_with_the_minimum_python_version() -> None:
    minimum = PROJECT["project"]["requires-python"].removeprefix(">=")
    matrix = read_yaml(".github/workflows/test.yml")["jobs"]["quick"]["strategy"]["matrix"]
    required = [entry for entry in matrix["include"] if not entry["experimental"]]
    assert [entry["python"] for entry in required] == [minimum]


def test_hooks_of_pre_commit_use_installed_tools_and_existing_files() -> None:
    (repository,) = read_yaml(".pre-commit-config.yaml")["repos"]
    assert repository["repo"] == "local"
    for hook in repository["hooks"]:
        assert hook["language"] == "system"
        words = shlex.split(hook["entry"])
        tools = [word for word in words if word.startswith(".venv/bin/")]
        assert len(tools) == 1
        assert [path for path in words if path.endswith(".py") and not (ROOT / path).exists()] == []
        re.compile(hook.get("files", ""))


def test_the_editor_configuration_has_the_line_length_of_ruff() -> None:
    config = ConfigParser()
    config.read_string("[top]\n" + (ROOT / ".editorconfig").read_text(encoding="utf-8"))
    assert config.get("top", "root") == "true"
    length = PROJECT["tool"]["ruff"]["line-length"]
    assert config.getint("*.{py,smk}", "max_line_length") == length
    assert config.get("*", "charset") == "utf-8"


def test_the_workflow_catalog_agrees_with_the_documentation() -> None:
    usage = read_yaml(".snakemake-workflow-catalog.yml")["usage"]
    assert (ROOT / usage["mandatory-flags"]["flags"].split()[-1] / "profile.yaml").is_file()
    deployment = usage["software-stack-deployment"]
    installation = (ROOT / "docs/installation.md").read_text(encoding="utf-8")
    assert deployment == {"conda": False, "apptainer": True, "apptainer+conda": False}
    assert "these environments were **not created**" in installation
    assert "--sdm apptainer" in (ROOT / "containers/README.md").read_text(encoding="utf-8")


def test_readme_commands_are_explained_by_make() -> None:
    """Every target that the README and CONTRIBUTING name is in `make help`."""
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    named = set(re.findall(r"(?:^|`)make (\w+)", readme + CONTRIBUTING, re.MULTILINE))
    assert {"demo", "docs", "quick", "lint", "test"} <= named
    assert named <= set(re.findall(r'@echo "make (\w+) ', MAKEFILE))
