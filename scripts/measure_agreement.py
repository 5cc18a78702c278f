"""Measure the agreement of the workflow with coders, and of coders with each other.

python scripts/measure_agreement.py --results results/mine --videos config/mine.tsv \
    --annotations results/mine/annotations.parquet --coders config/mine_annotations/coders.tsv \
    --files config/mine_annotations/*.eaf --output results/mine/agreement.parquet \
    --overlaps results/mine/agreement_overlaps.parquet
"""

import argparse
from pathlib import Path

from corpus.agreement import coding_table
from corpus.agreement.comparison import compare
from corpus.agreement.corpus_streams import read_streams
from corpus.core.arguments import with_distinct_files
from corpus.core.errors import run
from corpus.inputs import manifest
from corpus.tables import parquet, provenance
from corpus.tables.added import agreement, agreement_overlaps


def main() -> None:
    """Read the options, the coders' annotations and the phases, and write the tables."""
    options = parse_arguments()
    videos = manifest.read(options.videos, check_files=False)
    coded_tiers = coding_table.read(options.coders, videos, options.files)
    streams, seen = read_streams(options.results, options.annotations, coded_tiers)
    rows, overlaps = compare(streams, seen)
    made_by = provenance.describe("measure_agreement", {}, ("scipy", "pandas"))
    parquet.write(options.output, agreement.TABLE.name, rows, made_by)
    parquet.write(options.overlaps, agreement_overlaps.TABLE.name, overlaps, made_by)


def parse_arguments() -> argparse.Namespace:
    """Options of this script."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    add = parser.add_argument
    add("--results", required=True, type=Path, help="folder with phases, shots, tracks and people")
    add("--videos", required=True, type=Path, help="manifest")
    add("--annotations", required=True, type=Path, help="table annotations")
    add("--coders", required=True, type=Path, help="coders.tsv: the tiers to compare")
    add("--files", required=True, type=Path, nargs="+", help="ELAN files beside coders.tsv")
    add("--output", required=True, type=Path, help="table agreement to write")
    add("--overlaps", required=True, type=Path, help="table agreement_overlaps to write")
    return with_distinct_files(parser.parse_args())


if __name__ == "__main__":
    run(main)
