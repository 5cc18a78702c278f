"""Measure which values of the clustering settings assign labelled clips to the correct people.

python benchmarks/settings.py --results results/mine --videos config/mine.tsv --labels labels.csv \
    --embedder dlib --work /tmp/settings
python benchmarks/settings.py --made-up 1500 --work /tmp/settings

README.md in this folder describes the measurements.
"""

import argparse
import logging
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from urllib.parse import unquote

import numpy as np
import pandas as pd
import yaml
from sklearn.metrics import adjusted_rand_score

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "scripts"))

import labelled_clips
import synthetic_faces
from corpus.core.atomic_files import write_text
from corpus.core.errors import InputError, run
from corpus.faces.embedders import EMBEDDERS
from corpus.identity.corpus_embeddings import read_embeddings
from corpus.identity.corpus_tracks import read_tracks
from corpus.identity.evidence import Evidence
from corpus.identity.groups import Groups
from corpus.identity.joining import NOT_KNOWN
from corpus.identity.track_clustering import (
    ClusteringOptions,
    EmbeddedTracks,
    cluster_tracks,
    people_of_tracks,
)
from corpus.inputs import manifest
from identity_measures import b_cubed, contingency, count_merged, main_people
from settings_plot import draw

ROOT = Path(__file__).resolve().parents[1]
CLUSTER_SIZES, SAMPLE_COUNTS = list(range(2, 13)), list(range(1, 9))
"""Values of `min_cluster_size` and `min_samples` that are tested."""
COLUMNS = ["varied", "min_cluster_size", "min_samples", "same_person"]
SETTINGS = COLUMNS[1:]
SCORES = ["people", "ari", "precision", "recall", "f", "merged", "split"]
GRID = "grid"
"""Value of the column `varied` where both `min_cluster_size` and `min_samples` vary."""
SYNTHETIC_DIMENSIONS = 512
SYNTHETIC_EMBEDDER = "facenet-vggface2"
"""The embedder whose published distances the synthetic faces have."""

Settings = dict[str, float]
Row = dict[str, object]


def default_settings(embedder: str) -> Settings:
    """Default settings of the workflow for this embedder."""
    config = yaml.safe_load((ROOT / "config" / "config.yaml").read_text("utf-8"))["clustering"]
    settings = {name: config[name] for name in SETTINGS[:2]}
    return settings | {"same_person": EMBEDDERS[embedder].same_person}


def distance_values(centre: float) -> list[float]:
    """Values of `same_person`: from 0 to twice `centre`, in steps of 0.025."""
    return [round(step * 0.025, 3) for step in range(round(centre / 0.0125) + 1)]


def variants(defaults: Settings) -> Iterator[Row]:
    """Yield the tested settings: each setting varied alone, then the grid of the first two."""
    tested = {"min_cluster_size": CLUSTER_SIZES, "min_samples": SAMPLE_COUNTS}
    tested["same_person"] = distance_values(defaults["same_person"])
    for name, values in tested.items():
        for value in values:
            yield {"varied": name} | defaults | {name: value}
    for size in CLUSTER_SIZES:
        for samples in SAMPLE_COUNTS:
            yield {"varied": GRID} | defaults | {"min_cluster_size": size, "min_samples": samples}


def score_people(labels: list[str], assigned: list[str]) -> Row:
    """Compare the people assigned to items (clips or faces) with the labelled people.

    An empty text in `assigned` means that no person was found; such an item is a group of one.

    `precision`, `recall` and `f` are B-cubed. `merged` counts the labelled people who share an
    assigned person with another labelled person. `split` counts the labelled people with several
    assigned people, or with an item to which none was assigned.
    """
    groups = [name or f"nobody {index}" for index, name in enumerate(assigned)]
    counts = contingency(labels, groups)
    rows = zip(dict.fromkeys(labels), counts, strict=True)
    several = {label for label, row in rows if (row > 0).sum() > 1}
    unassigned = {label for label, name in zip(labels, assigned, strict=True) if not name}
    return {
        "ari": float(adjusted_rand_score(labels, groups)),
        **b_cubed(counts)._asdict(),
        "merged": count_merged(counts),
        "split": len(several | unassigned),
    }


def safe_range(values: list[float], correct: list[bool], default: float) -> list[float]:
    """Contiguous correct values around the default, or [] if the default itself is not correct.

    `values` are in ascending order. If the default is not one of them, both of its neighbours must
    be correct.
    """
    below = [value for value in values if value <= default]
    above = [value for value in values if value >= default]
    is_correct_at = dict(zip(values, correct, strict=True))
    safe: set[float] = set()
    for side in (below[::-1], above):
        for steps, value in enumerate(side):
            if not is_correct_at[value]:
                if not steps:
                    return []
                break
            safe.add(value)
    return sorted(safe)


def sweep(defaults: Settings, score: Callable[[Settings], Row]) -> pd.DataFrame:
    """Score all variants, one row per variant. Equal settings are scored only once."""
    scores: dict[tuple, Row] = {}
    rows = []
    for variant in variants(defaults):
        settings = {name: variant[name] for name in SETTINGS}
        key = tuple(settings.values())
        if key not in scores:
            scores[key] = score(settings)
        rows.append(variant | scores[key])
    return pd.DataFrame(rows, columns=COLUMNS + SCORES)


def is_correct(rows: pd.DataFrame) -> pd.Series:
    """Whether each labelled person was found as exactly one person, for each row."""
    return (rows["merged"] == 0) & (rows["split"] == 0)


def safe_ranges(rows: pd.DataFrame, defaults: Settings) -> dict[str, list[float]]:
    """Safe values of each setting, with the other settings at their defaults."""
    ranges = {}
    for name in SETTINGS:
        setting_rows = rows[rows["varied"] == name].sort_values(name)
        correct = list(is_correct(setting_rows))
        ranges[name] = safe_range(list(setting_rows[name]), correct, defaults[name])
    return ranges


def results_scorer(options: argparse.Namespace) -> Callable[[Settings], Row]:
    """Return a function that scores settings on the faces of a finished run.

    The person of a clip is the one who is on screen for the longest time.
    """
    sources = {
        video: row["source"]
        for video, row in manifest.read(options.videos, check_files=False).items()
    }
    labels = labels_by_video(options.labels, sources)
    videos = sorted(sources)
    tracks = read_tracks(options.results, videos, options.samples_per_second)
    embeddings = read_embeddings(options.results, videos, options.embedder)

    def score(settings: Settings) -> Row:
        clusters = cluster_tracks(
            tracks, embeddings, clustering_options(settings, options.embedder)
        )
        people = clusters.assign(person=clusters["cluster"].map(str))
        person_of_video = main_people(people)
        assigned = [person_of_video.get(video, "") for video in labels]
        n_people = len(set(assigned) - {""})
        return {"people": n_people} | score_people(list(labels.values()), assigned)

    return score


def clustering_options(settings: Settings, embedder: str) -> ClusteringOptions:
    """The options of the workflow for these settings."""
    # A distance of 0 would be divided by.
    same_person = settings["same_person"] or 1e-9
    return ClusteringOptions(
        min_cluster_size=int(settings["min_cluster_size"]),
        min_samples=int(settings["min_samples"]),
        evidence=replace(Evidence.of_embedder(embedder), same_person=same_person),
    )


def labels_by_video(path: Path, sources: dict[str, str]) -> dict[str, str]:
    """Labelled person of each video in the manifest that has one.

    A clip matches a video if the source of the video ends with the path of the clip. Labelled
    clips that are not in the manifest are ignored.

    Raises InputError if the manifest contains no clip with a labelled person.
    """
    clips = pd.read_csv(path, encoding="utf-8-sig", dtype=str)["clip"]
    labels = labelled_clips.read_labels(path, clips)
    people = {}
    for video, source in sorted(sources.items()):
        source_path = "/" + unquote(source)
        for clip, label in labels.items():
            if label["person"] and source_path.endswith(f"/{clip}"):
                people[video] = label["person"]
    if not people:
        raise InputError(f"{path}: no clip with a person is in the manifest")
    return people


def synthetic_scorer(n: int, seed: int) -> Callable[[Settings], Row]:
    """Return a function that scores settings on `n` synthetic faces, each a track of its own.

    Strangers, who appear once, are not scored.
    """
    embeddings, people = synthetic_faces.make_embeddings(n, SYNTHETIC_DIMENSIONS, seed)
    scored = np.bincount(people)[people] > 1
    no_pairs = np.zeros((0, 2), dtype=np.int64)
    tracks = EmbeddedTracks(
        rows=np.arange(n),
        groups=Groups(embeddings.astype(float), np.zeros(n), np.ones(n)),
        conflicts=no_pairs,
        copies=no_pairs,
        known=np.full(n, NOT_KNOWN),
    )

    def score(settings: Settings) -> Row:
        labels = people_of_tracks(tracks, clustering_options(settings, SYNTHETIC_EMBEDDER))
        assigned = [str(label) for label in labels[scored]]
        true_people = list(map(str, people[scored]))
        return {"people": len(set(assigned))} | score_people(true_people, assigned)

    return score


def report(rows: pd.DataFrame, defaults: Settings) -> str:
    """Markdown: the safe range of each setting, and the grid of errors."""
    return "\n".join([*_range_lines(rows, defaults), "", *_grid_lines(rows)]) + "\n"


def _range_lines(rows: pd.DataFrame, defaults: Settings) -> Iterator[str]:
    """Yield the table of safe ranges."""
    yield "| setting | default | correct from | to | tried | just outside |"
    yield "|---|---:|---:|---:|---|---|"
    for name, safe in safe_ranges(rows, defaults).items():
        setting_rows = rows[rows["varied"] == name].sort_values(name)
        tried = f"{setting_rows[name].min():g} to {setting_rows[name].max():g}"
        first, last = (f"{safe[0]:g}", f"{safe[-1]:g}") if safe else ("-", "-")
        outside = "; ".join(_errors_outside(setting_rows, name, safe))
        cells = (f"`{name}`", f"{defaults[name]:g}", first, last, tried, outside)
        yield "| " + " | ".join(cells) + " |"


def _errors_outside(setting_rows: pd.DataFrame, name: str, safe: list[float]) -> Iterator[str]:
    """Yield the errors at the values next to the safe range."""
    if not safe:
        return
    below = setting_rows[setting_rows[name] < safe[0]].tail(1)
    above = setting_rows[setting_rows[name] > safe[-1]].head(1)
    for neighbour in (below, above):
        for row in neighbour.to_dict("records"):
            errors = f"{row['merged']} merged, {row['split']} split, ARI {row['ari']:.2f}"
            yield f"{row[name]:g}: {errors}"


def _grid_lines(rows: pd.DataFrame) -> Iterator[str]:
    """Yield the table of errors for each pair of `min_cluster_size` and `min_samples`."""
    yield (
        "Number of people merged + people split, for each `min_cluster_size` (rows) and "
        "`min_samples` (columns):"
    )
    yield ""
    yield "| | " + " | ".join(f"{value}" for value in SAMPLE_COUNTS) + " |"
    yield "|---:|" + "---:|" * len(SAMPLE_COUNTS)
    for size, size_rows in rows[rows["varied"] == GRID].groupby("min_cluster_size"):
        cells = [f"{row.merged} + {row.split}" for row in size_rows.itertuples()]
        cells = ["0" if cell == "0 + 0" else cell for cell in cells]
        yield f"| {size} | " + " | ".join(cells) + " |"


def main() -> None:
    """Score all variants, write the results and print the report."""
    options = parse_arguments()
    logging.getLogger().setLevel(logging.WARNING)
    defaults = default_settings(options.embedder)
    score = synthetic_scorer(options.made_up, 0) if options.made_up else results_scorer(options)
    rows = sweep(defaults, score)
    options.work.mkdir(parents=True, exist_ok=True)
    text = rows.round(6).to_csv(sep="\t", index=False, lineterminator="\n")
    write_text(options.work / "settings.tsv", text)
    draw(rows, defaults, safe_ranges(rows, defaults), options.work / "settings.svg")
    print(report(rows, defaults), end="")


def parse_arguments() -> argparse.Namespace:
    """Parse the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    add = parser.add_argument
    add("--results", type=Path, help="results folder with the tables embeddings, faces and shots")
    add("--videos", type=Path, help="manifest of these results")
    add("--labels", type=Path, help="person of each clip, in the format of accuracy.py")
    add("--made-up", type=int, metavar="N", help="use N synthetic faces instead of results")
    add("--embedder", choices=EMBEDDERS, default="dlib", help="embedder of the results")
    add(
        "--samples-per-second",
        type=float,
        default=5,
        help="sampling rate of detect_faces in these results",
    )
    add("--work", required=True, type=Path, help="folder for settings.tsv and settings.svg")
    options = parser.parse_args()
    if not options.made_up and not (options.results and options.videos and options.labels):
        parser.error("either --made-up or all of --results, --videos and --labels are required")
    if options.made_up:
        options.embedder = "facenet-vggface2"
    return options


if __name__ == "__main__":
    run(main)
