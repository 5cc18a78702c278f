"""import_elan reads edited files into a table, or says how to correct them."""

import re
import shutil
import sys
from pathlib import Path

import pandas as pd
import pytest
from pympi.Elan import Eaf

import import_elan
from corpus.core.errors import InputError
from corpus.tables import parquet, schemas
from eaf_documents import (
    WORD_SLOTS,
    WORDS,
    WORDS_DOCUMENT,
    alignable,
    document,
    referring,
    tier,
)
from elan_corpus import ElanCorpus, delayed, phases, shots, tracks
from synthetic_videos import late, plain


def write_manifest(folder: Path, *videos: str) -> None:
    lines = ["video_id\tsource", *(f"{video}\thttps://example.org/{video}" for video in videos)]
    (folder / "videos.tsv").write_text("\n".join(lines) + "\n")


def import_files(folder: Path, files: list[Path], monkeypatch: pytest.MonkeyPatch) -> pd.DataFrame:
    """Run import_elan on files. Returns its table; results and manifest are in `folder`."""
    output = folder / "annotations.parquet"
    options = [
        f"--results={folder / 'results'}",
        f"--videos={folder / 'videos.tsv'}",
        "--container=mp4",
        f"--output={output}",
    ]
    monkeypatch.setattr(sys, "argv", ["import_elan.py", *options, "--files", *map(str, files)])
    import_elan.main()
    return parquet.read(output)


def save(folder: Path, name: str, text: str = WORDS_DOCUMENT) -> Path:
    """Write an .eaf. Returns its path."""
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_unedited_annotations_get_the_times_of_the_tables(tmp_path: Path, monkeypatch) -> None:
    """The clock of this container does not start at 0."""
    corpus = ElanCorpus(tmp_path)
    movement = phases((0, 0, "left", "movement", 1.75, 1.8333))
    table = tracks((0, 0, 1.5, 2.25, "p0001"))
    corpus.add("v", delayed(tmp_path / "source.ts"), shots(1.4, 2.4), table, movement)
    corpus.finish({"p0001": "Ada <&> Söhne"})
    path = corpus.write_elan(monkeypatch)["v"]
    shutil.rmtree(corpus.results / "videos")
    rows = import_files(tmp_path, [path], monkeypatch)
    assert rows["tier"].tolist() == ["shots", "Ada <&> Söhne", "Ada <&> Söhne left hand"]
    assert rows["start_s"].tolist() == pytest.approx([1.4, 1.5, 1.75], abs=5e-4)
    assert rows["end_s"].tolist() == pytest.approx([2.4, 2.25, 1.8333], abs=5e-4)
    assert rows["parent"].tolist()[2] == rows["participant"].tolist()[1] == "Ada <&> Söhne"
    assert rows["value"].tolist() == ["0", "p0001", "movement"]
    assert set(rows["origin"]) == {"workflow"} and set(rows["video_id"]) == {"v"}
    assert set(rows["file"]) == {"v.eaf"}


def test_edits_are_distinguished_from_annotations_of_the_workflow(
    tmp_path: Path, monkeypatch, caplog
) -> None:
    """Edited with pympi, which renumbers time slots and keeps the header, as ELAN does."""
    corpus = ElanCorpus(tmp_path)
    hand = phases((0, 0, "left", "movement", 0.5, 0.9), (0, 0, "left", "hold", 0.9, 1.3))
    corpus.add("v", None, shots(0, 2), tracks((0, 0, 0.0, 2.0, "p0001")), hand)
    corpus.finish({})
    document = Eaf(corpus.write_elan(monkeypatch)["v"])
    document.remove_annotation("p0001 left hand", 1000)
    document.remove_annotation("p0001 left hand", 600)
    document.add_annotation("p0001 left hand", 500, 800, "stroke")
    document.add_annotation("p0001 right hand", 500, 600, "movement")
    document.add_tier("gesture type", "default-lt", ann="Eve")
    document.add_annotation("gesture type", 400, 900, "deictic")
    document.clean_time_slots()
    corpus.annotations.mkdir()
    document.to_file(corpus.annotations / "v.eaf")
    with caplog.at_level("INFO"):
        rows = import_files(tmp_path, [corpus.annotations / "v.eaf"], monkeypatch)
    assert rows.set_index("value")["origin"].to_dict() == {
        "0": "workflow",
        "p0001": "workflow",
        "stroke": "changed",
        "movement": "changed",
        "deictic": "added",
    }
    assert rows.set_index("value").at["deictic", "annotator"] == "Eve"
    assert (
        "v.eaf: 2 workflow, 2 changed, 1 added; "
        "2 annotations of the workflow were changed, moved or deleted" in caplog.text
    )


def test_all_files_of_a_video_are_read(tmp_path: Path, monkeypatch) -> None:
    write_manifest(tmp_path, "v", "w")
    files = [save(tmp_path, name) for name in ("w.eaf", "v.eve.eaf", "v.eaf")]
    rows = import_files(tmp_path, files, monkeypatch)
    assert rows.groupby("file", sort=False)["video_id"].first().to_dict() == {
        "v.eaf": "v",
        "v.eve.eaf": "v",
        "w.eaf": "w",
    }


def test_a_file_without_annotations_gives_no_rows(tmp_path: Path, monkeypatch) -> None:
    write_manifest(tmp_path, "v")
    file = save(tmp_path, "v.eaf", document({}, tier("t")))
    rows = import_files(tmp_path, [file], monkeypatch)
    assert len(rows) == 0 and list(rows) == schemas.SCHEMAS["annotations"].names


@pytest.mark.fault("inputs", "an empty .eaf", "an error that names the file")
def test_an_empty_file_is_an_error(tmp_path: Path, monkeypatch) -> None:
    write_manifest(tmp_path, "v")
    with pytest.raises(InputError, match=r"v\.eaf, line 1: not well-formed XML"):
        import_files(tmp_path, [save(tmp_path, "v.eaf", "")], monkeypatch)


class TestClock:
    """Times of files created in ELAN, which do not have the header property of the clock."""

    @pytest.fixture
    def videos(self, tmp_path: Path) -> Path:
        """The folder of videos; the manifest has the video v."""
        write_manifest(tmp_path, "v")
        folder = tmp_path / "results/videos"
        folder.mkdir(parents=True)
        return folder

    def test_times_count_from_where_the_player_shows_zero(
        self, videos: Path, tmp_path: Path, monkeypatch
    ):
        shutil.copy(delayed(tmp_path / "v.ts"), videos / "v.mp4")
        rows = import_files(tmp_path, [save(tmp_path, "v.eaf")], monkeypatch)
        assert rows["start_s"].tolist() == pytest.approx([1.4, 3.4], abs=0.03)

    def test_media_that_were_synchronised_in_elan(
        self, videos: Path, tmp_path: Path, monkeypatch
    ) -> None:
        """ELAN stores the position in the media file at which the annotations' time is 0."""
        plain(videos / "v.mp4", seconds=0.4)
        sound = '<MEDIA_DESCRIPTOR MEDIA_URL="file:///C:\\a\\b.wav" MIME_TYPE="" TIME_ORIGIN="9"/>'
        video = (
            '<MEDIA_DESCRIPTOR MEDIA_URL="file:///home/eve/v.mp4" MIME_TYPE="" TIME_ORIGIN="1500"/>'
        )
        file = save(tmp_path, "v.eaf", document(WORD_SLOTS, WORDS, header=sound + video))
        assert import_files(tmp_path, [file], monkeypatch)["start_s"].tolist() == [1.5, 3.5]

    def test_a_missing_video(self, tmp_path: Path, monkeypatch, caplog) -> None:
        write_manifest(tmp_path, "v")
        rows = import_files(tmp_path, [save(tmp_path, "v.eaf")], monkeypatch)
        assert rows["start_s"].tolist() == [0.0, 2.0]
        assert "cannot be read" in caplog.text

    def test_a_picture_that_starts_late(self, videos: Path, tmp_path: Path, monkeypatch) -> None:
        late(videos / "v.mp4", 0.8)
        rows = import_files(tmp_path, [save(tmp_path, "v.eaf")], monkeypatch)
        assert rows["start_s"].tolist() == [0.0, 2.0]


BROKEN = {
    "not XML": (WORDS_DOCUMENT.replace("</HEADER>", ""), r"line 7: not well-formed XML"),
    "an unescaped ampersand": (
        WORDS_DOCUMENT.replace("abc", "a & c"),
        r"line 5: not well-formed XML",
    ),
    "another format": ("<TextGrid/>", r"not an ELAN file, because it begins with TextGrid"),
    "a missing slot": (
        document({"t1": 0}, tier("words", alignable("a1", "t1", "t7"))),
        r"annotation a1: no time slot t7",
    ),
    "an annotation without a slot": (
        WORDS_DOCUMENT.replace(' TIME_SLOT_REF2="t2"', ""),
        r"ALIGNABLE_ANNOTATION without TIME_SLOT",
    ),
    "an invalid time": (WORDS_DOCUMENT.replace('"1000"', '"soon"'), r"invalid literal .*'soon'"),
    "a missing parent tier": (
        document(WORD_SLOTS, WORDS, tier("x", parent="y")),
        r"tier 'x' depends on 'y'",
    ),
    "tiers that depend on each other": (
        document(WORD_SLOTS, tier("x", parent="y"), tier("y", parent="x")),
        r"tier '[xy]' depends on itself",
    ),
    "a missing parent annotation": (
        document(WORD_SLOTS, WORDS, tier("x", referring("a3", "a9"), parent="words")),
        r"annotation a3: no annotation a9",
    ),
    "two tiers of one name": pytest.param(
        document(WORD_SLOTS, WORDS, tier("words", alignable("a3", "t1", "t2", "z"))),
        r"2 tiers with the name 'words'; give each its own in a text editor",
        marks=pytest.mark.fault(
            "tables", "an .eaf with two tiers of one name", "refused; no annotation is lost"
        ),
    ),
    "one annotation id twice": pytest.param(
        document(WORD_SLOTS, WORDS, tier("more", alignable("a1", "t3", "t4", "z"))),
        r"2 annotations with the id 'a1'; give each its own",
        marks=pytest.mark.fault(
            "tables", "an .eaf with one annotation id twice", "refused; no time is exchanged"
        ),
    ),
    "one time slot twice": (
        WORDS_DOCUMENT.replace('TIME_SLOT_ID="t4"', 'TIME_SLOT_ID="t3"'),
        r"2 time slots with the id 't3'; give each its own",
    ),
    "a file of another video": (
        document(WORD_SLOTS, WORDS, header='<PROPERTY NAME="video_id">w</PROPERTY>'),
        r"written for the video w, .* rename it to w\.eaf",
    ),
}
"""Text of a broken file, and the message it causes."""


@pytest.mark.fault(
    "inputs",
    "broken .eaf files: XML, cycles, missing slots, parents and times",
    "each error says what to correct",
)
@pytest.mark.parametrize(("text", "message"), BROKEN.values(), ids=BROKEN)
def test_the_message_about_a_broken_file_says_what_to_correct(
    text: str, message: str, tmp_path: Path, monkeypatch
) -> None:
    write_manifest(tmp_path, "v", "w")
    with pytest.raises(InputError, match=f"{re.escape(str(tmp_path / 'v.eaf'))}.*{message}"):
        import_files(tmp_path, [save(tmp_path, "v.eaf", text)], monkeypatch)
    assert not (tmp_path / "annotations.parquet").exists()


def test_one_message_names_all_files_without_a_video_and_two_remedies(tmp_path: Path, monkeypatch):
    """The name may be wrong, or the video may have been taken out of the corpus."""
    write_manifest(tmp_path, "talk", "other")
    names = ("talk1.eaf", "removed.2.eaf", "other.eve.eaf", "removed.eaf")
    files = [save(tmp_path, name) for name in names]
    with pytest.raises(InputError) as error:
        import_files(tmp_path, files, monkeypatch)
    message = str(error.value)
    assert message.startswith(f"{tmp_path}: files without a video in the manifest: ")
    assert "removed.2.eaf, removed.eaf, talk1.eaf (did you mean talk.eaf?);" in message
    assert "rename each file to {video_id}.eaf" in message and "out of the folder" in message
    assert "other.eve" not in message and "\n" not in message
    assert not (tmp_path / "annotations.parquet").exists()


def test_nothing_is_written_if_no_file_has_a_video(tmp_path: Path, monkeypatch):
    write_manifest(tmp_path, "talk")
    with pytest.raises(InputError, match="removed.eaf; rename each file"):
        import_files(tmp_path, [save(tmp_path, "removed.eaf")], monkeypatch)
    assert not (tmp_path / "annotations.parquet").exists()


@pytest.mark.fault("inputs", "several broken .eaf files", "all are reported at once")
def test_all_faulty_files_are_reported_at_once(tmp_path: Path, monkeypatch) -> None:
    write_manifest(tmp_path, "v", "w")
    files = [save(tmp_path, name, "") for name in ("v.eaf", "x.eaf", "w.2.eaf")]
    with pytest.raises(InputError) as error:
        import_files(tmp_path, [*files, save(tmp_path, "w.eaf")], monkeypatch)
    assert len(str(error.value).splitlines()) == 3
