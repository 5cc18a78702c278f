"""Checks of command lines that argparse does not make."""

import argparse
from pathlib import Path

from corpus.core.errors import InputError
from corpus.core.locations import Locations


def with_distinct_files(
    options: argparse.Namespace, written: tuple[str, ...] = ("output",)
) -> argparse.Namespace:
    """The options, if no file in the options `written` is named by another option, too.

    Otherwise raises InputError: a script that is started by hand would replace its own input, such
    as a video, with its output.
    """
    locations = Locations()
    named = [
        (option, locations.key(path), path)
        for option, value in vars(options).items()
        for path in (value if isinstance(value, list) else [value])
        if isinstance(path, Path) and path.is_file()
    ]
    for option in written:
        outputs = {key for name, key, _ in named if name == option}
        for other, key, path in named:
            if other != option and key in outputs:
                names = " and ".join(f"--{name.replace('_', '-')}" for name in (other, option))
                raise InputError(f"{path}: {names} name the same file; give another path to one")
    return options
