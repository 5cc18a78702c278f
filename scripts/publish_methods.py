"""Copy the methods section to the report; keep copies of files in which people wrote.

python scripts/publish_methods.py --texts results/unedited/methods.md \
    results/unedited/references.bib results/unedited/methods.html --report results/report \
    --annotations config/mine_annotations
"""

import argparse
from pathlib import Path

from corpus.core.errors import run
from corpus.core.user_edits import publish_texts


def main() -> None:
    """Read the options, keep edited files, and write the new ones."""
    options = parse_arguments()
    publish_texts({options.report / text.name: text for text in options.texts}, options.annotations)


def parse_arguments() -> argparse.Namespace:
    """Options of this script."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument(
        "--texts", required=True, nargs="+", type=Path, help="files of write_methods"
    )
    parser.add_argument("--report", required=True, type=Path, help="folder to write them to")
    parser.add_argument(
        "--annotations", required=True, type=Path, help="folder for files that people edited"
    )
    return parser.parse_args()


if __name__ == "__main__":
    run(main)
