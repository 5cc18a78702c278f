"""Describe what an erasure changes, and what it cannot erase."""

import html
import re
import unicodedata
from pathlib import Path
from typing import Any

import pandas as pd

from corpus.privacy import erasure
from corpus.privacy.erasure_plan import ErasurePlan, corpus_table
from corpus.tables import parquet


def describe_changes(plan: ErasurePlan) -> list[str]:
    """Lines of text that list all rows and files that would be lost."""
    lines = [_describe_person(person) for person in plan.people.itertuples()]
    lines.append("Rows to remove:")
    for path, tracks in plan.track_tables.items():
        lines.append(f"  {path.relative_to(plan.results)}: {erasure.count_rows(path, tracks)}")
    lines.append(f"  clusters.parquet: {len(plan.tracks)}")
    if plan.known_tracks:
        n_known = sum(map(len, plan.known_tracks.values()))
        lines.append(f"  your file of known people: {n_known}")
    lines.append("Tables that keep where their heads are, so that blurred videos still mask them:")
    lines += [f"  covers/{video}.parquet" for video in plan.tracks_by_video]
    lines.append(
        "Files to delete. The next run makes them again, but exports and annotations.parquet only "
        "if you request them:"
    )
    return lines + [f"  {path.relative_to(plan.results)}" for path in plan.files_to_delete]


def _describe_person(person: Any) -> str:
    """One line about a person, a row of `itertuples`."""
    name = f" ({person.name})" if isinstance(person.name, str) else ""
    n_videos = f"{person.n_videos} video{'s' * (person.n_videos != 1)}"
    return f"{person.person}{name}: {person.n_tracks} tracks in {n_videos}, {person.seconds:.1f} s"


def describe_limits(
    plan: ErasurePlan, annotations: Path, has_people_tsv: bool, has_known_people: bool
) -> list[str]:
    """Lines of text about data that the erasure does not reach.

    Parameters
    ----------
    plan
        What to erase.
    annotations
        The user's folder of ELAN files.
    has_people_tsv, has_known_people
        Whether the user named their people.tsv and their file of known people.
    """
    lines = []
    if not has_people_tsv and plan.names:
        lines.append("Remove them from your people.tsv as well, or name the file with --people.")
    provenance = parquet.read_provenance(corpus_table(plan.results, "clusters"))
    if not has_known_people and "known" in provenance.get("parameters", {}):
        lines.append(
            "Your file of known people contains where their best faces are. Name the file with "
            "--known, as in the config key clustering.known."
        )
    if files := files_that_mention(annotations, plan.people):
        names = ", ".join(path.name for path in files)
        lines.append(f"Your files in {annotations} that contain their id or name: {names}.")
    videos = ", ".join(sorted(set(plan.tracks["video_id"])))
    lines.append(
        f"Not erased: the videos, which still show them ({videos}), bodies without a detected "
        f"face, logs, copies elsewhere, and the files that you saved in {annotations}."
    )
    return lines


def describe_other_videos(videos: list[str], manifest: Path) -> list[str]:
    """A line of text about tables of videos that are not in the manifest, if there are any."""
    if not videos:
        return []
    return [
        f"There are tables of videos that are not in {manifest}: {', '.join(videos)}. It is "
        "unknown who is in them. Delete these tables if they may contain the people to erase."
    ]


def files_that_mention(folder: Path, people: pd.DataFrame) -> list[Path]:
    """ELAN files in a folder that contain the id or name of one of `people` as a whole word."""
    ids_and_names = [*people["person"], *people["name"].dropna()]
    pattern = re.compile("|".join(rf"(?<!\w){re.escape(text)}(?!\w)" for text in ids_and_names))
    return [path for path in sorted(folder.glob("*.eaf")) if pattern.search(_plain_text(path))]


def _plain_text(path: Path) -> str:
    """Text of an XML file with characters unescaped and composed, as in people.parquet."""
    text = path.read_text(encoding="utf-8", errors="replace")
    return unicodedata.normalize("NFC", html.unescape(text))
