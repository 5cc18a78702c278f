"""What Snakemake needs to start: an encoding of file names, and a path of the workflow.

Every job of the workflow imports this module: use only the standard library.
"""

import os
import sys
from pathlib import Path

from corpus.core.errors import InputError

PROGRAMS = ("snakemake", "__main__.py")
"""Names of the program if Snakemake was started from the command line."""


def use_utf8_file_names() -> None:
    """Start Snakemake again in Python's UTF-8 mode, unless file names are in UTF-8 already.

    In a locale such as ISO-8859-1, Python reads and writes file names and command lines in that
    encoding. Then a name in the manifest would be another name on the disk, or none. The encoding
    cannot change in a running process. Jobs inherit the mode. Raises InputError if Snakemake was
    not started from the command line.
    """
    encoding = sys.getfilesystemencoding()
    if encoding.lower() == "utf-8":
        return
    if Path(sys.argv[0]).name not in PROGRAMS:
        raise InputError(
            f"file names are read as {encoding}; set the environment variable PYTHONUTF8=1"
        )
    os.environ["PYTHONUTF8"] = "1"
    sys.stdout.flush()
    sys.stderr.flush()
    os.execv(sys.executable, [sys.executable, *sys.orig_argv[1:]])


def check_workflow_path(root: Path) -> None:
    """Raise InputError if Snakemake cannot use the path of the workflow."""
    if any(brace in str(root) for brace in "{}"):
        raise InputError(
            f"{root}: Snakemake uses braces for wildcards; rename the folders above the workflow, "
            "or move it"
        )
