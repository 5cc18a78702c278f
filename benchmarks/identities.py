"""Compare ways to find people in simulated corpora of tracks from labelled photographs.

python benchmarks/identities.py PHOTOGRAPHS --half report --work /tmp/identities

Each track has six faces of one photograph, as in a film in which the photograph is shown, so a
person looks different in each track. README.md in this folder describes the corpora.
"""

import argparse
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "scripts"))

import numpy as np
import pandas as pd
import yaml

import calibration_measures
from calibration_plot import draw_reliability
from corpus.core.errors import InputError, run
from corpus.faces.embedders import EMBEDDERS
from corpus.identity.evidence import Evidence
from corpus.identity.groups import groups_of_tracks
from corpus.identity.joining import NOT_KNOWN
from corpus.identity.probabilities import track_probabilities
from corpus.identity.track_clustering import ClusteringOptions, EmbeddedTracks, people_of_tracks
from halves import HALVES
from identity_measures import b_cubed, contingency, count_merged, count_split
from identity_peers import PEERS
from photo_faces import PhotoFaces, faces_of_photographs

ROOT = Path(__file__).resolve().parents[1]
FACES_PER_TRACK = 6
SMALL_NOISE = 0.05
"""Distance between two faces of a track that comes from noise alone."""
CORPORA = {
    "5 people, many days": (5, 18, 0),
    "60 people, 1 to 4 tracks": (60, 4, 0),
    "200 people, 1 to 4 tracks": (200, 4, 0),
    "200 people, once": (200, 1, 0),
    "3 people often, 40 once": (3, 12, 40),
}
"""Number of people, most tracks of each, and number of others who are in one track."""
WORKFLOW = "this workflow"
EMPTY = np.zeros((0, 2), dtype=np.int64)


def photographs_of_corpus(name: str, people: np.ndarray, random: np.random.Generator) -> np.ndarray:
    """Photographs of one simulated corpus, as indices (n,), each a track.

    `people` (m,) is the person of each photograph. Of people with many tracks, those with the most
    photographs are taken. There may be fewer people than the corpus asks for.
    """
    n_people, most, n_once = CORPORA[name]
    names, counts = np.unique(people, return_counts=True)
    order = random.permutation(len(names))
    often = order[np.argsort(-np.minimum(counts[order], most), kind="stable")][: 3 * n_people]
    chosen = random.permutation(often)[:n_people] if most > 4 else order[:n_people]
    once = [index for index in order.tolist() if index not in set(chosen.tolist())][:n_once]
    photos = []
    for index in [*chosen.tolist(), *once]:
        of_person = random.permutation(np.flatnonzero(people == names[index]))
        n = 1 if index in once else most if most > 4 else int(random.integers(1, most + 1))
        photos.append(of_person[:n])
    return np.concatenate(photos)


def faces_of_tracks(
    faces: PhotoFaces, photos: np.ndarray, random: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """Embeddings (m, d) of the faces of all tracks, and the track (m,) of each."""
    share = random.uniform(size=(len(photos), FACES_PER_TRACK, 1))
    first, second = faces.vectors[photos].transpose(1, 0, 2)[:, :, None]
    between = first * share + second * (1 - share)
    noise = random.normal(0, SMALL_NOISE / np.sqrt(2 * between.shape[2]), between.shape)
    vectors = (between + noise).reshape(-1, between.shape[2])
    return vectors.astype(np.float32), np.repeat(np.arange(len(photos)), FACES_PER_TRACK)


def by_workflow(
    vectors: np.ndarray, tracks: np.ndarray, embedder: str
) -> tuple[np.ndarray, pd.DataFrame]:
    """The person of each track, and the columns of `calibration_measures.claims_of_tracks`."""
    defaults = yaml.safe_load((ROOT / "config" / "config.yaml").read_text("utf-8"))["clustering"]
    evidence = Evidence.of_embedder(embedder)
    options = ClusteringOptions(defaults["min_cluster_size"], defaults["min_samples"], evidence)
    n = tracks.max() + 1
    groups = groups_of_tracks(vectors, tracks, np.ones(len(vectors)), n)
    embedded = EmbeddedTracks(np.arange(n), groups, EMPTY, EMPTY, np.full(n, NOT_KNOWN))
    people = people_of_tracks(embedded, options)
    result = track_probabilities(groups, people, EMPTY, evidence)
    other = pd.Series(result.other).where(result.other != NOT_KNOWN)
    claims = {
        "person": people.astype(str),
        "probability": result.own,
        "other_person": [None if pd.isna(label) else str(int(label)) for label in other],
        "other_probability": result.other_probability,
    }
    return people, pd.DataFrame(claims)


def single_linkage(vectors: np.ndarray, tracks: np.ndarray) -> np.ndarray:
    """Single linkage of all faces at 0.35, to which earlier versions of the workflow came down."""
    from scipy.cluster.hierarchy import fcluster, linkage

    labels = fcluster(linkage(vectors, "single"), 0.35, criterion="distance")
    return labels[np.unique(tracks, return_index=True)[1]]


def methods(embedder: str) -> dict[str, Callable[[np.ndarray, np.ndarray], np.ndarray]]:
    """The workflow and the other methods, by name."""
    workflow = {WORKFLOW: lambda vectors, tracks: by_workflow(vectors, tracks, embedder)[0]}
    return workflow | {"single linkage, 0.35 (before)": single_linkage} | PEERS


def score(people: np.ndarray, labels: np.ndarray) -> dict[str, float]:
    """How well found labels agree with the people of the tracks."""
    counts = contingency(people, labels)
    precision, recall, f = b_cubed(counts)
    return {
        "tracks": len(people),
        "people": counts.shape[0],
        "found": counts.shape[1],
        "precision": precision,
        "recall": recall,
        "f": f,
        "merged": count_merged(counts),
        "split": count_split(counts),
    }


def compare(faces: PhotoFaces, embedder: str, draws: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Mean scores of each corpus and method, and the claims of the workflow about all tracks."""
    rows, claims = [], []
    for name in CORPORA:
        for draw in range(draws):
            random = np.random.default_rng(draw)
            photos = photographs_of_corpus(name, faces.people, random)
            people = faces.people[photos]
            vectors, tracks = faces_of_tracks(faces, photos, random)
            for method, find in methods(embedder).items():
                rows.append(
                    {"corpus": name, "method": method} | score(people, find(vectors, tracks))
                )
            table = by_workflow(vectors, tracks, embedder)[1].assign(true=people, faces=1)
            claims.append(calibration_measures.claims_of_tracks(table))
    means = pd.DataFrame(rows).groupby(["corpus", "method"], sort=False).mean().reset_index()
    return means, pd.concat(claims, ignore_index=True)


def report(scores: pd.DataFrame, claims: pd.DataFrame) -> Iterator[str]:
    """Lines of Markdown: the table of scores, and the reliability of the probabilities."""
    yield "| corpus | method | people | found | merged | split | B-cubed F | precision | recall |"
    yield "|---|---|---:|---:|---:|---:|---:|---:|---:|"
    for row in scores.itertuples():
        yield (
            f"| {row.corpus} | {row.method} | {row.people:.0f} | {row.found:.1f} | "
            f"{row.merged:.1f} | {row.split:.1f} | {row.f:.3f} | {row.precision:.3f} | "
            f"{row.recall:.3f} |"
        )
    for claim, of_claim in claims.groupby("claim", sort=False):
        table = reliability_of(of_claim)
        yield ""
        yield f"{claim}: calibration error {calibration_measures.calibration_error(table):.3f}"
        yield "| probability | tracks | mean | true |\n|---|---:|---:|---:|"
        for row in table.rename(columns={"from": "low"}).itertuples():
            bounds = f"{row.low:.1f} to {row.to:.1f}"
            yield f"| {bounds} | {row.n:,} | {row.mean:.2f} | {row.right:.2f} |"


def reliability_of(claims: pd.DataFrame) -> pd.DataFrame:
    """The reliability table of some claims."""
    return calibration_measures.reliability(
        claims["probability"].to_numpy(), claims["right"].to_numpy()
    )


def main() -> None:
    """Embed the photographs, simulate the corpora, print and plot the comparison."""
    options = parse_arguments()
    faces = faces_of_photographs(
        options.photographs, options.embedder, options.models, options.work
    )
    faces = faces.half(options.half) if options.half else faces
    if not len(faces.people):
        raise InputError(f"{options.photographs}: no face of this half was found")
    scores, claims = compare(faces, options.embedder, options.draws)
    print("\n".join(report(scores, claims)))
    tables = {
        "own person": reliability_of(claims[claims["claim"] == "own"]),
        "other person": reliability_of(claims[claims["claim"] == "other"]),
    }
    draw_reliability(tables, options.work / "reliability.svg")
    scores.to_csv(options.work / "identities.tsv", sep="\t", index=False, float_format="%.4g")


def parse_arguments() -> argparse.Namespace:
    """Parse the options of this program."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    add = parser.add_argument
    add("photographs", type=Path, help="one folder of photographs for each person")
    add("--half", choices=HALVES, help="only the people of one half")
    add("--draws", type=int, default=3, help="number of corpora of each kind")
    add("--embedder", choices=EMBEDDERS, default="dlib", help="network that embeds the faces")
    models = ROOT / "resources" / "models"
    add("--models", type=Path, default=models, help="folder with the model files")
    add("--work", required=True, type=Path, help="folder for faces.npz and the results")
    return parser.parse_args()


if __name__ == "__main__":
    run(main)
