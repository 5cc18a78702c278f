"""Faults in the option --config of Snakemake, which takes the last of several values silently."""

import argparse
from collections import Counter
from collections.abc import Iterator, Sequence

from corpus.inputs.faults import Fault

OPTION = "--config"


def option_faults(options: Sequence[str]) -> Iterator[Fault]:
    """Faults in the values of --config among the options of Snakemake."""
    parser = argparse.ArgumentParser(add_help=False, allow_abbrev=False)
    parser.add_argument(OPTION, "-C", nargs="*", action="append", default=[])
    uses = parser.parse_known_args(list(options))[0].config
    if len(uses) > 1:
        yield Fault(OPTION, "given twice; write all keys after one --config")
    words = [word for use in uses for word in use]
    for word in words:
        if "=" not in word:
            yield Fault(
                OPTION,
                f"{word!r} is not a key with a value, such as device=cpu. Give targets before "
                "--config, or after --",
            )
    for key, number in Counter(word.partition("=")[0] for word in words if "=" in word).items():
        if number > 1:
            yield Fault(OPTION, f"given {number} times; remove all but one", key=key)
