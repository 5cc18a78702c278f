"""Check that a file of a video exists, which the job of its group made.

Rules that name the file of one video thus wait for the job of its group.
"""

import argparse
from pathlib import Path

from corpus.core.errors import MissingFileError, run


def main() -> None:
    """Raise MissingFileError if the file does not exist."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--file", required=True, type=Path, help="table or video in the results")
    file = parser.parse_args().file
    if not file.exists():
        raise MissingFileError(f"{file}: no such file. Run snakemake again, which makes it again")


if __name__ == "__main__":
    run(main)
