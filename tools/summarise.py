"""Print a summary of a run: its videos, shots, people and gestures, and videos that failed.

python tools/summarise.py --results results/laptop
"""

import argparse
import sys
from collections.abc import Iterable
from pathlib import Path

import pandas as pd

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "scripts"))

from corpus.core.errors import InputError, run
from corpus.tables import parquet


def summary(corpus: pd.DataFrame, people: pd.DataFrame, gestures: pd.Series) -> list[str]:
    """Lines of the summary, from the tables `corpus` and `people`.

    `gestures` holds the person of each gesture, null for bodies without a detected face. The first
    line has the totals. One line follows for each failed video, with its status and the reason, and
    one for each person, with the time on screen in seconds.
    """
    analysed = corpus["status"].isin(["ok", "truncated"])
    lines = [
        f"{len(corpus)} videos, {corpus['duration_s'].sum():.1f} s, "
        f"{corpus['n_shots'].sum():.0f} shots, {len(people)} people, {len(gestures)} gestures"
    ]
    for video in corpus[~analysed].itertuples():
        lines.append(f"  {video.video_id}: {video.status}, {video.reason}")
    n_gestures = gestures.value_counts()
    for person in people.itertuples():
        label = person.name if isinstance(person.name, str) else person.person
        lines.append(
            f"  {label}: {person.seconds:.1f} s in {person.n_videos} videos, "
            f"{n_gestures.get(person.person, 0)} gestures"
        )
    return lines


def read_gestures(results: Path, video_ids: Iterable[str]) -> pd.Series:
    """Return the person of each gesture in the videos."""
    files = (results / "gestures" / f"{video}.parquet" for video in video_ids)
    people = [parquet.read(file, ["person"])["person"] for file in files if file.exists()]
    return pd.concat(people, ignore_index=True) if people else pd.Series([], dtype=object)


def main() -> None:
    """Read the options and the tables, print the summary."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--results", required=True, type=Path, help="results folder")
    results = parser.parse_args().results
    if not (results / "corpus.parquet").exists():
        raise InputError(f"{results}/corpus.parquet does not exist: the run is not complete")
    corpus, people = (parquet.read(results / f"{name}.parquet") for name in ("corpus", "people"))
    print(f"Open {results}/report/index.html in a browser to explore the results.")
    print(f"All files are in {results}; docs/results.md describes them.")
    gestures = read_gestures(results, corpus["video_id"])
    print("\n".join(summary(corpus, people, gestures)))


if __name__ == "__main__":
    run(main)
