"""What the page says about files that are unusual: clocks, sizes, pixels, streams, interlacing."""

import pytest

import page_corpus
from corpus.tables import parquet
from page_corpus import read_block

USUAL = {"reason": None, "stored_sizes": "1280x720", "pixel_aspect": "1:1", "n_interlaced": 0,
         "deinterlaced": False, "n_clock_jumps": 0, "picture_stream": "0: picture, h264 1280x720",
         "other_streams": None}  # fmt: skip
FILES = {
    "usual": ({}, set(), []),
    "clock": (
        {"n_clock_jumps": 2, "reason": "the clock of the file jumps from 5.0 s to 0.0 s"},
        {"clock"},
        [],
    ),
    "damaged": ({"reason": "frames damaged: 3"}, {"damaged"}, []),
    "sizes": (
        {"stored_sizes": "640x360, 1280x720", "reason": "the size of the picture changes"},
        {"sizes"},
        [("Stored as", "640x360, 1280x720")],
    ),
    "pixels": (
        {"stored_sizes": "720x576", "pixel_aspect": "64:45"},
        set(),
        [("Stored as", "720x576, pixels 64:45")],
    ),
    "deinterlaced": (
        {"n_interlaced": 1500, "deinterlaced": True},
        set(),
        [("Interlaced", "1,500 frames, deinterlaced")],
    ),
    "interlaced": (
        {"n_interlaced": 1500},
        {"interlaced"},
        [("Interlaced", "1,500 frames, not deinterlaced")],
    ),
    "streams": (
        {"picture_stream": "1: picture, h264 1280x720",
         "other_streams": "0: picture, mjpeg 160x90; 3: sound, aac"},
        {"pictures"},
        [("Stream", "1: picture, h264 1280x720"),
         ("Other streams", "0: picture, mjpeg 160x90; 3: sound, aac")],
    ),
    "sound": (
        {"other_streams": "2: sound, aac"},
        set(),
        [("Stream", "0: picture, h264 1280x720"), ("Other streams", "2: sound, aac")],
    ),
}  # fmt: skip
"""By kind of file: columns that differ from `USUAL`, concerns, and properties on the page."""


@pytest.fixture(scope="module")
def videos(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict]:
    """What the page has about each kind of file, by kind."""
    results, manifest = page_corpus.write_corpus(tmp_path_factory.mktemp("files"), len(FILES), 1)
    path = results / "corpus.parquet"
    rows = parquet.read(path).assign(status="ok", **USUAL).astype(object)
    for number, (changes, _, _) in enumerate(FILES.values()):
        rows.loc[number, list(changes)] = list(changes.values())
    columns = {name: rows[name].tolist() for name in rows}
    extra = ("language", "licence")
    parquet.write(path, "corpus", columns, parquet.read_provenance(path), extra=extra)
    data = read_block(page_corpus.write_html(results, manifest).read_text("utf-8"), "corpus")
    described = zip(*data["videos"].values(), strict=True)
    names = data["videos"].keys()
    return dict(zip(FILES, (dict(zip(names, row, strict=True)) for row in described), strict=True))


@pytest.mark.parametrize("kind", FILES)
def test_unusual_files_are_described_with_the_right_concern(videos, kind):
    _, concerns, properties = FILES[kind]
    about_file = {"damaged", "clock", "sizes", "interlaced", "pictures"}
    assert set(videos[kind]["concerns"]) & about_file == concerns
    assert [tuple(pair) for pair in videos[kind]["file_facts"]] == properties
