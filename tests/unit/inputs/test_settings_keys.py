"""Every key of the configuration: each kind of fault has a message that names the key."""

import re
from types import NoneType

import pytest
import yaml

from configurations import all_fields, bounds, checked, with_value
from corpus.core.errors import InputError
from corpus.inputs import settings
from corpus.inputs.settings_section import about, choices, types
from repository import ROOT

FIELDS = dict(all_fields())
NUMBERS = {key: field for key, field in FIELDS.items() if types(field.annotation) & {int, float}}
BOUNDED = [(key, name, limit) for key, field in NUMBERS.items()
           for name, limit in bounds(field).items()]  # fmt: skip
LIMITS = {"gt": "more than", "ge": "at least", "lt": "less than", "le": "at most"}


def message(key: str, value: object) -> str:
    """The message about a wrong value of a key."""
    with pytest.raises(InputError) as error:
        settings.read(with_value(key, value))
    return str(error.value)


def test_all_keys_of_the_default_configuration_are_checked():
    default = yaml.safe_load((ROOT / "config/config.yaml").read_text())
    keys = {f"{section}.{key}" for section, values in default.items()
            if isinstance(values, dict) for key in values}  # fmt: skip
    keys |= {key for key, value in default.items() if not isinstance(value, dict) or not value}
    assert {key for key in FIELDS if not key.startswith("models.")} == keys
    assert len(NUMBERS) > 25 and len(BOUNDED) > 35


@pytest.mark.fault(
    "inputs", "a text, list, section or null in each key", "named with the key and what is allowed"
)
@pytest.mark.parametrize("key", FIELDS)
def test_a_value_of_a_wrong_type_is_a_fault(key):
    """A list of numbers in lists has no type that a key allows."""
    found = message(key, [[1]])
    assert re.search(rf"^config, {key}: \[+1\]+; it must be ", found, re.M), found


@pytest.mark.fault(
    "inputs", "a number of the configuration is .nan or .inf", "refused with its key"
)
@pytest.mark.parametrize("key", NUMBERS)
@pytest.mark.parametrize("value", [float("nan"), float("inf"), -float("inf"), "nan", "inf", True])
def test_numbers_are_finite(key, value):
    assert re.match(rf"config, {key}: .*(nan|inf|True)\W.* it must be a", message(key, value))


@pytest.mark.parametrize("key", NUMBERS)
@pytest.mark.parametrize("value", [1e308, -1e308, 10**30, "1e308", 2e9])
@pytest.mark.fault(
    "inputs", "a number of the configuration is huge", "refused with its key and the limit"
)
def test_numbers_are_not_huge(key, value):
    assert re.search(r"; it must be (at most|at least|less than|more than) ", message(key, value))


@pytest.mark.fault("inputs", "a number out of bounds in each key", "named with the limit")
@pytest.mark.parametrize(("key", "bound", "limit"), BOUNDED)
def test_a_number_out_of_bounds_is_a_fault_with_the_limit(key, bound, limit):
    step = {"gt": 0, "ge": -1, "lt": 0, "le": 1}[bound]
    assert message(key, limit + step).endswith(f"; it must be {LIMITS[bound]} {limit:g}")


@pytest.mark.parametrize(("key", "bound", "limit"), BOUNDED)
def test_a_number_at_its_bound_is_accepted(key, bound, limit):
    step = 1 if int in types(FIELDS[key].annotation) else 1e-6
    config = with_value(key, limit + step * {"gt": 1, "ge": 0, "lt": -1, "le": 0}[bound])
    # Two speeds are compared with each other.
    config.setdefault("movement", {}).setdefault("onset_speed", 1e3)
    config["movement"].setdefault("offset_speed", 1e-9)
    checked(config)


@pytest.mark.fault("inputs", "a misspelt key", "the right one is proposed")
@pytest.mark.parametrize("key", FIELDS)
def test_a_misspelt_key_is_a_fault_with_the_right_one(key):
    found = message(f"{key}x", 1)
    assert f"config, {key}x: no such key; did you mean {key}?" in found


@pytest.mark.parametrize("key", FIELDS)
def test_null_is_accepted_only_where_the_reference_says_so(key):
    if NoneType in types(FIELDS[key].annotation) and not key.startswith("models."):
        checked(with_value(key, None))
        checked(with_value(key, "null"))
    elif not key.startswith("models."):
        assert message(key, None).startswith(f"config, {key}: empty; it must be ")


@pytest.mark.parametrize("key", [key for key, field in FIELDS.items() if key != "models"
                                 and choices(field.annotation)])  # fmt: skip
def test_a_misspelt_value_is_a_fault_with_the_right_one(key):
    names = choices(FIELDS[key].annotation)
    is_list = list in types(FIELDS[key].annotation)
    wrong = f"{names[-1]}x"
    text = message(key, [wrong] if is_list else wrong)
    assert text.endswith(
        f"{key}: '{wrong}'; did you mean {names[-1]}? (it must be one of {', '.join(names)})"
    )


@pytest.mark.parametrize("key", FIELDS)
def test_the_help_of_a_key_is_one_sentence(key):
    found = about(FIELDS[key])
    assert re.fullmatch(r"[A-Z][^\n]*\.", found.help) and not re.search(r"\. [A-Z]", found.help)
    assert len(found.help) < 90


def test_all_rules_of_keys_exist():
    texts = [file.read_text() for file in (ROOT / "rules").glob("*.smk")]
    rules = {name for text in texts for name in re.findall(r"^rule (\w+):", text, re.M)}
    named = {
        rule for field in FIELDS.values() for rule in (*about(field).rules, *about(field).reruns)
    }
    assert len(named) > 10
    assert named <= rules


def test_rules_pass_their_keys_to_scripts_that_accept_them():
    """A key of a rule that does not pass it, or of a script without the flag, has no effect."""
    texts = "".join(file.read_text() for file in (ROOT / "rules").glob("*.smk"))
    for key, field in FIELDS.items():
        for rule in about(field).rules:
            flag = f"--{key.rpartition('.')[2].replace('_', '-')}"
            assert is_passed(texts, rule, flag, about(field).rerun), (key, rule)
            assert f'"{flag}"' in text_of_options(rule), (key, rule)


def text_of_options(rule: str) -> str:
    """The text of a rule's script, and of the modules from which it imports options."""
    text = (ROOT / f"scripts/{rule}.py").read_text()
    modules = re.findall(r"^from (corpus[\w.]+) import add_\w+_options$", text, re.M)
    files = [ROOT / "scripts" / f"{module.replace('.', '/')}.py" for module in modules]
    return "\n".join([text, *(file.read_text() for file in files)])


def is_passed(rules: str, rule: str, flag: str, rerun: bool) -> bool:
    """Whether a rule passes a flag to its script: with those of all its keys, or in its command."""
    if not rerun:
        return f'settings.flags(config, "{rule}", rerun=False)' in rules
    [text] = re.findall(rf"^rule {rule}:.*?(?=^rule |\Z)", rules, re.M | re.S)
    return bool(re.search(rf'settings_flags\(\s*"{rule}"', text)) or f"{flag}={{params." in text


def test_no_rule_gets_two_keys_with_the_same_flag():
    config = checked({})
    rules = {rule for field in FIELDS.values() for rule in about(field).rules}
    for rule in rules:
        flags = [flag.partition("=")[0] for flag in settings.flags(config, rule)]
        assert len(flags) == len(set(flags)), rule
