"""The configuration: fill in defaults, convert numbers, and report faults with their keys."""

from collections.abc import Iterator, Mapping, Sequence
from copy import deepcopy
from difflib import get_close_matches
from math import isfinite
from pathlib import Path

import yaml

from corpus.inputs.config_lines import locate_key
from corpus.inputs.faults import Fault, raise_faults
from corpus.inputs.settings_model import Settings
from corpus.inputs.settings_section import Section

SCHEMA = Path("config/schemas/config.schema.yaml")
DEFAULTS = Path("config/config.yaml")

KeyFault = tuple[str, str]
"""The key with the fault, such as `faces.embedder`, and the message about it."""


def normalise(config: dict, root: Path) -> None:
    """Fill in missing keys of `config`, and write equal numbers in one way, in place.

    Missing keys come from the workflow's own config.yaml, which Snakemake does not read when the
    workflow is used as a module. A number can be given as 5, 5.0 or, on the command line, as the
    text "5". Each becomes the type that the schema names, so that no spelling makes a rule run
    again.
    """
    add_missing_keys(config, yaml.safe_load((root / DEFAULTS).read_text(encoding="utf-8")))
    config.update(_convert(config, schema(root)))


def check(
    config: dict, root: Path, files: Sequence[Path | str] = (), options: Mapping = ()
) -> None:
    """Raise InputError with one line per fault: where the key is set, its value, what is allowed.

    `files` are the configuration files in the order in which they were read, so that the last one
    wins. `options` are the keys that were set on the command line.
    """
    # Imported here, because only the main process checks the configuration, and the import takes
    # a quarter of a second.
    from jsonschema import Draft202012Validator

    rules = schema(root)
    errors = Draft202012Validator(rules).iter_errors(config)
    faults = sorted(fault for error in errors for fault in _schema_faults(error, keys(rules)))
    faults = faults or [*_known_people_faults(config, root), *_image_faults(config, root)]
    raise_faults(
        [Fault(file, message, line, key)
         for key, message in faults for file, line in [locate_key(key, files, options)]]
    )  # fmt: skip


def flags(config: Mapping, rule: str, *, rerun: bool = True, **replaced: object) -> list[str]:
    """The flags by which `rule` passes its keys to its script: `["--min-size=0.06", ...]`.

    The model of the configuration names the rules of each key. Flags come in the order of the
    model, one text per key, with key and value joined by `=`:

    - The name of a flag is the key without its section, with dashes: `--min-size=0.06`.
    - A float is written with a point, also a whole one: `--samples-per-second=5.0`.
    - true and false become `--full-frame` and `--no-full-frame`, without a value.
    - A list is separated by commas: `--subtitles=en,de`. An empty one is `--subtitles=`.
    - A value that is null gives no flag. Its script then has the default None.

    `replaced` gives values instead of those of `config`, by the name of the key without its
    section: `flags(config, "embed_faces", device="cpu")`. None leaves the flag out.

    With `rerun=False` the result has only those keys that do not affect what the script writes,
    such as a time limit; otherwise it has only the others. They must not be params of the rule,
    because a changed param runs the rule again.
    """
    written = []
    for name, value in _values_for(config, Settings, rule, rerun):
        value = replaced.pop(name, value)
        if value is not None:
            written.append(_flag(name.replace("_", "-"), value))
    if replaced:
        raise ValueError(f"{rule} gets no flags for {', '.join(replaced)}")
    return written


def _values_for(
    config: Mapping, section: type[Section], rule: str, rerun: bool
) -> Iterator[tuple[str, object]]:
    """Name and value of each key of a section and of the sections in it that `rule` gets."""
    for name, field in section.model_fields.items():
        about = section.about(name)
        if about is None:
            yield from _values_for(config[name], field.annotation, rule, rerun)
        elif rule in about.rules and about.rerun == rerun:
            yield name, config[name]


def _flag(name: str, value: object) -> str:
    """One flag of a command line."""
    if isinstance(value, bool):
        return f"--{name}" if value else f"--no-{name}"
    text = ",".join(map(str, value)) if isinstance(value, list | tuple) else str(value)
    return f"--{name}={text}"


def _known_people_faults(config: dict, root: Path) -> Iterator[KeyFault]:
    """Faults in the keys about the people of an earlier run that a schema cannot express."""
    known, add = config["clustering"]["known"], config["clustering"]["add"]
    if known is None:
        if add != "cluster":
            yield (
                "clustering.add",
                f"{add!r} needs clustering.known, the clusters.parquet of an earlier run; without "
                "one it must be cluster",
            )
        return
    output = Path(config["results"], "clusters.parquet")
    if not any(path.is_file() for path in (Path(known), root / known)):
        yield (
            "clustering.known",
            f"{known!r}; no such file. Copy {output} of an earlier run to this path",
        )
    elif Path(known).resolve() == output.resolve():
        yield (
            "clustering.known",
            f"{known!r}; this run overwrites the file. Copy it, and name the copy",
        )


def _image_faults(config: dict, root: Path) -> Iterator[KeyFault]:
    """Image files that do not exist. Apptainer itself reports addresses that do not work."""
    for rule, image in config["containers"].items():
        if "://" not in image and not any(p.is_file() for p in (Path(image), root / image)):
            yield f"containers.{rule}", f"{image!r}; no such file"


def schema(root: Path) -> dict:
    """The JSON schema of the configuration."""
    return yaml.safe_load((root / SCHEMA).read_text(encoding="utf-8"))


def keys(rules: dict, section: str = "") -> list[str]:
    """All keys of the schema, sections and the keys in them: faces, faces.embedder."""
    names = []
    for name, key_rules in rules.get("properties", {}).items():
        names += [section + name, *keys(key_rules, f"{section}{name}.")]
    return names


def add_missing_keys(config: dict, defaults: dict) -> None:
    """Add what `config` lacks from `defaults`, section by section, in place."""
    for key, value in defaults.items():
        if isinstance(value, dict) and isinstance(config.get(key), dict):
            add_missing_keys(config[key], value)
        else:
            config.setdefault(key, deepcopy(value))


def _convert(value: object, rules: dict) -> object:
    """`value` as the type in the schema `rules`; unchanged if it does not have that form."""
    if isinstance(value, dict):
        properties = rules.get("properties", {})
        return {key: _convert(inner, properties.get(key, {})) for key, inner in value.items()}
    types = rules.get("type", [])
    types = types if isinstance(types, list) else [types]
    if isinstance(value, str) and "null" in types and value in ("null", "~"):
        return None
    if isinstance(value, str) and types and not {"string", "array"} & set(types):
        # Snakemake passes all values inside --config section='{...}' as text.
        value = _parse(value)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return value
    if "number" in types:
        return float(value)
    return int(value) if "integer" in types and float(value).is_integer() else value


def _parse(text: str) -> object:
    try:
        number = float(text)
    except ValueError:
        return {"true": True, "false": False}.get(text.lower(), text)
    return number if isfinite(number) else text


def _schema_faults(
    error: "jsonschema.ValidationError",  # noqa: F821
    all_keys: list[str],
) -> Iterator[KeyFault]:
    """Key and message of each fault in an error of the JSON schema, in words for the user."""
    key = ".".join(str(part) for part in error.absolute_path)
    value, rules, limit = error.instance, error.schema, error.validator_value
    if error.validator == "additionalProperties":
        section = f"{key}." if key else ""
        allowed = [section + name for name in rules["properties"]]
        for name in set(value) - set(rules["properties"]):
            elsewhere = [other for other in all_keys if other.endswith(f".{name}")]
            similar = elsewhere or get_close_matches(f"{section}{name}", allowed, 1)
            yield f"{section}{name}", f"no such key; {_hint(similar, allowed)}"
    elif error.validator == "enum":
        similar = get_close_matches(str(value), limit, 1, 0.75)
        yield key, f"{_describe_value(value)}; {_hint(similar, limit)}"
    elif error.validator == "type":
        yield key, f"{_describe_value(value)}; it must be {_describe_types(limit)}"
    elif error.validator in _LIMITS:
        yield key, f"{value!r}; it must be {_LIMITS[error.validator]} {limit}"
    elif error.validator == "required":
        missing = [name for name in limit if name not in value]
        yield key, f"{' and '.join(missing)} is missing"
    elif error.validator == "oneOf":
        yield key, "give either file or url"
    else:
        yield key, f"{value!r} is not valid; expected: {rules.get('description', limit)}"


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


def _hint(similar: list[str], allowed: list[str]) -> str:
    """The allowed names, after the one that was probably meant."""
    names = f"it must be one of {', '.join(allowed)}"
    return f"did you mean {similar[0]}? ({names})" if similar else names


def _describe_value(value: object) -> str:
    if value is None:
        return "empty"
    if isinstance(value, dict):
        return "a section"
    return repr(value)


def _describe_types(types: str | list[str]) -> str:
    return " or ".join(_TYPES[name] for name in ([types] if isinstance(types, str) else types))
