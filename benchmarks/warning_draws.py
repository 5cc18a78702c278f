"""Measure how many warnings about people are right, in corpora drawn from labelled videos.

python benchmarks/accuracy.py CLIPS --only people --work /tmp/accuracy
python benchmarks/warning_draws.py --clips CLIPS /tmp/accuracy

A finished run is one corpus with few errors. This program draws many smaller corpora from the
videos of finished runs of accuracy.py, and finds the people of each again. README.md in this folder
describes the measures.
"""

import argparse
import logging
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "scripts"))

import numpy as np
import pandas as pd
import yaml

import warning_measures
from corpus.core.errors import run
from corpus.core.progress import with_progress
from corpus.identity.corpus_embeddings import read_embeddings
from corpus.identity.corpus_tracks import read_tracks
from corpus.identity.evidence import Evidence
from corpus.identity.people import with_person_ids
from corpus.identity.track_clustering import ClusteringOptions, cluster_tracks
from corpus.inputs import settings
from face_truth import main_true_people
from labelled_results import (
    add_clips_option,
    known_faces,
    labelled_appearances,
    read_clip_labels,
)
from warning_measures import Count

ROOT = Path(__file__).resolve().parents[1]
EMBEDDER = "dlib"
TRACK = ["video_id", "track"]
TABLES = ("faces", "shots", "embeddings", "status")
SHARE = 0.5
"""Probability of each video to be in a drawn corpus."""


def link_results(clips: Path, results: Path, pool: Path, name: str) -> tuple[Path, pd.DataFrame]:
    """Link the tables of a run into `pool`, with ids that begin with `name`.

    `clips` is the folder of clips, or the file of their labels. Returns the people that the labels
    name: one row for each face of known person, with video_id, track and true.
    """
    ids, labels, shown = read_clip_labels(clips)
    faces = []
    for clip, video in ids.items():
        for table in TABLES:
            link = pool / table / f"{name}{video}.parquet"
            link.parent.mkdir(exist_ok=True)
            link.symlink_to((results / table / f"{video}.parquet").resolve())
        people = labelled_appearances(labels.get(clip, {}), shown.get(clip))
        faces.append(known_faces(results, video, people).assign(video_id=f"{name}{video}"))
    return pd.concat(faces)


class Corpus:
    """A pool of videos with labels, and the people found in some of them."""

    def __init__(self, pool: Path, known: pd.DataFrame) -> None:
        defaults = yaml.safe_load((ROOT / settings.DEFAULTS).read_text(encoding="utf-8"))
        self.pool = pool
        self.known = known
        self.videos = sorted(known["video_id"].unique())
        self.rate = defaults["faces"]["samples_per_second"]
        self.options = ClusteringOptions(
            defaults["clustering"]["min_cluster_size"],
            defaults["clustering"]["min_samples"],
            Evidence.of_embedder(EMBEDDER),
        )

    def draws(self, n: int) -> Iterator[list[str]]:
        """Yield n random sets of these videos, each with at least two."""
        random = np.random.default_rng(0)
        for _ in range(n):
            chosen: list[str] = []
            while len(chosen) < 2:
                chosen = [video for video in self.videos if random.random() < SHARE]
            yield chosen

    def count(self, videos: list[str]) -> dict[str, Count]:
        """Find the people of these videos with the default settings; count the warnings by kind."""
        tracks = read_tracks(self.pool, videos, self.rate)
        embeddings = read_embeddings(self.pool, videos, EMBEDDER)
        clusters = cluster_tracks(tracks, embeddings, self.options)
        true = main_true_people(self.known[self.known["video_id"].isin(videos)])
        found = with_person_ids(clusters).merge(true, on=["video_id", "track"])
        counts = {
            "found people": Count(found["person"].nunique()),
            "one person who may be several": warning_measures.mixed_people(found),
            "wrong tracks in people who may be several": warning_measures.tracks_of_mixed(found),
            "two people who may be one": warning_measures.same_people(found),
            "a track that may show somebody else": warning_measures.wrong_tracks(
                found, warning_measures.RULES["another person is likely"]
            ),
        }
        embedded = found.reset_index(drop=True)
        rows = pd.Series(embedded.index, pd.MultiIndex.from_frame(embedded[TRACK]))
        owners = rows.reindex(pd.MultiIndex.from_frame(embeddings.tracks), fill_value=-1).to_numpy()
        vectors, owners = embeddings.vectors[owners >= 0], owners[owners >= 0]
        used, owners = np.unique(owners, return_inverse=True)
        merged = warning_measures.with_merged_people(
            embedded.iloc[used], vectors, owners, self.options.evidence
        )
        counts["one person who may be several, each person with the most similar one"] = sum(
            merged, Count()
        )
        return counts


def main() -> None:
    """Draw the corpora, count their warnings, and print a table."""
    options = parse_arguments()
    # Finding people logs its progress for each corpus.
    logging.disable(logging.INFO)
    counts: dict[str, Count] = {}
    with TemporaryDirectory() as folder:
        known = [
            link_results(clips, work / "results", Path(folder), f"{number}_")
            for number, (clips, work) in enumerate(options.clips)
        ]
        corpus = Corpus(Path(folder), pd.concat(known))
        for videos in with_progress(
            corpus.draws(options.draws), "corpora", options.draws, "corpora"
        ):
            for kind, count in corpus.count(videos).items():
                counts[kind] = counts.get(kind, Count()) + count
    print(f"{options.draws} corpora of {len(corpus.videos)} videos")
    print("| kind | warnings | right | errors | errors warned |")
    print("|---|---:|---:|---:|---:|")
    for kind, count in counts.items():
        print(f"| {kind} | {' | '.join(map(str, count))} |")


def parse_arguments() -> argparse.Namespace:
    """Parse the options of this program."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    add_clips_option(parser)
    parser.add_argument("--draws", type=int, default=70, help="number of corpora")
    return parser.parse_args()


if __name__ == "__main__":
    run(main)
