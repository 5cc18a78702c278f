"""Find out which face tracks of all videos are the same person.

python scripts/cluster_faces.py --results results --videos config/videos.tsv --embedder dlib \
    --output results/clusters.parquet
"""

import argparse
from dataclasses import asdict, fields, replace
from pathlib import Path

from corpus.core.errors import InputError, run
from corpus.core.torch_setup import torch_device
from corpus.faces.embedders import EMBEDDERS
from corpus.identity import kept_ids, known_people
from corpus.identity.corpus_embeddings import read_embeddings
from corpus.identity.corpus_tracks import read_tracks
from corpus.identity.evidence import Evidence
from corpus.identity.track_clustering import ClusteringOptions, cluster_tracks
from corpus.inputs import manifest
from corpus.tables import parquet, provenance

CALIBRATION = [field.name for field in fields(Evidence)]
"""Options that replace the numbers of the embedder's calibration."""


def main() -> None:
    """Read the options and the tables of all videos, cluster the tracks, write the clusters."""
    options = parse_arguments()
    if options.add == "assign" and not options.known:
        raise InputError("--add assign: needs --known, the people to whom new faces can belong")
    device = torch_device(options.device, options.threads)
    evidence = calibration(options)
    known = known_people.read(options.known, options.embedder) if options.known else None
    # Sort the videos: the result must not depend on their order in the manifest.
    videos = sorted(manifest.read(options.videos, check_files=False))
    tracks = read_tracks(options.results, videos, options.samples_per_second)
    if options.kept_ids:
        known = kept_ids.read(options.kept_ids, options.results, tracks, known)
    embeddings = read_embeddings(options.results, videos, options.embedder)
    clustering_options = ClusteringOptions(
        options.min_cluster_size, options.min_samples, evidence, device.type
    )
    clusters = cluster_tracks(tracks, embeddings, clustering_options, known, options.add)

    # The device and the number of threads do not change the result.
    parameters = provenance.parameters(options, ("known", "kept_ids", "add", "device", "threads"))
    parameters |= asdict(evidence)
    if known:
        numbers = clusters["cluster"].to_numpy()
        described = known_people.provenance_parameters(known, options.add, numbers)
        parameters |= described if options.known else {"numbers": described["numbers"]}
    tools = ("hdbscan", "scikit-learn", "torch")
    made_by = provenance.describe("cluster_faces", parameters, tools)
    parquet.write(options.output, "clusters", clusters, made_by)


def calibration(options: argparse.Namespace) -> Evidence:
    """Calibration of the distances: that of the embedder, unless options replace its numbers."""
    numbers = {name: getattr(options, name) for name in CALIBRATION}
    numbers = {name: number for name, number in numbers.items() if number is not None}
    return replace(Evidence.of_embedder(options.embedder), **numbers)


def parse_arguments() -> argparse.Namespace:
    """Parse the options of this script."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    add = parser.add_argument
    add("--results", required=True, type=Path, help="folder with embeddings, faces and shots")
    add("--videos", required=True, type=Path, help="manifest of the videos to include")
    add("--output", required=True, type=Path, help="clusters table to write")
    add("--embedder", choices=EMBEDDERS, required=True, help="embedder of the embeddings")
    add("--samples-per-second", required=True, type=float, help="as in detect_faces")
    add("--min-cluster-size", required=True, type=int, help="tracks of the smallest dense group")
    add("--min-samples", required=True, type=int, help="near tracks of a track in a group")
    add("--same-person", type=float, help="distance at which one and two people are as likely")
    add("--certainty", type=float, help="log odds at distance 0")
    add("--usual-distance", type=float, help="of one person, as a share of --same-person")
    add("--known", type=Path, help="clusters.parquet of an earlier run; its people keep their ids")
    add(
        "--add",
        required=True,
        choices=known_people.ADD_MODES,
        help="with --known: cluster all faces again, or assign only the new ones",
    )
    add("--kept-ids", type=Path, help="clusters.parquet of the people who were not erased")
    add("--device", required=True, choices=("cpu", "cuda"), help="device to compute on")
    add("--threads", required=True, type=int, help="number of CPU threads")
    return parser.parse_args()


if __name__ == "__main__":
    run(main)
