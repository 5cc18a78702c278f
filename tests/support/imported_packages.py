"""The packages outside the standard library that a Python or Snakemake file imports."""

import ast
import re
import sys
from functools import cache
from importlib.metadata import packages_distributions
from pathlib import Path

from lock_files import package_name
from repository import ROOT

FOLDERS = ("scripts", "tools", "benchmarks", "containers", "tests/support")
"""Where modules of the project are."""


@cache
def project_modules() -> set[str]:
    """Names of the modules and packages of the project that can be imported."""
    return {path.stem for folder in FOLDERS for path in (ROOT / folder).iterdir()}


@cache
def distributions() -> dict[str, list[str]]:
    """Packages that contain a module, by the module's name; two packages do not list theirs."""
    unlisted = {"dlib": ["dlib-bin"], "parselmouth": ["praat-parselmouth"]}
    return unlisted | packages_distributions()


def imported_packages(file: Path) -> dict[str, set[str]]:
    """Return the packages that contain each module a file imports, also inside functions.

    The set is empty if no installed package contains the module.
    """
    modules = {module.split(".")[0] for module in imported_modules(file)}
    external = modules - sys.stdlib_module_names - project_modules()
    return {
        module: {package_name(package) for package in distributions().get(module, [])}
        for module in sorted(external)
    }


def imported_modules(file: Path) -> set[str]:
    """Return the dotted names of the modules that a file imports."""
    text = file.read_text(encoding="utf-8")
    if file.suffix != ".py":  # Snakemake's language is not Python; only its import lines are
        lines = re.findall(r"^\s*((?:import|from [\w.]+ import) [\w., *]+)$", text, re.MULTILINE)
        text = "\n".join(lines)
    modules: set[str] = set()
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            modules |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            modules.add(node.module)
    return modules
