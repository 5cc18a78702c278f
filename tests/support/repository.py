"""Where the files of the repository are, and which files it has."""

import subprocess
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
SCRIPTS = ROOT / "scripts"
TOOLS = ROOT / "tools"


@cache
def repository_files() -> tuple[str, ...]:
    """Paths of all files that git tracks or would track, relative to the root."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    return tuple(path for path in listed.splitlines() if (ROOT / path).is_file())
