"""The efficiency page: one HTML file with the requested and used resources of each rule."""

from collections.abc import Iterable
from html import escape

import pandas as pd

from corpus.report.html_style import html_document

CLOSE_TO_LIMIT = 0.8
"""From this share of a limit on, the page marks a job as close to the limit."""

HEADINGS = (
    "rule",
    "jobs",
    "memory, MB",
    "time, minutes",
    "cores",
    "waste, core-hours",
    "nearest to a limit",
)

EXPLANATIONS = {
    "Bars": "The full length of a bar is the largest request of a job. The dark part is the median "
    "use of all jobs, the pale part the largest use of one job.",
    "Memory": "The largest amount of RAM that a job and all its processes held at one time: the "
    "sum of their resident memory (max_rss), which SLURM's accounting shows by default. One MB is "
    "1024 x 1024 bytes. Snakemake measures every half second during the first 15 seconds of a job, "
    "and every 30 seconds afterwards. It can miss a short peak, so request some memory in reserve.",
    "Time": "The run time of the job itself. The start of Snakemake on a computing node, 2 to 5 "
    "seconds per job, is not included.",
    "Cores": "CPU time divided by the time until Snakemake's last measurement: the average number "
    "of busy cores. A job that used more cores than it requested has more threads than declared; a "
    "cluster would limit it.",
    "Waste": "Resources that a job held but did not use, so that other jobs could not use them. "
    "It is the sum of unused core-hours and unused memory in GB-hours (unused GB times the run "
    "time in hours), where {gb_per_core:g} GB-hours count as one core-hour, because a computing "
    "node has about {gb_per_core:g} GB per core. The rule with the largest waste comes first, so "
    "a rule with many jobs may come before a rule that requested far too much once.",
    "Unused minutes": "Requested time that was not used, summed over all jobs. A job returns it "
    "when it ends, so it is not part of the waste. However, the scheduler must find a free slot of "
    "the requested length, so such jobs wait longer before they start.",
    "Nearest to a limit": "The job that used the largest share of its memory or its time. A "
    "cluster ends a job that exceeds 100% of either. From {close:.0%} on, request more.",
    "GPUs": "The report does not measure whether a requested GPU was busy.",
    "Jobs": "The latest run of each job that left a benchmark file. A job that was killed leaves "
    "none; if it was run again, the new run is counted. Files of videos that were removed from the "
    "corpus are counted until they are deleted. The job of this report is not included.",
}


def render(
    rules: pd.DataFrame,
    limitations: Iterable[str],
    gb_per_core: float,
    corpus_title: str | None = None,
) -> str:
    """Render the page.

    `rules` has the columns of efficiency.tsv. `limitations` are sentences about missing data, shown
    above the table. `gb_per_core` is the memory that counts as one core in the waste.
    """
    headings = "".join(f'<th scope="col">{name}</th>' for name in HEADINGS)
    rows = "\n".join(table_row(rule) for _, rule in rules.iterrows())
    notes = "\n".join(f'<p class="note">{escape(text)}</p>' for text in limitations)
    explanations = "\n".join(
        f"<dt>{term}</dt><dd>{text.format(gb_per_core=gb_per_core, close=CLOSE_TO_LIMIT)}</dd>"
        for term, text in EXPLANATIONS.items()
    )
    body = f"""\
<h1>Requested and used resources of jobs</h1>
<p>One row per rule, the largest waste first. The columns for memory, time and cores show the
median use of the jobs, then the largest use of one job, then the used share of the request. The
request is the median, followed by the largest request if that was larger.</p>
{notes}
<div class="wide stacked" tabindex="0">
<table>
<thead><tr>{headings}</tr></thead>
<tbody>
{rows}
</tbody>
</table>
</div>
<h2>How to read the table</h2>
<dl>
{explanations}
</dl>"""
    return html_document("Efficiency: requested and used resources", body, corpus_title)


def table_row(rule: pd.Series) -> str:
    """The table row of one rule."""
    all_measured = rule["jobs_measured"] == rule["jobs"]
    measured = "" if all_measured else f"{rule['jobs_measured']} measured"
    n_gpus = rule["gpus_asked_max"]
    gpus = f"requests {format_number(n_gpus)} GPU" if n_gpus > 0 else ""
    cells = (
        f"{rule['jobs']}<small>{measured}</small>",
        *(resource_cell(rule, resource) for resource in ("mem_mb", "minutes", "cores")),
        waste_cell(rule),
        nearest_limit_cell(rule),
    )
    row = "".join(titled_cell(*each) for each in zip(HEADINGS[1:], cells, strict=True))
    return f'<tr><th scope="row">{escape(rule["rule"])}<small>{gpus}</small></th>{row}</tr>'


def titled_cell(heading: str, content: str) -> str:
    """A cell with its heading: in narrow windows, the cells of a row stand below each other."""
    kind = ' class="number"' if heading == "jobs" else ""
    return f'<td{kind} data-title="{heading}">{content}</td>'


def resource_cell(rule: pd.Series, resource: str) -> str:
    """Content of the cell about one resource: mem_mb, minutes or cores."""
    requested, requested_max = rule[f"{resource}_asked_median"], rule[f"{resource}_asked_max"]
    used, used_max = rule[f"{resource}_used_median"], rule[f"{resource}_used_max"]
    share = format_percent(rule[f"{resource}_used_share"])
    lines = [f"{share} of {format_number(requested)}"]
    if requested_max > requested:
        lines[0] += f", at most {format_number(requested_max)}"
    if used_max > used:
        lines.insert(0, f"at most {format_number(used_max)}")
    bar = usage_bar(used, used_max, requested_max)
    return f"{bar}{format_number(used)}{small_lines(lines)}"


def waste_cell(rule: pd.Series) -> str:
    """Content of the cell about resources that were held but not used."""
    parts = (
        f"{format_number(rule['idle_gb_hours'])} GB-hours",
        f"{format_number(rule['idle_core_hours'])} core-hours",
        f"{format_number(rule['unused_minutes'])} unused minutes",
    )
    return f"{format_number(rule['waste_core_hours'])}{small_lines(parts)}"


def nearest_limit_cell(rule: pd.Series) -> str:
    """Content of the cell about the job that came nearest to one of its limits."""
    share = rule["nearest_share"]
    if pd.isna(share):
        return "–"
    text = f"{format_percent(share)} of its {rule['nearest_limit']}"
    if share >= CLOSE_TO_LIMIT:
        text = f'<span class="close">{text}: close</span>'
    return f"{text}<small>{escape(rule['nearest_job'])}</small>"


def format_number(value: float) -> str:
    """A number with about two significant digits, as HTML. A dash if it is unknown."""
    if pd.isna(value):
        return "–"
    if 0 < value < 0.001:
        return "&lt;0.001"
    return f"{value:.0f}" if value >= 10 else f"{value:.2g}"


def format_percent(share: float) -> str:
    """A share from 0 to 1 in percent, as HTML. A dash if it is unknown."""
    if pd.isna(share):
        return "–"
    return "&lt;1%" if 0 < share < 0.005 else f"{share:.0%}"


def usage_bar(median: float, largest: float, requested: float) -> str:
    """A bar that shows the used part of the request. Empty if either is unknown."""
    if not requested > 0 or pd.isna(median):
        return ""
    parts = "".join(
        f'<i class="{kind}" style="width:{100 * min(used / requested, 1):.1f}%"></i>'
        for kind, used in (("max", largest), ("median", median))
    )
    return f'<span class="bar" aria-hidden="true">{parts}</span>'


def small_lines(lines: Iterable[str]) -> str:
    """Lines in small type below the main line of a cell."""
    return "".join(f"<small>{line}</small>" for line in lines)
