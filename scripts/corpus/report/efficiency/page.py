"""The page about what jobs asked for and used: one HTML file without scripts or other files."""

from collections.abc import Iterable
from html import escape

import pandas as pd

CLOSE = 0.8
"""From this share of a limit on, a job is told to be close to it."""

STYLE = """\
:root { color-scheme: light dark; --page: #fff; --ink: #1a202c; --soft: #4a5568; --line: #d5dae1;
  --rail: #e6eaf0; --half: #90c2f2; --full: #2b6cb0; --close: #b83232 }
@media (prefers-color-scheme: dark) {
  :root { --page: #14181f; --ink: #e6eaf0; --soft: #a3adbb; --line: #353c48;
    --rail: #2a313c; --half: #2c5282; --full: #63a4e8; --close: #ff8f8f } }
body { margin: 1.5rem; background: var(--page); color: var(--ink); font: 15px/1.5 sans-serif }
h1 { font-size: 1.4rem } h2 { font-size: 1.1rem; margin-top: 2rem }
p, dl { max-width: 46rem } dt { font-weight: 600 } dd { margin: 0 0 .6rem 1.2rem }
.wide { overflow-x: auto } table { border-collapse: collapse }
th, td { padding: .5rem 1rem .5rem 0; border-bottom: 1px solid var(--line); text-align: left;
  vertical-align: top; white-space: nowrap }
thead th, td:last-child { white-space: normal; overflow-wrap: break-word }
td small { display: block; color: var(--soft) } .number { text-align: right }
.note { border-left: 4px solid var(--close); padding-left: .8rem }
.close { color: var(--close); font-weight: 600 }
.bar { display: block; position: relative; width: 7rem; height: .6rem; background: var(--rail) }
.bar i { position: absolute; left: 0; top: 0; bottom: 0 }
.max { background: var(--half) } .median { background: var(--full) }
"""

HEAD = (
    "rule",
    "jobs",
    "memory, MB",
    "time, minutes",
    "cores",
    "waste, core-hours",
    "nearest its limits",
)

EXPLAINED = {
    "Bars": "The whole length is the most that a job asked for, the strong part the median of what "
    "jobs used, the pale part the most that one used.",
    "Memory": "The most that a job and all it started held in RAM at one time: the sum of their "
    "resident memory (max_rss), as SLURM's accounting counts by default. A MB is 1024 x 1024 "
    "bytes. Snakemake looks every half second in a job's first 15 seconds and every 30 seconds "
    "then, so a short peak can be missed: leave room.",
    "Time": "A job's own time. Snakemake's start on a computing node, 2 to 5 seconds for each job, "
    "comes on top and is not in it.",
    "Cores": "CPU time over the time until Snakemake last looked: how many were busy. A job that "
    "used more than it asked for has more threads than it says; a cluster would hold it back.",
    "Waste": "What was held and not used, so that other jobs could not have it: core-hours, and "
    "memory in GB-hours (GB not used, times the hours the job ran), of which {gb_per_core:g} count "
    "as one core-hour, since a computing node has about {gb_per_core:g} GB for each core. The "
    "rule with the most comes first, so a rule with many jobs may come before one that asks for "
    "far too much once.",
    "Unused minutes": "Time that was asked for and not used, over all jobs. It is given back when "
    "a job ends, so nobody pays for it and it is no part of the waste; but the scheduler has to "
    "find a gap of the length that was asked for, so such jobs wait longer to start.",
    "Nearest its limits": "The job that used the largest share of its memory or its time. Beyond "
    "100% of either, a cluster ends a job. From {close:.0%} on, ask for more.",
    "GPUs": "Whether a GPU that was asked for was busy is not measured here.",
    "Jobs": "The latest run of each job that left a benchmark file. A job that was killed leaves "
    "none; if it was tried again, that is what counts. Files of videos that have been taken out "
    "of the corpus still count until they are deleted. This report's own job is left out.",
}


def figure(value: float) -> str:
    """A number in about two digits, as HTML; a dash where it is not known."""
    if pd.isna(value):
        return "–"
    if 0 < value < 0.001:
        return "&lt;0.001"
    return f"{value:.0f}" if value >= 10 else f"{value:.2g}"


def percent(share: float) -> str:
    """A share of one in percent, as HTML; a dash where it is not known."""
    if pd.isna(share):
        return "–"
    return "&lt;1%" if 0 < share < 0.005 else f"{share:.0%}"


def bar(median: float, most: float, asked: float) -> str:
    """What was used of what was asked, as a bar; nothing where either is not known."""
    if not asked > 0 or pd.isna(median):
        return ""
    parts = (("max", most), ("median", median))
    drawn = "".join(
        f'<i class="{kind}" style="width:{100 * min(used / asked, 1):.1f}%"></i>'
        for kind, used in parts
    )
    return f'<span class="bar" aria-hidden="true">{drawn}</span>'


def smaller(lines: Iterable[str]) -> str:
    """Lines below a cell's main one."""
    return "".join(f"<small>{line}</small>" for line in lines)


def use_cell(row: pd.Series, name: str) -> str:
    """The cell about `name`, which is mem_mb, minutes or cores."""
    asked, most = row[f"{name}_asked_median"], row[f"{name}_asked_max"]
    median, largest = row[f"{name}_used_median"], row[f"{name}_used_max"]
    upto = f", at most {figure(most)}" if most > asked else ""
    lines = [f"{percent(row[f'{name}_used_share'])} of {figure(asked)}{upto}"]
    if largest > median:
        lines.insert(0, f"at most {figure(largest)}")
    return f"<td>{bar(median, largest, most)}{figure(median)}{smaller(lines)}</td>"


def waste_cell(row: pd.Series) -> str:
    """The cell about what was held and not used."""
    parts = (
        f"{figure(row['idle_gb_hours'])} GB-hours",
        f"{figure(row['idle_core_hours'])} core-hours",
        f"{figure(row['unused_minutes'])} unused minutes",
    )
    return f"<td>{figure(row['waste_core_hours'])}{smaller(parts)}</td>"


def nearest_cell(row: pd.Series) -> str:
    """The cell about the job that came nearest to its limits."""
    share = row["nearest_share"]
    if pd.isna(share):
        return "<td>–</td>"
    told = f"{percent(share)} of its {row['nearest_limit']}"
    if share >= CLOSE:
        told = f'<span class="close">{told}: close</span>'
    return f"<td>{told}<small>{escape(row['nearest_job'])}</small></td>"


def line(row: pd.Series) -> str:
    """The table's line about one rule."""
    measured = "" if row["jobs_measured"] == row["jobs"] else f"{row['jobs_measured']} measured"
    gpus = row["gpus_asked_max"]
    asks_gpu = f"asks for {figure(gpus)} GPU" if gpus > 0 else ""
    cells = (
        f'<th scope="row">{escape(row["rule"])}<small>{asks_gpu}</small></th>',
        f'<td class="number">{row["jobs"]}<small>{measured}</small></td>',
        *(use_cell(row, name) for name in ("mem_mb", "minutes", "cores")),
        waste_cell(row),
        nearest_cell(row),
    )
    return f"<tr>{''.join(cells)}</tr>"


def render(rules: pd.DataFrame, notes: Iterable[str], gb_per_core: float) -> str:
    """The page about `rules`, in the columns of efficiency.tsv, with `notes` on what is missing."""
    head = "".join(f'<th scope="col">{name}</th>' for name in HEAD)
    body = "\n".join(line(row) for _, row in rules.iterrows())
    told = "\n".join(f'<p class="note">{escape(note)}</p>' for note in notes)
    explained = "\n".join(
        f"<dt>{name}</dt><dd>{text.format(gb_per_core=gb_per_core, close=CLOSE)}</dd>"
        for name, text in EXPLAINED.items()
    )
    return f"""\
<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Efficiency: asked and used</title>
<style>
{STYLE}</style>
</head>
<body>
<h1>What jobs asked for, and what they used</h1>
<p>A row a rule, the largest waste first. Of what was used, the median of the jobs comes first,
then the most that one used, then the share of what was asked for, which is again the median and
the most.</p>
{told}
<div class="wide">
<table>
<thead><tr>{head}</tr></thead>
<tbody>
{body}
</tbody>
</table>
</div>
<h2>How to read it</h2>
<dl>
{explained}
</dl>
</body>
</html>
"""
