"""ELAN's files: what is in them, when, and that ELAN and other programs take them."""

import re
import shutil
import sys
from pathlib import Path
from xml.etree import ElementTree

import pandas as pd
import pytest

import write_elan
from corpus.tables import parquet
from corpus.video.reader import Reader
from eaf_validator import faults, spans
from elan_corpus import Results, delayed, phases, shots, tracks
from synthetic_videos import late, plain
from workflow_runs import DEMO

NOBODY = (tracks(), phases())


def run(results: Results, monkeypatch: pytest.MonkeyPatch) -> dict[str, Path]:
    monkeypatch.setattr(sys, "argv", ["write_elan.py", *results.options()])
    write_elan.main()
    return {path.stem: path for path in sorted((results.folder / "elan").iterdir())}


def first_shot(path: Path) -> tuple[int, int]:
    return spans(ElementTree.parse(path).getroot())["shots"][0]


@pytest.fixture
def results(tmp_path: Path) -> Results:
    return Results(tmp_path)


class TestOffsets:
    """A picture that starts late is late in ELAN, too."""

    @pytest.mark.parametrize(
        ("name", "make", "at_ms"),
        [
            ("late.mp4", lambda path: late(path, 0.84), 840),
            ("late.mkv", lambda path: late(path, 0.84), 840),
            ("whole.mp4", delayed, 1400),
            ("whole.mkv", delayed, 1400),
            ("broadcast.ts", delayed, 0),
        ],
    )
    def test_annotations_are_where_the_player_shows_it(
        self, results: Results, tmp_path: Path, monkeypatch, name: str, make, at_ms: int
    ) -> None:
        media = make(tmp_path / name)
        start_s = next(iter(Reader(media, frame_numbers=frozenset({0})))).time_s
        assert start_s > 0.8, "the container's clock does not start at 0"
        results.add("v", media, shots(start_s, start_s + 1), *NOBODY)
        results.finish({})
        path = run(results, monkeypatch)["v"]
        # In the broadcast, sound that the decoder needs first starts a little earlier.
        assert first_shot(path) == pytest.approx((at_ms, at_ms + 1000), abs=25)
        assert faults(path) == []


class TestMain:
    def test_videos_that_are_gone_or_show_nobody_have_a_file(
        self, results: Results, tmp_path: Path, monkeypatch
    ) -> None:
        results.add("gone", None, shots(), *NOBODY)
        results.add("nobody", plain(tmp_path / "nobody.webm", seconds=0.4), shots(0, 0.4), *NOBODY)
        results.finish({})
        files = run(results, monkeypatch)
        assert [faults(path) for path in files.values()] == [[], []]
        assert "MEDIA_DESCRIPTOR" not in files["gone"].read_text()
        assert 'RELATIVE_MEDIA_URL="../videos/nobody.webm"' in files["nobody"].read_text()

    def test_no_path_of_this_machine_and_no_date_is_in_it(
        self, results: Results, tmp_path: Path, monkeypatch
    ) -> None:
        results.add("v", plain(tmp_path / "v.mp4", seconds=0.4), shots(0, 0.4), *NOBODY)
        results.finish({})
        path = run(results, monkeypatch)["v"]
        text = path.read_text()
        assert str(tmp_path) not in text and "file:" not in text
        path.unlink()
        assert run(results, monkeypatch)["v"].read_text() == text

    def test_what_people_edited_is_kept_under_a_free_name(
        self, results: Results, monkeypatch, capsys
    ) -> None:
        results.add("v", None, shots(0, 1), *NOBODY)
        results.finish({})
        path = run(results, monkeypatch)["v"]
        fresh = path.read_text()
        run(results, monkeypatch)
        assert not results.annotations.exists(), "nothing was edited"
        for mark in ("a", "b", "b"):
            path.write_text(fresh.replace(">0<", f">{mark}<"))
            run(results, monkeypatch)
            assert path.read_text() == fresh
        kept = sorted(results.annotations.iterdir())
        assert [file.name for file in kept] == ["v.2.eaf", "v.eaf"], "the same is kept once"
        assert [">b<" in kept[0].read_text(), ">a<" in kept[1].read_text()] == [True, True]
        assert str(results.annotations) in capsys.readouterr().out


@pytest.fixture(scope="module")
def real(demo: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Results of the demo, a copy that a test may change."""
    copy = tmp_path_factory.mktemp("elan") / "results"
    shutil.copytree(demo, copy)
    return copy


@pytest.mark.workflow
class TestDemo:
    def test_its_tiers_are_its_tables(self, demo: Path) -> None:
        tracks = parquet.read(demo / "tracks.parquet")
        for clip in ("both", "collins", "hopper"):
            path = demo / f"elan/{clip}.eaf"
            assert faults(path) == []
            found = spans(ElementTree.parse(path).getroot())
            cuts = parquet.read(demo / f"shots/{clip}.parquet")
            wanted = pd.DataFrame(found["shots"], columns=["start_s", "end_s"]) / 1000
            assert wanted.equals(cuts[["start_s", "end_s"]].round(3))
            own = tracks[tracks["video_id"] == clip]
            assert {name for name in found if re.fullmatch(r"p\d+", name)} == set(own["person"])

    def test_edits_survive_runs_that_write_anew_and_that_fail(
        self, real: Path, snakemake, tmp_path: Path
    ) -> None:
        path, kept = real / "elan" / "both.eaf", tmp_path / "annotations" / "both.eaf"
        edited = path.read_text().replace("<ANNOTATION_VALUE>0<", "<ANNOTATION_VALUE>opening<")
        path.write_text(edited)
        settings = ("--config", f"results={real}", f"annotations={tmp_path / 'annotations'}")
        again = ("write_elan", *DEMO, *settings, "--forcerun", "write_elan")
        snakemake("--dry-run", *again)
        assert path.read_text() == edited and not kept.parent.exists()
        kept.parent.touch()  # No folder, so that the copy fails.
        assert snakemake(*again, check=False).returncode == 1
        assert path.read_text() == edited
        kept.parent.unlink()
        done = snakemake(*again)
        assert kept.read_text() == edited
        assert "opening" not in path.read_text()
        assert "1 ELAN files were edited" in done.stdout
