"""Base class of the sections of the configuration, and the description of one key.

Each section is a pydantic model, each key one of its fields. Values are checked strictly: there is
one spelling of each value, so that no spelling makes a rule run again.
"""

from dataclasses import dataclass
from math import isfinite
from types import NoneType
from typing import Any, get_args

from pydantic import BaseModel, ConfigDict, Field, ValidationInfo, field_validator


@dataclass(frozen=True)
class Key:
    """What is known about a key besides its type, default and bounds."""

    help: str
    """One sentence: the comment in config.yaml, and the description in schema and reference."""
    details: str
    """Further sentences for the reference."""
    unit: str
    """Unit of a number; empty for other values."""
    rules: tuple[str, ...]
    """Names of the rules that pass the key to their script as a flag."""
    reruns: tuple[str, ...]
    """Names of the other rules that run again when the value changes."""
    rerun: bool
    """Whether a new value makes `rules` run again."""


def key(
    default: object,
    help: str,
    *,
    details: str = "",
    unit: str = "",
    rules: tuple[str, ...] = (),
    reruns: tuple[str, ...] = (),
    rerun: bool = True,
    **bounds: object,
) -> Any:
    """A key of a section. `bounds` are those of pydantic: gt, ge, lt, le, min_length, pattern."""
    about = Key(help, details, unit, rules, reruns, rerun)
    field = Field(default, description=help, validate_default=True, **bounds)
    field.metadata.append(about)
    return field


class Section(BaseModel):
    """A section of the configuration: no other keys, one spelling of each value, finite numbers."""

    model_config = ConfigDict(extra="forbid", strict=True, allow_inf_nan=False)

    @field_validator("*", mode="before")
    @classmethod
    def _unify(cls, value: object, info: ValidationInfo) -> object:
        return unify(value, types(cls, info.field_name))

    @classmethod
    def about(cls, name: str) -> Key | None:
        """The description of a key; None if the field is a section of its own."""
        found = (item for item in cls.model_fields[name].metadata if isinstance(item, Key))
        return next(found, None)


def types(section: type[Section], name: str) -> set:
    """The types that a key allows, such as {float, NoneType}; {list} for a list of any kind."""
    annotation = section.model_fields[name].annotation
    if getattr(annotation, "__origin__", None) in (list, dict):
        return {annotation.__origin__}
    return set(get_args(annotation)) or {annotation}


def unify(value: object, allowed: set) -> object:
    """`value` in the one spelling of a value of the `allowed` types.

    A number can be given as 5, 5.0 or, on the command line, as the text "5". A value that has none
    of the types is returned as it is.
    """
    if isinstance(value, str) and NoneType in allowed and value in ("null", "~"):
        return None
    if isinstance(value, str) and allowed & {int, float, bool}:
        value = _parse(value)
    if isinstance(value, bool) or not isinstance(value, int | float) or not _is_finite(value):
        return value
    if float in allowed:
        return float(value)
    return int(value) if int in allowed and float(value).is_integer() else value


def _parse(text: str) -> object:
    """The number or truth value that a text means; the text itself if it means neither."""
    try:
        number = int(text) if text.lstrip("+-").isdecimal() else float(text)
    except ValueError:
        return {"true": True, "false": False}.get(text.lower(), text)
    return number if _is_finite(number) else text


def _is_finite(number: float) -> bool:
    """Whether a number is finite and not too large for a float."""
    try:
        return isfinite(number)
    except OverflowError:
        return False
