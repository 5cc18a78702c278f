"""The ids of the others stay when all results are made again after an erasure."""

import numpy as np
import pandas as pd
import pytest

from corpus.identity import known_people
from corpus.tables import parquet
from face_corpus import KnownCorpus


@pytest.fixture
def corpus(tmp_path) -> KnownCorpus:
    """Each of four people is in two videos; the lower the number, the longer on screen."""
    corpus = KnownCorpus(tmp_path / "results")
    for person, n_faces in enumerate((40, 30, 20, 10)):
        for video in ("a", "b"):
            corpus.add(video, person, start=60 * person, n_faces=n_faces)
    return corpus.write()


def keep_without(corpus: KnownCorpus, clusters: pd.DataFrame, erased: int) -> list:
    """Write the kept ids after erasing a person, and delete the person; options of the script."""
    path = corpus.results.parent / "kept.parquet"
    kept = clusters[clusters["cluster"] != erased].reset_index()
    parquet.write(path, "clusters", kept, {"parameters": {"numbers": 4}})
    for tracks in corpus.videos.values():
        tracks[:] = [track for track in tracks if track.person != erased]
    # New numbers of tracks and new starts, as with other settings. The boxes stay in their places.
    for tracks in corpus.videos.values():
        for track in tracks:
            track.start += 1
            track.n_faces -= 2
    corpus.write()
    for video in corpus.videos:
        path_of_faces = corpus.results / f"faces/{video}.parquet"
        faces = parquet.read(path_of_faces)
        shift = 100.0 * (faces["track"] >= erased)
        faces = faces.assign(x1=faces["x1"] + shift, x2=faces["x2"] + shift)
        parquet.write(path_of_faces, "faces", faces, {"parameters": {}})
    return ["--kept-ids", path]


@pytest.mark.fault(
    "privacy", "a complete rerun after an erasure, with other settings", "nobody else changes id"
)
@pytest.mark.parametrize("erased", [0, 1, 3])
def test_ids_stay_and_the_erased_id_is_not_given_again(corpus, monkeypatch, erased) -> None:
    before, _ = corpus.cluster(monkeypatch)
    assert before["cluster"].tolist() == [0, 1, 2, 3] * 2
    options = keep_without(corpus, before, erased)
    corpus.add("b", 9, start=500, n_faces=50)
    corpus.write()
    for video in ("a", "b"):  # as in keep_without: writing again moved the boxes back
        path = corpus.results / f"faces/{video}.parquet"
        faces = parquet.read(path)
        shift = 100.0 * ((faces["track"] >= erased) & (faces["track"] < 3))
        parquet.write(
            path,
            "faces",
            faces.assign(x1=faces["x1"] + shift, x2=faces["x2"] + shift),
            {"parameters": {}},
        )
    clusters, content = corpus.cluster(monkeypatch, *options)
    others = [number for number in range(4) if number != erased]
    assert clusters["cluster"].tolist() == [*others, *others, 4]
    assert parquet.read_provenance(corpus.clusters_file)["parameters"]["numbers"] == 5
    assert corpus.cluster(monkeypatch, *options, order=["b", "a"])[1] == content
    assert not np.isnan(clusters["probability"]).any()


@pytest.mark.fault(
    "privacy", "clustering.known with add: cluster or assign after an erasure", "ids stay"
)
@pytest.mark.parametrize("add", known_people.ADD_MODES)
def test_known_people_and_kept_ids_agree(corpus, monkeypatch, add) -> None:
    before = corpus.save(monkeypatch)
    corpus.edit_known(lambda rows: rows[(rows["cluster"] != 1) & (rows["video_id"] == "a")])
    options = keep_without(corpus, before, 1)
    clusters, _ = corpus.cluster_with_known(monkeypatch, add, *options)
    assert clusters["cluster"].tolist() == [0, 2, 3] * 2
