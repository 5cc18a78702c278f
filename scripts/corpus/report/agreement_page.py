"""The page about agreement: one HTML file with the plot and the tables."""

from collections.abc import Iterator
from html import escape

import pandas as pd

from corpus.core.wording import count_noun, format_duration
from corpus.report.html_style import html_document

COLUMNS = {
    "overlap": "time overlap",
    "f_50": "F, overlap ≥ 0.5",
    "onset": "onset of b − a, ms",
    "offset": "end of b − a, ms",
    "time_kappa": "kappa by time",
    "alpha": "alpha by time",
    "linked_agreement": "linked agreement",
    "kappa": "modified kappa",
    "organization": "organization",
}
"""Heading of each column of the table."""
EXPLANATIONS = {
    "a and b": "The two coders. If b is the workflow, a is the reference. In rows about all "
    "coders, only alpha is defined.",
    "Units, phases, labels": "Gesture units last from leaving rest to being at rest again. Phases "
    "are movement and hold. Gesture labels and phase labels are the texts of the coders.",
    "All and seen": "All coded time, or only the time in which the workflow saw the hand. An event "
    "counts if at least half of it lies in this time. The second is shown if it is shorter.",
    "Time overlap": "Time that both annotated, divided by the time that at least one annotated "
    "(intersection over union).",
    "F": "Harmonic mean of precision and recall of events that match one to one, with an "
    "intersection over union of at least 0.5. The plot and the second table show it for 0.1 to "
    "0.9.",
    "Precision and recall": "Share of the events of b, and of a, that match an event of the other. "
    "They stand below the F score in the second table.",
    "Onset and end": "Median difference and quartiles of events that overlap by at least 0.1.",
    "Kappa by time, alpha by time": "Cohen's kappa and Krippendorff's nominal alpha of the labels "
    "at each moment, where no annotation is also a label.",
    "Linked agreement, modified kappa": "Holle and Rein (2015): events are linked if they overlap "
    "by 60% of the longer one. Kappa includes events without a link; it is not defined for one "
    "label.",
    "Organization": "Thomann's degree of organization, as in Staccato, from the number of events "
    "in nuclei: successive events that overlap exactly the same events. 1 if all are in nuclei, 0 "
    "if as many as with random places of events of the same durations, negative if fewer.",
}
"""Terms of the page, and what they mean."""


def render(
    rows: pd.DataFrame, overlaps: pd.DataFrame, plot: str, corpus_title: str | None = None
) -> str:
    """Render the page from the tables agreement and agreement_overlaps and the plot, an SVG."""
    figure = plot[plot.index("<svg") :]
    explanations = "\n".join(
        f"<dt>{escape(term)}</dt><dd>{escape(text)}</dd>" for term, text in EXPLANATIONS.items()
    )
    body = f"""\
<h1>Agreement of coders and workflow</h1>
{"".join(notes(rows))}
<div class="wide" tabindex="0">{figure}</div>
<h2>The corpus</h2>
{table(rows, "corpus")}
<h2>F score of events, with precision and recall, by required overlap</h2>
{overlap_table(overlaps)}
<h2>Each video</h2>
{table(rows, "video")}
<h2>Each person</h2>
{table(rows, "person")}
<h2>How to read the tables</h2>
<dl>
{explanations}
</dl>
<p>The tables <code>agreement.parquet</code> and <code>agreement_overlaps.parquet</code> have all
values, also for each hand.</p>"""
    return html_document("Agreement of coders and workflow", body, corpus_title)


def notes(rows: pd.DataFrame) -> Iterator[str]:
    """Yield paragraphs about what limits the results: few events, and tiers that were corrected."""
    corpus = rows[rows["scope"] == "corpus"] if len(rows) else rows
    if corpus.empty:
        yield '<p class="note">No two coders annotated the same hand or the same level.</p>'
        return
    sides = [corpus[[f"coder_{side}", f"prefilled_{side}"]] for side in "ab"]
    shares = pd.concat([side.set_axis(["coder", "share"], axis=1) for side in sides])
    largest = shares.groupby("coder")["share"].max()
    for coder, share in largest[largest > 0].items():
        yield (
            f'<p class="note">{share:.0%} of the annotations of {escape(str(coder))} are unchanged '
            "annotations of the workflow. Agreement with corrected tiers is higher than with tiers "
            "that were coded from nothing.</p>"
        )
    n_videos = int(corpus["n_videos"].max())
    if n_videos < 5:
        yield (
            f'<p class="note">Only {count_noun(n_videos, "video")}: the values may differ much in '
            "other videos.</p>"
        )


def table(rows: pd.DataFrame, scope: str) -> str:
    """The HTML table of one scope: corpus, video or person.

    Rows about seen time are shown if the hand was not seen in some of the coded time.
    """
    if len(rows):
        is_shown = (rows["time"] == "all") | (rows["left_out_s"] > 0)
        rows = rows[(rows["scope"] == scope) & is_shown]
    headings = ["a and b", "level", "time", "compared", "events a, b", *COLUMNS.values()]
    if scope != "corpus":
        headings.insert(0, scope)
    head = "".join(f'<th scope="col">{escape(heading)}</th>' for heading in headings)
    body = "\n".join(table_row(row, scope) for _, row in rows.iterrows())
    return (
        f'<div class="wide" tabindex="0"><table><thead><tr>{head}</tr></thead>\n'
        f"<tbody>{body}</tbody></table></div>"
    )


def overlap_table(overlaps: pd.DataFrame) -> str:
    """The HTML table of the corpus: F score, precision and recall at each required overlap.

    Rows about seen time are shown if they differ from those about all coded time.
    """
    key = ["level", "coder_a", "coder_b"]
    corpus = overlaps[overlaps["scope"] == "corpus"] if len(overlaps) else overlaps
    lines, shown = [], {}
    for (level, first, second, time), rows in corpus.groupby([*key, "time"], sort=False):
        rows = rows.sort_values("min_overlap")
        numbers = rows[["f", "precision", "recall"]].to_numpy()
        cells = [_scores(*values) for values in numbers]
        if shown.get((level, first, second)) != cells:
            names = f"{escape(first)} and {escape(second)}"
            text = "".join(f"<td>{cell}</td>" for cell in [names, level, time, *cells])
            lines.append(f"<tr>{text}</tr>")
        shown.setdefault((level, first, second), cells)
    required = [f"≥ {value:.1f}" for value in sorted(set(corpus["min_overlap"]))]
    headings = ["a and b", "level", "time", *required]
    head = "".join(f'<th scope="col">{escape(heading)}</th>' for heading in headings)
    body = "\n".join(lines)
    return (
        f'<div class="wide" tabindex="0"><table><thead><tr>{head}</tr></thead>\n'
        f"<tbody>{body}</tbody></table></div>"
    )


def _scores(f_score: float, precision: float, recall: float) -> str:
    """A cell of this table: F, below it precision and recall; a dash if unknown."""
    numbers = ["–" if pd.isna(n) else f"{n:.2f}" for n in (f_score, precision, recall)]
    return f"{numbers[0]}<small>{numbers[1]}, {numbers[2]}</small>"


def table_row(row: pd.Series, scope: str) -> str:
    """One row of a table."""
    is_pair = isinstance(row["coder_b"], str)
    names = f"{row['coder_a']} and {row['coder_b']}" if is_pair else row["coder_a"]
    left_out = f"{format_duration(row['left_out_s'])} not seen" if row["left_out_s"] > 0 else ""
    cells = [escape(names), row["level"], row["time"]]
    compared = f"{format_duration(row['compared_s'])}<small>{left_out}</small>"
    cells.append(f"{compared}<small>{count_noun(int(row['n_videos']), 'video')}</small>")
    cells.append(f"{row['n_a']:.0f}, {row['n_b']:.0f}" if is_pair else "–")
    cells += [cell(row, name) for name in COLUMNS]
    if scope != "corpus":
        cells.insert(0, escape(row["video_id" if scope == "video" else "person"]))
    return f"<tr>{''.join(f'<td>{text}</td>' for text in cells)}</tr>"


def cell(row: pd.Series, name: str) -> str:
    """The content of one cell: a number, or a median with its quartiles; a dash if unknown."""
    if name not in ("onset", "offset"):
        return "–" if pd.isna(row[name]) else f"{row[name]:.2f}"
    median, low, high = (1000 * row[f"{name}_{part}_s"] for part in ("median", "q1", "q3"))
    if pd.isna(median):
        return "–"
    return f"{median:+.0f}<small>{low:+.0f} to {high:+.0f}</small>"
