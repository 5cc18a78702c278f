"""Describe what an erasure changes, and what it cannot erase."""

import glob
from pathlib import Path
from typing import Any

from corpus.inputs import erased_folder
from corpus.privacy import erasure, mentions
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
    lines.append(
        "Tables that keep where their heads are, so that blurred videos still mask them and they "
        "are not found again:"
    )
    lines += [f"  {erased_folder.masks_path(plan.erased, video)}" for video in plan.masks]
    lines.append(
        "Files to delete. The next run makes them again, but exports, annotations.parquet and "
        "what the target agreement makes only if you request them:"
    )
    return lines + [f"  {path.relative_to(plan.results)}" for path in plan.files_to_delete]


def _describe_person(person: Any) -> str:
    """One line about a person, a row of `itertuples`."""
    name = f" ({person.name})" if isinstance(person.name, str) else ""
    n_videos = f"{person.n_videos} video{'s' * (person.n_videos != 1)}"
    return f"{person.person}{name}: {person.n_tracks} tracks in {n_videos}, {person.seconds:.1f} s"


def describe_limits(
    plan: ErasurePlan, annotations: Path, people_tsv: Path | None, has_known_people: bool
) -> list[str]:
    """Lines of text about data that the erasure does not reach.

    Parameters
    ----------
    plan
        What to erase.
    annotations
        The user's folder of ELAN files.
    people_tsv
        The user's people.tsv, if the user named it.
    has_known_people
        Whether the user named their file of known people.
    """
    lines = []
    if people_tsv is None and plan.names:
        lines.append("Remove them from your people.tsv as well, or name the file with --people.")
    provenance = parquet.read_provenance(corpus_table(plan.results, "clusters"))
    if not has_known_people and "known" in provenance.get("parameters", {}):
        lines.append(
            "Your file of known people contains where their best faces are. Name the file with "
            "--known, as in the config key clustering.known."
        )
    if files := mentions.files_that_mention(annotations.glob("**/*"), plan.people):
        names = ", ".join(str(path.relative_to(annotations)) for path in files)
        lines.append(f"Your files in {annotations} that contain their id or name: {names}.")
    if files := other_files_that_mention(plan, people_tsv):
        lines.append("Other files that contain their id or name and are not changed:")
        lines += [f"  {path}" for path in files]
    videos = ", ".join(sorted(set(plan.tracks["video_id"])))
    lines.append(
        f"Not erased: the videos, which still show them ({videos}), bodies whose head was never "
        f"located, copies elsewhere, and the files that you saved in {annotations}."
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


def other_files_that_mention(plan: ErasurePlan, people_tsv: Path | None) -> list[Path]:
    """Files outside of the plan that contain the id or name of one of the people.

    These are unknown files in the results, copies of people.tsv beside it, which editors and people
    make, and what Snakemake keeps in the working directory.
    """
    files = [
        *plan.results.glob("**/*"),
        *Path(".snakemake").glob("log/*"),
        *Path(".snakemake").glob("metadata/*"),
    ]
    if people_tsv:
        stem = glob.escape(people_tsv.stem)
        files += [*people_tsv.parent.glob(f"*{stem}*"), *people_tsv.parent.glob(f".*{stem}*")]
    planned = {*plan.files_to_delete, people_tsv}
    return mentions.files_that_mention((path for path in files if path not in planned), plan.people)
