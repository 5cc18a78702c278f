"""Report the accuracy of all clips as a Markdown table and a summary."""

from collections.abc import Callable

import pandas as pd

from accuracy_measures import COUNTS, ClipResult, shares
from identity_measures import agreement


def identity_lines(clips: list[ClipResult]) -> list[str]:
    """Whether clips of the same person were assigned to the same person."""
    labelled = [clip for clip in clips if clip["person"]]
    if not labelled:
        return ["No clip is labelled with a person."]
    labels, people = ([str(clip[name]) for clip in labelled] for name in ("person", "found"))
    scores = agreement(labels, people)
    return [
        f"{len(labelled)} labelled clips of {len(set(labels))} people; the workflow found "
        f"{len(set(people) - {''})} people in them, and nobody in {people.count('')} clips",
        f"ARI {show(scores['ari'])}; pairs of clips: precision {show(scores['pair_precision'])}, "
        f"recall {show(scores['pair_recall'])}; B-cubed F {show(scores['b_cubed_f'])}",
    ]


def people_count_lines(clips: list[ClipResult]) -> list[str]:
    """Whether the number of people equals the labelled number."""
    labelled = [clip for clip in clips if clip["people_labelled"] is not None]
    if not labelled:
        return []
    wrong = [
        f"{clip['clip']}: {clip['people']:.0f} instead of {clip['people_labelled']}"
        for clip in labelled
        if clip["people"] != clip["people_labelled"]
    ]
    text = f"{len(wrong)} of {len(labelled)} clips with a wrong number of people"
    return [with_list(text, wrong)]


def time_lines(clips: list[ClipResult]) -> list[str]:
    """Whether the frames and their times equal those of ffmpeg."""
    other_times = [
        f"{clip['clip']}: {show(clip['pts_off_us'], 0)} us"
        for clip in clips
        if clip["frames"] and clip["pts_off_us"] != 0
    ]
    other_counts = [
        f"{clip['clip']}: {clip['frames']} instead of {clip['frames_ffmpeg']}"
        for clip in clips
        if clip["frames"] != clip["frames_ffmpeg"]
    ]
    return [
        with_list(f"{len(other_times)} clips with times that differ from ffmpeg's", other_times),
        with_list(f"{len(other_counts)} clips with more or fewer frames than ffmpeg", other_counts),
    ]


def hand_lines(clips: list[ClipResult]) -> list[str]:
    """Whether each hand was assigned to one person only."""
    shared = [
        f"{clip['clip']}: {clip['hands_shared']} of {clip['hands_found']} hands"
        for clip in clips
        if clip["hands_shared"]
    ]
    return [with_list(f"{len(shared)} clips with hands assigned to two people", shared)]


def is_empty(clip: ClipResult) -> bool:
    """Whether nobody is in the clip according to its label or, without a label, to the results."""
    labelled = clip["people_labelled"]
    return (clip["people"] if labelled is None else labelled) == 0


def table_lines(
    clips: list[ClipResult], faults: dict[str, list[str]], n_rows: dict[str, dict[str, int]]
) -> list[str]:
    """Whether all tables are valid, and how many rows those of clips without people have.

    `faults` and `n_rows` are by clip: the results of `table_faults` and `count_people_rows`.
    """
    invalid = [f"{clip}: {', '.join(of_clip)}" for clip, of_clip in faults.items() if of_clip]
    lines = [with_list(f"{len(invalid)} clips with a missing or invalid table", invalid)]
    for clip in filter(is_empty, clips):
        rows = ", ".join(f"{table} {count}" for table, count in n_rows[clip["clip"]].items())
        lines.append(f"{clip['clip']} has no people; rows: {rows}")
    return lines


# The table ---------------------------------------------------------------------------------------


def with_list(text: str, items: list[str]) -> str:
    return f"{text}: {'; '.join(items)}" if items else text


def show(value: object, digits: int = 3) -> str:
    """A number with `digits` decimals, or a dash if it is missing."""
    return "-" if pd.isna(value) else f"{value:.{digits}f}"


def frames_cell(clip: ClipResult) -> str:
    same = clip["frames"] == clip["frames_ffmpeg"]
    return f"{clip['frames']}" if same else f"{clip['frames']} not {clip['frames_ffmpeg']}"


def people_cell(clip: ClipResult) -> str:
    people, labelled = clip["people"], clip["people_labelled"]
    return show(people, 0) if labelled in (None, people) else f"{people:.0f} not {labelled}"


def yes_no(value: object) -> str:
    return "-" if pd.isna(value) else "yes" if value else "no"


COLUMNS: dict[str, Callable[[ClipResult], str]] = {
    "clip": lambda clip: str(clip["clip"]),
    "status": lambda clip: str(clip["status"]),
    "frames": frames_cell,
    "shots": lambda clip: show(clip["shots"], 0),
    "tracks": lambda clip: show(clip["tracks"], 0),
    "people": people_cell,
    "skel./frame": lambda clip: show(clip["skeletons_per_frame"], 2),
    "wrists in": lambda clip: show(clip["wrists_in"]),
    "w: 1+ hand": lambda clip: show(clip["wrists_in_one_found"]),
    "w: 2 hands": lambda clip: show(clip["wrists_in_both_found"]),
    "hands in": lambda clip: show(clip["hands_in"]),
    "h: 1+ hand": lambda clip: show(clip["hands_in_one_found"]),
    "h: 2 hands": lambda clip: show(clip["hands_in_both_found"]),
    "PTS off, us": lambda clip: show(clip["pts_off_us"], 0),
    "VFR": lambda clip: yes_no(clip["is_vfr"]),
    "start_s": lambda clip: show(clip["start_s"]),
}
"""Columns of the Markdown table, and the text of a cell."""
WITHOUT_KEYPOINTS = ("clip", "status", "frames", "shots", "tracks", "people", "PTS off, us", "VFR")
"""Columns of the table if keypoints were not extracted."""
LEFT_ALIGNED = ("clip", "status")


def total(clips: list[ClipResult], n_people: int) -> ClipResult:
    """The last row of the table: the frames and skeletons of all clips are added up.

    Without keypoints, only frames are added up.
    """
    names = [name for name in COUNTS if name in clips[0]]
    counts = {name: sum(clip[name] for clip in clips) for name in names}
    frame = pd.DataFrame(clips)
    sums = frame[["shots", "tracks"]].sum().to_dict()
    return {
        "clip": f"all {len(clips)}",
        "status": "",
        "people": n_people,
        "people_labelled": None,
        "pts_off_us": frame["pts_off_us"].max(),
        "is_vfr": None,
        "start_s": None,
        # The rows of the clips show differences from ffmpeg and the labels; this row does not.
        "frames_ffmpeg": counts["frames"],
        **sums,
        **counts,
        **(shares(counts) if "skeletons" in counts else {}),
    }


def markdown_table(clips: list[ClipResult]) -> str:
    """A Markdown table with columns of fixed width, which is legible in a terminal too.

    Without keypoints, it has only the columns `WITHOUT_KEYPOINTS`.
    """
    columns = COLUMNS if "skeletons" in clips[0] else WITHOUT_KEYPOINTS
    cells = [list(columns), *([COLUMNS[name](clip) for name in columns] for clip in clips)]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    lines = [
        " | ".join(
            text.ljust(width) if name in LEFT_ALIGNED else text.rjust(width)
            for text, width, name in zip(line, widths, columns, strict=True)
        )
        for line in cells
    ]
    rule = "|".join(
        "-" * (width + 2) if name in LEFT_ALIGNED else "-" * (width + 1) + ":"
        for width, name in zip(widths, columns, strict=True)
    )
    return "\n".join([f"| {lines[0]} |", f"|{rule}|", *(f"| {line} |" for line in lines[1:])])
