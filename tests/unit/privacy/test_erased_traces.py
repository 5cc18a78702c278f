"""After an erasure, no byte of the results says that the person was there."""

import shutil

import numpy as np
import pandas as pd
import pytest

from corpus.inputs import erased_folder
from corpus.tables import parquet
from erasable_corpus import ErasableCorpus
from personal_traces import traces

NAME = "Zoë Łoś"


def known_traces(corpus: ErasableCorpus) -> list[str]:
    """Traces of p0003 in the whole folder of the corpus."""
    return traces(corpus.folder, ["p0003", NAME], np.array([[2.0, 1.0]]), 0.1)


@pytest.fixture
def named(corpus: ErasableCorpus) -> ErasableCorpus:
    """The corpus with a name for p0003, and with all kinds of files that mention it."""
    corpus.people_tsv.write_text(f"person\tname\np0003\t{NAME}\np0002\tEve\n", encoding="utf-8")
    corpus.name_people()
    elan = corpus.results / "elan"
    for name in ("w.eaf.001", "w.eaf.002", "w.pfsx", "v1.eaf.001"):
        (elan / name).write_text(f"<TIER TIER_ID='{NAME} left hand'/>", encoding="utf-8")
    logs = corpus.results / "logs"
    logs.mkdir()
    (logs / "identify_people.log").write_text("v1: p0002 and p0003 are both on screen")
    (logs / "cluster_faces.log").write_text("3 people")
    return corpus


@pytest.mark.fault(
    "privacy", "a search of all bytes of the results after an erasure", "no id, name or embedding"
)
def test_no_trace_is_left_in_the_results(named: ErasableCorpus) -> None:
    assert len(known_traces(named)) >= 9
    named.erase("p0003")
    assert known_traces(named) == []
    assert (named.results / "logs/cluster_faces.log").exists()
    named.name_people()
    assert known_traces(named) == []


@pytest.mark.fault("privacy", "ELAN's backup copies and settings files", "deleted in the results")
def test_files_that_elan_adds_are_listed_and_deleted(named: ErasableCorpus, capsys) -> None:
    other = named.results / "elan/v2.eaf.001"
    other.write_text("of another video")
    named.erase("p0003", yes=False)
    output = capsys.readouterr().out
    for name in ("elan/w.eaf.001", "elan/w.pfsx", "logs/identify_people.log"):
        assert f"  {name}\n" in output
    named.erase("p0003")
    assert other.exists() and not list((named.results / "elan").glob("w*"))


@pytest.mark.fault(
    "privacy", "backups of ELAN and of people.tsv in folders of the user", "listed, not changed"
)
def test_the_users_backups_are_listed(named: ErasableCorpus, capsys) -> None:
    named.annotations.mkdir()
    (named.annotations / "w.eaf.001").write_text(f"TIER_ID='{NAME}'", encoding="utf-8")
    (named.annotations / "w.pfsx").write_bytes(f"TIER_ID='{NAME}'".encode("utf-16"))
    (named.annotations / "v2.pfsx").write_text("nobody")
    (named.folder / "people.tsv.bak").write_text("p0003\tx")
    (named.folder / ".people.tsv.swp").write_text('{"name": "Zo\\u00eb \\u0141o\\u015b"}')
    (named.results / "notes.txt").write_text("p0003 wants to leave")
    named.erase("p0003", yes=False)
    output = capsys.readouterr().out
    assert "that contain their id or name: w.eaf.001, w.pfsx.\n" in output
    files = ("people.tsv.bak", ".people.tsv.swp", "results/notes.txt")
    assert all(f"  {named.folder / name}\n" in output for name in files)
    before = named.content()
    named.erase("p0003")
    after = named.content()
    assert all(after[name] == before[name] for name in files)


@pytest.mark.fault(
    "privacy", "results deleted after an erasure, and made again", "ids stay, the erased id is used"
)
def test_the_ids_of_the_others_are_kept_beside_the_manifest(corpus: ErasableCorpus) -> None:
    clusters = parquet.read(corpus.table("clusters"))
    corpus.erase("p0003")
    path = erased_folder.kept_ids_path(corpus.erased)
    kept = parquet.read(path)
    expected = clusters[clusters["cluster"] != 2]
    assert kept[["video_id", "track", "cluster"]].values.tolist() == (
        expected[["video_id", "track", "cluster"]].values.tolist()
    )
    assert parquet.read_provenance(path)["parameters"] == {"numbers": 3}
    assert parquet.read_provenance(corpus.table("clusters"))["parameters"]["numbers"] == 3
    # Erasing again: the file follows, also for videos that left the corpus.
    left = parquet.read(corpus.table("clusters")).query("video_id != 'v2'")
    parquet.write(corpus.table("clusters"), "clusters", left, {"step": "cluster_faces"})
    corpus.name_people()
    corpus.erase("p0002")
    rows = parquet.read(path)[["video_id", "track", "cluster"]].values.tolist()
    assert rows == [["v1", 0, 0], ["v2", 0, 0]]
    assert parquet.read_provenance(path)["parameters"] == {"numbers": 3}


@pytest.mark.fault("privacy", "masks of an earlier version, in the results", "moved")
def test_masks_in_the_results_are_moved(corpus: ErasableCorpus) -> None:
    corpus.erase("p0003")
    shutil.move(corpus.erased / "covers", corpus.results / "covers")
    before = parquet.read(corpus.results / "covers/w.parquet")
    corpus.name_people()
    corpus.erase("p0002")
    assert not list(corpus.results.glob("covers/*"))
    moved = parquet.read(erased_folder.masks_path(corpus.erased, "w"))
    pd.testing.assert_frame_equal(moved, before)
    heads = parquet.read(erased_folder.masks_path(corpus.erased, "v1"))["cover"]
    assert set(heads) == {0, 1}, "the heads of both people"


def test_the_folder_of_erased_people_contains_nobody_who_was_erased(
    corpus: ErasableCorpus,
) -> None:
    corpus.erase("p0001", "p0003")
    names = {str(path.relative_to(corpus.erased)) for path in corpus.erased.rglob("*.*")}
    assert names == {f"covers/{video}.parquet" for video in ("v1", "v2", "w")} | {
        "clusters.parquet"
    }
    assert traces(corpus.erased, ["p0001", "p0003"], np.zeros((1, 2)), 0.0) == []
