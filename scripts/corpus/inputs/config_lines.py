"""Find the file and the line that set a configuration key, for messages about it."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import yaml


def locate_key(
    key: str, files: Sequence[Path | str], options: Mapping = {}
) -> tuple[str, int | None]:
    """The file and the line that set a key such as `faces.embedder`.

    `files` are in the order in which they were read: the last one that sets the key wins. A key in
    `options`, which come from the command line, wins over all files and is located at `--config`,
    without a line. A key that is set nowhere, such as a missing one, is located at `config`.
    """
    parts = key.split(".")
    if parts[0] in options:
        return "--config", None
    for file in reversed(files):
        line = _line_of(parts, yaml.compose(Path(file).read_text(encoding="utf-8")))
        if line:
            return str(file), line
    return "config", None


def _line_of(parts: list[str], node: yaml.Node | None) -> int | None:
    """Line number, from 1, of the last of the nested keys; None if a key is missing."""
    line = None
    for part in parts:
        pairs = node.value if isinstance(node, yaml.MappingNode) else []
        pair = next((pair for pair in pairs if pair[0].value == part), None)
        if pair is None:
            return None
        key_node, node = pair
        line = key_node.start_mark.line + 1
    return line
