"""Write docs/faults.md, the list of all faults that the tests inject, from the marks of the tests.

python tools/document_faults.py

A mark is `@pytest.mark.fault(area, what is injected, what must hold)`, as a decorator or in
`pytest.param(..., marks=...)`. The test files are read, not run, so the three texts are literals.
"""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "faults.md"
AREAS = {
    "inputs": "Manifest, people file and other inputs",
    "downloads": "Downloads",
    "media": "Video files",
    "tables": "Tables and other intermediate files",
    "environment": "Environment",
    "interruptions": "Interruptions and simultaneous runs",
    "changes": "Changes between runs",
    "privacy": "Privacy",
    "network": "Network",
    "exports": "Special characters in results",
    "slurm": "SLURM",
    "image": "Container images",
}
"""Areas of faults in the order of the page, with their headings."""
START = """# Faults that the tests inject

Each row is a fault that a test injects: a damaged file, a killed job, a failing server, a hostile \
text. The test fails if the workflow does not do what the second column says. This page is \
written from the marks of the tests by `pytest --fix`; [the page about tests](../tests/README.md) \
says how to add one. In CI, a test with such a mark fails if it is skipped.
"""


class UnreadableMarkError(Exception):
    """The mark of a fault does not have three literal texts, or does not belong to a test."""


@dataclass(frozen=True)
class Fault:
    """One injected fault; `test` is `file::function`, with the file relative to the root."""

    area: str
    injected: str
    must_hold: str
    test: str


def faults(root: Path = ROOT) -> list[Fault]:
    """Return the faults of all test files by area, in the order of the files and their tests."""
    order = list(AREAS)
    files = sorted((root / "tests").rglob("test_*.py"))
    found = [fault for path in files for fault in file_faults(path, path.relative_to(root))]
    if unknown := sorted({fault.area for fault in found} - set(order)):
        raise UnreadableMarkError(f"unknown areas {unknown}; known are {order}")
    return sorted(found, key=lambda fault: order.index(fault.area))


def file_faults(path: Path, relative: Path) -> list[Fault]:
    """Return the faults of one test file, each with the test that has its mark."""
    text = path.read_text(encoding="utf-8")
    if ".fault(" not in text:
        return []
    module = ast.parse(text, str(path))
    tests = [node for node in ast.walk(module) if is_test(node)]
    found = [fault for test in tests for fault in faults_of(test, module, path, relative)]
    marked = {(fault.area, fault.injected) for fault in found}
    for mark in marks(module):
        if texts(mark, path)[:2] not in marked:
            line = f"{path.name}:{mark.lineno}"
            raise UnreadableMarkError(f"{line}: no test has this mark, or its list of parameters")
    return found


def is_test(node: ast.AST) -> bool:
    return isinstance(node, ast.FunctionDef) and node.name.startswith("test_")


def faults_of(
    test: ast.FunctionDef, module: ast.Module, path: Path, relative: Path
) -> Iterator[Fault]:
    """Yield the faults in the decorators of a test, and in the lists that these name."""
    names = {node.id for part in test.decorator_list for node in ast.walk(part) if is_name(node)}
    lists = [node.value for node in module.body if assigns(node, names)]
    for mark in chain.from_iterable(map(marks, [*test.decorator_list, *lists])):
        yield Fault(*texts(mark, path), f"{relative.as_posix()}::{test.name}")


def is_name(node: ast.AST) -> bool:
    return isinstance(node, ast.Name)


def assigns(node: ast.AST, names: set[str]) -> bool:
    """Whether a statement assigns a value to one of the names."""
    if isinstance(node, ast.Assign):
        return any(is_name(target) and target.id in names for target in node.targets)
    return isinstance(node, ast.AnnAssign) and is_name(node.target) and node.target.id in names


def marks(tree: ast.AST) -> Iterator[ast.Call]:
    """Yield the calls of `pytest.mark.fault` inside a tree."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "pytest.mark.fault":
            yield node


def texts(mark: ast.Call, path: Path) -> tuple[str, str, str]:
    """Return the three texts of a mark."""
    values = [part.value for part in mark.args if isinstance(part, ast.Constant)]
    if len(mark.args) != 3 or mark.keywords or [type(value) for value in values] != [str] * 3:
        line = f"{path.name}:{mark.lineno}"
        raise UnreadableMarkError(f"{line}: a fault has three literal texts: {ast.unparse(mark)}")
    area, injected, must_hold = map(str, values)
    return area, injected, must_hold


def page(root: Path = ROOT) -> str:
    """Return the text of docs/faults.md."""
    found = faults(root)
    parts = [START]
    for area, heading in AREAS.items():
        rows = [row(fault) for fault in found if fault.area == area]
        if rows:
            head = "| injected | must hold | test |\n|---|---|---|\n"
            parts.append(f"\n## {heading}\n\n{head}{''.join(rows)}")
    return "".join(parts)


def row(fault: Fault) -> str:
    file, _, name = fault.test.partition("::")
    link = f"[{file.removeprefix('tests/')}](../{file}) `{name}`"
    cells = (fault.injected.replace("|", "\\|"), fault.must_hold.replace("|", "\\|"), link)
    return f"| {' | '.join(cells)} |\n"


def main() -> None:
    PAGE.write_text(page(), encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
