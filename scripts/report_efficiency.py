"""Compare the resources that jobs requested with those they used, the largest waste first.

python scripts/report_efficiency.py --benchmarks results/laptop/benchmarks \
    --table results/laptop/report/efficiency.tsv --page results/laptop/report/efficiency.html \
    --plot results/laptop/report/efficiency.svg --corpus results/laptop/corpus.parquet

All numbers come from Snakemake's benchmark files, on a cluster and on a laptop alike. They contain
the requested resources if Snakemake ran with `benchmark-extended`.
"""

import argparse
import logging
from pathlib import Path

from corpus.core.atomic_files import write_text
from corpus.core.errors import run
from corpus.core.file_records import note_results
from corpus.report import plot_style
from corpus.report.efficiency import benchmarks, page, plot, summary
from corpus.tables import provenance


def main() -> None:
    """Read the options and the benchmark files, write the table, the page and the plot."""
    options = parse_arguments()
    jobs, incomplete_files = benchmarks.read_benchmarks(options.benchmarks)
    rules = summary.summarise(jobs)
    limitations = summary.list_limitations(jobs, incomplete_files)
    for sentence in limitations:
        logging.warning(sentence)
    for row in rules.itertuples():
        logging.info("%s: %d jobs, waste %.3g core-hours", row.rule, row.jobs, row.waste_core_hours)
    if options.corpus:
        note_results(options.corpus.parent)
    plot_style.write_table(options.table, rules.round(6), digits=10)
    write_text(options.page, page.render(rules, limitations, summary.GB_PER_CORE, options.title))
    if options.plot:
        made_by = provenance.describe("report_efficiency", {}, ("matplotlib", "pandas"))
        figure = plot.render(jobs, plot.read_durations(options.corpus))
        plot_style.save(figure, options.plot, made_by)


def parse_arguments() -> argparse.Namespace:
    """Parse the options of this script."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument(
        "--benchmarks", required=True, type=Path, help="folder with Snakemake's benchmark files"
    )
    parser.add_argument(
        "--table", required=True, type=Path, help="TSV file to write: one row per rule"
    )
    parser.add_argument("--page", required=True, type=Path, help="HTML page to write")
    parser.add_argument("--plot", type=Path, help="SVG file to write: one point per job")
    parser.add_argument(
        "--corpus", type=Path, help="table of videos (Parquet), for the durations in the plot"
    )
    parser.add_argument("--title", help="config key title: name of the corpus, for the page")
    return parser.parse_args()


if __name__ == "__main__":
    run(main)
