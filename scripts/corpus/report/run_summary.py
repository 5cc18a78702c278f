"""The last lines of a run: what was made, what failed and why, and what to open."""

import os
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

import pandas as pd

from corpus.core.errors import CorpusError
from corpus.core.wording import count_noun, join_words, shorten, shorten_middle
from corpus.planning.finished_run import FinishedRun
from corpus.report.job_errors import MAX_ERROR, describe_error
from corpus.tables import parquet

ANALYSED = ("ok", "truncated")
"""Values of `status` of videos in which people are searched."""
MAX_NAMED = 3
"""Number of rules, videos or reasons that a line names; the others are counted."""
MAX_REASON = 160
"""Length in characters of the reason that is shown of a video without a result."""
ON_PAGE = ("export_", "import_elan", "plot_agreement")
"""Begins of names of rules that only a request runs, and of which the page links the results."""
SUMMARISED = {"corpus": None, "people": ["person", "name"], "gestures": ["gesture"]}
"""The tables of the corpus that are summarised, with the columns that are read; None for all."""
FORCING = ("-f", "--force", "-F", "--forceall")
FORCING_RULES = ("-R", "--forcerun")
"""Options of Snakemake that run finished jobs again; names follow the second ones."""


def summary_lines(results: Path, run: FinishedRun, command: str, people_file: str) -> list[str]:
    """At most six lines about a run.

    `results` is the results folder, `command` what the user typed, and `people_file` where names of
    people are read. The tables of the corpus are read as far as they exist.
    """
    tables, damage = _read_tables(results)
    # A run that was not finished did not make the table of the corpus again.
    is_made = run.is_whole and not run.missing
    videos = tables.get("corpus") if is_made else _read_statuses(results, run)
    failed = failed_line(run, videos, damage)
    lines = [made_line(run, tables), failed, *job_lines(run), *file_lines(results, run)]
    lines.append(next_line(run, tables.get("people"), command, people_file, bool(damage)))
    return [line for line in lines if line]


def continued_command(arguments: Sequence[str]) -> list[str]:
    """Arguments of Snakemake without the options that run again what is done."""
    kept, is_forced = [], False
    for argument in arguments:
        name = argument.partition("=")[0]
        if argument.startswith("-"):
            is_forced = name in FORCING_RULES
        if not is_forced and name not in FORCING:
            kept.append(argument)
    return kept


def made_line(run: FinishedRun, tables: Mapping[str, pd.DataFrame]) -> str:
    """What was made: the totals of the corpus, or the finished jobs of a part."""
    n, total = run.finished.total(), run.finished.total() + run.missing.total()
    rules = _list_counts(run.finished)
    if run.missing:
        return f"Made: {n:,} of {count_noun(total, 'job')}{f' ({rules})' * bool(rules)}."
    if not n and not run.pending:
        has_totals = run.is_whole and "corpus" in tables
        contents = f" ({totals(tables)})" if has_totals else ""
        return f"Nothing to do: all requested results are up to date{contents}."
    if run.is_whole and "corpus" in tables:
        return f"Made: {totals(tables)}."
    return f"Made: the files of {count_noun(n, 'job')} ({rules})." if n else "Made: nothing."


def totals(tables: Mapping[str, pd.DataFrame]) -> str:
    """Numbers of videos, shots, people and gestures, and the duration of the videos in seconds.

    If videos have no result, the number of the others is followed by that of all.
    """
    corpus = tables["corpus"]
    n, all_videos = int(corpus["status"].isin(ANALYSED).sum()), count_noun(len(corpus), "video")
    parts = [
        all_videos if n == len(corpus) else f"{n:,} of {all_videos}",
        f"{corpus['duration_s'].sum():,.1f} s",
        count_noun(int(corpus["n_shots"].sum()), "shot"),
    ]
    for table, noun in (("people", "person people"), ("gestures", "gesture")):
        if table in tables:
            parts.append(count_noun(len(tables[table]), *noun.split()))
    return ", ".join(parts)


def failed_line(run: FinishedRun, videos: pd.DataFrame | None, damage: Sequence[str] = ()) -> str:
    """Numbers of failed jobs by rule, and videos without a result, with their reasons.

    `videos` has `video_id`, `status` and `reason` of the videos of the run. `damage` describes
    tables that cannot be read.
    """
    parts = [shorten_middle(text, MAX_ERROR) for text in damage]
    if run.failed:
        rules = _list_counts(Counter(job.rule for job in run.failed))
        parts.append(f"{count_noun(len(run.failed), 'job')} ({rules})")
        if waiting := run.missing.total() - len(run.failed):
            parts.append(f"{count_noun(waiting, 'job')} did not run, since they need these")
    elif run.missing:
        parts.append(f"the run was stopped; {count_noun(run.missing.total(), 'job')} did not run")
    if videos is not None:
        parts += video_failures(videos)
    if run.pending and not run.is_whole:
        reason = shorten(next(iter(run.pending.values())), MAX_REASON)
        names = _list_some(list(run.pending))
        videos = count_noun(len(run.pending), "video")
        parts.append(f"{videos} not downloaded yet ({names}: {reason})")
    return f"Failed: {'; '.join(parts)}." if parts else "Failed: nothing."


def video_failures(videos: pd.DataFrame) -> list[str]:
    """Videos without a result: their status, their ids and the reason of the first, by status."""
    lacking = videos[~videos["status"].isin(ANALYSED)]
    parts = []
    for status, rows in lacking.groupby("status", sort=True):
        reason = next((text for text in rows["reason"] if isinstance(text, str)), "")
        reason = f": {shorten(reason, MAX_REASON)}" if reason else ""
        names = _list_some(rows["video_id"].tolist())
        parts.append(f"{count_noun(len(rows), 'video')} {status} ({names}{reason})")
    return parts


def job_lines(run: FinishedRun) -> list[str]:
    """Errors of at most two failed jobs, with their logs; one and a number if there are more."""
    shown = run.failed if len(run.failed) <= 2 else run.failed[:1]
    lines = []
    for job in shown:
        error, log = describe_error(job)
        name = f"{job.rule} {job.wildcards}".strip()
        lines.append(f"  {name}: {error}{f' (log: {log})' if log else ''}")
    if others := run.failed[len(shown) :]:
        folders = sorted({os.path.dirname(log) for job in others for log in job.logs[:1]})
        place = f", with logs in {_list_some(folders)}" if folders else ""
        lines.append(f"  and {len(others):,} more{place}")
    return lines


def file_lines(results: Path, run: FinishedRun) -> list[str]:
    """What to open, and where the files are: two lines, or one if jobs failed."""
    page = results / "report" / "index.html"
    if not run.is_whole and not run.missing and run.finished:
        if run.file:
            lines = [f"The file is {run.file}."]
        else:
            lines = [f"The files are in {join_words(run.folders or [str(results)])}."]
        if page.exists() and any(rule.startswith(ON_PAGE) for rule in run.finished):
            lines.append(f"Open or reload {page} to see what is new.")
        return lines
    if not page.exists():
        return [f"All files are in {results}; docs/results.md describes them."]
    if run.missing:
        earlier = ", which an earlier run made," if "write_page" in run.missing else ""
        return [f"Open {page}{earlier} in a browser. All files are in {results}."]
    return [
        f"Open {page} in a browser to explore the results.",
        f"All files are in {results}; docs/results.md describes them.",
    ]


def next_line(
    run: FinishedRun,
    people: pd.DataFrame | None,
    command: str,
    people_file: str,
    is_damaged: bool = False,
) -> str:
    """What the user can do next, or an empty text. `people` is the table of people, or None."""
    if run.missing:
        cause = "correct the cause, and continue with" if run.failed else "continue with"
        return f"Next: {cause} {command}"
    if run.pending:
        return f"Next: download what is missing with {command}"
    if is_damaged:
        return f"Next: delete the damaged tables, and make them again with {command}"
    if run.is_whole and people is not None and len(people) and people["name"].isna().all():
        return f"Next: name the people on the page, under People, and save them as {people_file}."
    return ""


def _list_counts(counts: Counter[str]) -> str:
    """Rules with their numbers of jobs, the most frequent first."""
    ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    parts = [f"{n:,} {rule}" for rule, n in ordered[:MAX_NAMED]]
    if others := ordered[MAX_NAMED:]:
        n_jobs, n_rules = sum(n for _, n in others), len(others)
        rules = "1 other rule" if n_rules == 1 else f"{n_rules:,} other rules"
        parts.append(f"{count_noun(n_jobs, 'job')} of {rules}")
    return ", ".join(parts)


def _list_some(names: Sequence[str]) -> str:
    """At most MAX_NAMED names, and the number of the others."""
    shown = list(names[:MAX_NAMED])
    if others := len(names) - len(shown):
        shown.append(f"{others:,} more")
    return ", ".join(shown)


def _read_tables(results: Path) -> tuple[dict[str, pd.DataFrame], list[str]]:
    """Tables of the corpus that can be read, by name, and what is wrong with damaged ones."""
    tables, damage = {}, []
    for name, columns in SUMMARISED.items():
        file = results / f"{name}.parquet"
        try:
            if file.exists():
                tables[name] = parquet.read(file, columns)
        except CorpusError as error:
            damage.append(str(error))
    return tables, damage


def _read_statuses(results: Path, run: FinishedRun) -> pd.DataFrame | None:
    """What is known of the videos of a run, without the downloads that failed now.

    A table of a video that is missing or cannot be read was not made, which a job says.
    """
    tables = []
    for video in run.videos:
        file = results / "status" / f"{video}.parquet"
        if video in run.pending or not file.exists():
            continue
        with suppress(CorpusError):
            tables.append(parquet.read(file, ["video_id", "status", "reason"]))
    return pd.concat(tables, ignore_index=True) if tables else None
