"""Ids of videos, which are also parts of file names.

Every job of the workflow imports this module: use only the standard library.
"""

import re
from collections.abc import Iterator

VIDEO_ID = re.compile(r"[A-Za-z0-9_-]+")
MAX_LENGTH = 200
"""Most characters of an id. File names have at most 255 bytes, and the workflow adds up to 55 to an
id: a suffix such as .mpeg.json, and the name of a temporary file."""
MAX_REPEATS = 19
"""How often the last characters of an id may be repeated. Snakemake takes more for a sign of an
endless recursion, and then plans no job at all."""


def id_faults(video: str) -> Iterator[str]:
    """What is wrong with an id, apart from its use for another video."""
    if not VIDEO_ID.fullmatch(video):
        yield f"{video!r} is also a file name; use only A-Z a-z 0-9 _ -"
    elif len(video) > MAX_LENGTH:
        yield (
            f"{video[:20]!r}... has {len(video)} characters; use at most {MAX_LENGTH}, because it "
            "is part of file names"
        )
    elif repeated := repeated_end(video):
        yield (
            f"{video!r} ends with {repeated!r} repeated more than {MAX_REPEATS} times, which "
            "Snakemake refuses; choose another id"
        )


def repeated_end(video: str) -> str:
    """The characters that the end of an id repeats more often than Snakemake allows, or ''."""
    n_repeats = MAX_REPEATS + 1
    for length in range(1, len(video) // n_repeats + 1):
        if video.endswith(video[-length:] * n_repeats):
            return video[-length:]
    return ""
