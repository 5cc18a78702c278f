"""Who can read the results: by default nobody but the user and the user's group.

Results contain embeddings of faces, which are biometric data, and shared disks give files to
everybody unless the umask says otherwise. The folder of the results protects all files in it, so it
is the only one that is looked at. A folder that exists is never changed.

Every job of the workflow imports this module: use only the standard library.
"""

import os
import stat
from pathlib import Path

from corpus.core.atomic_files import write_text

UMASK_VARIABLE = "CORPUS_USERS_UMASK"
"""Environment variable with the user's umask in octal digits, for the jobs of this process."""
WARNED = ".readable_by_others"
"""File in the results with the mode of the folder about which the user was warned."""


def exclude_others() -> None:
    """Give other users no access to files and folders that this process and its jobs create.

    The user's group keeps what the umask leaves it.
    """
    users_umask = os.umask(0)
    os.environ.setdefault(UMASK_VARIABLE, f"{users_umask:o}")
    os.umask(users_umask | stat.S_IRWXO)


def follow_users_umask() -> None:
    """Create files as if others had not been excluded, for files without data about people."""
    if UMASK_VARIABLE in os.environ:
        os.umask(int(os.environ[UMASK_VARIABLE], 8))


def warning(results: Path | str) -> str | None:
    """Warn if others can read the folder of the results, unless this was said before."""
    mode = _open_mode(results)
    if mode is None or _warned_mode(results) == mode:
        return None
    return (
        f"{results}: every user of this computer can read this folder, which contains data about "
        f"people's faces. To exclude others, run chmod o-rwx {results}; to allow it, set "
        "privacy: {readable_by_others: true}"
    )


def note_warning(results: Path | str) -> None:
    """Remember that the user was warned, so that each later start does not warn again."""
    mode = _open_mode(results)
    if mode is not None and _warned_mode(results) != mode:
        write_text(Path(results, WARNED), f"{mode}\n")


def follow_folder(results: Path | str) -> None:
    """Let a tool that changes results give others no access if their folder gives none."""
    if _open_mode(results) is None:
        exclude_others()


def _open_mode(results: Path | str) -> str | None:
    """The mode of a folder that others can enter or list; None if they cannot."""
    try:
        mode = stat.S_IMODE(os.stat(results).st_mode)
    except OSError:
        return None
    return f"{mode:o}" if mode & (stat.S_IROTH | stat.S_IXOTH) else None


def _warned_mode(results: Path | str) -> str | None:
    try:
        return Path(results, WARNED).read_text(encoding="utf-8").strip()
    except OSError:
        return None
