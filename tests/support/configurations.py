"""Configurations for tests: complete ones, and all keys of the model with their fields."""

from collections.abc import Iterator

from pydantic.fields import FieldInfo

from corpus.inputs import settings
from corpus.inputs.settings_model import ModelCopy, Settings
from corpus.inputs.settings_section import Section, subsection
from repository import ROOT


def checked(overlay: dict) -> dict:
    """The complete configuration with the values of `overlay`. Raises InputError if invalid."""
    settings.read(overlay)
    settings.check_files(overlay, ROOT)
    settings.check_images(overlay, ROOT, None)
    return overlay


def with_value(key: str, value: object) -> dict:
    """A configuration in which only `key` is set, such as `faces.best`."""
    for name in reversed(key.split(".")):
        value = {name: value}
    return value


def all_fields(section: type[Section] = Settings, prefix: str = "") -> Iterator[tuple]:
    """Each key with its field, such as `faces.best`; those of models as `models.dlib.file`."""
    for name, field in section.model_fields.items():
        if inner := subsection(field):
            yield from all_fields(inner, f"{name}.")
        else:
            yield prefix + name, field
    if section is Settings:
        yield from all_fields(ModelCopy, "models.dlib.")


def bounds(field: FieldInfo) -> dict[str, float]:
    """The bounds of a number: gt, ge, lt, le."""
    return {
        name: getattr(item, name)
        for item in field.metadata
        for name in ("gt", "ge", "lt", "le")
        if hasattr(item, name)
    }
