"""Find files by the paths that people write, and explain paths of other systems.

A path may begin with ~. A letter with an accent can be one character or two (Unicode NFC and NFD):
keyboards give the first, macOS and some archives the second. A path finds the file in either form.

Every job of the workflow imports this module: use only the standard library.
"""

import os
import re
import unicodedata
from collections.abc import Iterator
from os.path import expanduser, join, lexists, normpath, split

_VARIABLE = re.compile(r"\$(\w+|\{\w+\})")
_DRIVE = re.compile(r"[A-Za-z]:[\\/]")


def find_file(path: str) -> str:
    """The path of an existing file or folder, as it is spelled on the disk.

    A path that exists is returned unchanged, also one that begins with ~. So is a path that exists
    in no form, or whose last part exists in several others. A new file in a folder that exists gets
    the path of this folder.
    """
    path = expand_home(path)
    if path.isascii() or lexists(path):
        return path
    folder, name = split(path.rstrip("/"))
    if folder:
        folder = find_file(folder)
        path = join(folder, name)
        if lexists(path):
            return path
    forms = same_names(folder, name)
    return join(folder, forms[0]) if len(forms) == 1 else path


def expand_home(path: str) -> str:
    """The path with the home folder instead of ~, unless a file with this name exists."""
    return expanduser(path) if path.startswith("~") and not lexists(path) else path


def same_names(folder: str, name: str) -> list[str]:
    """Names in a folder that are spelled like `name`, but with other characters."""
    composed = unicodedata.normalize("NFC", name)
    try:
        names = os.listdir(folder or ".")
    except OSError:
        return []
    return sorted(
        other
        for other in names
        if other != name and unicodedata.normalize("NFC", other) == composed
    )


def control_characters(text: str) -> list[str]:
    """Names of the control characters in a text, such as U+0000, without duplicates."""
    found = {character for character in text if unicodedata.category(character) == "Cc"}
    return [f"U+{ord(character):04X}" for character in sorted(found)]


def path_faults(path: str) -> Iterator[str]:
    """What is wrong with a path that cannot work here, whatever files exist."""
    if characters := control_characters(path):
        yield f"{path!r}: remove the control character {', '.join(characters)}"


def path_mistakes(path: str) -> Iterator[str]:
    """What in a path that does not exist must be a mistake, and what to write instead."""
    if _DRIVE.match(path):
        yield "this is a path of Windows; write the path on this system, such as /mnt/c/videos"
    elif "\\" in path:
        yield "write / between folders instead of \\"
    if variable := _VARIABLE.search(path):
        yield f"environment variables such as {variable[0]} are not replaced; write their value"
    if path.startswith("~") and expanduser(path) == path:
        yield f"there is no home folder {path.split('/')[0]}"


def path_hints(path: str, found: str) -> Iterator[str]:
    """Why no file exists at a path. `found` is the path from the working directory."""
    yield from path_mistakes(path)
    invisible = {c for c in path if unicodedata.category(c) == "Cf"}
    if invisible:
        codes = ", ".join(f"U+{ord(character):04X}" for character in sorted(invisible))
        yield f"the path contains the invisible character {codes}"
    if len(forms := same_names(*split(normpath(found)))) > 1:
        yield f"the folder has several files with this name in other characters: {forms}"
