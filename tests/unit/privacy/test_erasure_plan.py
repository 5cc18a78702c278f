"""A plan is refused if the results do not say completely where a person is."""

import pytest

from corpus.core.errors import InputError
from corpus.tables import parquet
from erasable_corpus import ErasableCorpus, table_columns


def test_an_unknown_person_is_an_error(corpus: ErasableCorpus) -> None:
    with pytest.raises(InputError, match="no 'p0009' in this corpus; .* p0001 to p0003"):
        corpus.erase("p0009")


def test_incomplete_results_are_an_error(corpus: ErasableCorpus) -> None:
    corpus.table("people").unlink()
    with pytest.raises(InputError, match=r"people\.parquet: does not exist yet; run snakemake"):
        corpus.erase("p0001")


def test_faces_that_were_detected_again_are_an_error(corpus: ErasableCorpus) -> None:
    parquet.write(corpus.table("faces/v2"), "faces", table_columns("faces", [0, 1]), {})
    with pytest.raises(InputError, match=r"v2\.parquet: newer than"):
        corpus.erase("p0001")


def test_tracks_and_clusters_of_different_runs_are_an_error(corpus: ErasableCorpus) -> None:
    tracks = parquet.read(corpus.table("tracks"))
    parquet.write(corpus.table("tracks"), "tracks", tracks[tracks["track"] != 1], {})
    with pytest.raises(InputError, match="from different runs"):
        corpus.erase("p0001")
