"""Files that are written from the model of the configuration: config.yaml, schema, reference."""

import re

import pytest
import yaml
from jsonschema import Draft202012Validator

import document_settings
from approved_files import check_approved
from configurations import all_fields, checked, with_value
from corpus.core.errors import InputError
from corpus.inputs import settings
from corpus.inputs.settings_documents import yaml_text
from corpus.inputs.settings_section import about, types
from repository import ROOT

CONFIG_YAML = ROOT / "config/config.yaml"
SCHEMA = yaml.safe_load((ROOT / "config/schemas/config.schema.yaml").read_text())
PAGE = (ROOT / "docs/settings.md").read_text()


@pytest.mark.parametrize("path", document_settings.DOCUMENTS)
def test_the_file_is_written_from_the_model(path: str, pytestconfig: pytest.Config) -> None:
    text = document_settings.DOCUMENTS[path]()
    check_approved(text, ROOT / path, pytestconfig.getoption("--fix"))


def test_the_default_configuration_has_the_defaults_of_the_model() -> None:
    assert checked(yaml.safe_load(CONFIG_YAML.read_text())) == checked({})


def test_comments_fit_the_line_and_every_key_has_one() -> None:
    lines = CONFIG_YAML.read_text().splitlines()
    assert max(map(len, lines)) <= 100
    for before, line in zip(lines, lines[1:], strict=False):
        if re.match(r" *\w+:", line):
            assert " # " in line or before.lstrip().startswith("# "), line


def test_the_schema_is_strict_and_describes_every_key() -> None:
    Draft202012Validator.check_schema(SCHEMA)

    def walk(name: str, part: dict) -> None:
        if "properties" in part:
            assert part["additionalProperties"] is False, name
        for key, inner in part.get("properties", {}).items():
            assert inner.get("description") or "$ref" in inner, f"{name}.{key}"
            walk(f"{name}.{key}", inner)

    walk("config", SCHEMA)
    walk("model", SCHEMA["$defs"]["ModelCopy"])


VALUES = [None, True, 0, -1, 1, 2, 5.5, 300, 5000, "", " ", "auto", "dlib", "en", "x/", "2M", [],
          ["en"], ["en", "en"], ["overlay"], {}, {"all": "a b"}, {"all": "docker://a"}]  # fmt: skip


@pytest.mark.parametrize("key", [key for key, _ in all_fields() if not key.startswith("models.")])
def test_schema_and_model_accept_the_same_values(key: str) -> None:
    """The command line gives numbers as text, which only the model accepts."""
    validator = Draft202012Validator(SCHEMA)
    for value in VALUES:
        config = with_value(key, value)
        if key == "movement.offset_speed":
            config["movement"]["onset_speed"] = 1e6
        in_schema = validator.is_valid(config)
        try:
            settings.read(config)
        except InputError:
            assert not in_schema, (key, value)
        else:
            assert in_schema, (key, value)


@pytest.mark.parametrize(
    "copy",
    [
        {"file": "a", "sha256": "0" * 64},
        {"url": "https://a", "sha256": "0" * 64},
        {"sha256": "0" * 64},
        {"file": "a", "url": "https://a", "sha256": "0" * 64},
        {"file": "a"},
        {"file": "a", "sha256": "0"},
    ],
)
def test_schema_and_model_accept_the_same_copies_of_models(copy: dict) -> None:
    config = {"models": {"dlib": copy}}
    in_schema = Draft202012Validator(SCHEMA).is_valid(config)
    try:
        checked(config)
    except InputError:
        assert not in_schema
    else:
        assert in_schema


@pytest.mark.parametrize(("key", "field"), list(all_fields()))
def test_the_reference_has_type_default_unit_and_meaning_of_each_key(key: str, field) -> None:
    name = key.removeprefix("models.dlib.")
    [row] = [line for line in PAGE.splitlines() if line.startswith(f"| `{name}` |")]
    _, _, allowed, default, unit, meaning, again, _ = row.split(" | ".strip())
    found = about(field)
    assert found.help in meaning and found.details in meaning
    assert unit.strip() == found.unit and allowed.strip() and again.strip()
    assert field.is_required() or default.strip() == f"`{yaml_text(field.default)}`"
    for rule in found.rules if found.rerun else ():
        assert f"`{rule}`" in again
    if types(field.annotation) & {int, float}:
        assert "number" in allowed


def test_the_readme_leads_to_the_reference() -> None:
    readme = (ROOT / "config/README.md").read_text()
    assert "(../docs/settings.md)" in readme
    headings = {re.sub(r"\W+", "-", line.lstrip("# ").lower()) for line in readme.splitlines()
                if line.startswith("#")}  # fmt: skip
    anchors = re.findall(r"config/README\.md#([\w-]+)", PAGE)
    assert anchors and set(anchors) <= headings
