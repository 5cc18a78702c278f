"""Write tables of the whole corpus as CSV files; scripts/corpus/export/csv.py says in which form.

python scripts/export_corpus_csv.py --people results/people.parquet \
    --tables results/tracks.parquet --output tracks.csv
"""

import argparse
from pathlib import Path

from corpus.core.errors import run
from corpus.export.csv import export_tables
from corpus.identity import track_people


def main() -> None:
    """Read the options, write a CSV file for each table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--tables", required=True, nargs="+", type=Path, help="Parquet tables")
    parser.add_argument("--people", required=True, type=Path, help="table of people.py")
    parser.add_argument(
        "--output", required=True, nargs="+", type=Path, help="CSV files, in the tables' order"
    )
    options = parser.parse_args()
    everybody = track_people.all_people(options.people)
    for source, output in zip(options.tables, options.output, strict=True):
        export_tables(source, output, None, everybody)


if __name__ == "__main__":
    run(main)
