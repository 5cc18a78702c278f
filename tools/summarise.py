"""Say what a run found: videos, shots, people, seconds.

python tools/summarise.py --results results/laptop
"""

import argparse
import sys
from pathlib import Path

import pandas as pd

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "scripts"))

from corpus.core.errors import InputError, run
from corpus.tables import parquet


def summary(corpus: pd.DataFrame, people: pd.DataFrame) -> list[str]:
    """Lines for people to read, from the tables corpus and people."""
    whole = corpus["status"].isin(["ok", "truncated"])
    lines = [
        f"{len(corpus)} videos, {corpus['duration_s'].sum():.1f} s, "
        f"{corpus['n_shots'].sum():.0f} shots, {len(people)} people"
    ]
    for row in corpus[~whole].itertuples():
        lines.append(f"  {row.video_id}: {row.status}, {row.reason}")
    for row in people.itertuples():
        label = row.name if isinstance(row.name, str) else row.person
        lines.append(f"  {label}: {row.seconds:.1f} s in {row.n_videos} videos")
    return lines


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--results", required=True, type=Path, help="folder of the run")
    results = parser.parse_args().results
    if not (results / "corpus.parquet").exists():
        raise InputError(f"{results}/corpus.parquet is not there yet: the run is not complete")
    corpus, people = (parquet.read(results / f"{name}.parquet") for name in ("corpus", "people"))
    print(
        f"Open {results}/report/index.html in a browser. Tables, ELAN files and a methods text are"
    )
    print(f"in {results}, too; README.md says what each is.")
    print("\n".join(summary(corpus, people)))


if __name__ == "__main__":
    run(main)
