"""Write tables of one video as CSV files, in the format of scripts/corpus/export/csv.py.

python scripts/export_csv.py --video-id=both --tracks results/tracks.parquet \
    --people results/people.parquet --tables results/shots/both.parquet --output shots.csv
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
    people = track_people.read(options.tracks, options.people, options.video_id)
    for table, output in zip(options.tables, options.output, strict=True):
        write_csv(table, output, options.video_id, people)


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    add = parser.add_argument
    add("--tables", required=True, nargs="+", type=Path, help="Parquet tables of the video")
    add("--video-id", required=True, help="id of the video")
    add("--tracks", required=True, type=Path, help="tracks table written by identify_people")
    add("--people", required=True, type=Path, help="people table written by identify_people")
    outputs = "CSV files to write, in the order of the tables"
    add("--output", required=True, nargs="+", type=Path, help=outputs)
    return with_distinct_files(parser.parse_args())


if __name__ == "__main__":
    run(main)
