"""Count how often the gestures of changed copies of clips are found most similar to the original.

python benchmarks/similar_gestures.py /tmp/changes/results

The folder has the tables of the clips and copies that `movement_changes.py` renders, up to phases.
README.md in this folder explains what is measured.
"""

import argparse
import sys
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parents[1] / "scripts"))

import numpy as np
import pandas as pd

from corpus.core.errors import run
from corpus.similarity.comparison import read_paths
from corpus.similarity.hand_paths import mirror_paths
from corpus.similarity.warping import warping_distances
from movement_changes import CHANGES, copy_id

MIN_OVERLAP = 0.8
"""Least overlap of the intervals of a gesture and its copy, as a share of both together."""
OTHER_HAND = {"left": "right", "right": "left"}


def all_distances(vectors: np.ndarray) -> dict[str, np.ndarray]:
    """Distances (n, n) of all gestures or their mirror images, by method."""
    n = len(vectors)
    i, j = np.divmod(np.arange(n * n), n)
    both = vectors, mirror_paths(vectors)
    euclidean = [np.linalg.norm(vectors[i] - other[j], axis=1) for other in both]
    warping = [warping_distances(vectors[i], other[j]) for other in both]
    tables = {"Euclidean": euclidean, "warping": warping}
    return {name: np.minimum(*pair).reshape(n, n) for name, pair in tables.items()}


def originals(gestures: pd.DataFrame, copy: pd.Series) -> pd.DataFrame:
    """The gestures of the clip that a gesture of a changed copy shows, at most one."""
    change = CHANGES[copy["change"]]
    hand = OTHER_HAND[copy["hand"]] if change.mirrored else copy["hand"]
    start, end = ((copy[name] - change.delay_s) / change.slowness for name in ("start_s", "end_s"))
    clip = gestures[(gestures["video_id"] == copy["clip"]) & (gestures["hand"] == hand)]
    shared = np.minimum(clip["end_s"], end) - np.maximum(clip["start_s"], start)
    together = np.maximum(clip["end_s"], end) - np.minimum(clip["start_s"], start)
    return clip[shared / together >= MIN_OVERLAP]


def ranks(gestures: pd.DataFrame, distances: dict[str, np.ndarray]) -> pd.DataFrame:
    """The rank of the original among all gestures of other clips, for each gesture of a copy."""
    rows = []
    clips = sorted(set(gestures["clip"]))
    for index, copy in gestures[gestures["change"] != ""].iterrows():
        for target in originals(gestures, copy).index:
            others = (gestures["clip"] != copy["clip"]).to_numpy()
            row = {"change": copy["change"], "half": clips.index(copy["clip"]) % 2}
            for name, table in distances.items():
                row[name] = 1 + int((table[index, others] < table[index, target]).sum())
            rows.append(row)
    return pd.DataFrame(rows)


def main() -> None:
    """Print how often the original comes first, by half of the clips and by change."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("results", type=Path, help="results of movement_changes.py with phases")
    results = parser.parse_args().results
    videos = sorted(path.stem for path in (results / "phases").glob("*.parquet"))
    paths = read_paths(results, videos)
    change_of = {copy_id("", change): change for change in CHANGES}
    parts = paths.gestures["video_id"].str.partition("__")
    gestures = paths.gestures.assign(clip=parts[0])
    gestures["change"] = [change_of.get(f"__{name}", "") for name in parts[2]]
    found = ranks(gestures, all_distances(paths.vectors.astype(np.float32)))
    for column in ("half", "change"):
        groups = found.groupby(column)
        first = groups[["Euclidean", "warping"]].agg(lambda rank: (rank == 1).mean())
        print(first.assign(n=groups.size()).round(3).to_string(), "\n")


if __name__ == "__main__":
    run(main)
