"""Plot how many videos, and hours, are left after each step, and why other videos are not.

python scripts/plot_funnel.py --results results --plot results/report/funnel.svg \
    --table results/report/corpus.tsv
"""

import argparse
import logging
from pathlib import Path

from corpus.core.addresses import shareable_source
from corpus.core.errors import run
from corpus.report import funnel, funnel_plot, plot_style
from corpus.tables import parquet, provenance


def main() -> None:
    """Read the options and the tables, write the plot and the table of videos."""
    options = parse_arguments()
    corpus = parquet.read(options.results / "corpus.parquet")
    tracks = parquet.read(options.results / "tracks.parquet", ["video_id", "person"])
    gesture_videos = funnel.find_videos_with_gestures(options.results, corpus["video_id"].tolist())
    stages = funnel.funnel_stages(corpus, tracks, gesture_videos)
    for stage in stages:
        logging.info("%s: %d videos", " ".join(stage.label.split()), stage.n_videos)
    made_by = provenance.describe("plot_funnel", {}, ("matplotlib", "pandas"))
    plot_style.save(funnel_plot.draw(stages), options.plot, made_by)
    # Snakemake's report includes the table. Leave out folders of this computer and checksums.
    table = corpus.assign(source=corpus["source"].map(shareable_source))
    plot_style.write_table(options.table, table.drop(columns="sha256"))


def parse_arguments() -> argparse.Namespace:
    """Parse the options of this script."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument(
        "--results",
        required=True,
        type=Path,
        help="folder with the tables corpus, tracks and gestures",
    )
    parser.add_argument("--plot", required=True, type=Path, help="SVG file to write")
    parser.add_argument(
        "--table", required=True, type=Path, help="TSV file to write: one row per video"
    )
    return parser.parse_args()


if __name__ == "__main__":
    run(main)
