"""The video among the media of an ELAN file: under which names it is recognised, and its offset."""

import logging
import unicodedata
from pathlib import Path

import pytest

from corpus.core.errors import InputError
from corpus.elan import import_annotations
from corpus.elan.document import LinkedMedia
from corpus.elan.edited_files import edited_files
from corpus.elan.linked_media import file_names, find_offset, find_video, other_video
from corpus.tables import parquet
from eaf_documents import WORD_SLOTS, WORDS, document

SOURCE = "../Aufnahmen/Gespräch 1.MOV"
NAMES = file_names(SOURCE, "talk1.mov")


def descriptor(address: str, offset_ms: int = 0) -> str:
    """A linked file in the header of an .eaf."""
    return f'<MEDIA_DESCRIPTOR MEDIA_URL="{address}" MIME_TYPE="" TIME_ORIGIN="{offset_ms}"/>'


def import_one(folder: Path, *media: str, properties: str = "") -> list[float]:
    """Import talk1.eaf, which links media, in a corpus of two videos. Returns start_s."""
    path = folder / "talk1.eaf"
    zero = '<PROPERTY NAME="player_zero_s">0.0</PROPERTY>'
    header = "".join(media) + zero + properties
    path.write_text(document(WORD_SLOTS, WORDS, header=header), encoding="utf-8")
    videos = {"talk1": Path("talk1.mov"), "talk2": Path("talk2.mov")}
    sources = {"talk1": SOURCE, "talk2": "../Aufnahmen/Gespräch 2.MOV"}
    output = folder / "annotations.parquet"
    import_annotations.import_files([path], videos, sources, output, {"step": "test"})
    return parquet.read(output)["start_s"].tolist()


@pytest.mark.fault(
    "tables",
    "an .eaf whose video was renamed, moved, converted or linked on Windows or macOS",
    "the offset of the synchronised video is found by the names in the manifest",
)
@pytest.mark.parametrize(
    "address",
    [
        "file:///home/eve/talk1.mov",
        "file:///C:/Videos/Gespräch 1.MOV",
        r"C:\Videos\Gespräch 1.MOV",
        "file:///Users/eve/Gespra%CC%88ch%201.mov",
        unicodedata.normalize("NFD", "file:///Users/eve/Gespräch 1.MOV"),
        "file:///home/eve/talk1.mp4",
        "./gespräch 1.mp4",
    ],
)
def test_the_video_is_recognised_by_its_names(
    tmp_path: Path, address: str, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO):
        times = import_one(tmp_path, descriptor("b.wav", 9), descriptor(address, 1500))
    assert times == [1.5, 3.5]
    assert "talk1.eaf: its time 0 is at 1500 ms of " in caplog.text


def test_a_name_with_its_extension_comes_first() -> None:
    media = [LinkedMedia("talk1.wav", 7), LinkedMedia("talk1.mov", 8)]
    assert find_video(media, NAMES) == [media[1]]
    assert find_offset(media, NAMES) == media[1]


def test_other_media_count_only_if_all_have_one_offset(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    assert import_one(tmp_path, descriptor("x.mp4", 500), descriptor("x.wav", 500)) == [0.5, 2.5]
    assert "x.mp4 has none of the names of the video: talk1.mov, Gespräch 1.MOV" in caplog.text
    message = r"not clear which .* x.mp4 \(TIME_ORIGIN 500\), x.wav \(TIME_ORIGIN 0\)\. In ELAN"
    with pytest.raises(InputError, match=rf"talk1\.eaf: it is {message}"):
        import_one(tmp_path, descriptor("x.mp4", 500), descriptor("x.wav"))
    assert find_offset([], NAMES) is None


@pytest.mark.fault(
    "tables", "an .eaf that has the name of one video and links another", "refused with both names"
)
def test_a_file_that_links_another_video_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"links the video talk2, but its name says talk1; rename"):
        import_one(tmp_path, descriptor("D:/Gespräch 2.mov"))
    both = (descriptor("D:/Gespräch 2.mov"), descriptor("D:/Gespräch 1.mov"))
    assert import_one(tmp_path, *both) == [0.0, 2.0]
    own = '<PROPERTY NAME="video_id">talk1</PROPERTY>'
    assert import_one(tmp_path, both[0], properties=own) == [0.0, 2.0]


def test_a_name_that_several_videos_have_says_nothing() -> None:
    names = {"a": ["a.mp4", "clip.mp4"], "b": ["b.mp4", "clip.mp4"], "c": ["c.mp4"]}
    assert other_video([LinkedMedia("clip.mp4", 0)], "c", names) is None
    assert other_video([LinkedMedia("b.mp4", 0)], "c", names) == "b"


def test_an_address_counts_if_it_ends_in_the_name_of_a_video() -> None:
    address = "https://example.org/v/My%20talk.mp4?t=1"
    assert file_names(address, "v.mp4") == ["v.mp4", "My%20talk.mp4"]
    assert find_video([LinkedMedia("my talk.mp4", 0)], file_names(address, "v.mp4"))
    assert file_names("https://www.youtube.com/watch?v=1", "v.mp4") == ["v.mp4"]


@pytest.mark.fault(
    "tables", "backups of ELAN (.eaf.001) and hidden files in the folder", "they are not imported"
)
def test_backups_and_hidden_files_are_no_documents(tmp_path: Path) -> None:
    names = ["b.EAF", "a.eaf", "a.eaf.001", "a.001", "._a.eaf", "a.eaf~", "a.pfsx", "a.eaf.bak"]
    for name in names:
        (tmp_path / name).touch()
    assert [file.name for file in edited_files(tmp_path)] == ["a.eaf", "b.EAF"]
    assert edited_files(tmp_path / "missing") == []
