"""Check a folder of results: list files that are damaged, altered, outdated, missing or foreign.

python tools/verify_results.py results/mine

It reads the results only: no configuration, no manifest, no network, and nothing is written. It
therefore also checks a copy on another machine. The exit status is 0 if there is no fault.
"""

import argparse
import logging
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "scripts"))

from corpus.core.errors import InputError, run
from corpus.report.verification.checks import Check

SHOWN = 20
"""Number of files of each kind of fault that are listed without --all."""


def main() -> None:
    """Check the folder, print the faults, and end with status 1 if there are any."""
    options = parse_arguments()
    logging.getLogger().setLevel(logging.INFO)
    if not options.results.is_dir():
        raise InputError(f"{options.results} is not a folder: give the config key results")
    report = Check(options.results, not options.skip_videos, tuple(options.ignore)).run()
    if not report.n_checked and not report.findings:
        raise InputError(f"{options.results} contains no results")
    print("\n".join(report.lines(None if options.all else SHOWN)))
    if report.findings:
        sys.exit(1)


def parse_arguments() -> argparse.Namespace:
    """Options of this program."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    add = parser.add_argument
    add("results", type=Path, help="folder of results, config key results")
    add("--all", action="store_true", help=f"list all faulty files, not only {SHOWN} of each kind")
    add(
        "--skip-videos",
        action="store_true",
        help="compare only the size of videos, not their content, which takes long for many videos",
    )
    add(
        "--ignore",
        action="append",
        default=[],
        metavar="PATTERN",
        help="do not check files with such a name, for example 'brightness/*'",
    )
    return parser.parse_args()


if __name__ == "__main__":
    run(main)
