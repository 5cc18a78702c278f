"""Run a script of the workflow inside the test's process."""

import sys
from types import ModuleType

import pytest


def run_script(monkeypatch: pytest.MonkeyPatch, script: ModuleType, *options: object) -> None:
    """Call the script's main with command line options."""
    monkeypatch.setattr(sys, "argv", [script.__name__, *map(str, options)])
    script.main()
