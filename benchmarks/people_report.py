"""Measure and report cuts, tracks, people and probabilities against the labels of clips."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd

from calibration_measures import calibration_error, claims_of_tracks, reliability, warnings
from cut_measures import cut_scores
from identity_measures import b_cubed, contingency, count_merged, count_split
from identity_peers import PEERS
from labelled_results import LabelledResults, read_embeddings, read_tracks
from track_measures import covered_seconds, track_measures

DLIB_DIMENSIONS = 128
"""The peers have distances for dlib's embeddings only."""
WORKFLOW = "the workflow"

Row = dict[str, object]


# Measures ----------------------------------------------------------------------------------------


def score_people(labelled: LabelledResults, people: dict[tuple[str, int], str]) -> Row:
    """Compare people with the labels; `people` are those of the tracks, by video and track.

    B-cubed is computed over faces, so long tracks weigh more, and a track of several people counts
    for each of them. People merged, split and missed are counted over tracks, each of which stands
    for the person whom most of its faces show. Missed people have no such track.
    """
    faces, tracks = labelled.faces, labelled.tracks
    keys = zip(faces["video_id"], faces["track"], strict=True)
    counts = contingency(faces["true"], [people[key] for key in keys])
    of_track = [people[key] for key in zip(tracks["video_id"], tracks["track"], strict=True)]
    by_track = contingency(tracks["true"], of_track)
    true_people = set(labelled.appearances["true"])
    return {
        "true": len(true_people),
        "found": len(set(of_track)),
        "merged": count_merged(by_track),
        "split": count_split(by_track),
        "missed": len(true_people - set(tracks["true"])),
        **b_cubed(counts)._asdict(),
    }


def people_by_method(results: Path, labelled: LabelledResults) -> dict[str, Row]:
    """The scores of the workflow and of the other methods.

    All group the same tracks: those of the whole corpus, labelled or not.
    """
    tracks = read_tracks(results)
    keys = list(zip(tracks["video_id"], tracks["track"], strict=True))
    rows = {WORKFLOW: score_people(labelled, dict(zip(keys, tracks["person"], strict=True)))}
    embeddings, owners = read_embeddings(results, tracks)
    has_all = len(set(owners)) == len(tracks)
    if has_all and embeddings.shape[1] == DLIB_DIMENSIONS:
        for name, cluster in PEERS.items():
            found = [str(label) for label in cluster(embeddings, owners)]
            rows[name] = score_people(labelled, dict(zip(keys, found, strict=True)))
    return rows


# Report ------------------------------------------------------------------------------------------


def report(results: Path, labelled: LabelledResults) -> tuple[str, pd.DataFrame]:
    """The report in Markdown, and all measures: one row per theme, method, measure and value."""
    lines: list[str] = []
    measures: list[tuple[str, str, str, object]] = []

    def add(theme: str, rows: dict[str, Row]) -> None:
        for method, row in rows.items():
            measures.extend((theme, method, *cell) for cell in row.items())

    if labelled.cuts:
        row = labelled.cuts | cut_scores(labelled.cuts)
        add("cuts", {WORKFLOW: row})
        lines += ["", "### Cuts", "", *table({WORKFLOW: row})]
    if len(labelled.faces):
        seconds, covered = covered_seconds(labelled.appearances, labelled.tracks)
        tracks = track_measures(labelled.faces) | {"seconds": seconds, "covered": covered / seconds}
        people = people_by_method(results, labelled)
        claims, warned = claims_of_tracks(labelled.tracks), warnings(labelled.tracks)
        add("tracks", {WORKFLOW: tracks})
        add("people", people)
        lines += ["", "### Tracks", "", *table({WORKFLOW: tracks})]
        lines += ["", "### People", "", *table(people), "", "### Probabilities", ""]
        lines += calibration_lines(claims)
        lines += ["", "### Warnings", "", *table(warned)]
        add("probabilities", dict(calibration_rows(claims)))
        add("warnings", warned)
    columns = ["theme", "method", "measure", "value"]
    return "\n".join(lines), pd.DataFrame(measures, columns=columns)


def calibration_rows(claims: pd.DataFrame) -> Iterator[tuple[str, Row]]:
    """Yield the number of claims of each kind, the share of right ones, and their error."""
    for claim, of_kind in claims.groupby("claim", sort=False):
        rows = reliability(of_kind["probability"].to_numpy(), of_kind["right"].to_numpy())
        right = float(of_kind["right"].mean())
        yield (
            str(claim),
            {"claims": len(of_kind), "right": right, "calibration error": calibration_error(rows)},
        )


def calibration_lines(claims: pd.DataFrame) -> Iterator[str]:
    """Yield the calibration errors, then the reliability table of each kind of claim."""
    yield from table(dict(calibration_rows(claims)))
    for claim, of_kind in claims.groupby("claim", sort=False):
        rows = reliability(of_kind["probability"].to_numpy(), of_kind["right"].to_numpy())
        yield from ("", f"Reliability of `{claim}`:", "")
        yield from table(
            {f"{row['from']:.1f} to {row['to']:.1f}": {
                "claims": int(row["n"]), "mean": row["mean"], "right": row["right"],
            } for row in rows.to_dict("records")}
        )  # fmt: skip


def table(rows: dict[str, Row]) -> list[str]:
    """A Markdown table with one line per named row; all rows have the same columns."""
    columns = list(next(iter(rows.values()))) if rows else []
    lines = ["| | " + " | ".join(columns) + " |", "|---|" + "---:|" * len(columns)]
    return lines + [
        f"| {name} | " + " | ".join(_cell(row[column]) for column in columns) + " |"
        for name, row in rows.items()
    ]


def _cell(value: object) -> str:
    if isinstance(value, float):
        is_count = value.is_integer() and value > 1
        return "-" if np.isnan(value) else f"{value:.0f}" if is_count else f"{value:.3f}"
    return str(value)
