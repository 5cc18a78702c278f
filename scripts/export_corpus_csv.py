"""Write tables of the whole corpus as CSV files; scripts/corpus/tidy_csv.py says in which form.

python scripts/export_corpus_csv.py --people results/people.parquet \
    --tables results/tracks.parquet --output tracks.csv
"""

import argparse
from pathlib import Path

from corpus import cast
from corpus.errors import run
from corpus.tidy_csv import export


def main() -> None:
    """Read the options, write a CSV file for each table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--tables", required=True, nargs="+", type=Path, help="Parquet tables")
    parser.add_argument("--people", required=True, type=Path, help="table of people.py")
    parser.add_argument(
        "--output", required=True, nargs="+", type=Path, help="CSV files, in the tables' order"
    )
    options = parser.parse_args()
    everybody = cast.everybody(options.people)
    for source, output in zip(options.tables, options.output, strict=True):
        export(source, output, None, everybody)


if __name__ == "__main__":
    run(main)
