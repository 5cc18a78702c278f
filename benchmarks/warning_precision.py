"""Measure how many of the warnings of the view Check are right, on labelled clips.

python benchmarks/accuracy.py CLIPS --work /tmp/accuracy
python benchmarks/warning_precision.py --clips CLIPS /tmp/accuracy

Reads the folders of finished runs of accuracy.py and the labels of their clips. README.md in this
folder describes the measures.
"""

import argparse
import logging
import sys
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "scripts"))

import numpy as np

import movement_workflow
import warning_measures
from corpus.core.errors import run
from corpus.identity.evidence import Evidence
from corpus.tables import parquet
from labelled_results import (
    LabelledResults,
    add_clips_option,
    read_clip_labels,
    read_embeddings,
    read_results,
)
from movement_marks import read_truth
from warning_measures import RULES, Count

TRUTH = Path(__file__).parent / "movement_truth.tsv"
DISPLACEMENTS = (0.5, 1.0, 2.0)
"""How far the skeletons of some copies of the clips jump, shoulder widths."""
Counts = dict[str, Count]


def labelled_run(clips: Path, work: Path) -> tuple[LabelledResults, dict[str, str]]:
    """The results of a run of accuracy.py beside the labels, and the video ids by clip."""
    ids, labels, shown = read_clip_labels(clips)
    return read_results(work / "results", ids, labels, shown), ids


def identity_counts(labelled: LabelledResults, results: Path, evidence: Evidence) -> Counts:
    """Warnings about people and tracks, also after wrong names and wrong tracks were put in."""
    tracks = labelled.tracks
    counts = {
        "two people who may be one": warning_measures.same_people(tracks),
        "one person who may be several": warning_measures.mixed_people(tracks),
        "one person twice at once": warning_measures.twice_at_once(tracks),
        "one person twice at once, each two people given one name": (
            warning_measures.merged_by_name(tracks)
        ),
    }
    counts |= {
        f"another person: {name}": warning_measures.wrong_tracks(tracks, rule)
        for name, rule in RULES.items()
    }
    vectors, owners = read_embeddings(results, tracks)
    known = tracks.iloc[np.unique(owners)]
    rows = np.searchsorted(np.unique(owners), owners)
    for wrong in warning_measures.with_a_wrong_track(known, vectors, rows, evidence):
        for name, rule in RULES.items():
            key = f"another person, one track put in the wrong person: {name}"
            counts[key] = counts.get(key, Count()) + warning_measures.wrong_tracks(
                wrong, rule, known
            )
    return counts


def gesture_counts(ids: dict[str, str], results: Path, half: str | None) -> Counts:
    """Warnings about gestures of clips with marks, also after the skeletons were made to jump."""
    marks = read_truth(TRUTH, half)
    counts: dict[str, Count] = defaultdict(Count)
    for clip, video in ids.items():
        of_clip = marks[marks["video_id"] == Path(clip).stem]
        if of_clip.empty or not (results / f"gestures/{video}.parquet").exists():
            continue
        gestures = parquet.read(results / f"gestures/{video}.parquet")
        counts["cut-off gestures"] += warning_measures.cut_off_ends(gestures, of_clip)
        counts["trunk"] += Count(int(gestures["trunk_movement"].fillna(False).sum()))
        counts["jumps"] += Count(int(gestures["jump"].sum()))
        for distance in DISPLACEMENTS if len(gestures) else ():
            first = gestures.iloc[0]
            at_s = float(first["start_s"] + first["end_s"]) / 2
            name = f"jumps, skeleton moved by {distance} shoulder widths"
            counts[name] += _jumping(results, video, at_s, distance)
    return dict(counts)


def _jumping(results: Path, video: str, at_s: float, distance: float) -> Count:
    with TemporaryDirectory() as folder:
        tables = Path(folder) / "in"
        for name in movement_workflow.INPUTS:
            (tables / name).mkdir(parents=True)
            source = results / name / f"{video}.parquet"
            if name != "keypoints":
                (tables / name / source.name).symlink_to(source.resolve())
                continue
            moved = warning_measures.displaced(parquet.read(source), at_s, distance)
            parquet.write(tables / name / source.name, name, moved, parquet.read_provenance(source))
        movement = movement_workflow.measure(tables, video, Path(folder) / "out")
    assert movement.gesture_measures is not None, "this version measures gestures"
    return warning_measures.jumps(movement.units(), movement.gesture_measures, at_s)


def report(counts: dict[str, Counts]) -> Iterator[str]:
    """Yield a Markdown table: one row for each kind of warning and folder of clips."""
    yield "| kind | clips | warnings | right | errors | errors warned |"
    yield "|---|---|---:|---:|---:|---:|"
    for kind in dict.fromkeys(kind for of_clips in counts.values() for kind in of_clips):
        for clips, of_clips in counts.items():
            if kind in of_clips:
                yield f"| {kind} | {clips} | {' | '.join(map(str, of_clips[kind]))} |"


def main() -> None:
    """Count the warnings of all runs, and print the table."""
    options = parse_arguments()
    # Computing the probabilities again would log its progress for each track.
    logging.disable(logging.INFO)
    evidence = Evidence.of_embedder("dlib")
    counts: dict[str, Counts] = {}
    for clips, work in options.clips:
        labelled, ids = labelled_run(clips, work)
        results = work / "results"
        counts[clips.name] = identity_counts(labelled, results, evidence)
        counts[clips.name] |= gesture_counts(ids, results, options.half)
    lines = list(report(counts))
    print("\n".join(lines))


def parse_arguments() -> argparse.Namespace:
    """Parse the options of this program."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    add_clips_option(parser)
    parser.add_argument("--half", help="only the marks of gestures of this half")
    return parser.parse_args()


if __name__ == "__main__":
    run(main)
