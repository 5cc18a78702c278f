"""Plot the agreement of coders and workflow, and write a page and a table about it.

python scripts/plot_agreement.py --agreement results/mine/agreement.parquet \
    --overlaps results/mine/agreement_overlaps.parquet --plot results/mine/report/agreement.svg \
    --table results/mine/report/agreement.tsv --page results/mine/report/agreement.html
"""

import argparse
from pathlib import Path

from corpus.core.atomic_files import write_text
from corpus.core.errors import run
from corpus.report import agreement_page, agreement_plot, plot_style
from corpus.tables import parquet, provenance


def main() -> None:
    """Read the options and the tables; write the plot, the page and the TSV file."""
    options = parse_arguments()
    rows = parquet.read(options.agreement)
    overlaps = parquet.read(options.overlaps)
    figure = agreement_plot.draw(overlaps)
    made_by = provenance.describe("plot_agreement", {}, ("matplotlib", "pandas"))
    plot_style.save(figure, options.plot, made_by)
    svg = options.plot.read_text("utf-8")
    write_text(options.page, agreement_page.render(rows, overlaps, svg, options.title))
    plot_style.write_table(options.table, rows)


def parse_arguments() -> argparse.Namespace:
    """Options of this script."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    add = parser.add_argument
    add("--agreement", required=True, type=Path, help="table agreement")
    add("--overlaps", required=True, type=Path, help="table agreement_overlaps")
    add("--plot", required=True, type=Path, help="SVG file to write")
    add("--table", required=True, type=Path, help="TSV file to write")
    add("--page", required=True, type=Path, help="HTML file to write")
    add("--title", help="config key title: name of the corpus, for the page")
    return parser.parse_args()


if __name__ == "__main__":
    run(main)
