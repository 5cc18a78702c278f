"""Tell which face tracks of all videos are one person.

python scripts/cluster_faces.py --results results --videos config/videos.tsv --embedder dlib \
    --output results/clusters.parquet
"""

import argparse
import logging
from collections.abc import Iterable
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.parquet as pq

from corpus.core.devices import torch_device
from corpus.core.errors import CorpusError, InputError, run
from corpus.core.progress import with_progress
from corpus.faces.embedders import EMBEDDERS
from corpus.faces.track_extents import track_extents
from corpus.identity import clustering, known_people
from corpus.inputs import manifest
from corpus.tables import parquet, provenance

KEY = ["video_id", "track"]
BOX = ["x1", "y1", "x2", "y2"]
_SHOWN = 5
"""Files that one message names; the rest are counted."""


def table_path(results: Path, table: str, video: str) -> Path:
    """Where the workflow keeps a video's table."""
    return results / table / f"{video}.parquet"


def count_faces(paths: list[Path], embedder: str) -> int:
    """Faces in all files, after a look at their headers only.

    Raises CorpusError for files of another embedder: distances between the two mean nothing.
    """
    length = EMBEDDERS[embedder].dimensions
    strange, total = [], 0
    for path in paths:
        with pq.ParquetFile(path) as file:
            vector = file.schema_arrow.field("embedding").type
            total += file.metadata.num_rows
        made_with = parquet.read_provenance(path)["parameters"].get("embedder", embedder)
        if (made_with, getattr(vector, "list_size", length)) != (embedder, length):
            strange.append(path)
    if strange:
        raise CorpusError(
            f"{_listed(strange)}: not made by the embedder {embedder} of {length} numbers a face; "
            "delete these files and run again, or set faces.embedder to theirs"
        )
    return total


def _listed(paths: list[Path]) -> str:
    more = f" and {len(paths) - _SHOWN} more" if len(paths) > _SHOWN else ""
    return ", ".join(map(str, paths[:_SHOWN])) + more


def read_embeddings(
    results: Path, videos: list[str], embedder: str
) -> tuple[pd.DataFrame, np.ndarray]:
    """Whose face each row is (video_id, track), and the embeddings (n, d) float32.

    Raises CorpusError for files of another embedder and for embeddings that are no numbers.
    """
    paths = [table_path(results, "embeddings", video) for video in videos]
    # One array, held once: a list of parts would take twice the memory.
    shape = count_faces(paths, embedder), EMBEDDERS[embedder].dimensions
    vectors = np.empty(shape, dtype=np.float32)
    owners, row, broken = [], 0, []
    for video, path in zip(
        videos, with_progress(paths, "embeddings", len(paths), "videos"), strict=True
    ):
        table = pq.read_table(path, columns=["track", "embedding"]).combine_chunks()
        found = vectors[row : row + len(table)]
        if len(table):
            numbers = table["embedding"].chunk(0).flatten().to_numpy(zero_copy_only=False)
            found[:] = numbers.reshape(found.shape)
        if not np.isfinite(found).all():
            broken.append(path)
        owners.append(pd.DataFrame({"video_id": video, "track": table["track"].to_numpy()}))
        row += len(table)
    if broken:
        raise CorpusError(
            f"{_listed(broken)}: holds embeddings that are not finite numbers; delete these files "
            "and run again, with device: cpu if it comes back"
        )
    return pd.concat(owners, ignore_index=True), vectors


def read_tracks(
    results: Path, videos: list[str], samples_per_second: float
) -> tuple[pd.DataFrame, list[tuple[int, int]]]:
    """All tracks in the columns of the clusters table but for cluster and probability, sorted by
    video and track; and the pairs of rows that are seen in one frame."""
    found, conflicts, before = [], [], 0
    for video in with_progress(videos, "tracks", len(videos), "videos"):
        columns = ["frame", "time_s", "shot", "track", *BOX, "quality"]
        faces = parquet.read(table_path(results, "faces", video), columns)
        shots = parquet.read(table_path(results, "shots", video))
        tracks = (
            best_faces(faces).join(track_extents(faces, shots, samples_per_second)).reset_index()
        )
        rows = pd.Series(before + np.arange(len(tracks)), tracks["track"])
        conflicts += [(int(rows[a]), int(rows[b])) for a, b in seen_together(faces)]
        found.append(tracks.assign(video_id=video))
        before += len(tracks)
    return pd.concat(found, ignore_index=True), conflicts


def best_faces(faces: pd.DataFrame) -> pd.DataFrame:
    """The face of highest quality of each track, the earliest of equals; indexed by track."""
    best = (
        faces.sort_values(["track", "quality", "frame"], ascending=[True, False, True])
        .drop_duplicates("track")
        .set_index("track")
    )
    return pd.DataFrame(
        {
            "best_time_s": best["time_s"],
            "best_box": pd.Series(list(best[BOX].to_numpy()), best.index, dtype=object),
            "best_quality": best["quality"],
        }
    )


def seen_together(faces: pd.DataFrame) -> list[tuple[int, int]]:
    """Pairs of tracks of one video with a face in the same frame, the lower first."""
    found = faces[["frame", "track"]]
    crowded = found[found.duplicated("frame", keep=False)]
    pairs = crowded.merge(crowded, on="frame", suffixes=("_a", "_b"))
    pairs = pairs.loc[pairs["track_a"] < pairs["track_b"], ["track_a", "track_b"]]
    return sorted(pairs.drop_duplicates().itertuples(index=False, name=None))


def cluster_tracks(
    tracks: pd.DataFrame,
    conflicts: Iterable[tuple[int, int]],
    owners: pd.DataFrame,
    vectors: np.ndarray,
    min_cluster_size: int,
    min_samples: int,
    same_person: float,
    known: known_people.Known | None = None,
    add: str = "cluster",
    device: str = "cpu",
) -> pd.DataFrame:
    """`tracks` with the columns cluster and probability.

    `owners` and `vectors` are of `read_embeddings`. A track that joined no cluster, or has no
    embedding, is a person of its own at probability 0: nothing is known of who it is. People of
    `known` keep their numbers, in one of the ways of known_people.ADD.
    """
    place = pd.Series(np.arange(len(tracks)), pd.MultiIndex.from_frame(tracks[KEY]))
    of_face = place.reindex(pd.MultiIndex.from_frame(owners), fill_value=-1).to_numpy()
    if (of_face < 0).any():
        video = owners["video_id"][of_face < 0].iloc[0]
        raise CorpusError(f"{video}: embeddings of tracks that its faces lack; delete both tables")
    cluster = partial(
        clustering.cluster_faces,
        min_cluster_size=min_cluster_size,
        min_samples=min_samples,
        same_person=same_person,
        device=device,
    )
    if known and add == "assign":
        clusters, probabilities = known_people.assign(
            tracks, conflicts, of_face, vectors, known, min_samples, same_person, cluster
        )
        return tracks.assign(cluster=clusters, probability=probabilities)
    labels, memberships = cluster(vectors)
    ballots = clustering.votes(of_face, labels, memberships, len(tracks))
    chosen, probabilities = clustering.decide(ballots, conflicts)
    starts = list(tracks[["video_id", "start_s", "track"]].itertuples(index=False, name=None))
    seconds = (tracks["end_s"] - tracks["start_s"]).to_numpy()
    clusters = clustering.number(chosen, seconds, starts)
    logging.info(
        "%d faces of %d tracks: %d people, %d of them a track that is like no other",
        len(vectors), len(tracks), len(set(clusters.tolist())), (chosen == clustering.NOISE).sum(),
    )  # fmt: skip
    if known:
        clusters = known_people.renumber(tracks, clusters, known)
    return tracks.assign(cluster=clusters, probability=probabilities)


def main() -> None:
    """Read the options and all videos' tables, write the clusters."""
    options = parse_arguments()
    if options.add == "assign" and not options.known:
        raise InputError("--add assign: needs --known, the people to whom new faces may belong")
    device = torch_device(options.device, options.threads)
    same_person = options.same_person or EMBEDDERS[options.embedder].same_person
    known = known_people.read(options.known, options.embedder) if options.known else None
    # The manifest's order is the user's; what comes out must not depend on it.
    videos = sorted(manifest.read(options.videos, look=False))
    tracks, conflicts = read_tracks(options.results, videos, options.samples_per_second)
    owners, vectors = read_embeddings(options.results, videos, options.embedder)
    clusters = cluster_tracks(
        *(tracks, conflicts, owners, vectors),
        *(options.min_cluster_size, options.min_samples, same_person),
        *(known, options.add, device.type),
    )
    # The result depends on neither the device nor the number of threads.
    left_out = ("known", "add", "device", "threads")
    used = provenance.parameters(options, left_out) | {"same_person": same_person}
    if known:
        used |= known_people.parameters(known, options.add, clusters["cluster"].to_numpy())
    made_by = provenance.describe("cluster_faces", used, ("hdbscan", "scikit-learn", "torch"))
    parquet.write(options.output, "clusters", clusters, made_by)


def parse_arguments() -> argparse.Namespace:
    """Options of this script."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "--results", required=True, type=Path, help="folder of the tables embeddings, faces, shots"
    )
    parser.add_argument("--videos", required=True, type=Path, help="manifest, whose videos count")
    parser.add_argument("--output", required=True, type=Path, help="table of clusters")
    parser.add_argument("--embedder", choices=EMBEDDERS, required=True)
    parser.add_argument("--samples-per-second", type=float, default=5, help="as in detect_faces")
    parser.add_argument("--min-cluster-size", type=int, default=3, help="faces")
    parser.add_argument("--min-samples", type=int, default=2, help="faces that make a dense place")
    parser.add_argument(
        "--same-person", type=float, help="distance between embeddings; default: the embedder's"
    )
    parser.add_argument(
        "--known", type=Path, help="clusters.parquet of an earlier run, whose people keep their ids"
    )
    parser.add_argument(
        "--add", choices=known_people.ADD, default="cluster", help="what to do with other faces"
    )
    parser.add_argument("--device", choices=("cpu", "cuda"), default="cpu")
    parser.add_argument("--threads", type=int, default=1, help="cores to use")
    return parser.parse_args()


if __name__ == "__main__":
    run(main)
