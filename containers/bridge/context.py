"""The build context: the folder from which an engine copies files into an image."""

import contextlib
import os
import shutil
import subprocess
import tempfile


@contextlib.contextmanager
def tracked_files(root, tmp=None):
    """Folder with copies of the files of the workflow in `root` that git tracks, made in `tmp`.

    Of these, the engine takes what .dockerignore names. Without git, as in a downloaded archive, it
    is `root` itself, and only .dockerignore keeps other files out.
    """
    tracked = git_files(root, "--cached")
    if "containers/Dockerfile" not in tracked:
        yield root
        return
    new = git_files(root, "--others", "--exclude-standard", "--", "rules/*.smk", "scripts/*.py")
    if new:
        print("Not in the image, because git does not track it: " + ", ".join(new), flush=True)
    with tempfile.TemporaryDirectory(dir=tmp, prefix="context-") as folder:
        for name in tracked:
            source, copy = os.path.join(root, name), os.path.join(folder, name)
            # A deleted file is still tracked until the commit.
            if os.path.isfile(source):
                os.makedirs(os.path.dirname(copy), exist_ok=True)
                shutil.copy2(source, copy, follow_symlinks=False)
        yield folder


def git_files(root, *options):
    """Paths that `git ls-files` lists in a folder; none without git."""
    command = ["git", "-C", root, "ls-files", "-z"]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL}
    try:
        listed = subprocess.run([*command, *options], check=True, **pipes).stdout
    except (OSError, subprocess.CalledProcessError):
        return []
    return [os.fsdecode(name) for name in listed.split(b"\0") if name]
