"""Faults in the form of a configuration file: text that is not YAML, and keys that stand twice.

YAML's own messages name what the parser expected, often a line too late. The messages here name
the line to correct and what to change.
"""

import json
import re
from collections.abc import Iterator
from difflib import get_close_matches
from pathlib import Path

import yaml

from corpus.inputs.faults import Fault

SUFFIXES = (".yaml", ".yml", ".json")
"""Endings of configuration files."""
Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def syntax_faults(file: Path | str, example: str = "device: cpu") -> list[Fault]:
    """The faults in the form of a configuration file; `example` is a key that it could have.

    They are found before Snakemake reads the file. Its own message about a file that is not YAML
    names neither the file nor the line.
    """
    if not Path(file).is_file():
        return [Fault(str(file), _explain_missing(Path(file)))]
    data = Path(file).read_bytes()
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        return [Fault(str(file), "a character that is not UTF-8; save the file as UTF-8", line)]
    if _is_json(text):
        return []
    try:
        node = yaml.compose(text, yaml.SafeLoader)
        yaml.safe_load(text)
    except yaml.YAMLError as error:
        return [Fault(str(file), message, line) for line, message in [_explain(error, text)]]
    except ValueError as error:  # for example the date 2026-02-30
        return [Fault(str(file), f"not valid YAML ({error})")]
    if not isinstance(node, yaml.MappingNode):
        return [Fault(str(file), f"no keys; write at least one, such as {example}")]
    return list(_repeated(str(file), node))


def _explain_missing(file: Path) -> str:
    """What is wrong with a path that is no file, with a similar file of the same folder."""
    if file.is_dir():
        return "a folder; name a file in it"
    files = {path.stem: path for path in sorted(file.parent.glob("*")) if path.suffix in SUFFIXES}
    similar = get_close_matches(file.stem, files, 1)
    return f"no such file; did you mean {files[similar[0]]}?" if similar else "no such file"


def repeated_keys(file: Path | str) -> list[Fault]:
    """The keys that stand twice in a file that Snakemake has read. Snakemake takes the last."""
    text = Path(file).read_text(encoding="utf-8")
    node = None if _is_json(text) else yaml.compose(text, Loader)
    return list(_repeated(str(file), node)) if node else []


def _is_json(text: str) -> bool:
    """Whether a text is a section in JSON, which Snakemake reads too, also with tabs."""
    try:
        return isinstance(json.loads(text), dict)
    except ValueError:
        return False


def _repeated(file: str, node: yaml.Node, section: str = "") -> Iterator[Fault]:
    """A fault for each key that stands twice in the same section."""
    if isinstance(node, yaml.SequenceNode):
        for item in node.value:
            yield from _repeated(file, item, section)
    if not isinstance(node, yaml.MappingNode):
        return
    lines: dict[str, int] = {}
    for key, value in node.value:
        line = key.start_mark.line + 1
        if not isinstance(key, yaml.ScalarNode):
            yield Fault(file, "a key must be a word", line)
            continue
        name = section + key.value
        if name in lines:
            message = f"given twice, first in line {lines[name]}; remove one of the two"
            yield Fault(file, message, line, name)
        lines.setdefault(name, line)
        yield from _repeated(file, value, f"{name}.")


def _explain(error: yaml.YAMLError, text: str) -> tuple[int | None, str]:
    """The line to correct, starting at 1, and what to change in it."""
    if isinstance(error, yaml.reader.ReaderError):
        line = text[: error.position].count("\n") + 1
        return line, f"a character that YAML does not allow (#x{error.character:04x}); remove it"
    if not isinstance(error, yaml.MarkedYAMLError) or error.problem_mark is None:
        return None, f"not valid YAML ({error})"
    lines = text.splitlines()
    last = min(error.problem_mark.line, len(lines) - 1)
    first = error.context_mark.line if error.context_mark else last
    line, message = _explain_position(error, lines, first, last)
    return line + 1, message


def _explain_position(
    error: yaml.MarkedYAMLError, lines: list[str], first: int, last: int
) -> tuple[int, str]:
    """The same, for a parser that failed at line `last` in what began at line `first`, from 0."""
    problem, context = error.problem or "", error.context or ""
    missing_colon = _line_without_colon(lines, last)
    if "'\\t'" in problem or re.match(r" *\t", lines[last]):
        return last, "a tab; use spaces instead"
    if "quoted scalar" in context:
        return first, "a quotation mark is not closed"
    if "flow" in context:
        return first, "a comma or a closing bracket is missing in the list or section"
    if "single document" in context:
        return last, "--- begins a second document; remove it"
    if missing_colon is not None and _MAY_LACK_COLON.search(problem):
        return missing_colon, _missing_colon(lines[missing_colon])
    if len(re.findall(r":\s", lines[last])) > 1:
        return last, "a second colon; put the value in quotes"
    if _WRONG_INDENTATION.search(problem):
        return last, "indented unlike the lines before it; keys of a section begin below each other"
    if "but found" in problem:
        return last, "text after a closing quotation mark or bracket; put the value in quotes"
    if _SPECIAL_CHARACTER.search(problem):
        return last, "a value begins with a special character; put the value in quotes"
    return last, f"not valid YAML ({problem})"


_MAY_LACK_COLON = re.compile("mapping values|could not find|<block mapping start>")
_WRONG_INDENTATION = re.compile("mapping values|<block mapping start>")
_SPECIAL_CHARACTER = re.compile("cannot start any token|alphabetic|undefined alias")


def _line_without_colon(lines: list[str], number: int) -> int | None:
    """The last line up to `number` with text, if it is neither a key, an item nor a comment."""
    for index in (number, number - 1):
        while index >= 0 and not lines[index].split("#")[0].strip():
            index -= 1
        text = lines[index].split(" #")[0].strip() if index >= 0 else "-"
        if not re.search(r":(\s|$)", text) and not re.match(r"[-\[\]{}]", text):
            return index
    return None


def _missing_colon(text: str) -> str:
    """What to change in a line that should be a key."""
    name, *value = re.split(r"[\s:=]+", text.split(" #")[0].strip(), maxsplit=1)
    return f"a colon and a space are missing; write {' '.join([f'{name}:', *value])}"
