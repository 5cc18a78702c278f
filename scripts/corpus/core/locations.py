"""Where paths lead: whether two paths name the same file, and which folders a file lies in.

Paths differ but lead to one place through links, `..`, a second mount, or other capitals on a file
system that ignores case. A folder is therefore identified by its device and inode. A folder that
does not exist is identified by its nearest existing parent and the names below it.
"""

import os
import unicodedata
from collections.abc import Iterator
from pathlib import Path

Identity = tuple[int | str, ...]
"""Device and inode of a folder; for a missing one, those of its nearest parent and names."""

_MOST_LINKS = 40
"""Links that are followed from one file, as in Linux."""


class Locations:
    """Looks up locations, and each folder only once: thousands of files may lie in one."""

    def __init__(self) -> None:
        self._real: dict[str, str] = {}
        self._identities: dict[str, Identity] = {}
        self._ignoring_case: dict[str, bool] = {}

    def folder(self, path: Path | str) -> str:
        """The path of a folder without links; the folder may be missing."""
        path = os.fspath(path)
        if path not in self._real:
            self._real[path] = os.path.realpath(os.path.expanduser(path))
        return self._real[path]

    def identity(self, path: Path | str) -> Identity:
        """What is the same for all paths that lead to a folder."""
        folder = self.folder(path)
        if folder not in self._identities:
            self._identities[folder] = self._look_up(folder)
        return self._identities[folder]

    def _look_up(self, folder: str) -> Identity:
        try:
            status = os.stat(folder)
        except OSError:
            parent, name = os.path.split(folder)
            if parent == folder:
                return (folder,)
            return (*self.identity(parent), self.plain_name(parent, name))
        return status.st_dev, status.st_ino

    def plain_name(self, folder: str, name: str) -> str:
        """A name as the file system of its folder compares it."""
        if not self.ignores_case(folder):
            return name
        return unicodedata.normalize("NFC", name).casefold()

    def ignores_case(self, folder: str) -> bool:
        """Whether names in a folder that differ only in capitals are the same file."""
        if folder not in self._ignoring_case:
            self._ignoring_case[folder] = self._test_case(folder)
        return self._ignoring_case[folder]

    def _test_case(self, folder: str) -> bool:
        parent, name = os.path.split(folder)
        if parent == folder:
            return False
        if name.swapcase() == name or not os.path.exists(folder):
            return self.ignores_case(parent)
        try:
            return os.path.samefile(folder, os.path.join(parent, name.swapcase()))
        except OSError:
            return False

    def parents(self, path: Path | str) -> Iterator[tuple[Identity, str]]:
        """The folders around a folder, itself first, each with the path from there to the folder.

        The path is empty for the folder itself, and ends with a slash for the others.
        """
        folder, below = self.folder(path), ""
        while True:
            yield self.identity(folder), below
            parent, name = os.path.split(folder)
            if parent == folder:
                return
            folder, below = parent, f"{name}/{below}"

    def contains(self, folder: Path | str, path: Path | str) -> bool:
        """Whether a folder is another one, or contains it."""
        identity = self.identity(folder)
        return any(identity == parent for parent, _ in self.parents(path))

    def split(self, path: Path | str) -> tuple[str, str]:
        """The folder of a file, without links, and the name of the file, which may be a link."""
        folder, name = os.path.split(path)
        if name in ("", os.curdir, os.pardir):
            folder, name = os.path.split(self.folder(path))
        return self.folder(folder), name

    def key(self, path: Path | str) -> tuple[Identity, str]:
        """What is the same for all paths of one file. A link is another file than its target."""
        folder, name = self.split(path)
        return self.identity(folder), self.plain_name(folder, name)


def link_steps(path: Path | str) -> Iterator[str]:
    """A path, and if it is a link, the path that it names, and so on to the file itself."""
    step = os.fspath(path)
    if step.startswith("~"):
        step = os.path.expanduser(step)
    for _ in range(_MOST_LINKS):
        yield step
        try:
            step = os.path.join(os.path.dirname(step), os.readlink(step))
        except OSError:
            return
