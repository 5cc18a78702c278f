"""The configuration: gaps filled, numbers made numbers, and every fault named with its key."""

from collections.abc import Iterator, Mapping, Sequence
from copy import deepcopy
from difflib import get_close_matches
from math import isfinite
from pathlib import Path

import yaml

from corpus.core.errors import InputError
from corpus.inputs.config_lines import place

SCHEMA = Path("config/schemas/config.schema.yaml")
DEFAULTS = Path("config/config.yaml")


def complete(config: dict, root: Path) -> None:
    """Fill in what `config` leaves out, and write equal numbers alike, in place.

    What is left out comes from the workflow's own config.yaml, which Snakemake does not read
    where the workflow is used as a module. A number is the same setting as 5, 5.0 or, from the
    command line, the text "5": all become the type that the schema gives, so that no spelling
    makes a rule run again.
    """
    fill(config, yaml.safe_load((root / DEFAULTS).read_text(encoding="utf-8")))
    config.update(_typed(config, schema(root)))


def check(
    config: dict, root: Path, files: Sequence[Path | str] = (), options: Mapping = ()
) -> None:
    """Raise InputError with a line for each fault: where the key stands, its value, what it may be.

    `files` are those that the configuration was read from, the one that wins last, and `options`
    what the command line says of it.
    """
    # Only the main process comes here: the import alone takes a job a quarter of a second.
    from jsonschema import Draft202012Validator

    rules = schema(root)
    errors = Draft202012Validator(rules).iter_errors(config)
    faults = sorted(fault for error in errors for fault in _faults(error, keys(rules)))
    faults = faults or [*_known_faults(config, root), *_image_faults(config, root)]
    if faults:
        told = (f"{place(fault.split(':')[0], files, options)}, {fault}" for fault in faults)
        raise InputError("\n".join(told))


def _known_faults(config: dict, root: Path) -> Iterator[str]:
    """What is wrong with the people of an earlier run, beyond what the schema can say."""
    known, add = config["clustering"]["known"], config["clustering"]["add"]
    if known is None:
        if add != "cluster":
            yield (
                f"clustering.add: {add!r} needs clustering.known, the clusters.parquet of an "
                "earlier run; without one it must be cluster"
            )
        return
    own = Path(config["results"], "clusters.parquet")
    if not any(path.is_file() for path in (Path(known), root / known)):
        yield f"clustering.known: {known!r}; no such file. Copy an earlier run's {own} there"
    elif Path(known).resolve() == own.resolve():
        yield f"clustering.known: {known!r}; this run writes it anew. Copy it, and name the copy"


def _image_faults(config: dict, root: Path) -> Iterator[str]:
    """Images that are named and not there; addresses are for Apptainer to see."""
    for rule, image in config["containers"].items():
        if "://" not in image and not any(p.is_file() for p in (Path(image), root / image)):
            yield f"containers.{rule}: {image!r}; no such file"


def schema(root: Path) -> dict:
    """The schema of the configuration."""
    return yaml.safe_load((root / SCHEMA).read_text(encoding="utf-8"))


def keys(rule: dict, section: str = "") -> list[str]:
    """Every key of the schema, with its section: faces.embedder."""
    names = []
    for name, inner in rule.get("properties", {}).items():
        names += [section + name, *keys(inner, f"{section}{name}.")]
    return names


def fill(config: dict, defaults: dict) -> None:
    """Put what `config` leaves out of `defaults` into it, section by section, in place."""
    for key, value in defaults.items():
        if isinstance(value, dict) and isinstance(config.get(key), dict):
            fill(config[key], value)
        else:
            config.setdefault(key, deepcopy(value))


def _typed(value: object, rule: dict) -> object:
    """`value` as the type that the schema's `rule` gives it, or as it is where it does not fit."""
    if isinstance(value, dict):
        rules = rule.get("properties", {})
        return {key: _typed(inner, rules.get(key, {})) for key, inner in value.items()}
    types = rule.get("type", [])
    types = types if isinstance(types, list) else [types]
    if isinstance(value, str) and "null" in types and value in ("null", "~"):
        return None
    if isinstance(value, str) and types and not {"string", "array"} & set(types):
        # Snakemake leaves everything inside --config section='{...}' as text.
        value = _parsed(value)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return value
    if "number" in types:
        return float(value)
    return int(value) if "integer" in types and float(value).is_integer() else value


def _parsed(text: str) -> object:
    try:
        number = float(text)
    except ValueError:
        return {"true": True, "false": False}.get(text.lower(), text)
    return number if isfinite(number) else text


def _faults(error: "jsonschema.ValidationError", known: list[str]) -> Iterator[str]:  # noqa: F821
    """What the user has to change, in words; without the schema around it."""
    key = ".".join(str(part) for part in error.absolute_path)
    value, rule, limit = error.instance, error.schema, error.validator_value
    if error.validator == "additionalProperties":
        section = f"{key}." if key else ""
        here = [section + name for name in rule["properties"]]
        for name in set(value) - set(rule["properties"]):
            elsewhere = [other for other in known if other.endswith(f".{name}")]
            near = elsewhere or get_close_matches(f"{section}{name}", here, 1)
            yield f"{section}{name}: no such key; {_hint(near, here)}"
    elif error.validator == "enum":
        near = get_close_matches(str(value), limit, 1, 0.75)
        yield f"{key}: {_shown(value)}; {_hint(near, limit)}"
    elif error.validator == "type":
        yield f"{key}: {_shown(value)}; it must be {_types(limit)}"
    elif error.validator in _LIMITS:
        yield f"{key}: {value!r}; it must be {_LIMITS[error.validator]} {limit}"
    elif error.validator == "required":
        missing = [name for name in limit if name not in value]
        yield f"{key}: lacks {' and '.join(missing)}"
    elif error.validator == "oneOf":
        yield f"{key}: give either file or url"
    else:
        yield f"{key}: {value!r} does not fit; it is this: {rule.get('description', limit)}"


_LIMITS = {
    "minimum": "at least",
    "maximum": "at most",
    "exclusiveMinimum": "more than",
    "exclusiveMaximum": "less than",
}
_TYPES = {
    "string": "text",
    "number": "a number",
    "integer": "a whole number",
    "boolean": "true or false",
    "object": "a section with keys of its own",
    "array": "a list such as [en, de]",
    "null": "null",
}


def _hint(near: list[str], known: list[str]) -> str:
    """The known names, and first the one that was probably meant."""
    names = f"it must be one of {', '.join(known)}"
    return f"did you mean {near[0]}? ({names})" if near else names


def _shown(value: object) -> str:
    if value is None:
        return "empty"
    if isinstance(value, dict):
        return "a section"
    return repr(value)


def _types(types: str | list[str]) -> str:
    return " or ".join(_TYPES[name] for name in ([types] if isinstance(types, str) else types))
