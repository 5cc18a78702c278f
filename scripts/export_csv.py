"""Write tables of one video as CSV files; scripts/corpus/export/csv.py says in which form.

python scripts/export_csv.py --video-id both --tracks results/tracks.parquet \
    --people results/people.parquet --tables results/shots/both.parquet --output shots.csv
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
    parser.add_argument("--video-id", required=True, help="whose tables they are")
    parser.add_argument("--tracks", required=True, type=Path, help="table of people.py")
    parser.add_argument("--people", required=True, type=Path, help="table of people.py")
    parser.add_argument(
        "--output", required=True, nargs="+", type=Path, help="CSV files, in the tables' order"
    )
    options = parser.parse_args()
    who = track_people.read(options.tracks, options.people, options.video_id)
    for source, output in zip(options.tables, options.output, strict=True):
        export_tables(source, output, options.video_id, who)


if __name__ == "__main__":
    run(main)
