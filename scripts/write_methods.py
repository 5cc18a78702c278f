"""Write how the corpus was analysed, as paragraphs for a paper, with the works to cite.

python scripts/write_methods.py --results results --coverage results/report/coverage.tsv \
    --methods results/report/methods.md --references results/report/references.bib \
    --page results/report/methods.html

Everything is told from the tables and their metadata: versions, models, parameters, counts.
Citations are pandoc's:

pandoc --citeproc --bibliography results/report/references.bib results/report/methods.md \
    --output methods.docx
"""

import argparse
import json
import logging
from dataclasses import replace
from pathlib import Path

from corpus.core.atomic_files import write_text
from corpus.core.errors import run
from corpus.inputs.model_catalogue import CATALOGUE
from corpus.report import lineage
from corpus.report.methods import bibliography, page, paragraphs
from corpus.report.methods.bibliography import Entry
from corpus.report.methods.facts import CorpusSummary, gather
from corpus.tables import provenance

BIOMETRIC = (
    "Face embeddings identify people and are biometric data, a special category of personal data "
    "in the EU (GDPR, article 9). The tables that say who is on screen and when are personal data, "
    "too. [Add: on which legal basis the videos were analysed, that the embeddings are not shared, "
    "and where the other tables can be had.]"
)
"""What only the authors know stands in brackets."""


def differences(facts: CorpusSummary) -> list[str]:
    """What to know where not all videos were analysed alike; nothing where they were."""
    told = lineage.differences(facts.made)
    if not told:
        return []
    lead = (
        "Not all videos were analysed alike; above stands what is most frequent. "
        f"{lineage.advice(facts.made)}"
    )
    return ["## Differences within the corpus", lead, "\n".join(f"- {text}" for text in told)]


def table(head: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    """A table in Markdown."""
    lines = [head, ("---",) * len(head), *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def appendix(facts: CorpusSummary) -> list[str]:
    """Versions of the software and the workflow, checksums of the models, and parameters, as
    tables."""
    tools = {}
    for step in facts.made.values():
        tools |= step.tools
    if facts.downloaders:
        tools["yt-dlp"] = ", ".join(sorted(facts.downloaders))
    versions = sorted(tools.items(), key=lambda item: item[0].lower())
    told = ["## Software", table(("package", "version"), versions)]
    states = [
        (version, f"`{commit}`", f"{number:,}")
        for version, commit, number in lineage.states(facts.made.values())
    ]
    told += ["## Workflow", table(("version", "commit", "tables made"), states)]
    models = {name: digest for step in facts.made.values() for name, digest in step.models.items()}
    if models:
        licences = {model.sha256: model.licence for model in CATALOGUE.values()}
        rows = [(n, f"`{d}`", licences.get(d, "your own copy")) for n, d in sorted(models.items())]
        told += ["## Models", table(("file", "sha256", "licence"), rows)]
    parameters = [
        (step, name, f"{value:g}" if isinstance(value, float) else str(value))
        for step, facts_of in facts.made.items()
        for name, value in sorted(facts_of.parameters.items())
    ]
    if parameters:
        told += ["## Parameters", table(("step", "parameter", "value"), parameters)]
    return told


def compose(facts: CorpusSummary) -> str:
    """The whole text, in Markdown."""
    parts = ["# Methods", *paragraphs.paragraphs(facts), *differences(facts)]
    parts += ["## Data availability and ethics", BIOMETRIC, *appendix(facts)]
    return "\n\n".join(parts) + "\n"


def of_workflow(entry: Entry, facts: CorpusSummary) -> Entry:
    """The workflow's own entry, with the version and commit that analysed this corpus."""
    version, commit = lineage.usual(lineage.workflows(facts.made.values()))
    note = {"version": version, "note": f"Version {version}, commit {commit}"}
    return replace(entry, fields=entry.fields | note)


def references(text: str, facts: CorpusSummary, entries: dict[str, Entry]) -> str:
    """BibTeX of what the text cites, out of `entries`."""
    own = {paragraphs.OWN: of_workflow(entries[paragraphs.OWN], facts)}
    return bibliography.render(entries | own, bibliography.cited(text))


def main() -> None:
    """Read the options and tables, write the text, its references, and both as a page."""
    options = parse_arguments()
    facts = gather(options.results, options.coverage)
    text = compose(facts)
    for difference in lineage.differences(facts.made):
        logging.warning("not all videos were analysed alike: %s", difference)
    if advice := lineage.advice(facts.made):
        logging.warning("%s", advice)
    made = json.dumps(provenance.describe("write_methods", {}, ("pandas",)), sort_keys=True)
    # As a comment, which pandoc leaves out. It would end at two hyphens, which JSON can escape.
    escaped = made.replace("--", r"-\u002d")
    comment = f"<!-- provenance: {escaped} -->\n"
    write_text(options.methods, f"{text}\n{comment}")
    works = references(text, facts, bibliography.read(options.bibliography))
    write_text(options.references, f"% provenance: {made}\n\n{works}")
    write_text(options.page, page.render(text, works) + comment)
    logging.info("%d works cited", len(bibliography.cited(text)))


def parse_arguments() -> argparse.Namespace:
    """Options of this script."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--results", required=True, type=Path, help="folder of all tables")
    parser.add_argument("--coverage", required=True, type=Path, help="table of plot_coverage")
    parser.add_argument(
        "--bibliography",
        type=Path,
        default=bibliography.FILE,
        help="BibTeX of all that may be cited",
    )
    parser.add_argument("--methods", required=True, type=Path, help="Markdown to write")
    parser.add_argument("--references", required=True, type=Path, help="BibTeX to write")
    parser.add_argument("--page", required=True, type=Path, help="HTML to write: both, to look at")
    return parser.parse_args()


if __name__ == "__main__":
    run(main)
