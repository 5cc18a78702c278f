"""write_elan writes a file for each video with the times that players show, and keeps edits."""

from pathlib import Path
from xml.etree import ElementTree

import pytest

from corpus.video.reader import Reader
from eaf_validator import find_violations, spans_by_tier
from elan_corpus import NO_PEOPLE, ElanCorpus, delayed, shots
from synthetic_videos import late, plain


def first_shot(path: Path) -> tuple[int, int]:
    """Start and end (ms) of the first annotation on the tier shots."""
    return spans_by_tier(ElementTree.parse(path).getroot())["shots"][0]


@pytest.fixture
def corpus(tmp_path: Path) -> ElanCorpus:
    return ElanCorpus(tmp_path)


@pytest.mark.parametrize(
    ("name", "make_video", "start_ms"),
    [
        ("late.mp4", lambda path: late(path, 0.84), 840),
        ("late.mkv", lambda path: late(path, 0.84), 840),
        ("whole.mp4", delayed, 1400),
        ("whole.mkv", delayed, 1400),
        ("broadcast.ts", delayed, 0),
    ],
)
def test_annotations_of_a_late_video_have_the_times_that_the_player_shows(
    corpus: ElanCorpus, tmp_path: Path, monkeypatch, name: str, make_video, start_ms: int
) -> None:
    media = make_video(tmp_path / name)
    start_s = next(iter(Reader(media, frame_numbers=frozenset({0})))).time_s
    assert start_s > 0.8, "the container's clock does not start at 0"
    corpus.add("v", media, shots(start_s, start_s + 1), *NO_PEOPLE)
    corpus.finish({})
    path = corpus.write_elan(monkeypatch)["v"]
    # In the broadcast, sound that the decoder needs first starts slightly earlier.
    assert first_shot(path) == pytest.approx((start_ms, start_ms + 1000), abs=25)
    assert find_violations(path) == []


def test_videos_that_are_unavailable_or_show_no_people_have_a_file(
    corpus: ElanCorpus, tmp_path: Path, monkeypatch
) -> None:
    media = plain(tmp_path / "nobody.webm", seconds=0.4)
    corpus.add("unavailable", None, shots(), *NO_PEOPLE)
    corpus.add("nobody", media, shots(0, 0.4), *NO_PEOPLE)
    corpus.finish({})
    files = corpus.write_elan(monkeypatch)
    assert [find_violations(path) for path in files.values()] == [[], []]
    assert "MEDIA_DESCRIPTOR" not in files["unavailable"].read_text()
    assert 'RELATIVE_MEDIA_URL="../videos/nobody.webm"' in files["nobody"].read_text()


def test_a_file_contains_no_absolute_path_and_no_date(
    corpus: ElanCorpus, tmp_path: Path, monkeypatch
) -> None:
    corpus.add("v", plain(tmp_path / "v.mp4", seconds=0.4), shots(0, 0.4), *NO_PEOPLE)
    corpus.finish({})
    path = corpus.write_elan(monkeypatch)["v"]
    text = path.read_text()
    assert str(tmp_path) not in text and "file:" not in text
    path.unlink()
    assert corpus.write_elan(monkeypatch)["v"].read_text() == text


def test_edited_files_are_copied_under_an_unused_name(
    corpus: ElanCorpus, monkeypatch, capsys
) -> None:
    corpus.add("v", None, shots(0, 1), *NO_PEOPLE)
    corpus.finish({})
    path = corpus.write_elan(monkeypatch)["v"]
    unedited = path.read_text()
    corpus.write_elan(monkeypatch)
    assert not corpus.annotations.exists(), "nothing was edited"
    for value in ("a", "b", "b"):
        path.write_text(unedited.replace(">0<", f">{value}<"))
        corpus.write_elan(monkeypatch)
        assert path.read_text() == unedited
    copies = sorted(corpus.annotations.iterdir())
    assert [copy.name for copy in copies] == ["v.2.eaf", "v.eaf"], "the same edit is kept once"
    assert ">b<" in copies[0].read_text() and ">a<" in copies[1].read_text()
    assert str(corpus.annotations) in capsys.readouterr().out
