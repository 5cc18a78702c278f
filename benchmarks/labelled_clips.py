"""Folders of clips, and labels that say which people are in them."""

import csv
import os
import re
from collections.abc import Iterable
from pathlib import Path

from corpus.core.errors import InputError
from corpus.inputs import manifest
from film_truth import Appearance, Change

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
    for clip, label in labels.items():
        try:
            expected_changes(label)
        except ValueError as error:
            raise InputError(f"{path}: cuts of {clip}: {error}") from error
    return labels


def expected_people(label: Label) -> int | None:
    """The number of people in a clip according to its label; None if the label does not say."""
    return int(label["people"]) if label.get("people") else None


def expected_changes(label: Label) -> list[Change] | None:
    """The changes of shot in a clip according to its label; None if the label does not say.

    Raises ValueError if the cell is neither empty, nor `none`, nor times such as `1.2 4.0-4.5`.
    """
    cell = label.get("cuts", "")
    if cell in ("", "none"):
        return [] if cell else None
    changes = []
    for text in cell.split():
        match = re.fullmatch(r"(\d+\.?\d*)(?:-(\d+\.?\d*))?", text)
        if not match or float(match[2] or match[1]) < float(match[1]):
            raise ValueError(f"{text!r} must be a time such as 1.2 or a range such as 4.0-4.5")
        changes.append(Change(float(match[1]), float(match[2] or match[1])))
    return changes


def read_appearances(path: Path, clips: Iterable[str]) -> dict[str, list[Appearance]]:
    """Read who is where at which time in these clips from a CSV file, by clip.

    Raises InputError, with the line, if a column is missing, if a clip is not in `clips`, or if a
    cell is no number.
    """
    known = set(clips)
    appearances: dict[str, list[Appearance]] = {}
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.DictReader(file)
        if missing := {"clip", "start_s", "end_s", "person"} - set(reader.fieldnames or ()):
            raise InputError(f"{path}: missing column {' and '.join(sorted(missing))}")
        for row in reader:
            if row["clip"] not in known:
                raise InputError(
                    f"{path}, line {reader.line_num}: not in the folder of clips: {row['clip']}"
                )
            try:
                appearance = _appearance(row)
            except ValueError as error:
                raise InputError(f"{path}, line {reader.line_num}: {error}") from error
            appearances.setdefault(row["clip"], []).append(appearance)
    return appearances


def _appearance(row: dict[str, str]) -> Appearance:
    start_s, end_s = float(row["start_s"]), float(row["end_s"])
    if end_s <= start_s:
        raise ValueError(f"end_s {row['end_s']} must be after start_s {row['start_s']}")
    place = [row.get(name) or "" for name in ("x", "y")]
    if "" in place:
        if place != ["", ""]:
            raise ValueError("x and y must both be numbers or both be empty")
        return Appearance(start_s, end_s, row["person"].strip())
    x, y = map(float, place)
    return Appearance(start_s, end_s, row["person"].strip(), x, y)
