"""Which files a script's behaviour depends on: itself and every module of ours it imports."""

import ast
import hashlib
from collections.abc import Iterator
from functools import cache
from pathlib import Path


@cache
def closure(script: Path) -> list[Path]:
    """The script, then every module beside it that it imports, directly or not, sorted.

    Imports inside functions count. The script's folder is where its imports are looked up, as
    Python itself does; installed packages are left out. Raises FileNotFoundError and SyntaxError.
    """
    found: set[Path] = set()
    waiting = [script]
    while waiting:
        module = waiting.pop()
        if module not in found:
            found.add(module)
            waiting += _imports(module, script.parent)
    return [script, *sorted(found - {script})]


def checksum(script: Path) -> str:
    """Of the names and the contents of all files in `closure`: another one after any edit.

    Where the folder lies makes no difference, nor do the files' times.
    """
    digest = hashlib.sha256()
    for file in closure(script):
        name, content = file.relative_to(script.parent).as_posix(), file.read_bytes()
        digest.update(f"{name}\n{len(content)}\n".encode() + content)
    return digest.hexdigest()[:16]


@cache
def _imports(module: Path, root: Path) -> list[Path]:
    """Files below `root` that this one module imports."""
    tree = ast.parse(module.read_text(encoding="utf-8"), filename=str(module))
    return [file for name in _names(tree, module, root) for file in _files(name, root)]


def _names(tree: ast.Module, module: Path, root: Path) -> Iterator[str]:
    """Dotted names that are imported; `from a import b` may mean the module a.b."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = module.relative_to(root).parent.parts
            base = ".".join(above[: len(above) + 1 - node.level]) if node.level else ""
            package = ".".join(part for part in (base, node.module) if part)
            yield from (f"{package}.{alias.name}".lstrip(".") for alias in node.names)


def _files(name: str, root: Path) -> Iterator[Path]:
    """Files that importing the dotted name runs: packages on the way, and the module."""
    path = root
    for part in name.split("."):
        path /= part
        for file in (path / "__init__.py", path.with_suffix(".py")):
            if file.is_file():
                yield file
