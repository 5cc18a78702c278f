"""Write how the corpus was analysed, as the methods section of a paper, with its references.

python scripts/write_methods.py --results results --coverage results/report/coverage.tsv \
    --methods results/report/methods.md --references results/report/references.bib \
    --page results/report/methods.html

Versions, models, parameters and counts come from the tables and their metadata. Citations are
pandoc's:

pandoc --citeproc --bibliography results/report/references.bib results/report/methods.md \
    --output methods.docx
"""

import argparse
import json
import logging
from pathlib import Path

from corpus.core.atomic_files import write_text
from corpus.core.errors import run
from corpus.report import lineage
from corpus.report.methods import bibliography, page, text
from corpus.report.methods.summary import read_summary
from corpus.tables import provenance


def main() -> None:
    """Read the options and the tables, write the text, its references, and both as a page."""
    options = parse_arguments()
    summary = read_summary(options.results, options.coverage, with_scores=options.gesture_score)
    methods = text.compose(summary)
    entries = bibliography.read()
    references = bibliography.references(methods, entries, summary.workflow_version)
    for difference in lineage.describe_differences(summary.steps):
        logging.warning("not all videos were analysed in the same way: %s", difference)
    if advice := lineage.suggest_reruns(summary.steps):
        logging.warning("%s", advice)
    made_by = json.dumps(provenance.describe("write_methods", {}, ("pandas",)), sort_keys=True)
    # pandoc leaves out comments. Two hyphens would end the comment, so escape them in the JSON.
    escaped = made_by.replace("--", r"-\u002d")
    comment = f"<!-- provenance: {escaped} -->\n"
    write_text(options.methods, f"{methods}\n{comment}")
    write_text(options.references, f"% provenance: {made_by}\n\n{references}")
    write_text(options.page, page.render(methods, references, options.title) + comment)
    logging.info("%d works cited", len(bibliography.cited_keys(methods)))


def parse_arguments() -> argparse.Namespace:
    """Parse the options of this script."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--results", required=True, type=Path, help="folder with all tables")
    parser.add_argument(
        "--coverage", required=True, type=Path, help="table that plot_coverage writes (TSV)"
    )
    parser.add_argument("--methods", required=True, type=Path, help="Markdown file to write")
    parser.add_argument("--references", required=True, type=Path, help="BibTeX file to write")
    parser.add_argument(
        "--page", required=True, type=Path, help="HTML file to write, with text and references"
    )
    parser.add_argument("--title", help="config key title: name of the corpus, for the page")
    parser.add_argument(
        "--gesture-score",
        action=argparse.BooleanOptionalAction,
        default=False,
        help="config key movement.gesture_score: describe the scores of gestures",
    )
    return parser.parse_args()


if __name__ == "__main__":
    run(main)
