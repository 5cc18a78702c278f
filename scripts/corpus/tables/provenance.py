"""What made a file: the workflow's version and commit, parameters, models and tool versions.

Only facts that determine the content go in, so that the same data gives the same bytes on any
machine: no dates, no host names, no paths outside the workflow.
"""

import argparse
import subprocess
from functools import cache
from importlib.metadata import version
from pathlib import Path

WORKFLOW = "0.1.0"
ROOT = Path(__file__).resolve().parents[3]


@cache
def commit() -> str:
    """Commit of the workflow's checkout, `+changes` where code was edited since.

    A copy without git (an image, an archive) carries the commit in a file `COMMIT` at its root.
    """
    recorded = ROOT / "COMMIT"
    if recorded.exists():
        return recorded.read_text().strip()
    try:
        head = _git("rev-parse", "HEAD")
        edited = _git("status", "--porcelain", "--", "Snakefile", "rules", "scripts", "envs")
    except (OSError, subprocess.CalledProcessError):
        return "unknown"
    return head + ("+changes" if edited else "")


def _git(*arguments: str) -> str:
    command = ["git", "-C", str(ROOT), *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


def describe(
    step: str, parameters: dict, tools: tuple[str, ...] = (), models: dict[str, str] | None = None
) -> dict:
    """Provenance of a file that `step` writes.

    `tools` are names of installed distributions, `models` maps file names to their sha256.
    """
    return {
        "workflow": {"name": "video-corpus-workflow", "version": WORKFLOW, "commit": commit()},
        "step": step,
        "parameters": parameters,
        "tools": {name: version(name) for name in (*tools, "numpy", "pyarrow")},
        "models": models or {},
    }


def parameters(arguments: argparse.Namespace, leave_out: tuple[str, ...]) -> dict:
    """A script's options as parameters, without those that name files or do not change results."""
    return {
        name: value
        for name, value in sorted(vars(arguments).items())
        if name not in leave_out and not isinstance(value, Path)
    }
