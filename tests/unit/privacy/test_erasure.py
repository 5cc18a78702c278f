"""Forgetting somebody: nothing of them is left, and nobody else changes."""

import json
import os
import re
import shutil
import sys
import unicodedata
from fnmatch import fnmatchcase
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import erase_person
from corpus.core.errors import InputError
from corpus.privacy import erasure
from corpus.tables import parquet
from erasable_corpus import PER_TRACK, TRACKS, Corpus, rows
from workflow_runs import DEMO


@pytest.fixture
def corpus(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Corpus:
    return Corpus(tmp_path, monkeypatch)


def test_nothing_is_changed_before_somebody_says_yes(corpus: Corpus, capsys) -> None:
    before = corpus.content()
    corpus.forget("p0003", yes=False)
    assert corpus.content() == before
    said = capsys.readouterr().out
    assert "p0003: 2 tracks in 2 videos" in said
    assert "  keypoints/w.parquet: 5\n" in said and "clusters.parquet: 2" in said
    assert "  elan/v1.eaf" in said and "elan/v2.eaf" not in said
    assert "(v1, w)" in said and "Nothing was changed" in said


def test_no_table_holds_them_and_the_others_keep_their_rows(corpus: Corpus) -> None:
    before = {name: pq.read_table(corpus.results.parent / name)
              for name in corpus.content() if name.endswith(".parquet")}  # fmt: skip
    corpus.forget("p0003")
    gone = {"v1": 2, "w": 0}
    for video in ("v1", "v2", "w"):
        for table in PER_TRACK:
            path = corpus.table(f"{table}/{video}")
            after, whole = pq.read_table(path), before[f"results/{table}/{video}.parquet"]
            kept = [track != gone.get(video) for track in whole["track"].to_pylist()]
            assert after.equals(whole.filter(pa.array(kept))), (table, video)
            assert after.schema.equals(whole.schema), "columns, their docs and types"
    clusters = parquet.read(corpus.table("clusters"))
    assert clusters[["video_id", "track", "cluster"]].values.tolist() == [
        list(row) for row in TRACKS if row[2] != 2
    ]
    left = {name for name in corpus.content() if "tracks" in name or "people.parquet" in name}
    assert left == set(), "what is made of identities is made again"
    exports = {str(p.relative_to(corpus.results / "exports")) for p in
               (corpus.results / "exports").rglob("*.*")}  # fmt: skip
    assert exports == {"csv/keypoints/v2.csv", "blurred/v2.mp4"}


def test_files_keep_their_times_and_say_that_tracks_are_missing(corpus: Corpus) -> None:
    corpus.forget("p0003")
    for table in PER_TRACK:
        path = corpus.table(f"{table}/v1")
        assert path.stat().st_mtime == 1e9
        assert parquet.read_provenance(path) == {"step": table, "tracks_taken_out": 1}
        assert parquet.read_provenance(corpus.table(f"{table}/v2")) == {"step": table}
    assert corpus.table("clusters").stat().st_mtime == 1.1e9
    made_by = parquet.read_provenance(corpus.table("clusters"))
    assert made_by["tracks_taken_out"] == 2 and "p0003" not in json.dumps(made_by)


def test_the_others_keep_ids_and_names(corpus: Corpus) -> None:
    corpus.names.write_text(
        "# mine\nperson\tname\tvideo_id\ttime_s\tx\ty\n"
        "p0001\tAda\t\t\t\t\np0002\tEve\t\t\t\t\np0003\tGus\t\t\t\t\n"
    )
    corpus.name_people()
    corpus.forget("p0002")
    assert corpus.names.read_text() == (
        "# mine\nperson\tname\tvideo_id\ttime_s\tx\ty\np0001\tAda\t\t\t\t\np0003\tGus\t\t\t\t\n"
    )
    corpus.name_people()
    left = parquet.read(corpus.table("people"))
    assert dict(zip(left["person"], left["name"], strict=True)) == {"p0001": "Ada", "p0003": "Gus"}
    assert "Eve" not in "".join(p.read_text() for p in (corpus.results / "elan").iterdir())
    counts = parquet.read(corpus.table("corpus")).set_index("video_id")
    assert counts["n_people"].to_dict() == {"v1": 2, "v2": 1, "w": 1}


def test_known_people_lose_their_rows_too(corpus: Corpus, capsys) -> None:
    file = corpus.results.parent / "known.parquet"
    made_by = {"step": "cluster_faces", "parameters": {"known": "0" * 64}}
    clusters = parquet.read(corpus.table("clusters"))
    parquet.write(corpus.table("clusters"), "clusters", clusters, made_by)
    # Somebody was known in a video that is gone by now; a track changed hands since.
    gone = clusters.tail(2).assign(video_id="gone", cluster=[2, 1])
    before = pd.concat([clusters, gone]).assign(track=range(7), video_id=["v1"] * 5 + ["gone"] * 2)
    parquet.write(file, "clusters", before, made_by)
    os.utime(file, (1e9, 1e9))
    corpus.forget("p0003", yes=False)
    assert "Your file of known people keeps where" in capsys.readouterr().out
    before = corpus.content()
    corpus.forget("p0003", "--known", str(file), yes=False)
    assert corpus.content() == before
    said = capsys.readouterr().out
    assert "your file of known people: 2\n" in said and "Your file of" not in said
    corpus.forget("p0003", "--known", str(file))
    left = parquet.read(file)[["video_id", "track"]].values.tolist()
    assert left == [["v1", 0], ["v1", 1], ["v1", 3], ["v1", 4], ["gone", 6]]
    assert file.stat().st_mtime == 1e9, "or people would be told apart again"
    corpus.name_people()
    with pytest.raises(InputError, match="config key clustering.known does"):
        corpus.forget("p0001", "--known", "nowhere.parquet")


def test_somebody_joined_from_two_goes_whole(corpus: Corpus) -> None:
    """By name, and with all rows that gave them that name, also by an anchor."""
    anchor = "\tAda Ò'Neil\tv1\t0.4\t20\t20\n"
    corpus.names.write_text(
        "person\tname\tvideo_id\ttime_s\tx\ty\np0003\tAda Ò'Neil\t\t\t\t\n"
        + anchor + "p0003\t\tw\t0.2\t1\t1\np0002\tEve\t\t\t\t\n"
    )  # fmt: skip
    corpus.name_people()
    corpus.forget("Ada O\u0300'Neil")
    clusters = parquet.read(corpus.table("clusters"))
    assert set(clusters["cluster"]) == {1}
    assert corpus.names.read_text().count("\n") == 2
    corpus.name_people()
    assert parquet.read(corpus.table("people"))["name"].tolist() == ["Eve"]


def test_names_that_a_mac_has_written_go_too(corpus: Corpus) -> None:
    """There an accent may be a character of its own, and so may a line end."""
    decomposed = unicodedata.normalize("NFD", "Zoë Łoś")
    assert decomposed != "Zoë Łoś"
    corpus.names.write_bytes(f"person\tname\rp0003\t{decomposed}\rp0002\tEve\r".encode())
    corpus.name_people()
    corpus.forget("p0003")
    assert corpus.names.read_bytes() == b"person\tname\rp0002\tEve\r"


def test_a_row_is_what_the_names_file_takes_for_one() -> None:
    """A name may hold characters at which Python would break a line."""
    text = "person\tname\np0001\tAda\u2028Eve\r\np0002\tEve\n"
    assert erasure.without_names(text, {"Eve"}, set()) == text[: text.index("p0002")]
    assert erasure.without_names(text, {"Ada\u2028Eve"}, set()) == ("person\tname\np0002\tEve\n")


def test_several_and_then_all(corpus: Corpus) -> None:
    corpus.forget("p0001", "p0003")
    corpus.name_people()
    corpus.forget("p0002")
    corpus.name_people()
    assert [len(parquet.read(corpus.table(name))) for name in ("clusters", "tracks", "people")] == [
        0
    ] * 3
    assert set(parquet.read(corpus.table("keypoints/v1"))["track"]) == {-1}
    assert parquet.read_provenance(corpus.table("clusters"))["tracks_taken_out"] == 5
    with pytest.raises(InputError, match="no 'p0002' in this corpus; nobody was found in it"):
        corpus.forget("p0002")


def test_what_people_edited_is_kept_first(corpus: Corpus, capsys) -> None:
    path = corpus.results / "elan/w.eaf"
    path.write_text(path.read_text() + "<!-- mine -->\n")
    edited = path.read_text()
    corpus.forget("p0003")
    assert (corpus.annotations / "w.eaf").read_text() == edited
    assert not (corpus.annotations / "v1.eaf").exists() and not path.exists()
    assert "Kept, since somebody edited it" in capsys.readouterr().out


def test_files_of_the_users_that_name_them_are_told(corpus: Corpus, capsys) -> None:
    corpus.names.write_text("person\tname\np0003\tAda & Eve\n")
    corpus.name_people()
    corpus.annotations.mkdir()
    for file, text in (("w", "Ada &amp; Eve left hand"), ("v1", ">p0003<"), ("v2", "p00031 Ada")):
        (corpus.annotations / f"{file}.eaf").write_text(text)
    corpus.forget("p0003", yes=False)
    assert f"Files of yours in {corpus.annotations} that name them: v1.eaf, w.eaf." in (
        capsys.readouterr().out
    )


def test_files_of_the_users_name_them_in_other_ways_of_writing(corpus: Corpus, capsys) -> None:
    """Decomposed, or with quotes as an attribute of XML has them."""
    corpus.names.write_text('person\tname\np0003\tZoë "Z" <Łoś>\n')
    corpus.name_people()
    corpus.annotations.mkdir()
    escaped = "<TIER TIER_ID='Zoë &quot;Z&quot; &lt;Łoś&gt; left hand'>"
    for file, text in (("w", unicodedata.normalize("NFD", escaped)), ("v1", escaped), ("v2", "Z")):
        (corpus.annotations / f"{file}.eaf").write_text(text)
    corpus.forget("p0003", yes=False)
    assert "that name them: v1.eaf, w.eaf." in capsys.readouterr().out


@pytest.mark.parametrize("steps", [1, 2, 10, 11, 12, 16, 20])
def test_what_was_broken_off_can_be_started_again(
    corpus: Corpus, monkeypatch: pytest.MonkeyPatch, steps: int
) -> None:
    """At any file, from the first table that loses rows to the last that is deleted but two."""
    left = [steps]

    def count(*_: object) -> None:
        left[0] -= 1
        if not left[0]:
            raise KeyboardInterrupt

    real, unlink = erasure.take_out, Path.unlink
    monkeypatch.setattr(erasure, "take_out", lambda *a: (count(), real(*a)))
    monkeypatch.setattr(
        Path, "unlink", lambda self, **k: (k.get("missing_ok") or count(), unlink(self, **k))
    )
    with pytest.raises(KeyboardInterrupt):
        corpus.forget("p0003")
    monkeypatch.undo()
    corpus.monkeypatch = monkeypatch
    corpus.forget("p0003")
    assert not list(corpus.results.rglob(".*"))
    assert 2 not in set(parquet.read(corpus.table("clusters"))["cluster"])
    assert 2 not in set(parquet.read(corpus.table("keypoints/v1"))["track"])
    assert not corpus.table("tracks").exists()


class TestRefusals:
    def test_a_person_who_is_not_there(self, corpus: Corpus) -> None:
        with pytest.raises(InputError, match="no 'p0009' in this corpus; .* p0001 to p0003"):
            corpus.forget("p0009")

    def test_results_that_are_not_complete(self, corpus: Corpus) -> None:
        corpus.table("people").unlink()
        with pytest.raises(InputError, match=r"people\.parquet: not there yet; run snakemake"):
            corpus.forget("p0001")

    def test_faces_that_were_found_anew(self, corpus: Corpus) -> None:
        parquet.write(corpus.table("faces/v2"), "faces", rows("faces", [0, 1]), {})
        with pytest.raises(InputError, match=r"v2\.parquet: newer than"):
            corpus.forget("p0001")

    def test_tracks_of_another_run(self, corpus: Corpus) -> None:
        known = parquet.read(corpus.table("tracks"))
        parquet.write(corpus.table("tracks"), "tracks", known[known["track"] != 1], {})
        with pytest.raises(InputError, match="of different runs"):
            corpus.forget("p0001")


def test_tables_of_videos_that_left_the_manifest_are_told(corpus: Corpus, capsys) -> None:
    corpus.inputs.manifest.write_text("video_id\tsource\nv1\tv1.mp4\nv2\tv2.mp4\n")
    corpus.forget("p0002", yes=False)
    assert "There are tables of w, which" in capsys.readouterr().out


def test_large_tables_are_filtered_group_by_group(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr(parquet, "ROW_GROUP", 8)
    path = tmp_path / "k.parquet"
    parquet.write(path, "keypoints", rows("keypoints", [0, 1, 2, 3]), {})
    erasure.take_out(path, {None: [1, 2]})
    left = pq.ParquetFile(path)
    assert left.read(["track"])["track"].to_pylist() == [0] * 5 + [3] * 5
    assert set(left.read(["part"])["part"].to_pylist()) == {"pose", "left_hand"}


def test_a_table_that_cannot_be_written_stays_whole(tmp_path: Path, monkeypatch) -> None:
    """And nothing is left beside it."""
    path = tmp_path / "k.parquet"
    parquet.write(path, "keypoints", rows("keypoints", [0, 1]), {})
    before = path.read_bytes()

    def fail(*_: object, **__: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(pq.ParquetWriter, "write_table", fail)
    with pytest.raises(OSError, match="disk full"):
        erasure.take_out(path, {None: [1]})
    assert path.read_bytes() == before and list(tmp_path.iterdir()) == [path]


def test_every_file_of_the_results_is_known_to_hold_people_or_not(root: Path) -> None:
    """A new rule must say, in corpus.forgetting, what becomes of its output."""
    outputs = set()
    for file in sorted((root / "rules").glob("*.smk")):
        for block in re.findall(r"^    output:\n((?:^ {8}.*\n|^\n)+)", file.read_text(), re.M):
            outputs |= set(re.findall(r'"<results>/([^"]+)"', block))
    assert len(outputs) >= 15
    folders = (*erasure.WITHOUT_PEOPLE, *erasure.OF_A_VIDEO)
    known = [f"{folder}/*" for folder in folders] + ["clusters.parquet"]
    known += [*erasure.MADE_OF_ALL, *erasure.MADE_OF_A_VIDEO]
    patterns = [pattern.format(video="v").replace("**/", "*") for pattern in known]
    strange = [
        output
        for output in sorted(outputs)
        if not any(fnmatchcase(re.sub(r"\{+\w+\}+", "v", output), p) for p in patterns)
    ]
    assert strange == []


@pytest.mark.workflow
def test_the_demo_goes_on_without_one_of_the_two(
    demo: Path, snakemake, tmp_path: Path, monkeypatch
) -> None:
    results = tmp_path / "results"
    shutil.copytree(demo, results)
    settings = ("--config", f"results={results}", f"annotations={tmp_path / 'annotations'}")
    # Snakemake knows nothing of copies, so what made them is noted first.
    snakemake("--touch", *DEMO, *settings)
    assert "Nothing to be done" in snakemake("-n", *DEMO, *settings).stdout
    known = parquet.read(results / "tracks.parquet")
    gone = known["person"].iloc[0]
    other = next(iter(set(known["person"]) - {gone}))
    flags = {"results": results, "videos": "config/laptop.tsv", "annotations": tmp_path}
    monkeypatch.setattr(
        sys, "argv", ["", *(f"--{k}={v}" for k, v in flags.items()), "--yes", "--person", gone]
    )
    erase_person.main()
    planned = snakemake("-n", *DEMO, *settings).stdout
    table = planned.split("Job stats:")[1].split("total")[0]
    costly = {"fetch_video", "index_frames", "detect_faces", "embed_faces", "extract_keypoints",
              "measure_movement", "cluster_faces"}  # fmt: skip
    assert costly & set(re.findall(r"^(\w+)\s+\d+$", table, re.M)) == set()
    snakemake(*DEMO, *settings)
    assert "Nothing to be done" in snakemake("-n", *DEMO, *settings).stdout
    lost = known[known["person"] == gone].groupby("video_id")["track"].agg(set)
    for path in sorted(results.rglob("*.parquet")):
        rows = parquet.read(path)
        if path.parent.name in erasure.OF_A_VIDEO:
            assert not set(rows["track"]) & lost.get(path.stem, set()), path
        if "person" in rows:
            assert gone not in set(rows["person"]), path
    left = parquet.read(results / "tracks.parquet")
    kept = known[known["person"] == other]
    assert left.reset_index(drop=True).equals(kept.reset_index(drop=True))
    assert not any(gone in file.read_text() for file in (results / "elan").iterdir())
    assert gone not in (results / "people.tsv").read_text()
