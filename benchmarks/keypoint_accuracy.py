"""Measure the accuracy of keypoints, beside MediaPipe alone and beside an earlier version.

python benchmarks/keypoint_accuracy.py --people LABELLED --nobody CLIPS --work /tmp/keypoints
python benchmarks/keypoint_accuracy.py --signers CLIPS --before /tmp/earlier --work /tmp/keypoints

README.md in this folder explains the sets of films and the measures.
"""

import argparse
import json
import logging
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tools"))
sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "scripts"))

import keypoint_films as films
import keypoint_measures as measures
import keypoint_report as report
import keypoint_scores as scoring
import render_demo
from clustering import replace_section
from corpus.core.atomic_files import write_text
from corpus.core.errors import InputError, run
from film_files import write_film
from halves import half_of
from keypoint_report import Score
from keypoint_scores import MEDIAPIPE, Keypoints
from labelled_bodies import LabelledPicture, read_pictures
from labelled_clips import read_labels, video_ids
from stage_runs import ROOT, checked_workflow, commit, in_groups, run_workflow

Films = dict[str, Path]
"""Films by video id."""


# Films -------------------------------------------------------------------------------------------


def write_stills(pictures: Mapping[str, LabelledPicture], folder: Path) -> Films:
    """Write a still film of each picture, unless it exists."""
    paths = {video: folder / f"{video}.mp4" for video in pictures}
    for video, path in paths.items():
        if not path.exists():
            films.write_still(path, films.read_still(pictures[video].path))
    return paths


def write_pieces(clips: Films, folder: Path, seconds: float) -> Films:
    """Write the first seconds of each clip, unless the file exists."""
    paths = {video: folder / f"{video}.mp4" for video in clips}
    for video, path in paths.items():
        if not path.exists():
            clip = clips[video]
            write_film(path, films.read_pictures(clip, seconds), films.frame_rate(clip))
    return paths


def write_pixelated(clips: Films, keypoints: Mapping[str, pd.DataFrame], folder: Path) -> Films:
    """Write a copy of each film with its head pixelated, unless it exists."""
    paths = {video: folder / f"{video}.mp4" for video in clips}
    for video, path in paths.items():
        if not path.exists():
            bodies = films.follow_one(measures.poses(keypoints[video]))
            covered = films.pixelate_heads(list(films.read_pictures(clips[video])), bodies)
            write_film(path, covered, films.frame_rate(clips[video]))
    return paths


# Keypoints ---------------------------------------------------------------------------------------


def plain_keypoints(paths: Films, folder: Path) -> dict[str, pd.DataFrame]:
    """The keypoints that MediaPipe alone finds in the films, kept in a folder."""
    import plain_mediapipe  # loads MediaPipe, which takes time

    tables = {}
    for video, path in paths.items():
        kept = folder / f"{video}.parquet"
        if not kept.exists():
            logging.info("%s: MediaPipe alone", path.name)
            folder.mkdir(parents=True, exist_ok=True)
            models = ROOT / "resources" / "models"
            plain_mediapipe.find_keypoints(films.read_pictures(path), models).to_parquet(kept)
        tables[video] = pd.read_parquet(kept)
    return tables


def workflow_keypoints(workflow: Path, paths: Films, folder: Path) -> dict[str, pd.DataFrame]:
    """The keypoints that a copy of the workflow finds in the films.

    If all tables exist, the workflow does not run.
    """
    tables = {video: folder / "results" / "keypoints" / f"{video}.parquet" for video in paths}
    if not all(table.exists() for table in tables.values()):
        run_workflow(workflow, folder, paths, ["keypoints"], in_groups(workflow, len(paths)))
    return {
        video: pq.read_table(table, columns=measures.COLUMNS).to_pandas()
        for video, table in tables.items()
    }


def keypoints_of_versions(
    name: str, paths: Films, work: Path, versions: Mapping[str, Path]
) -> Keypoints:
    """The keypoints of a set of films by MediaPipe alone and by all versions of the workflow."""
    tables = {MEDIAPIPE: plain_keypoints(paths, work / MEDIAPIPE / name)}
    for version, workflow in versions.items():
        folder = work / f"{version}-{commit(workflow)}" / name
        tables[version] = workflow_keypoints(workflow, paths, folder)
    return tables


# The program -------------------------------------------------------------------------------------


def measure_people(options: argparse.Namespace, versions: Mapping[str, Path]) -> list[Score]:
    found = read_pictures(options.people)
    ids = video_ids(picture.path.relative_to(options.people).as_posix() for picture in found)
    pictures = dict(zip(ids.values(), found, strict=True))
    paths = write_stills(pictures, options.work / "films" / "people")
    keypoints = keypoints_of_versions("people", paths, options.work, versions)
    return [
        score
        for version in keypoints
        for score in scoring.people_scores(pictures, keypoints, version)
    ]


def measure_nobody(options: argparse.Namespace, versions: Mapping[str, Path]) -> list[Score]:
    clips = films.clips_by_name(options.nobody)
    paths = write_pieces(clips, options.work / "films" / "nobody", options.seconds)
    keypoints = keypoints_of_versions("nobody", paths, options.work, versions)
    return [
        score for version in keypoints for score in scoring.nobody_scores(paths, keypoints, version)
    ]


def signer_halves(folder: Path) -> dict[str, str]:
    """The half of each clip, by video id: that of its person, or of the clip without a label."""
    ids = video_ids(films.find_clips(folder))
    file = folder / "LABELS.csv"
    labels = read_labels(file, ids) if file.exists() else {}
    return {
        video: half_of(labels.get(clip, {}).get("person") or clip) for clip, video in ids.items()
    }


def measure_signers(options: argparse.Namespace, versions: Mapping[str, Path]) -> list[Score]:
    halves = signer_halves(options.signers)
    work = options.work
    paths = films.clips_by_name(options.signers)
    keypoints = keypoints_of_versions("signers", paths, work, versions)
    unaltered = keypoints[MEDIAPIPE]
    paths = write_pixelated(paths, unaltered, work / "films" / "pixelated")
    covered = keypoints_of_versions("pixelated", paths, work, versions)
    return scoring.signer_scores(halves, keypoints, list(versions)) + scoring.pixelated_scores(
        halves, covered, unaltered
    )


def measure_demo(options: argparse.Namespace, versions: Mapping[str, Path]) -> list[Score]:
    folder = options.work / "films" / "demo"
    render_demo.render_all(folder)
    truth = json.loads((folder / render_demo.TRUTH).read_text(encoding="utf-8"))
    paths = {clip: folder / f"{clip}.mp4" for clip in truth["clips"]}
    keypoints = keypoints_of_versions("demo", paths, options.work, versions)
    return report.demo_scores(truth, keypoints)


SETS: dict[str, Callable[[argparse.Namespace, Mapping[str, Path]], list[Score]]] = {
    "people": measure_people,
    "nobody": measure_nobody,
    "signers": measure_signers,
    "demo": measure_demo,
}


def main(arguments: list[str] | None = None) -> None:
    """Measure the given sets, print the table, and write it to the work folder."""
    options = parse_arguments(arguments)
    options.work = options.work.resolve()
    versions = {"before": checked_workflow(options.before)} if options.before else {}
    versions |= {} if options.only_before else {"now": ROOT}
    names = [name for name in SETS if name == "demo" or getattr(options, name)]
    scores = []
    for name in options.only or names:
        if name not in names:
            raise InputError(f"--only {name}: give the folder of this set with --{name}")
        scores += SETS[name](options, versions)
    table = report.add_up(scores)
    write_text(options.work / "keypoint_accuracy.tsv", report.as_tsv(table))
    text = report.markdown(table)
    write_text(options.work / "keypoint_accuracy.md", text)
    if options.page:
        replace_section(options.page, report.BEGIN, report.END, text)
    print(text)


def parse_arguments(arguments: list[str] | None = None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    add = parser.add_argument
    add("--people", type=Path, help="folder of pictures with labelled joints, COCO or MPII")
    add("--nobody", type=Path, help="folder of clips without people")
    add("--signers", type=Path, help="folder of clips of one signer each, with LABELS.csv")
    add("--before", type=Path, help="another copy of the workflow, to compare with")
    add("--only-before", action="store_true", help="measure only the copy given by --before")
    add("--seconds", type=float, default=2.0, help="length of clips without people; default: 2")
    add("--only", nargs="+", choices=SETS, help="sets to measure; default: all that are given")
    add("--page", type=Path, help="page to write the table into")
    add("--work", type=Path, required=True, help="folder for films, results and the report")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    run(main)
