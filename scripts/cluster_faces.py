"""Find out which face tracks of all videos are the same person.

python scripts/cluster_faces.py --results results --videos config/videos.tsv --embedder dlib \
    --output results/clusters.parquet
"""

import argparse
from pathlib import Path

from corpus.core.errors import InputError, run
from corpus.core.torch_setup import torch_device
from corpus.faces.embedders import EMBEDDERS
from corpus.identity import kept_ids, known_people
from corpus.identity.corpus_embeddings import read_embeddings
from corpus.identity.corpus_tracks import read_tracks
from corpus.identity.track_clustering import ClusteringOptions, cluster_tracks
from corpus.inputs import manifest
from corpus.tables import parquet, provenance


def main() -> None:
    """Read the options and the tables of all videos, cluster the tracks, write the clusters."""
    options = parse_arguments()
    if options.add == "assign" and not options.known:
        raise InputError("--add assign: needs --known, the people to whom new faces can belong")
    device = torch_device(options.device, options.threads)
    same_person = options.same_person or EMBEDDERS[options.embedder].same_person
    known = known_people.read(options.known, options.embedder) if options.known else None
    # Sort the videos: the result must not depend on their order in the manifest.
    videos = sorted(manifest.read(options.videos, check_files=False))
    tracks = read_tracks(options.results, videos, options.samples_per_second)
    if options.kept_ids:
        known = kept_ids.read(options.kept_ids, options.results, tracks, known)
    embeddings = read_embeddings(options.results, videos, options.embedder)
    clustering_options = ClusteringOptions(
        options.min_cluster_size, options.min_samples, same_person, device.type
    )
    clusters = cluster_tracks(tracks, embeddings, clustering_options, known, options.add)

    # The device and the number of threads do not change the result.
    parameters = provenance.parameters(options, ("known", "kept_ids", "add", "device", "threads"))
    parameters |= {"same_person": same_person}
    if known:
        numbers = clusters["cluster"].to_numpy()
        described = known_people.provenance_parameters(known, options.add, numbers)
        parameters |= described if options.known else {"numbers": described["numbers"]}
    tools = ("hdbscan", "scikit-learn", "torch")
    made_by = provenance.describe("cluster_faces", parameters, tools)
    parquet.write(options.output, "clusters", clusters, made_by)


def parse_arguments() -> argparse.Namespace:
    """Parse the options of this script."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    add = parser.add_argument
    add("--results", required=True, type=Path, help="folder with embeddings, faces and shots")
    add("--videos", required=True, type=Path, help="manifest of the videos to include")
    add("--output", required=True, type=Path, help="clusters table to write")
    add("--embedder", choices=EMBEDDERS, required=True, help="embedder of the embeddings")
    add("--samples-per-second", required=True, type=float, help="as in detect_faces")
    add("--min-cluster-size", required=True, type=int, help="smallest number of faces of a person")
    add("--min-samples", required=True, type=int, help="neighbours of a face in a dense region")
    add("--same-person", type=float, help="maximum distance (default: set by --embedder)")
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
