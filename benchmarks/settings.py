"""How far the settings of the clustering can move before labelled clips are given to wrong people.

python benchmarks/settings.py --results results/mine --videos config/mine.tsv --labels labels.csv \
    --embedder dlib --work /tmp/settings
python benchmarks/settings.py --made-up 1500 --work /tmp/settings

README.md, beside this file, says what is measured.
"""

import argparse
import logging
import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from urllib.parse import unquote

import numpy as np
import pandas as pd
import yaml

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "scripts"))

import accuracy_measures
import labelled_clips
import synthetic_faces
from corpus.core.atomic_files import write_text
from corpus.core.errors import InputError, run
from corpus.faces.embedders import EMBEDDERS
from corpus.identity import clustering
from corpus.identity.corpus_embeddings import read_embeddings
from corpus.identity.corpus_tracks import read_tracks
from corpus.identity.track_clustering import ClusteringOptions, cluster_tracks
from corpus.inputs import manifest
from settings_plot import draw

ROOT = Path(__file__).resolve().parents[1]
SIZES, SAMPLES = list(range(2, 13)), list(range(1, 9))
COLUMNS = ["varied", "min_cluster_size", "min_samples", "same_person"]
NAMES = COLUMNS[1:]
SCORES = ["people", "ari", "precision", "recall", "f", "merged", "split"]
GRID = "grid"
MADE_UP_DIMENSIONS = 512

Values = dict[str, float]
Row = dict[str, object]


def shipped(embedder: str) -> Values:
    """The settings that the workflow has by default."""
    own = yaml.safe_load((ROOT / "config" / "config.yaml").read_text("utf-8"))["clustering"]
    sizes = {name: own[name] for name in NAMES[:2]}
    return sizes | {"same_person": EMBEDDERS[embedder].same_person}


def distances(centre: float) -> list[float]:
    """Values of `same_person`: from 0 to twice `centre`, in steps of 0.025."""
    return [round(step * 0.025, 3) for step in range(round(centre / 0.0125) + 1)]


def variants(defaults: Values) -> Iterator[Row]:
    """What is tried: one setting after another, then the grid of the first two."""
    wide = {"min_cluster_size": SIZES, "min_samples": SAMPLES}
    wide["same_person"] = distances(defaults["same_person"])
    for name, values in wide.items():
        for value in values:
            yield {"varied": name} | defaults | {name: value}
    for size in SIZES:
        for samples in SAMPLES:
            yield {"varied": GRID} | defaults | {"min_cluster_size": size, "min_samples": samples}


def scores(labels: list[str], found: list[str]) -> Row:
    """How well things are told apart by who is in them. An empty text in `found` is nobody.

    `precision`, `recall` and `f` are B-cubed (Bagga & Baldwin 1998): of the things given to one
    person the share that is of that person, and the reverse, averaged over all things. `merged`
    counts the labelled people who share a found person with another, `split` those who are found
    as several, or as nobody.
    """
    alone = [name or f"nobody {number}" for number, name in enumerate(found)]
    true, own = (pd.factorize(np.array(names, dtype=object))[0] for names in (labels, alone))
    counts = np.zeros((true.max() + 1, own.max() + 1), int)
    np.add.at(counts, (true, own), 1)
    both = counts[true, own]
    precision = float((both / counts.sum(0)[own]).mean())
    recall = float((both / counts.sum(1)[true]).mean())
    crowded = (counts > 0).sum(0) > 1
    lost = {label for label, name in zip(true, found, strict=True) if not name}
    parted = set(np.flatnonzero((counts > 0).sum(1) > 1)) | lost
    return {
        "ari": float(accuracy_measures.adjusted_rand_score(labels, alone)),
        "precision": precision,
        "recall": recall,
        "f": 2 * precision * recall / (precision + recall),
        "merged": int((counts[:, crowded] > 0).any(1).sum()),
        "split": len(parted),
    }


def safe_range(values: list[float], right: list[bool], default: float) -> list[float]:
    """The values around the default, without a gap, that are right; none where it is wrong itself.

    `values` ascend; where the default is none of them, the two next to it have to be right.
    """
    below = [value for value in values if value <= default]
    above = [value for value in values if value >= default]
    good = dict(zip(values, right, strict=True))
    found: set[float] = set()
    for side in (below[::-1], above):
        for place, value in enumerate(side):
            if not good[value]:
                if not place:
                    return []
                break
            found.add(value)
    return sorted(found)


def sweep(defaults: Values, score: Callable[[Values], Row]) -> pd.DataFrame:
    """A row for each variant."""
    tried: dict[tuple, Row] = {}
    rows = []
    for variant in variants(defaults):
        values = {name: variant[name] for name in NAMES}
        key = tuple(values.values())
        if key not in tried:
            tried[key] = score(values)
        rows.append(variant | tried[key])
    return pd.DataFrame(rows, columns=COLUMNS + SCORES)


def is_right(rows: pd.DataFrame) -> pd.Series:
    """Where every labelled person is one person of their own."""
    return (rows["merged"] == 0) & (rows["split"] == 0)


def ranges(rows: pd.DataFrame, defaults: Values) -> dict[str, list[float]]:
    """The safe values of each setting, with the others at their defaults."""
    found = {}
    for name in NAMES:
        own = rows[rows["varied"] == name].sort_values(name)
        found[name] = safe_range(list(own[name]), list(is_right(own)), defaults[name])
    return found


def of_results(options: argparse.Namespace) -> Callable[[Values], Row]:
    """Scores of settings on a run's faces, by who is longest on screen in each labelled clip."""
    sources = {
        video: row["source"]
        for video, row in manifest.read(options.videos, check_files=False).items()
    }
    who = labelled(options.labels, sources)
    videos = sorted(sources)
    tracks = read_tracks(options.results, videos, options.samples_per_second)
    embeddings = read_embeddings(options.results, videos, options.embedder)

    def score(values: Values) -> Row:
        clustering_options = ClusteringOptions(
            min_cluster_size=int(values["min_cluster_size"]),
            min_samples=int(values["min_samples"]),
            same_person=_above_zero(values["same_person"]),
        )
        clusters = cluster_tracks(tracks, embeddings, clustering_options)
        people = clusters.assign(person=clusters["cluster"].map(str))
        longest = accuracy_measures.main_people(people)
        found = [longest.get(video, "") for video in who]
        return {"people": len(set(found) - {""})} | scores(list(who.values()), found)

    return score


def _above_zero(distance: float) -> float:
    """Memberships divide by it."""
    return distance or 1e-9


def labelled(path: Path, sources: dict[str, str]) -> dict[str, str]:
    """The person of each video of the manifest that has one, by the end of its source.

    Clips that are labelled but not in the manifest are passed over.
    """
    clips = pd.read_csv(path, encoding="utf-8-sig", dtype=str)["clip"]
    labels = labelled_clips.read_labels(path, clips)
    who = {}
    for video, source in sorted(sources.items()):
        place = "/" + unquote(source)
        for clip, label in labels.items():
            if label["person"] and place.endswith(f"/{clip}"):
                who[video] = label["person"]
    if not who:
        raise InputError(f"{path}: no clip with a person is in the manifest")
    return who


def of_made_up(n: int, seed: int) -> Callable[[Values], Row]:
    """Scores of settings on made-up faces, each face by itself; a stranger should be noise."""
    vectors, people = synthetic_faces.make(n, MADE_UP_DIMENSIONS, seed)
    known = np.bincount(people)[people] > 1
    vectors = vectors.astype(float)

    def score(values: Values) -> Row:
        labels, _ = clustering.cluster_faces(
            vectors,
            *(int(values["min_cluster_size"]), int(values["min_samples"])),
            _above_zero(values["same_person"]),
        )
        # A face of noise may yet be decided by its track: here it is left out of the split.
        kept = known & (labels != clustering.NOISE)
        found = [str(label) for label in labels[kept]]
        return {"people": len(set(found))} | scores(list(map(str, people[kept])), found)

    return score


def report(rows: pd.DataFrame, defaults: Values) -> str:
    """Markdown: the safe range of each setting, and the grid."""
    lines = [
        "| setting | default | correct from | to | tried | just outside |",
        "|---|" + "---:|" * 5,
    ]
    lines[1] = "|---|---:|---:|---:|---|---|"
    for name, good in ranges(rows, defaults).items():
        own = rows[rows["varied"] == name].sort_values(name)
        tried = f"{own[name].min():g} to {own[name].max():g}"
        first, last = (f"{good[0]:g}", f"{good[-1]:g}") if good else ("-", "-")
        outside = "; ".join(_outside(own, name, good))
        cells = (f"`{name}`", f"{defaults[name]:g}", first, last, tried, outside)
        lines.append("| " + " | ".join(cells) + " |")
    grid = rows[rows["varied"] == GRID]
    lines += ["", "People merged + people split, by both (`min_cluster_size` down):", ""]
    lines += ["| | " + " | ".join(f"{value}" for value in SAMPLES) + " |"]
    lines += ["|---:|" + "---:|" * len(SAMPLES)]
    for size, own in grid.groupby("min_cluster_size"):
        cells = [f"{row.merged} + {row.split}" for row in own.itertuples()]
        cells = ["0" if cell == "0 + 0" else cell for cell in cells]
        lines.append(f"| {size} | " + " | ".join(cells) + " |")
    return "\n".join(lines) + "\n"


def _outside(own: pd.DataFrame, name: str, good: list[float]) -> Iterable[str]:
    """What happens at the values next to the safe ones."""
    if not good:
        return
    for beyond in (own[own[name] < good[0]].tail(1), own[own[name] > good[-1]].head(1)):
        for row in beyond.to_dict("records"):
            told = f"{row['merged']} merged, {row['split']} split, ARI {row['ari']:.2f}"
            yield f"{row[name]:g}: {told}"


def main() -> None:
    """Try all, write, print."""
    options = parse_arguments()
    logging.getLogger().setLevel(logging.WARNING)
    defaults = shipped(options.embedder)
    score = of_made_up(options.made_up, 0) if options.made_up else of_results(options)
    rows = sweep(defaults, score)
    options.work.mkdir(parents=True, exist_ok=True)
    text = rows.round(6).to_csv(sep="\t", index=False, lineterminator="\n")
    write_text(options.work / "settings.tsv", text)
    draw(rows, defaults, ranges(rows, defaults), options.work / "settings.svg")
    print(report(rows, defaults), end="")


def parse_arguments() -> argparse.Namespace:
    """Options of this program."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    add = parser.add_argument
    add("--results", type=Path, help="folder of the tables embeddings, faces, shots")
    add("--videos", type=Path, help="manifest of these results")
    add("--labels", type=Path, help="who is in the clips, as for accuracy.py")
    add("--made-up", type=int, metavar="N", help="so many made-up faces instead of results")
    add("--embedder", choices=EMBEDDERS, default="dlib", help="of the results")
    add("--samples-per-second", type=float, default=5, help="as in detect_faces")
    add("--work", required=True, type=Path, help="folder of settings.tsv and settings.svg")
    options = parser.parse_args()
    if not options.made_up and not (options.results and options.videos and options.labels):
        parser.error("needs --results, --videos and --labels, or --made-up")
    if options.made_up:
        options.embedder = "facenet-vggface2"
    return options


if __name__ == "__main__":
    run(main)
