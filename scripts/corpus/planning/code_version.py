"""Find the source files that a script depends on, and compute a checksum of them.

Rules use this to run a stage again when its script, a project module that it imports, or another
file in the folder of such a module changes.
"""

import ast
import hashlib
from collections.abc import Iterator
from functools import cache
from pathlib import Path


@cache
def source_files(script: Path) -> list[Path]:
    """List a script and all project modules that it imports, directly or indirectly.

    The script comes first, the modules follow in sorted order. Imports inside functions count.
    Imports are looked up in the script's folder, as Python does when it runs the script; installed
    packages are left out.

    Raises FileNotFoundError if the script is missing and SyntaxError if a file is not valid Python.
    """
    visited: set[Path] = set()
    pending = [script]
    while pending:
        file = pending.pop()
        if file not in visited:
            visited.add(file)
            pending += _imported_files(file, script.parent)
    return [script, *sorted(visited - {script})]


@cache
def data_files(script: Path) -> list[Path]:
    """List the files besides Python code in the packages that a script imports, sorted.

    These are templates or parts of a page, also in folders of a package that hold no Python code.
    Hidden files and backups of editors (`page.css~`) do not count.
    """
    packages = {file.parent for file in source_files(script) if file.name == "__init__.py"}
    return sorted(file for package in packages for file in _package_data(package))


def source_checksum(script: Path) -> str:
    """Return a checksum of the names and contents of the `source_files` and `data_files`.

    It is the first 16 hexadecimal digits of a SHA-256. Any edit changes it. The location of the
    folder and the modification times of the files do not.
    """
    digest = hashlib.sha256()
    for file in (*source_files(script), *data_files(script)):
        name, content = file.relative_to(script.parent).as_posix(), file.read_bytes()
        digest.update(f"{name}\n{len(content)}\n".encode() + content)
    return digest.hexdigest()[:16]


@cache
def _package_data(folder: Path) -> list[Path]:
    """List the data files of one package, without those of the packages in it."""
    files = []
    for path in folder.iterdir():
        if path.name.startswith((".", "__pycache__")) or path.name.endswith("~"):
            continue
        if path.is_file() and path.suffix != ".py":
            files.append(path)
        elif path.is_dir() and not any(path.glob("*.py")):
            files += _package_data(path)
    return files


@cache
def _imported_files(file: Path, root: Path) -> list[Path]:
    """List the files below `root` that one Python file imports directly."""
    tree = ast.parse(file.read_text(encoding="utf-8"), filename=str(file))
    modules = dict.fromkeys(_imported_modules(tree, file, root))
    return [imported for module in modules for imported in _module_files(module, root)]


def _imported_modules(tree: ast.Module, file: Path, root: Path) -> Iterator[str]:
    """Yield the dotted names that a file imports.

    `from a import b` yields `a.b`, since b may be a module. Relative imports become absolute.
    """
    for node in _statements(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            parents = file.relative_to(root).parent.parts
            base = ".".join(parents[: len(parents) + 1 - node.level]) if node.level else ""
            package = ".".join(part for part in (base, node.module) if part)
            yield from (f"{package}.{alias.name}".lstrip(".") for alias in node.names)


def _statements(tree: ast.Module) -> Iterator[ast.AST]:
    """Yield all statements, also those in functions, classes and other blocks.

    `ast.walk` would also visit their expressions, which are ten times as many and import nothing.
    """
    pending: list[ast.AST] = [tree]
    while pending:
        node = pending.pop()
        yield node
        for block in ("body", "handlers", "orelse", "finalbody", "cases"):
            pending += getattr(node, block, ())


@cache
def _module_files(module: str, root: Path) -> list[Path]:
    """List the files that importing a dotted name runs: each parent package, then the module."""
    parent, _, name = module.rpartition(".")
    files = _module_files(parent, root) if parent else []
    # A folder without __init__.py may also hold modules, so its absence decides nothing.
    path = root.joinpath(*parent.split("."), name) if parent else root / name
    return files + [
        file for file in (path / "__init__.py", path.with_suffix(".py")) if file.is_file()
    ]
