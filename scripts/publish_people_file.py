"""Copy people.tsv to where people fill in names; keep a copy of one that was filled in.

python scripts/publish_people_file.py --text results/unedited/people.tsv \
    --output results/people.tsv --annotations config/mine_annotations
"""

import argparse
from pathlib import Path

from corpus.core.errors import run
from corpus.core.user_edits import publish_texts


def main() -> None:
    """Read the options, keep an edited file, and write the new one."""
    options = parse_arguments()
    if publish_texts({options.output: options.text}, options.annotations):
        print("To use its names, save them in the file that the config key people names.")


def parse_arguments() -> argparse.Namespace:
    """Options of this script."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--text", required=True, type=Path, help="people.tsv of identify_people")
    parser.add_argument("--output", required=True, type=Path, help="people.tsv to write")
    parser.add_argument(
        "--annotations", required=True, type=Path, help="folder for files that people edited"
    )
    return parser.parse_args()


if __name__ == "__main__":
    run(main)
