"""Cut the videos of a corpus into groups that one job processes.

A group is a set of videos whose hashed ids begin with the same bits. Adding or removing a video
therefore changes only its own group: blocks of a sorted list would all shift.

Every job of the workflow imports this module: use only the standard library.
"""

import hashlib
from collections.abc import Iterable
from pathlib import Path

FIRST = "g"
"""Name of the group of all videos. The names of its parts have a 0 or 1 for each bit."""
PATTERN = f"{FIRST}[01]*"
"""Regular expression of the names of groups."""
N_BITS = 64


def cut_into_groups(videos: Iterable[str], most: int) -> dict[str, list[str]]:
    """Cut videos into groups of at most `most`; return the sorted ids by the name of the group.

    A group with too many videos is cut in two by the next bit of the SHA-256 of each id. With
    thousands of videos, groups have about 0.7 times `most` videos on average.
    """
    bits = {video: _bits(video) for video in sorted(videos)}
    groups: dict[str, list[str]] = {}
    pending = [(FIRST, list(bits))]
    while pending:
        name, members = pending.pop()
        depth = len(name) - len(FIRST)
        if len(members) <= most or depth == N_BITS:
            if members:
                groups[name] = members
            continue
        for bit in "01":
            pending.append((name + bit, [v for v in members if bits[v][depth] == bit]))
    return dict(sorted(groups.items()))


def overlapping_files(folder: Path, name: str) -> list[Path]:
    """Files `{name}.json` in a folder of groups that had videos in common with the group `name`.

    These are larger groups that contained it, and its parts.
    """
    files = folder.glob(f"{FIRST}*.json")
    return [
        file
        for file in files
        if file.stem != name and (file.stem.startswith(name) or name.startswith(file.stem))
    ]


def _bits(video: str) -> str:
    digest = hashlib.sha256(video.encode()).digest()
    return f"{int.from_bytes(digest[: N_BITS // 8], 'big'):0{N_BITS}b}"
