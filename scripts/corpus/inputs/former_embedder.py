"""A warning if the people of existing results were found with another embedder.

Distances between embeddings of different embedders mean nothing, so the tracks of faces are made
again and all people are grouped again. Users of an earlier version, whose default was another
embedder, would otherwise learn this only from a long list of jobs.
"""

from pathlib import Path


def warning(results: Path | str, embedder: str) -> str | None:
    """Name both embedders, and what to set to keep the results; None if they are the same.

    `embedder` is the embedder of this run. Results without people, or with a damaged table of
    clusters, give no warning: the job that reads or makes the table reports what is wrong.
    """
    clusters = Path(results, "clusters.parquet")
    if not clusters.is_file():
        return None
    from corpus.core.errors import CorpusError
    from corpus.tables import parquet

    try:
        former = parquet.read_provenance(clusters)["parameters"]["embedder"]
    except (CorpusError, KeyError, TypeError, OSError):
        return None
    if former == embedder:
        return None
    return (
        f"{results}: the people in these results were found with the embedder {former}, but "
        f"faces.embedder is {embedder}. Faces are detected and all people are grouped again, so "
        "people and their ids can change; names with a point in a video stay valid. To keep the "
        f"embedder of these results, set faces: {{embedder: {former}}}"
    )
