"""Write one HTML page about the corpus, which a browser opens without a network.

python scripts/write_page.py --results results/laptop --videos config/laptop.tsv \
    --names config/laptop_people.tsv --coverage results/laptop/report/coverage.tsv \
    --pictures results/laptop/pictures.parquet \
    --output results/laptop/report/index.html
"""

import argparse
import logging
import os
from pathlib import Path

from corpus.core import side_files
from corpus.core.atomic_files import write_text
from corpus.core.errors import run
from corpus.inputs import manifest
from corpus.pose import skeleton_files
from corpus.report import coverage
from corpus.report.page import left_over_files, result_links
from corpus.report.page.data_blocks import data_blocks
from corpus.report.page.gesture_list import write_gesture_list
from corpus.report.page.numbers import write_numbers
from corpus.report.page.render import render
from corpus.report.page.tables import CorpusTables


def main() -> None:
    """Read the options and tables, write the page."""
    options = parse_arguments()
    old_pictures = options.results / "pictures.parquet"
    if not options.pictures and old_pictures.exists():
        # Faces are biometric data: setting report.pictures to false also deletes earlier pictures.
        old_pictures.unlink()
        logging.info("%s: deleted, because report.pictures is false", old_pictures.name)
    if not options.skeletons and skeleton_files.delete_all(options.results):
        logging.info("skeletons: deleted, because report.skeletons is false")
    tables = CorpusTables(
        results=options.results,
        rows=manifest.read(options.videos, check_files=False),
        container=options.container,
        samples_per_second=options.samples_per_second,
        coverage=coverage.read(options.coverage),
    )
    left_over_files.remove_other_videos(options.results, tables.rows)
    blocks = data_blocks(
        tables,
        picture_tables=options.pictures,
        people_path=options.names,
        corpus_name=options.videos.stem,
        title=options.title,
        has_skeletons=options.skeletons,
    )
    write_gesture_list(tables, options.output.parent / side_files.FOLDER)
    write_numbers(tables, options.output.parent / side_files.FOLDER)
    result_links.write_files(options.results, tables.corpus["video_id"].tolist(), options.output)
    write_text(options.output, render(blocks))
    logging.info("%s: %.1f MB", options.output.name, os.path.getsize(options.output) / 1e6)


def parse_arguments() -> argparse.Namespace:
    """Options of this script."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--title", help="headline of the page; default: the manifest's name")
    parser.add_argument("--results", required=True, type=Path, help="results folder")
    parser.add_argument("--videos", required=True, type=Path, help="manifest")
    parser.add_argument(
        "--names", required=True, type=Path, help="the user's people.tsv, which need not exist"
    )
    parser.add_argument("--coverage", required=True, type=Path, help="table of plot_coverage")
    parser.add_argument("--container", required=True, help="config key fetch.container")
    parser.add_argument(
        "--samples-per-second",
        required=True,
        type=float,
        help="config key faces.samples_per_second",
    )
    skeletons = "config key report.skeletons: side files with skeletons are made for each video"
    parser.add_argument(
        "--skeletons", required=True, action=argparse.BooleanOptionalAction, help=skeletons
    )
    parser.add_argument(
        "--pictures", type=Path, nargs="*", default=[], help="table of crop_faces, if it was made"
    )
    parser.add_argument("--output", required=True, type=Path, help="HTML page to write")
    return parser.parse_args()


if __name__ == "__main__":
    run(main)
