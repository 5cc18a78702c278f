"""The configuration: check it, complete it, and give each rule its flags."""

from collections.abc import Iterator, Mapping, Sequence
from copy import deepcopy
from os.path import splitext
from pathlib import Path

from pydantic import ValidationError

from corpus.inputs.config_lines import locate_key
from corpus.inputs.config_options import option_faults
from corpus.inputs.config_syntax import repeated_keys
from corpus.inputs.erased_folder import default_folder
from corpus.inputs.faults import Fault, raise_faults
from corpus.inputs.known_file import known_faults
from corpus.inputs.local_files import find_file
from corpus.inputs.settings_faults import KeyFault, key_faults, unknown_key
from corpus.inputs.settings_model import Settings
from corpus.inputs.settings_section import Section, about, key_names, subsection

DEFAULTS = Path("config/config.yaml")

COMPARED_WITH = {"movement.offset_speed": "movement.onset_speed"}
"""Keys whose limit is the value of another key."""


def read(config: dict, files: Sequence[Path | str] = (), options: Mapping = {}) -> None:
    """Check `config`, fill in its missing keys, and give each value one spelling, in place.

    Raises InputError with one line per fault: where the key is set, its value, what is allowed.
    `files` are the configuration files in the order in which they were read, so that the last one
    wins. `options` are the keys that were set on the command line.

    Missing keys come from the model: Snakemake reads no config.yaml when the workflow is used as a
    module.
    """
    raise_faults([fault for file in files for fault in repeated_keys(file)])
    settings = _validate(config, files, options)
    config.update(settings.model_dump())
    config["models"] = {
        name: copy.model_dump(exclude_none=True) for name, copy in settings.models.items()
    }


def _validate(config: dict, files: Sequence[Path | str], options: Mapping) -> Settings:
    """The settings of a configuration, or InputError."""
    try:
        return Settings.model_validate(config)
    except ValidationError as error:
        faults = key_faults(Settings, error)
    _raise(faults, files, options)
    raise AssertionError("an error of pydantic has no message")


def keys() -> list[str]:
    """All keys: sections, the keys in them, and the names of models."""
    return list(key_names(Settings))


def check_options(words: Sequence[str]) -> None:
    """Raise InputError for faults in --config among the options of Snakemake."""
    raise_faults(list(option_faults(words)))


def check_files(
    config: dict, root: Path, files: Sequence[Path | str] = (), options: Mapping = {}
) -> None:
    """Raise InputError if a file that the configuration names does not exist.

    Paths are relative to the working directory, or else to the workflow's folder `root`. The
    manifest, the table of people, and images have checks of their own.
    """
    missing = [file for file in config["custom_rules"] if not _find(file, root)]
    faults = [("custom_rules", f"{file!r}; no such file") for file in missing]
    faults += _known_people_faults(config, root)
    _raise(faults, files, options)


def complete_folders(config: dict) -> None:
    """Complete the folders in place: those beside the manifest are the default.

    Each corpus has its own. They are never looked for in the folder of the workflow, because people
    save edited files there.
    """
    beside = {
        "annotations": f"{splitext(config['videos'])[0]}_annotations",
        "erased": default_folder(config["videos"]),
        "results": None,
    }
    for key, default in beside.items():
        config[key] = find_file(config[key] or default)


def check_images(
    config: dict,
    root: Path,
    rules: Sequence[str] | None,
    files: Sequence[Path | str] = (),
    options: Mapping = {},
) -> None:
    """Raise InputError for faults in `containers`: rules that are not in `rules`, missing files.

    With `rules=None`, for callers that do not know them, any name is accepted. Apptainer itself
    reports wrong addresses.
    """
    images = config["containers"]
    allowed = [f"containers.{name}" for name in ("all", *sorted(rules or images))]
    names = [f"containers.{name}" for name in images]
    faults = [unknown_key(name, allowed) for name in names if name not in allowed]
    faults += [
        (f"containers.{name}", f"{image!r}; no such file")
        for name, image in images.items()
        if f"containers.{name}" in allowed and "://" not in image and not _find(image, root)
    ]
    _raise(faults, files, options)


def _raise(faults: Sequence[KeyFault], files: Sequence[Path | str], options: Mapping) -> None:
    """Raise InputError for faults in keys, with the file and line that set each key."""
    raise_faults(locate_faults(faults, files, options))


def locate_faults(
    faults: Sequence[KeyFault], files: Sequence[Path | str] = (), options: Mapping = {}
) -> list[Fault]:
    """Faults in keys, with the file and line that set each key."""
    located = [(*_locate(key, files, options), key, message) for key, message in faults]
    return [Fault(file, message, line, key) for file, line, key, message in located]


def _locate(key: str, files: Sequence[Path | str], options: Mapping) -> tuple[str, int | None]:
    """Where a key was set, or the key that it is compared with if that one was set later.

    Otherwise a message would name the line of a default value that the user has not written.
    """
    keys = (key, COMPARED_WITH[key]) if key in COMPARED_WITH else (key,)
    order = ["config", *map(str, files), "--config"]
    return max(
        (locate_key(name, files, options) for name in keys), key=lambda at: order.index(at[0])
    )


def _known_people_faults(config: dict, root: Path) -> Iterator[KeyFault]:
    """Faults in the file with the people of an earlier run."""
    known, output = config["clustering"]["known"], Path(config["results"], "clusters.parquet")
    if known is None:
        return
    if path := _find(known, root):
        for message in known_faults(path, config["faces"]["embedder"]):
            yield "clustering.known", f"{known!r}; {message}"
    else:
        yield (
            "clustering.known",
            f"{known!r}; no such file. Copy {output} of an earlier run to this path",
        )


def _find(path: str, root: Path) -> str | None:
    """Path of an existing file, relative to the working directory or else to the workflow."""
    candidates = (find_file(path), find_file(str(root / path)))
    return next((candidate for candidate in candidates if Path(candidate).is_file()), None)


def add_missing_keys(config: dict, defaults: Mapping) -> None:
    """Add what `config` lacks from `defaults`, section by section, in place."""
    for key, value in defaults.items():
        if isinstance(value, dict) and isinstance(config.get(key), dict):
            add_missing_keys(config[key], value)
        else:
            config.setdefault(key, deepcopy(value))


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
    section: `flags(config, "detect_faces", device="cpu")`. None leaves the flag out.

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
        if (inner := subsection(field)) is not None:
            yield from _values_for(config[name], inner, rule, rerun)
        elif rule in about(field).rules and about(field).rerun == rerun:
            yield name, config[name]


def _flag(name: str, value: object) -> str:
    """One flag of a command line."""
    if isinstance(value, bool):
        return f"--{name}" if value else f"--no-{name}"
    text = ",".join(map(str, value)) if isinstance(value, list | tuple) else str(value)
    return f"--{name}={text}"
