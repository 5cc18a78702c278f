"""Write the page about the corpus: one HTML file that a browser opens without a network.

python scripts/write_page.py --results results/laptop --videos config/laptop.tsv \
    --names config/laptop_people.tsv --coverage results/laptop/report/coverage.tsv \
    --pictures results/laptop/pictures.parquet \
    --output results/laptop/report/index.html
"""

import argparse
import logging
import os
from collections.abc import Iterator
from pathlib import Path

from corpus.core.atomic_files import write_text
from corpus.core.errors import run
from corpus.core.progress import with_progress
from corpus.inputs import manifest
from corpus.report import coverage, page
from corpus.report.page.data import Corpus, pictures


def blocks(corpus: Corpus, faces: list[Path], names_file: Path, title: str) -> Iterator[str]:
    """The page's data: of the corpus, of each video, and the pictures."""
    videos, details = [], []
    rows = corpus.corpus
    for place, row in with_progress(rows.iterrows(), "write_page", len(rows), "videos"):
        video, detail = corpus.video(row)
        videos.append(video)
        details.append(page.block(f"video-{place}", detail))
    yield page.block("corpus", corpus.summary(videos, names(corpus, names_file), title))
    yield from details
    yield page.block("pictures", [row for path in faces for row in pictures(path, corpus)])


def names(corpus: Corpus, path: Path) -> dict:
    """The user's own people.tsv: where it is, its lines, and rows of it that fit nobody."""
    lines, aside = corpus.names(path)
    for row in aside:
        logging.warning("%s, kept as a comment where names are saved from the page", row["why"])
    return {"file": names_shown(path), "lines": lines, "aside": aside}


def names_shown(path: Path) -> str:
    """The names file as the page may tell it: its folder only where that is no one machine's."""
    return path.name if path.is_absolute() else path.as_posix()


def main() -> None:
    """Read the options and tables, write the page."""
    options = parse_arguments()
    kept = options.results / "pictures.parquet"
    if not options.pictures and kept.exists():
        # Faces are biometric data: who sets report.pictures back to false wants them gone.
        kept.unlink()
        logging.info("%s: removed, since report.pictures is false", kept.name)
    rows = manifest.read(options.videos, look=False)
    shares = coverage.read(options.coverage)
    corpus = Corpus(options.results, rows, options.container, options.samples_per_second, shares)
    title = options.videos.stem
    data = blocks(corpus, options.pictures, options.names, title)
    write_text(options.output, page.render(data))
    logging.info("%s: %.1f MB", options.output.name, os.path.getsize(options.output) / 1e6)


def parse_arguments() -> argparse.Namespace:
    """Options of this script."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--results", required=True, type=Path, help="folder of all tables")
    parser.add_argument("--videos", required=True, type=Path, help="manifest")
    parser.add_argument(
        "--names", required=True, type=Path, help="people.tsv of your own, there or not"
    )
    parser.add_argument("--coverage", required=True, type=Path, help="table of plot_coverage")
    parser.add_argument("--container", default="mp4", help="as the config key fetch.container")
    parser.add_argument("--samples-per-second", type=float, default=5, help="as in detect_faces")
    parser.add_argument(
        "--pictures", type=Path, nargs="*", default=[], help="table of picture_people, if any"
    )
    parser.add_argument("--output", required=True, type=Path, help="HTML page to write")
    return parser.parse_args()


if __name__ == "__main__":
    run(main)
