"""Faults in the values of the configuration, in words for the user.

pydantic reports what is wrong and where. Here each of its errors becomes the name of the key, its
value, and what is allowed instead.
"""

from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from types import NoneType
from typing import Any, get_origin

from pydantic import ValidationError

from corpus.inputs.settings_section import Section, annotation_at, choices, key_names, types

KeyFault = tuple[str, str]
"""The key with the fault, such as `faces.embedder`, and the message about it."""

Error = Mapping[str, Any]
"""An error of pydantic: `type`, `loc`, `msg`, `input`, and `ctx` with further values."""

NO_KEY = "no such key"
LONGEST = 200
"""Characters of a value that a message shows."""

KINDS = {
    "string_type": "text",
    "float_type": "a number",
    "int_type": "a whole number",
    "bool_type": "true or false",
    "list_type": "a list such as [a, b]",
    "model_type": "a section with keys of its own",
    "dict_type": "a section with keys of its own",
}
LIMITS = {
    "greater_than": ("more than", "gt"),
    "greater_than_equal": ("at least", "ge"),
    "less_than": ("less than", "lt"),
    "less_than_equal": ("at most", "le"),
}


def key_faults(section: type[Section], error: ValidationError) -> list[KeyFault]:
    """The faults that pydantic found in a configuration, sorted by key.

    Of a key that does not exist, faults in its value are left out.
    """
    faults = {}
    for found in error.errors(include_url=False):
        faults.setdefault(*_key_fault(section, found))
    unknown = tuple(f"{key}." for key, message in faults.items() if message.startswith(NO_KEY))
    return sorted((key, text) for key, text in faults.items() if not key.startswith(unknown))


def unknown_key(key: str, allowed: Sequence[str], elsewhere: Sequence[str] = ()) -> KeyFault:
    """The fault of a key that does not exist, with the one that was probably meant."""
    similar = elsewhere or get_close_matches(key, allowed, 1)
    return key, f"{NO_KEY}; {_suggest(similar, allowed)}"


def _key_fault(section: type[Section], error: Error) -> KeyFault:
    """Key and message of one error."""
    parts = [str(part) for part in error["loc"] if part != "[key]"]
    key, parents = ".".join(parts), parts[:-1]
    if error["type"] in ("extra_forbidden", "invalid_key") or "[key]" in error["loc"]:
        names = _allowed_names(annotation_at(section, parents)[0])
        if not names:
            return key, "a name must be text; put it in quotes"
        elsewhere = [other for other in key_names(section) if other.endswith(f".{parts[-1]}")]
        return unknown_key(key, [".".join([*parents, name]) for name in names], elsewhere)
    if error["type"] == "missing":
        return ".".join(parents), f"{parts[-1]} is missing"
    # The position of an item in a list says less than the item itself.
    place = [part for part in error["loc"] if isinstance(part, str)]
    return ".".join(place), _message(error, *annotation_at(section, place))


def _message(error: Error, annotation: Any, help: str) -> str:
    """What is wrong with a value, and what is allowed."""
    kind, value = error["type"], _describe_value(error["input"])
    if kind == "custom":
        return error["msg"]
    if kind == "literal_error":
        allowed = choices(annotation)
        similar = get_close_matches(str(error["input"]), allowed, 1, 0.75)
        return f"{value}; {_suggest(similar, allowed)}"
    if kind in LIMITS:
        words, limit = LIMITS[kind]
        return f"{value}; it must be {words} {error['ctx'][limit]:g}"
    if kind in ("string_pattern_mismatch", "string_too_short"):
        return f"{value} is not valid; expected: {help}"
    return f"{value}; it must be {_describe_kind(error, annotation)}"


def _describe_kind(error: Error, annotation: Any) -> str:
    """The kind of value that a key needs."""
    if error["type"] == "finite_number":
        return "a finite number"
    kind = KINDS[error["type"]]
    if error["type"] == "string_type" and not isinstance(error["input"], NoneType | list | dict):
        kind += " (put it in quotes)"
    is_item = isinstance(error["loc"][-1], int)
    return f"{kind} or null" if NoneType in types(annotation) and not is_item else kind


def _allowed_names(annotation: Any) -> list[str]:
    """The keys of a section, or of a mapping whose keys have given names."""
    mapping = get_origin(annotation) is dict
    return choices(annotation) if mapping else list(annotation.model_fields)


def _suggest(similar: Sequence[str], allowed: Sequence[str]) -> str:
    """The allowed names, after the one that was probably meant."""
    names = f"it must be one of {', '.join(allowed)}"
    return f"did you mean {similar[0]}? ({names})" if similar else names


def _describe_value(value: object) -> str:
    """A value as in a message."""
    if value is None:
        return "empty"
    if isinstance(value, dict):
        return "a section"
    text = repr(value) if isinstance(value, str | float | int | list) else str(value)
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}..."
