"""Run a script of the workflow inside the test's process."""

import sys
from functools import cache
from types import ModuleType

import pytest

from corpus.core.file_records import forget_inputs
from corpus.inputs import settings


def run_script(monkeypatch: pytest.MonkeyPatch, script: ModuleType, *options: object) -> None:
    """Call the script's main with command line options, as in a process of its own."""
    forget_inputs()
    monkeypatch.setattr(sys, "argv", [script.__name__, *map(str, options)])
    script.main()


def default_flags(rule: str, **replaced: object) -> list[str]:
    """The flags that a rule gives to its script with the default configuration.

    `replaced` gives other values, by the name of the key; None leaves a flag out.
    """
    return settings.flags(_default_settings(), rule, **replaced)


@cache
def _default_settings() -> dict:
    config: dict = {}
    settings.read(config)
    return config
