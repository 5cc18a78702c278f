"""Plot how long each person is on screen, and in how many videos.

python scripts/plot_people.py --people results/people.parquet \
    --plot results/report/people.svg --table results/report/people.tsv
"""

import argparse
import logging
from pathlib import Path

from corpus.core.errors import run
from corpus.core.wording import count_noun
from corpus.report import people_plot, plot_style
from corpus.tables import parquet, provenance

TABLE_COLUMNS = [
    "person",
    "name",
    "seconds",
    "n_videos",
    "n_tracks",
    "best_video_id",
    "best_time_s",
]


def main() -> None:
    """Read the options and the table of people, write the plot and the table."""
    options = parse_arguments()
    people = parquet.read(options.people)
    logging.info("%s", count_noun(len(people), "person", "people"))
    made_by = provenance.describe("plot_people", {}, ("matplotlib", "pandas"))
    plot_style.save(people_plot.draw(people), options.plot, made_by)
    plot_style.write_table(options.table, people[TABLE_COLUMNS])


def parse_arguments() -> argparse.Namespace:
    """Parse the options of this script."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--people", required=True, type=Path, help="table of people (Parquet)")
    parser.add_argument("--plot", required=True, type=Path, help="SVG file to write")
    parser.add_argument(
        "--table", required=True, type=Path, help="TSV file to write: one row per person"
    )
    return parser.parse_args()


if __name__ == "__main__":
    run(main)
