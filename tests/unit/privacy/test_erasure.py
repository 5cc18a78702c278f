"""Erasing people removes everything about them and keeps everything about other people."""

import json
import os
import unicodedata
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from corpus.core.errors import InputError
from corpus.core.file_records import record_path
from corpus.inputs import people_file
from corpus.inputs.text_tables import Text
from corpus.privacy import erasure
from corpus.tables import parquet
from erasable_corpus import TRACK_TABLES, TRACKS, VIDEOS, ErasableCorpus, table_columns


def test_tables_lose_the_rows_of_the_person_and_no_others(corpus: ErasableCorpus) -> None:
    before = {
        name: pq.read_table(corpus.folder / name)
        for name in corpus.content()
        if name.endswith(".parquet")
    }
    corpus.erase("p0003")
    erased_track = {"v1": 2, "w": 0}
    for video in VIDEOS:
        for table in TRACK_TABLES:
            after = pq.read_table(corpus.table(f"{table}/{video}"))
            complete = before[f"results/{table}/{video}.parquet"]
            remains = [track != erased_track.get(video) for track in complete["track"].to_pylist()]
            assert after.equals(complete.filter(pa.array(remains))), (table, video)
            assert after.schema.equals(complete.schema), "columns, their descriptions and types"
    clusters = parquet.read(corpus.table("clusters"))
    assert clusters[["video_id", "track", "cluster"]].values.tolist() == [
        list(row) for row in TRACKS if row[2] != 2
    ]


def test_other_tracks_lose_their_comparison_with_the_person(corpus: ErasableCorpus) -> None:
    """Nor does the table tracks, which the next run makes, name the erased person."""
    table = corpus.table("clusters")
    clusters = parquet.read(table)
    others = [2 if cluster == 0 else 0 for cluster in clusters["cluster"]]
    clusters = clusters.assign(other_cluster=others, other_probability=0.25)
    parquet.write(table, "clusters", clusters, {"step": "cluster_faces"})
    os.utime(table, (1.1e9, 1.1e9))
    corpus.name_people()
    assert "p0003" in set(parquet.read(corpus.table("tracks"))["other_person"])
    corpus.erase("p0003")
    corpus.name_people()
    assert set(parquet.read(corpus.table("tracks"))["other_person"].dropna()) == {"p0001"}
    [kept_file] = corpus.folder.glob("*erased/clusters.parquet")
    for path in (table, kept_file):
        remaining = parquet.read(path)
        is_first = remaining["cluster"] == 0
        compared = remaining[["other_cluster", "other_probability"]]
        assert is_first.any() and compared[is_first].isna().all(axis=None)
        assert (compared[~is_first] == [0, 0.25]).all(axis=None)
        assert (~is_first).any()


def test_files_derived_from_identities_are_deleted(corpus: ErasableCorpus) -> None:
    corpus.erase("p0003")
    assert [name for name in corpus.content() if "tracks" in name or "people.parquet" in name] == []
    folder = corpus.results / "exports"
    exports = {str(path.relative_to(folder)) for path in folder.rglob("*.*")}
    assert exports == {"csv/keypoints/v2.csv", "blurred/v2.mp4"}


def test_tables_keep_their_modification_time_and_record_the_number_of_removed_tracks(
    corpus: ErasableCorpus,
) -> None:
    corpus.erase("p0003")
    for table in TRACK_TABLES:
        path = corpus.table(f"{table}/v1")
        assert path.stat().st_mtime == 1e9
        assert parquet.read_provenance(path) == {"step": table, "tracks_taken_out": 1}
        assert parquet.read_provenance(corpus.table(f"{table}/v2")) == {"step": table}
    assert corpus.table("clusters").stat().st_mtime == 1.1e9
    provenance = parquet.read_provenance(corpus.table("clusters"))
    assert provenance["tracks_taken_out"] == 2 and "p0003" not in json.dumps(provenance)


def test_other_people_keep_their_ids_and_names(corpus: ErasableCorpus) -> None:
    corpus.people_tsv.write_text(
        "# mine\nperson\tname\tvideo_id\ttime_s\tx\ty\n"
        "p0001\tAda\t\t\t\t\np0002\tEve\t\t\t\t\np0003\tGus\t\t\t\t\n"
    )
    corpus.name_people()
    corpus.erase("p0002")
    assert corpus.people_tsv.read_text() == (
        "# mine\nperson\tname\tvideo_id\ttime_s\tx\ty\np0001\tAda\t\t\t\t\np0003\tGus\t\t\t\t\n"
    )
    corpus.name_people()
    people = parquet.read(corpus.table("people"))
    names = dict(zip(people["person"], people["name"], strict=True))
    assert names == {"p0001": "Ada", "p0003": "Gus"}
    assert "Eve" not in "".join(path.read_text() for path in (corpus.results / "elan").iterdir())
    counts = parquet.read(corpus.table("corpus")).set_index("video_id")
    assert counts["n_people"].to_dict() == {"v1": 2, "v2": 1, "w": 1}


def test_the_file_of_known_people_loses_their_rows(corpus: ErasableCorpus, capsys) -> None:
    file = corpus.folder / "known.parquet"
    provenance = {"step": "cluster_faces", "parameters": {"known": "0" * 64}}
    clusters = parquet.read(corpus.table("clusters"))
    parquet.write(corpus.table("clusters"), "clusters", clusters, provenance)
    # The file may contain a video that is no longer in the corpus, and tracks that now belong to
    # another person.
    rows_of_removed_video = clusters.tail(2).assign(video_id="gone", cluster=[2, 1])
    known_tracks = pd.concat([clusters, rows_of_removed_video]).assign(
        track=range(7), video_id=["v1"] * 5 + ["gone"] * 2
    )
    parquet.write(file, "clusters", known_tracks, provenance)
    os.utime(file, (1e9, 1e9))
    corpus.erase("p0003", yes=False)
    assert "Your file of known people contains where" in capsys.readouterr().out
    before = corpus.content()
    corpus.erase("p0003", known_file=file, yes=False)
    assert corpus.content() == before
    output = capsys.readouterr().out
    assert "your file of known people: 2\n" in output and "Your file of" not in output
    corpus.erase("p0003", known_file=file)
    remaining = parquet.read(file)[["video_id", "track"]].values.tolist()
    assert remaining == [["v1", 0], ["v1", 1], ["v1", 3], ["v1", 4], ["gone", 6]]
    assert file.stat().st_mtime == 1e9, "otherwise faces would be clustered again"
    corpus.name_people()
    with pytest.raises(InputError, match="as the config key clustering.known"):
        corpus.erase("p0001", known_file=Path("nowhere.parquet"))


def test_people_merged_by_name_are_erased_together(corpus: ErasableCorpus) -> None:
    """All rows that give this name are removed from people.tsv, including rows with an anchor."""
    header = "person\tname\tvideo_id\ttime_s\tx\ty\n"
    merged = "p0003\tAda Ò'Neil\t\t\t\t\n\tAda Ò'Neil\tv1\t0.4\t20\t20\n"
    unnamed = "p0003\t\tw\t0.2\t1\t1\n"
    corpus.people_tsv.write_text(header + merged + unnamed + "p0002\tEve\t\t\t\t\n")
    corpus.name_people()
    corpus.erase("Ada O\u0300'Neil")
    clusters = parquet.read(corpus.table("clusters"))
    assert set(clusters["cluster"]) == {1}
    assert corpus.people_tsv.read_text().count("\n") == 2
    corpus.name_people()
    assert parquet.read(corpus.table("people"))["name"].tolist() == ["Eve"]


def test_decomposed_names_and_old_line_ends_are_recognised(corpus: ErasableCorpus) -> None:
    """As some macOS programs write: accents are separate characters, and lines end with CR."""
    decomposed = unicodedata.normalize("NFD", "Zoë Łoś")
    assert decomposed != "Zoë Łoś"
    corpus.people_tsv.write_bytes(f"person\tname\rp0003\t{decomposed}\rp0002\tEve\r".encode())
    corpus.name_people()
    corpus.erase("p0003")
    assert corpus.people_tsv.read_bytes() == b"person\tname\rp0002\tEve\r"


def test_names_may_contain_characters_at_which_splitlines_splits() -> None:
    text = "person\tname\np0001\tAda\u2028Eve\r\np0002\tEve\n"
    rows = people_file.split_rows(Text(text, "utf-8"), "people.tsv")
    assert erasure.remove_names(rows, {"Eve"}, set()) == text[: text.index("p0002")]
    assert erasure.remove_names(rows, {"Ada\u2028Eve"}, set()) == "person\tname\np0002\tEve\n"


@pytest.mark.fault(
    "privacy",
    "the file of names is a CSV or a UTF-16 file of a spreadsheet",
    "the rows of an erased person are removed, and the others stay in this form",
)
@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_names_in_files_of_spreadsheets_are_erased(
    corpus: ErasableCorpus, encoding: str, separator: str
) -> None:
    lines = ["person\tname\r\n", 'p0003\t"Zoë ""Z"" Łoś"\r\n', "p0002\tEve\r\n"]
    if separator == "\t" and encoding == "utf-8-sig":
        lines[1] = 'p0003\tZoë "Z" Łoś\r\n'
    lines = [line.replace("\t", separator) for line in lines]
    corpus.people_tsv.write_bytes("".join(lines).encode(encoding))
    corpus.name_people()
    corpus.erase("p0003")
    assert corpus.people_tsv.read_bytes() == (lines[0] + lines[2]).encode(encoding)


def test_several_people_and_then_all_can_be_erased(corpus: ErasableCorpus) -> None:
    corpus.erase("p0001", "p0003")
    corpus.name_people()
    corpus.erase("p0002")
    corpus.name_people()
    for name in ("clusters", "tracks", "people"):
        assert len(parquet.read(corpus.table(name))) == 0
    assert set(parquet.read(corpus.table("keypoints/v1"))["track"]) == {-1}
    assert parquet.read_provenance(corpus.table("clusters"))["tracks_taken_out"] == 5
    with pytest.raises(InputError, match="no 'p0002' in this corpus; it contains no people"):
        corpus.erase("p0002")


def test_elan_files_that_people_edited_are_copied_first(corpus: ErasableCorpus, capsys) -> None:
    path = corpus.results / "elan/w.eaf"
    path.write_text(path.read_text() + "<!-- mine -->\n")
    edited = path.read_text()
    corpus.erase("p0003")
    assert (corpus.annotations / "w.eaf").read_text() == edited
    assert not (corpus.annotations / "v1.eaf").exists() and not path.exists()
    assert "Kept because somebody edited it" in capsys.readouterr().out


@pytest.mark.fault(
    "interruptions", "erasing a person is interrupted at any step", "it can be repeated"
)
@pytest.mark.parametrize("n_steps", [1, 2, 10, 11, 12, 16, 20])
def test_an_interrupted_erasure_can_be_repeated(
    corpus: ErasableCorpus, monkeypatch: pytest.MonkeyPatch, n_steps: int
) -> None:
    """The steps are changed and deleted files, from the first to the third from last."""
    remaining_steps = [n_steps]

    def count_step() -> None:
        remaining_steps[0] -= 1
        if not remaining_steps[0]:
            raise KeyboardInterrupt

    remove_tracks, unlink = erasure.remove_tracks, Path.unlink

    def remove_tracks_or_stop(*arguments: object) -> None:
        count_step()
        remove_tracks(*arguments)

    def unlink_or_stop(path: Path, missing_ok: bool = False) -> None:
        if not missing_ok:
            count_step()
        unlink(path, missing_ok=missing_ok)

    with monkeypatch.context() as patch:
        patch.setattr(erasure, "remove_tracks", remove_tracks_or_stop)
        patch.setattr(Path, "unlink", unlink_or_stop)
        with pytest.raises(KeyboardInterrupt):
            corpus.erase("p0003")
    corpus.erase("p0003")
    # Only the records of checksums are hidden, and those of deleted files are deleted.
    hidden = set(corpus.results.rglob(".*"))
    assert hidden <= {record_path(path) for path in corpus.results.rglob("[!.]*")}
    assert 2 not in set(parquet.read(corpus.table("clusters"))["cluster"])
    assert 2 not in set(parquet.read(corpus.table("keypoints/v1"))["track"])
    assert not corpus.table("tracks").exists()


class TestRemoveTracks:
    def test_row_groups_are_read_one_by_one(self, tmp_path: Path, monkeypatch) -> None:
        monkeypatch.setattr(parquet, "ROW_GROUP", 8)
        path = tmp_path / "k.parquet"
        parquet.write(path, "keypoints", table_columns("keypoints", [0, 1, 2, 3]), {})
        erasure.remove_tracks(path, {None: [1, 2]})
        file = pq.ParquetFile(path)
        assert file.read(["track"])["track"].to_pylist() == [0] * 5 + [3] * 5
        assert set(file.read(["part"])["part"].to_pylist()) == {"pose", "left_hand"}

    def test_an_error_leaves_the_table_unchanged(self, tmp_path: Path, monkeypatch) -> None:
        """No temporary file remains."""
        path = tmp_path / "k.parquet"
        parquet.write(path, "keypoints", table_columns("keypoints", [0, 1]), {})
        before = path.read_bytes()

        def fail(*_: object, **__: object) -> None:
            raise OSError("disk full")

        monkeypatch.setattr(pq.ParquetWriter, "write_table", fail)
        with pytest.raises(OSError, match="disk full"):
            erasure.remove_tracks(path, {None: [1]})
        assert path.read_bytes() == before and list(tmp_path.iterdir()) == [path]
