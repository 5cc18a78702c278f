"""The file of an image and the record beside it: compared, and replaced only when complete."""

import contextlib
import glob
import json
import os
import socket

from . import launcher


def is_as_recorded(image, recorded):
    """Whether an image exists and has the recorded content. Reading it takes about ten seconds.

    Size and time say nothing about a file that was replaced or damaged.
    """
    if not os.path.isfile(image):
        return False
    if launcher.sha256(image) == recorded.get("sha256"):
        return True
    print(f"{image} was changed or damaged after it was made: its sha256 is not as recorded")
    return False


@contextlib.contextmanager
def partial_name(image):
    """Name for an incomplete image, which no other build uses, also on another machine.

    The lock of the image may not work between machines. The file is removed if the build fails, or
    by the next build on this machine if the build was killed.
    """
    prefix = f"{image}.{socket.gethostname()}."
    for left_behind in glob.glob(f"{glob.escape(prefix)}*.partial"):
        # This build holds the lock of this machine, so no other one is running here.
        os.remove(left_behind)
    partial = f"{prefix}{os.getpid()}.partial"
    try:
        yield partial
    finally:
        with contextlib.suppress(FileNotFoundError):
            os.remove(partial)


def install(partial, image, facts):
    """Move a complete image to its final name, and record its size, checksum and origin."""
    facts = dict(facts, size=os.path.getsize(partial), sha256=launcher.sha256(partial))
    os.replace(partial, image)
    with partial_name(image) as record, open(
        record, "w", encoding="utf-8", errors="surrogateescape"
    ) as file:
        json.dump(facts, file, indent=1, sort_keys=True)
        file.write("\n")
        file.flush()
        os.replace(record, image + ".json")
    print(f"{image}: {facts['size'] / 1e9:.1f} GB, sha256 {facts['sha256']}")
