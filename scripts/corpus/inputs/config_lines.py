"""Where a setting stands, so that a message about it can say which file and line to mend."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import yaml


def place(key: str, files: Sequence[Path | str], options: Mapping = ()) -> str:
    """ "mine.yaml, line 3" for a key such as faces.embedder; the file read last counts.

    `options` are those of the command line, which win over files: "--config". A key that stands
    nowhere, such as one that is missing, is in the "config".
    """
    parts = key.split(".")
    if parts[0] in options:
        return "--config"
    for file in reversed(files):
        line = _line(yaml.compose(Path(file).read_text(encoding="utf-8")), parts)
        if line:
            return f"{file}, line {line}"
    return "config"


def _line(node: yaml.Node | None, parts: list[str]) -> int | None:
    """Line of the last of the nested keys, from 1; None where one is not there."""
    line = None
    for part in parts:
        pairs = node.value if isinstance(node, yaml.MappingNode) else []
        found = next(((name, inner) for name, inner in pairs if name.value == part), None)
        if found is None:
            return None
        line, node = found[0].start_mark.line + 1, found[1]
    return line
