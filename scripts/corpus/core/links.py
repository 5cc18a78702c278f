"""Links to files of the user."""

import os
from pathlib import Path

from corpus.core.atomic_files import partial_path


def link_target(file: Path, link: Path) -> str:
    """What a relative link at the path `link` must contain to point to `file`.

    `..` leads out of a linked folder to the wrong place, so both folders are resolved. The file
    itself is not: if it is a link, it must stay one.
    """
    return os.path.relpath(file.parent.resolve() / file.name, link.parent.resolve())


def repair_link(link: str, source: str) -> None:
    """Let a link of the results that leads nowhere lead to the source again.

    Links are relative, so they break if the results or the videos are moved. The link keeps its
    modification time, so that nothing runs again because of it. A link that `hide_link` moved comes
    back. Raises OSError if the folder is read-only.
    """
    if not os.path.lexists(link) and os.path.exists(source) and os.path.islink(_hidden(link)):
        os.replace(_hidden(link), link)
    if os.path.exists(link) or not os.path.islink(link) or not os.path.exists(source):
        return
    before = os.lstat(link)
    partial = partial_path(Path(link))
    os.symlink(link_target(Path(source), Path(link)), partial)
    os.utime(partial, ns=(before.st_atime_ns, before.st_mtime_ns), follow_symlinks=False)
    os.replace(partial, link)


def hide_link(link: str) -> None:
    """Move a link that leads nowhere to a hidden folder.

    Snakemake stops at such a link, but can do without the file if everything was made from it.
    """
    if os.path.islink(link) and not os.path.exists(link):
        os.makedirs(os.path.dirname(_hidden(link)), exist_ok=True)
        os.replace(link, _hidden(link))


def _hidden(link: str) -> str:
    folder, name = os.path.split(link)
    return os.path.join(folder, ".gone", name)
