"""Check the file that describes the partitions of a SLURM cluster.

The executor reads this file with a parser of its own, which accepts nearly anything and fails
later, without the name of the file. The messages here name the line and what to change.
"""

import re
from collections.abc import Callable, Iterator
from difflib import get_close_matches
from pathlib import Path

import yaml

from corpus.inputs.config_syntax import syntax_faults
from corpus.inputs.faults import Fault

EXAMPLE = "partitions: {cpu: {max_runtime: 1440, max_mem_mb: 8000}}"

# Seconds may follow minutes, hours or days: 90, 1:30:00, 2-12, 2-12:30:00, 3d, 2d12h, 90.5.
_TIME = re.compile(r"\d+(\.\d+)?|\d+(:\d+){1,2}|\d+-\d+(:\d+){0,2}|(\d+(\.\d+)?[dhms])+")


def partition_faults(file: Path | str) -> list[Fault]:
    """The faults of a partition file: no YAML, unknown keys, and values of the wrong kind."""
    if not Path(file).is_file():
        message = "no such file; slurm-partition-config in the profile or on the command line names"
        return [Fault(str(file), f"{message} the file with the partitions of your cluster")]
    if faults := syntax_faults(file, EXAMPLE):
        return faults
    node = yaml.compose(Path(file).read_text(encoding="utf-8"), yaml.SafeLoader)
    return list(_section_faults(str(file), node))


def _section_faults(file: str, node: yaml.Node) -> Iterator[Fault]:
    """Faults of the whole file, which has one key, `partitions`."""
    keys = {str(key.value): (key, value) for key, value in _pairs(node)}
    for name, (key, _) in keys.items():
        if name != "partitions":
            yield Fault(file, "no such key; the file has one key, partitions", _line(key), name)
    if "partitions" not in keys:
        yield Fault(file, f"the key partitions is missing; write for example {EXAMPLE}")
        return
    key, value = keys["partitions"]
    if not isinstance(value, yaml.MappingNode) or not value.value:
        message = f"it must list at least one partition, for example {EXAMPLE}"
        yield Fault(file, message, _line(key), "partitions")
        return
    for name, limits in _pairs(value):
        yield from _partition_faults(file, name, limits)


def _partition_faults(file: str, name: yaml.Node, limits: yaml.Node) -> Iterator[Fault]:
    """Faults of one partition: its name and its limits."""
    place = f"partitions.{name.value}"
    if name.tag != _TEXT or not name.value.strip():
        message = f"the name of a partition must be text; put it in quotes: '{name.value}'"
        yield Fault(file, message, _line(name), place)
    if not isinstance(limits, yaml.MappingNode):
        message = "it must have limits, such as max_mem_mb: 8000; write {} for a partition without"
        yield Fault(file, message, _line(name), place)
        return
    for key, value in _pairs(limits):
        if message := _limit_fault(key.value, value):
            yield Fault(file, message, _line(key), f"{place}.{key.value}")


def _limit_fault(key: str, value: yaml.Node) -> str | None:
    """What is wrong with one limit, or None."""
    if key not in KEYS:
        similar = get_close_matches(key, KEYS, 1)
        names = f"it must be one of {', '.join(KEYS)}"
        return f"no such key; did you mean {similar[0]}?" if similar else f"no such key; {names}"
    return KEYS[key](value)


def _number_fault(value: yaml.Node) -> str | None:
    """A positive number, as a number: the executor cannot compare a request with text."""
    if value.tag in (_INT, _FLOAT) and ":" not in value.value and _number(value.value) > 0:
        return None
    if value.tag == _TEXT and value.value.isdigit():
        return f"'{value.value}'; remove the quotes"
    message = "it must be a number above 0, without a unit"
    return f"{_shown(value)}; {message}. If there is no limit, remove it"


def _gpu_fault(value: yaml.Node) -> str | None:
    """A whole number of GPUs; 0 says that there are none."""
    if value.tag == _INT and value.value.isdigit():
        return None
    return f"{_shown(value)}; it must be the number of GPUs of one node, such as 2"


def _time_fault(value: yaml.Node) -> str | None:
    """Minutes, or text such as 3d or 3-00:00:00."""
    if _is_one(value) and ":" in value.value and value.tag in (_INT, _FLOAT):
        # YAML reads 12:00:00 as a number to the base of 60.
        return f"{value.value}; put a time with colons in quotes: '{value.value}'"
    if _is_one(value) and _TIME.fullmatch(value.value) and re.search("[1-9]", value.value):
        return None
    message = "it must be minutes, such as 1440, or text such as 3d or '3-00:00:00'"
    return f"{_shown(value)}; {message}. If there is no limit, remove it"


def _list_fault(value: yaml.Node) -> str | None:
    """A list of names."""
    if isinstance(value, yaml.SequenceNode) and all(item.tag == _TEXT for item in value.value):
        return None
    return f"{_shown(value)}; it must be a list of names, such as [a100, v100]"


def _switch_fault(value: yaml.Node) -> str | None:
    """Yes or no."""
    return None if value.tag == _BOOL else f"{_shown(value)}; it must be true or false"


def _name_fault(value: yaml.Node) -> str | None:
    """The name of a cluster."""
    return None if value.tag == _TEXT else f"{_shown(value)}; it must be the name of a cluster"


KEYS: dict[str, Callable[[yaml.Node], str | None]] = {
    "max_runtime": _time_fault,
    "max_mem_mb": _number_fault,
    "max_mem_mb_per_cpu": _number_fault,
    "max_cpus_per_task": _number_fault,
    "max_threads": _number_fault,
    "max_nodes": _number_fault,
    "max_tasks": _number_fault,
    "max_tasks_per_node": _number_fault,
    "max_gpu": _gpu_fault,
    "available_gpu_models": _list_fault,
    "max_cpus_per_gpu": _number_fault,
    "supports_mpi": _switch_fault,
    "max_mpi_tasks": _number_fault,
    "available_constraints": _list_fault,
    "cluster": _name_fault,
    "clusters": _name_fault,
    "slurm_cluster": _name_fault,
}
"""What the executor reads for each partition, and the check of each value."""

_INT, _FLOAT, _BOOL, _TEXT = (
    f"tag:yaml.org,2002:{name}" for name in ("int", "float", "bool", "str")
)


def _pairs(node: yaml.Node) -> list[tuple[yaml.Node, yaml.Node]]:
    """Keys and values of a section, in order."""
    pairs = node.value if isinstance(node, yaml.MappingNode) else []
    # <<: takes the keys of another section, which are checked there.
    return [pair for pair in pairs if pair[0].tag != "tag:yaml.org,2002:merge"]


def _is_one(value: yaml.Node) -> bool:
    """Whether a value is a single one: neither a list nor a section."""
    return isinstance(value, yaml.ScalarNode)


def _number(text: str) -> float:
    """A YAML number as Python reads it; 0 for those that are not finite, such as .inf."""
    value = yaml.safe_load(text)
    return value if value < float("inf") else 0


def _shown(value: yaml.Node) -> str:
    """A value as a message shows it."""
    if _is_one(value):
        return value.value or "empty"
    return "a list" if isinstance(value, yaml.SequenceNode) else "a section"


def _line(node: yaml.Node) -> int:
    """Line of a key, starting at 1."""
    return node.start_mark.line + 1
