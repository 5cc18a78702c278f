"""Base class of the sections of the configuration, and the description of one key.

Each section is a pydantic model, each key one of its fields. Each value gets one spelling, so that
no other spelling of it makes a rule run again.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import isfinite
from os.path import lexists
from types import NoneType
from typing import Annotated, Any, Literal, get_args, get_origin

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationInfo, field_validator
from pydantic.fields import FieldInfo
from pydantic_core import PydanticCustomError

from corpus.inputs.local_files import control_characters, expand_home, path_mistakes


def _usable_path(path: str) -> str:
    """The path with its home folder instead of ~. Raises a fault for one that cannot work."""
    if characters := control_characters(path):
        raise fault(f"{path!r}; remove the control character {', '.join(characters)}")
    if path.startswith("-"):
        raise fault(f"{path!r}; commands take it for an option, because it begins with -")
    path = expand_home(path)
    # A path to a new file or folder may have any name but those that are likely mistakes.
    if not lexists(path) and (mistakes := list(path_mistakes(path))):
        raise fault(f"{path!r}; {'; '.join(mistakes)}")
    return path


UsablePath = AfterValidator(_usable_path)
"""The check of a value that is a path."""
NonEmptyText = Annotated[str, Field(min_length=1)]
LARGEST = 1e9
"""Largest number, of either sign: products of larger ones overflow."""
PathText = Annotated[NonEmptyText, UsablePath]


@dataclass(frozen=True)
class Key:
    """What is known about a key besides its type, default and bounds."""

    help: str
    """One sentence: the comment in config.yaml, and the description in schema and reference."""
    details: str = ""
    """Further sentences for the reference."""
    unit: str = ""
    """Unit of a number; empty for other values."""
    rules: tuple[str, ...] = ()
    """Names of the rules that pass the key to their script as a flag."""
    reruns: tuple[str, ...] = ()
    """Names of the other rules that run again when the value changes."""
    rerun: bool = True
    """Whether a new value makes `rules` run again."""


def key(default: object, help: str, *, details: str = "", **options: Any) -> Any:
    """A key of a section.

    `options` are fields of `Key` and bounds of pydantic: gt, ge, lt, le, min_length, pattern.
    """
    about = {name: options.pop(name) for name in Key.__annotations__ if name in options}
    field = Field(default, description=help, validate_default=True, **options)
    field.metadata.append(Key(help, details, **about))
    return field


def fault(message: str) -> PydanticCustomError:
    """An error for a validator of a section to raise; users read the message after the key."""
    return PydanticCustomError("custom", "{message}", {"message": message})


class Section(BaseModel):
    """A section of the configuration: no other keys, one spelling of each value, finite numbers."""

    model_config = ConfigDict(extra="forbid", strict=True, allow_inf_nan=False)

    @field_validator("*", mode="before")
    @classmethod
    def _unify(cls, value: object, info: ValidationInfo) -> object:
        return unify(value, types(cls.model_fields[info.field_name or ""].annotation))

    @field_validator("*")
    @classmethod
    def _reject_huge_numbers(cls, value: object) -> object:
        if isinstance(value, int | float) and abs(value) > LARGEST:
            limit = f"at most {LARGEST:g}" if value > 0 else f"at least {-LARGEST:g}"
            raise fault(f"{value!r}; it must be {limit}")
        return value

    @field_validator("*")
    @classmethod
    def _reject_repeated_items(cls, value: object) -> object:
        for item, count in Counter(value).items() if isinstance(value, list) else ():
            if count > 1:
                raise fault(f"{item!r} is listed {count} times")
        return value


def about(field: FieldInfo) -> Key:
    """The description of a key."""
    return next(item for item in field.metadata if isinstance(item, Key))


def subsection(field: FieldInfo) -> type[Section] | None:
    """The section that a field holds; None for a key."""
    found = field.annotation
    return found if isinstance(found, type) and issubclass(found, Section) else None


def key_names(section: type[Section], prefix: str = "") -> Iterator[str]:
    """All keys of a section, and the keys in them: faces, faces.embedder, models.dlib."""
    for name, field in section.model_fields.items():
        yield prefix + name
        if (inner_section := subsection(field)) is not None:
            yield from key_names(inner_section, f"{prefix}{name}.")
        elif get_origin(field.annotation) is dict:
            yield from (f"{prefix}{name}.{inner}" for inner in choices(field.annotation))


def choices(annotation: Any) -> list[str]:
    """The allowed values of a key, of the items of a list, or of the keys of a mapping."""
    if get_origin(annotation) is Literal:
        return list(get_args(annotation))
    inner = get_args(annotation)
    inner = inner[:1] if get_origin(annotation) is dict else inner
    return [choice for part in inner for choice in choices(part)]


def annotation_at(section: type[Section], place: Sequence[str]) -> tuple[Any, str]:
    """Type and meaning of the value at a place such as ("models", "dlib", "sha256")."""
    found, help = section, section.__doc__ or ""
    for name in place:
        if isinstance(found, type) and issubclass(found, Section):
            field = found.model_fields[name]
            found, help = field.annotation, field.description or help
        else:
            found = get_args(found)[1]
            help = next((item.description for item in get_args(found)[1:]), help)
    return found, help


def types(annotation: Any) -> set:
    """The types that an annotation allows, such as {float, NoneType}; {list} for any list."""
    container = get_origin(annotation)
    if container in (list, dict):
        return {container}
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
        return float(value) or 0.0  # not -0.0
    return int(value) if int in allowed and float(value).is_integer() else value


def _parse(text: str) -> object:
    """The number or truth value that a text means; the text itself if it means neither."""
    try:
        number = float(text)
    except ValueError:
        return {"true": True, "false": False}.get(text.lower(), text)
    return number if isfinite(number) else text


def _is_finite(number: float) -> bool:
    """Whether a number is finite and not too large for a float."""
    try:
        return isfinite(number)
    except OverflowError:
        return False
