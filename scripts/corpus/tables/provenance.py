"""Provenance of a file: version and commit of the workflow, parameters, models, tool versions.

It contains only facts that determine the content, so that the same data give the same bytes on any
machine. It contains no dates, host names or paths outside the workflow.
"""

import argparse
import subprocess
import tomllib
from functools import cache
from importlib.metadata import version
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]


def workflow_version() -> str:
    """Version of the workflow, from `pyproject.toml`.

    It is not part of the code, so a new version alone does not run any stage again.
    """
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"][
        "version"
    ]


WORKFLOW = workflow_version()
"""Version of the workflow that writes the files."""


@cache
def commit() -> str:
    """Commit of the checkout, followed by `+changes` if code was edited since.

    A copy without git, such as a container image, stores the commit in a file `COMMIT` at its root.
    Returns "unknown" if neither is available.
    """
    recorded = ROOT / "COMMIT"
    if recorded.exists():
        return recorded.read_text(encoding="utf-8").strip()
    try:
        head = _git("rev-parse", "HEAD")
        edited = _git("status", "--porcelain", "--", "Snakefile", "rules", "scripts", "envs")
    except (OSError, subprocess.CalledProcessError):
        return "unknown"
    return head + ("+changes" if edited else "")


def _git(*arguments: str) -> str:
    command = ["git", "-C", str(ROOT), *arguments]
    return subprocess.run(
        command, check=True, capture_output=True, text=True, encoding="utf-8"
    ).stdout.strip()


def describe(
    step: str, parameters: dict, tools: tuple[str, ...] = (), models: dict[str, str] | None = None
) -> dict:
    """Provenance of a file that the rule `step` writes.

    `tools` are names of installed distributions. `models` maps file names to their sha256.
    """
    return {
        "workflow": {"name": "video-corpus-workflow", "version": WORKFLOW, "commit": commit()},
        "step": step,
        "parameters": parameters,
        "tools": {name: version(name) for name in (*tools, "numpy", "pyarrow")},
        "models": models or {},
    }


def parameters(arguments: argparse.Namespace, leave_out: tuple[str, ...]) -> dict:
    """The options of a script as parameters, without paths and the options in `leave_out`."""
    return {
        name: value
        for name, value in sorted(vars(arguments).items())
        if name not in leave_out and not isinstance(value, Path)
    }
