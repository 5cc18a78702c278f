"""Compare the measures of two versions of the workflow on several sets of clips.

python benchmarks/accuracy_comparison.py --set "photographs" /tmp/before/photos /tmp/after/photos \
    --set "talks" /tmp/before/talks /tmp/after/talks --page docs/accuracy.md

Each set is measured by `accuracy.py --work` with either version. README.md in this folder describes
the measures.
"""

import argparse
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "scripts"))

import pandas as pd

import accuracy_plot
from clustering import replace_section
from corpus.core.errors import InputError, run
from people_report import WORKFLOW

BEGIN = "<!-- accuracy of {}: begin -->"
END = "<!-- accuracy of {}: end -->"
"""Lines of the page around a table; the name of the table is inserted."""
PICTURE = "accuracy_people.svg"
VERSIONS = ("before", "after")

Values = dict[str, float]
Sets = dict[str, dict[str, pd.Series]]
"""For each set, and each of `VERSIONS`, the values by theme, method and measure."""


def read_measures(work: Path) -> pd.Series:
    """The values of `measures.tsv` in a work folder of `accuracy.py`, by theme, method, measure."""
    path = work / "measures.tsv"
    if not path.exists():
        raise InputError(f"{path}: no such file; run accuracy.py with --work {work} first")
    keys = ["theme", "method", "measure"]
    return pd.read_csv(path, sep="\t").set_index(keys)["value"].sort_index()


def people_rows(versions: dict[str, pd.Series]) -> Iterator[tuple[str, Values]]:
    """Yield the people found by both versions, then by the other methods on the later tracks."""
    for version, values in versions.items():
        yield version, values["people", WORKFLOW].to_dict()
    people = versions[VERSIONS[-1]]["people"]
    for method in people.index.unique("method"):
        if method != WORKFLOW:
            yield method, people[method].to_dict()


# Tables ------------------------------------------------------------------------------------------


def people_table(sets: Sets) -> Iterator[str]:
    """Yield a table of people with one row for each set."""
    yield "| clips | people | found | merged | split | missed | precision | recall | F |"
    yield "|---|---:|---:|---:|---:|---:|---:|---:|---:|"
    for name, versions in sets.items():
        people = [values["people", WORKFLOW].to_dict() for values in versions.values()]
        counts = [_both(people, measure, 0) for measure in ("found", "merged", "split", "missed")]
        scores = [_both(people, measure, 3) for measure in ("precision", "recall", "f")]
        yield _line(name, f"{people[0]['true']:.0f}", *counts, *scores)


def methods_table(sets: Sets) -> Iterator[str]:
    """Yield a table of the F of all methods on the later tracks, and the people they found."""
    rows = {name: dict(people_rows(versions)) for name, versions in sets.items()}
    methods = [name for name in next(iter(rows.values())) if name != VERSIONS[0]]
    titles = [WORKFLOW if name == VERSIONS[1] else name for name in methods]
    yield _line("clips", "people", *titles)
    yield "|---|---:|" + "---:|" * len(methods)
    for name, row in rows.items():
        cells = [f"{row[method]['f']:.3f} ({row[method]['found']:.0f})" for method in methods]
        yield _line(name, f"{row[VERSIONS[1]]['true']:.0f}", *cells)


def tracks_table(sets: Sets) -> Iterator[str]:
    """Yield a table of tracks with one row for each set."""
    yield "| clips | tracks | purity | switches | breaks | covered |"
    yield "|---|---:|---:|---:|---:|---:|"
    for name, versions in sets.items():
        tracks = [values["tracks", WORKFLOW].to_dict() for values in versions.values()]
        digits = {"tracks": 0, "purity": 3, "switches": 0, "breaks": 0, "covered": 3}
        yield _line(name, *(_both(tracks, measure, n) for measure, n in digits.items()))


def cuts_table(sets: Sets) -> Iterator[str]:
    """Yield a table of cuts with one row for each set with labelled cuts."""
    yield "| clips | cuts found | transitions found | false |"
    yield "|---|---:|---:|---:|"
    for name, versions in sets.items():
        if all("cuts" in values.index.unique("theme") for values in versions.values()):
            cuts = [values["cuts", WORKFLOW].to_dict() for values in versions.values()]
            cells = [
                f"{_both(cuts, f'{kind}_found', 0)} of {cuts[0][kind]:.0f}"
                for kind in ("cuts", "transitions")
            ]
            yield _line(name, *cells, _both(cuts, "false", 0))


def probabilities_table(sets: Sets) -> Iterator[str]:
    """Yield a table of probabilities and warnings, with one row for each set and version."""
    yield (
        "| clips | version | `own`: claims | right | error | `other`: claims | right | error "
        "| right warnings | errors warned |"
    )
    yield "|---|---|---:|---:|---:|---:|---:|---:|---:|---:|"
    for name, versions in sets.items():
        for version, values in versions.items():
            claims = [cell for claim in ("own", "other") for cell in _claim_cells(values, claim)]
            warned = values["warnings"].groupby("measure").sum()
            warnings = f"{warned['right']:.0f} of {warned['warnings']:.0f}"
            errors = f"{warned['errors warned']:.0f} of {warned['errors']:.0f}"
            yield _line(name, version, *claims, warnings, errors)


def _claim_cells(values: pd.Series, claim: str) -> list[str]:
    """The number of claims of a kind, the share of right ones, and their calibration error."""
    if claim not in values["probabilities"].index.unique("method"):
        return ["0", "-", "-"]
    of_claim = values["probabilities", claim]
    shares = [f"{of_claim[measure]:.3f}" for measure in ("right", "calibration error")]
    return [f"{of_claim['claims']:.0f}", *shares]


def _both(rows: list[Values], measure: str, digits: int) -> str:
    """The values of both versions, such as `0.81 → 1.00`; one value if they look the same."""
    texts = [f"{row[measure]:.{digits}f}" for row in rows]
    return " → ".join(texts) if len(set(texts)) > 1 else texts[0]


def _line(*cells: str) -> str:
    return "| " + " | ".join(cells) + " |"


TABLES: dict[str, Callable[[Sets], Iterator[str]]] = {
    "people": people_table,
    "methods": methods_table,
    "tracks": tracks_table,
    "cuts": cuts_table,
    "probabilities": probabilities_table,
}


def main() -> None:
    """Print the tables, and write them to a page with the plot beside it."""
    options = parse_arguments()
    sets = {
        name: dict(zip(VERSIONS, map(read_measures, map(Path, works)), strict=True))
        for name, *works in options.set
    }
    print("\n\n".join("\n".join(table(sets)) for table in TABLES.values()))
    if options.page:
        for theme, table in TABLES.items():
            text = "\n" + "\n".join(table(sets)) + "\n\n"
            replace_section(options.page, BEGIN.format(theme), END.format(theme), text)
        scores = {name: dict(people_rows(versions)) for name, versions in sets.items()}
        accuracy_plot.draw(scores, options.page.parent / PICTURE)


def parse_arguments() -> argparse.Namespace:
    """Parse the command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    add = parser.add_argument
    add(
        "--set",
        nargs=3,
        action="append",
        required=True,
        metavar=("NAME", "BEFORE", "AFTER"),
        help="name of a set of clips, and the work folders of both versions; may be repeated",
    )
    add("--page", type=Path, help="page in which the tables are replaced; the plot is beside it")
    return parser.parse_args()


if __name__ == "__main__":
    run(main)
