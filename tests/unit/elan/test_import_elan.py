"""What people did in ELAN comes back as a table, or as a message that says what to mend."""

import re
import shutil
import sys
from pathlib import Path

import pandas as pd
import pytest
from pympi.Elan import Eaf

import import_elan
import write_elan
from corpus.core.errors import InputError
from corpus.elan.edit_detection import Written
from corpus.tables import parquet, schemas
from eaf_documents import GOOD, TWO, WORDS, aligned, document, refers, tier
from elan_corpus import Results, delayed, phases, shots, tracks
from synthetic_videos import late, plain
from workflow_runs import DEMO


class TestOrigin:
    ROW = ("Ada left hand", 100, 200, "hold")
    WRITTEN = Written({"written_tiers": "", "written_annotations": ""})

    def test_what_somebody_did_to_an_annotation(self) -> None:
        from corpus.elan import edit_detection

        written = Written(edit_detection.of([self.ROW[0]], [self.ROW]))
        assert written.origin(self.ROW) == "workflow"
        for changed in (("Ada left hand", 100, 201, "hold"), ("Ada left hand", 100, 200, "stroke")):
            assert written.origin(changed) == "changed"
        assert written.origin(("strokes", 100, 200, "hold")) == "added"
        assert [written.gone([self.ROW]), written.gone([])] == [0, 1]

    def test_a_file_of_somebody_elses_has_only_what_was_added(self) -> None:
        assert self.WRITTEN.origin(self.ROW) == "added"


def manifest(folder: Path, *videos: str) -> Path:
    path = folder / "videos.tsv"
    lines = ["video_id\tsource", *(f"{video}\thttps://example.org/{video}" for video in videos)]
    path.write_text("\n".join(lines) + "\n")
    return path


def imported(folder: Path, files: list[Path], monkeypatch: pytest.MonkeyPatch) -> pd.DataFrame:
    """The table that the script makes of files; results and manifest are in `folder`."""
    options = {
        "results": folder / "results", "videos": folder / "videos.tsv", "container": "mp4",
        "output": folder / "annotations.parquet",
    }  # fmt: skip
    flags = [f"--{name}={value}" for name, value in options.items()]
    monkeypatch.setattr(sys, "argv", ["import_elan.py", *flags, "--files", *map(str, files)])
    import_elan.main()
    return parquet.read(options["output"])


def saved(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_what_the_workflow_wrote_comes_back_to_the_seconds_of_its_tables(
    tmp_path: Path, monkeypatch
) -> None:
    """Also from a container whose clock does not start at 0."""
    results = Results(tmp_path)
    move = phases((0, 0, "left", "movement", 1.75, 1.8333))
    own = tracks((0, 0, 1.5, 2.25, "p0001"))
    results.add("v", delayed(tmp_path / "source.ts"), shots(1.4, 2.4), own, move)
    results.finish({"p0001": "Ada <&> Söhne"})
    monkeypatch.setattr(sys, "argv", ["write_elan.py", *results.options()])
    write_elan.main()
    shutil.rmtree(results.folder / "videos")
    rows = imported(tmp_path, [results.folder / "elan/v.eaf"], monkeypatch)
    assert rows["tier"].tolist() == ["shots", "Ada <&> Söhne", "Ada <&> Söhne left hand"]
    assert rows["start_s"].tolist() == pytest.approx([1.4, 1.5, 1.75], abs=5e-4)
    assert rows["end_s"].tolist() == pytest.approx([2.4, 2.25, 1.8333], abs=5e-4)
    assert rows["parent"].tolist()[2] == rows["participant"].tolist()[1] == "Ada <&> Söhne"
    assert rows["value"].tolist() == ["0", "p0001", "movement"]
    assert set(rows["origin"]) == {"workflow"} and set(rows["video_id"]) == {"v"}
    assert set(rows["file"]) == {"v.eaf"}


def test_edits_are_told_from_what_the_workflow_wrote(tmp_path: Path, monkeypatch, caplog) -> None:
    """Edited with pympi, which like ELAN numbers time slots anew and keeps the header."""
    results = Results(tmp_path)
    moves = phases((0, 0, "left", "movement", 0.5, 0.9), (0, 0, "left", "hold", 0.9, 1.3))
    results.add("v", None, shots(0, 2), tracks((0, 0, 0.0, 2.0, "p0001")), moves)
    results.finish({})
    monkeypatch.setattr(sys, "argv", ["write_elan.py", *results.options()])
    write_elan.main()
    document = Eaf(results.folder / "elan/v.eaf")
    document.remove_annotation("p0001 left hand", 1000)
    document.remove_annotation("p0001 left hand", 600)
    document.add_annotation("p0001 left hand", 500, 800, "stroke")
    document.add_annotation("p0001 right hand", 500, 600, "movement")
    document.add_tier("gesture type", "default-lt", ann="Eve")
    document.add_annotation("gesture type", 400, 900, "deictic")
    document.clean_time_slots()
    results.annotations.mkdir()
    document.to_file(results.annotations / "v.eaf")
    with caplog.at_level("INFO"):
        rows = imported(tmp_path, [results.annotations / "v.eaf"], monkeypatch)
    told = rows.set_index("value")["origin"].to_dict()
    assert told == {
        "0": "workflow",
        "p0001": "workflow",
        "stroke": "changed",
        "movement": "changed",
        "deictic": "added",
    }
    assert rows.set_index("value").at["deictic", "annotator"] == "Eve"
    assert (
        "v.eaf: 2 workflow, 2 changed, 1 added; 2 of the workflow's moved or deleted" in caplog.text
    )


def test_several_files_of_a_video_are_all_read(tmp_path: Path, monkeypatch) -> None:
    manifest(tmp_path, "v", "w")
    names = ("w.eaf", "v.eve.eaf", "v.eaf")
    files = [saved(tmp_path, name, document(TWO, WORDS)) for name in names]
    rows = imported(tmp_path, files, monkeypatch)
    assert rows.groupby("file", sort=False)["video_id"].first().to_dict() == {
        "v.eaf": "v",
        "v.eve.eaf": "v",
        "w.eaf": "w",
    }


def test_an_empty_file_and_one_without_annotations(tmp_path: Path, monkeypatch) -> None:
    manifest(tmp_path, "v")
    rows = imported(tmp_path, [saved(tmp_path, "v.eaf", document({}, tier("t")))], monkeypatch)
    assert len(rows) == 0 and list(rows) == schemas.SCHEMAS["annotations"].names
    with pytest.raises(InputError, match=r"v\.eaf, line 1: not well-formed XML"):
        imported(tmp_path, [saved(tmp_path, "v.eaf", "")], monkeypatch)


class TestClock:
    def test_a_file_made_in_elan_counts_as_its_media_plays(self, tmp_path: Path, monkeypatch):
        manifest(tmp_path, "v")
        (tmp_path / "results/videos").mkdir(parents=True)
        media = delayed(tmp_path / "v.ts")
        shutil.copy(media, tmp_path / "results/videos/v.mp4")
        rows = imported(tmp_path, [saved(tmp_path, "v.eaf", document(TWO, WORDS))], monkeypatch)
        assert rows["start_s"].tolist() == pytest.approx([1.4, 3.4], abs=0.03)

    def test_media_that_somebody_synchronised(self, tmp_path: Path, monkeypatch) -> None:
        """ELAN notes where in the media the annotations' time begins."""
        manifest(tmp_path, "v")
        (tmp_path / "results/videos").mkdir(parents=True)
        plain(tmp_path / "results/videos/v.mp4", seconds=0.4)
        other = '<MEDIA_DESCRIPTOR MEDIA_URL="file:///C:\\a\\b.wav" MIME_TYPE="" TIME_ORIGIN="9"/>'
        own = (
            '<MEDIA_DESCRIPTOR MEDIA_URL="file:///home/eve/v.mp4" MIME_TYPE="" TIME_ORIGIN="1500"/>'
        )
        file = saved(tmp_path, "v.eaf", document(TWO, WORDS, header=other + own))
        assert imported(tmp_path, [file], monkeypatch)["start_s"].tolist() == [1.5, 3.5]

    def test_a_video_that_is_gone(self, tmp_path: Path, monkeypatch, caplog) -> None:
        manifest(tmp_path, "v")
        file = saved(tmp_path, "v.eaf", document(TWO, WORDS))
        assert imported(tmp_path, [file], monkeypatch)["start_s"].tolist() == [0.0, 2.0]
        assert "cannot be read" in caplog.text

    def test_a_late_picture(self, tmp_path: Path, monkeypatch) -> None:
        manifest(tmp_path, "v")
        (tmp_path / "results/videos").mkdir(parents=True)
        late(tmp_path / "results/videos/v.mp4", 0.8)
        file = saved(tmp_path, "v.eaf", document(TWO, WORDS))
        assert imported(tmp_path, [file], monkeypatch)["start_s"].tolist() == [0.0, 2.0]


BAD = {
    "not XML": (GOOD.replace("</HEADER>", ""), r"line 7: not well-formed XML"),
    "an ampersand": (GOOD.replace("abc", "a & c"), r"line 5: not well-formed XML"),
    "another format": ("<TextGrid/>", r"no file of ELAN's: it begins with TextGrid"),
    "a slot that is not there": (
        document({"t1": 0}, tier("words", aligned("a1", "t1", "t7"))),
        r"annotation a1: no time slot t7",
    ),
    "no slot": (
        GOOD.replace(' TIME_SLOT_REF2="t2"', ""),
        r"ALIGNABLE_ANNOTATION without TIME_SLOT",
    ),
    "a time that is none": (GOOD.replace('"1000"', '"soon"'), r"invalid literal .*'soon'"),
    "a parent that is not there": (
        document(TWO, WORDS, tier("x", parent="y")),
        r"tier 'x' depends on 'y'",
    ),
    "a circle": (
        document(TWO, tier("x", parent="y"), tier("y", parent="x")),
        r"tier '[xy]' depends on itself",
    ),
    "a reference to nothing": (
        document(TWO, WORDS, tier("x", refers("a3", "a9"), parent="words")),
        r"annotation a3: no annotation a9",
    ),
    "another video's": (
        document(TWO, WORDS, header='<PROPERTY NAME="video_id">w</PROPERTY>'),
        r"written for the video w, .* rename it to w\.eaf",
    ),
}


@pytest.mark.parametrize("what", BAD)
def test_a_broken_file_is_named_with_what_to_mend(what: str, tmp_path: Path, monkeypatch) -> None:
    text, message = BAD[what]
    manifest(tmp_path, "v", "w")
    with pytest.raises(InputError, match=f"{re.escape(str(tmp_path / 'v.eaf'))}.*{message}"):
        imported(tmp_path, [saved(tmp_path, "v.eaf", text)], monkeypatch)
    assert not (tmp_path / "annotations.parquet").exists()


def test_files_of_no_video_are_named_at_once_with_both_ways_out(tmp_path: Path, monkeypatch):
    """A name that is wrong, or a video that was taken out of the corpus."""
    manifest(tmp_path, "talk", "other")
    names = ("talk1.eaf", "removed.2.eaf", "other.eve.eaf", "removed.eaf")
    files = [saved(tmp_path, name, GOOD) for name in names]
    with pytest.raises(InputError) as e:
        imported(tmp_path, files, monkeypatch)
    told = str(e.value)
    assert told.startswith(f"{tmp_path}: of no video in the manifest: ")
    assert "removed.2.eaf, removed.eaf, talk1.eaf (did you mean talk.eaf?);" in told
    assert "rename what is a video's to {video_id}.eaf" in told and "out of the folder" in told
    assert "other.eve" not in told and "\n" not in told
    assert not (tmp_path / "annotations.parquet").exists()


def test_without_any_file_of_a_video_nothing_is_written(tmp_path: Path, monkeypatch):
    manifest(tmp_path, "talk")
    with pytest.raises(InputError, match="removed.eaf; rename what"):
        imported(tmp_path, [saved(tmp_path, "removed.eaf", GOOD)], monkeypatch)
    assert not (tmp_path / "annotations.parquet").exists()


def test_all_faulty_files_are_told_at_once(tmp_path: Path, monkeypatch) -> None:
    manifest(tmp_path, "v", "w")
    files = [saved(tmp_path, name, "") for name in ("v.eaf", "x.eaf", "w.2.eaf")]
    with pytest.raises(InputError) as error:
        imported(tmp_path, [*files, saved(tmp_path, "w.eaf", GOOD)], monkeypatch)
    assert len(str(error.value).splitlines()) == 3


@pytest.mark.parametrize("exists", [True, False])
def test_the_target_says_where_files_should_be(
    snakemake, demo_clips: Path, tmp_path: Path, exists: bool
) -> None:
    folder = tmp_path / "mine"
    if exists:
        folder.mkdir()
        (folder / "._both.eaf").touch()
    settings = ("--config", f"results={tmp_path}/results", f"annotations={folder}")
    done = snakemake("annotations", "-n", *DEMO, *settings, check=False)
    assert done.returncode == 1
    assert f"{folder}: no .eaf file to import (config key annotations)" in done.stdout
    assert "Traceback" not in done.stdout


@pytest.mark.workflow
def test_the_demos_files_come_back(demo: Path, snakemake, tmp_path: Path) -> None:
    folder = tmp_path / "mine"
    folder.mkdir()
    text = (demo / "elan/both.eaf").read_text()
    (folder / "both.eaf").write_text(text.replace("<ANNOTATION_VALUE>0<", "<ANNOTATION_VALUE>a<"))
    snakemake("annotations", *DEMO, "--config", f"results={demo}", f"annotations={folder}")
    rows = parquet.read(demo / "annotations.parquet")
    (demo / "annotations.parquet").unlink()
    assert rows["origin"].value_counts()["changed"] == 1
    own = rows[rows["kind"] == "presence"].sort_values(["value", "start_s"])
    seen = parquet.read(demo / "tracks.parquet").query("video_id == 'both'")
    seen = seen.sort_values(["person", "start_s"])
    assert own["value"].tolist() == seen["person"].tolist()
    assert own["start_s"].tolist() == pytest.approx(seen["start_s"].tolist(), abs=5e-4)
