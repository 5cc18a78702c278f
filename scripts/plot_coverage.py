"""Plot in which share of each video's frames faces, bodies, wrists and hands were found.

python scripts/plot_coverage.py --results results --videos config/videos.tsv \
    --plot results/report/coverage.svg --table results/report/coverage.tsv
"""

import argparse
import logging
from pathlib import Path

from corpus.core.errors import run
from corpus.core.wording import count_noun
from corpus.inputs import manifest
from corpus.report import coverage, coverage_plot, plot_style
from corpus.tables import provenance


def main() -> None:
    """Read the options, measure the coverage of all videos, write the plot and the table."""
    options = parse_arguments()
    videos = list(manifest.read(options.videos, check_files=False))
    table = coverage.measure_corpus(options.results, videos)
    for kind, (label, _) in coverage_plot.KINDS.items():
        logging.info("frames with %s: median %.0f%%", label, 100 * table[kind].median())
    logging.info("%s", count_noun(len(table), "video"))
    made_by = provenance.describe("plot_coverage", {}, ("matplotlib", "pandas"))
    plot_style.save(coverage_plot.draw(table), options.plot, made_by)
    plot_style.write_table(options.table, table)


def parse_arguments() -> argparse.Namespace:
    """Parse the options of this script."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument(
        "--results",
        required=True,
        type=Path,
        help="folder with the tables status, frames, shots, faces and keypoints",
    )
    parser.add_argument(
        "--videos", required=True, type=Path, help="manifest: the videos to include"
    )
    parser.add_argument("--plot", required=True, type=Path, help="SVG file to write")
    parser.add_argument(
        "--table", required=True, type=Path, help="TSV file to write: one row per video"
    )
    return parser.parse_args()


if __name__ == "__main__":
    run(main)
