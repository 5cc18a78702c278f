"""Folders of clips, and labels that say which people are in them."""

import csv
import os
import re
from collections.abc import Iterable
from pathlib import Path

from corpus.core.errors import InputError
from corpus.inputs import manifest

Label = dict[str, str]
"""One row of a table of labels, by column."""


def find_clips(folder: Path) -> list[str]:
    """Paths of the videos below `folder`, relative to it and sorted; hidden files are skipped."""
    clips = []
    for path in folder.rglob("*"):
        relative_path = path.relative_to(folder)
        is_hidden = any(part.startswith(".") for part in relative_path.parts)
        if not is_hidden and path.is_file() and manifest.media_suffix(relative_path.name, ""):
            clips.append(relative_path.as_posix())
    return sorted(clips)


def video_ids(clips: Iterable[str]) -> dict[str, str]:
    """A unique id for each clip that is a valid file name on every system.

    Ids differ by more than upper and lower case, since some file systems ignore case.
    """
    ids: dict[str, str] = {}
    used_ids: set[str] = set()
    for clip in clips:
        stem = re.sub(r"[^A-Za-z0-9_-]", "_", os.path.splitext(clip)[0])
        video_id, count = stem, 1
        while video_id.lower() in used_ids:
            count += 1
            video_id = f"{stem}_{count}"
        used_ids.add(video_id.lower())
        ids[clip] = video_id
    return ids


def read_labels(path: Path, clips: Iterable[str]) -> dict[str, Label]:
    """Read the labels of these clips from a CSV file, by clip.

    Raises InputError if a column is missing, if a clip is not in `clips` or is listed twice, or if
    a number of people is not a whole number.
    """
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.DictReader(file)
        rows = [
            {name: (cell or "").strip() for name, cell in row.items() if name} for row in reader
        ]
    if missing := {"clip", "person"} - set(reader.fieldnames or ()):
        raise InputError(f"{path}: missing column {' and '.join(sorted(missing))}")
    labels = {row["clip"]: row for row in rows}
    if unknown := sorted(set(labels) - set(clips)):
        raise InputError(f"{path}: not in the folder of clips: {', '.join(unknown)}")
    if len(labels) < len(rows):
        raise InputError(f"{path}: a clip is listed twice")
    if wrong := [row["clip"] for row in rows if not re.fullmatch(r"\d*", row.get("people", ""))]:
        raise InputError(f"{path}: people must be a whole number or empty: {', '.join(wrong)}")
    return labels


def expected_people(label: Label) -> int | None:
    """The number of people in a clip according to its label; None if the label does not say."""
    return int(label["people"]) if label.get("people") else None
