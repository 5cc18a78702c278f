"""Write tables of the whole corpus as CSV files, in the format of scripts/corpus/export/csv.py.

python scripts/export_corpus_csv.py --people results/people.parquet \
    --tables results/tracks.parquet --output tracks.csv
"""

import argparse
from pathlib import Path

from corpus.core.arguments import with_distinct_files
from corpus.core.errors import run
from corpus.export.csv import write_csv
from corpus.identity import track_people


def main() -> None:
    """Read the options, and write a CSV file for each table."""
    options = parse_arguments()
    people = track_people.all_people(options.people)
    for table, output in zip(options.tables, options.output, strict=True):
        write_csv(table, output, video=None, people=people)


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    add = parser.add_argument
    add("--tables", required=True, nargs="+", type=Path, help="Parquet tables of the corpus")
    add("--people", required=True, type=Path, help="people table written by identify_people")
    outputs = "CSV files to write, in the order of the tables"
    add("--output", required=True, nargs="+", type=Path, help=outputs)
    return with_distinct_files(parser.parse_args())


if __name__ == "__main__":
    run(main)
