"""Options of a command that another run of the same corpus needs, such as an export."""

from collections.abc import Sequence

ONE_VALUE = {
    "--profile": "--profile",
    "--workflow-profile": "--workflow-profile",
    "--directory": "--directory",
    "-d": "--directory",
    "--snakefile": "--snakefile",
    "-s": "--snakefile",
    "--cores": "--cores",
    "-c": "--cores",
}
"""Options that are followed by one value, and their long names."""
MANY_VALUES = {
    "--configfile": "--configfile",
    "--configfiles": "--configfile",
    "--config": "--config",
    "-C": "--config",
}
"""Options that are followed by all values up to the next option."""


def options_of_corpus(arguments: Sequence[str]) -> list[str]:
    """Select the options of Snakemake that say which corpus is meant, and on which computer.

    Targets, and options that only concern one run, are left out. Options with several values come
    last, since a target after them would be read as a value. The list is empty if a value has an
    absolute path, which may contain the name of a user, because a command without it is wrong.
    """
    first: list[str] = []
    last: list[str] = []
    rest = list(arguments)
    while rest:
        name, sign, value = rest.pop(0).partition("=")
        if name in ONE_VALUE:
            values = [value] if sign else rest[:1]
            rest = rest if sign else rest[1:]
            first += [ONE_VALUE[name], *values]
        elif name in MANY_VALUES:
            values = [value] if sign else []
            while rest and not rest[0].startswith("-"):
                values.append(rest.pop(0))
            last += [MANY_VALUES[name], *values]
    is_private = any(_is_absolute(value) for value in (*first, *last))
    return [] if is_private else [*first, *last]


def _is_absolute(value: str) -> bool:
    """Whether a value, or the value of a key of `--config`, begins at the root or at home."""
    return value.rpartition("=")[2].lstrip("\"'").startswith(("/", "~"))
