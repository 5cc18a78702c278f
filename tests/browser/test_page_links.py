"""Links to files of the results, and links to views that can be copied."""

import shutil
from dataclasses import replace
from pathlib import Path
from urllib.parse import unquote, urlparse

import pytest

from corpus.core.file_records import record_path, record_text
from corpus.report.page.result_links import write_files
from corpus.tables import parquet
from page_browser import LATE, PLAIN
from page_corpus import video_name

pytestmark = pytest.mark.usefixtures("console_and_network_checked")
EXPORTS = (
    *(f"exports/textgrid/{PLAIN}.TextGrid", f"exports/csv/gestures/{PLAIN}.csv"),
    *(f"elan/{video_name(number)}.eaf" for number in range(9)),
    "report/workflow.html",
)
LINKS = "return [...document.querySelectorAll('.files-card:not([hidden]) a')].map((a) => a.href)"


@pytest.fixture(scope="module")
def exported(page):
    """The page, with files that were made after it; they are removed at the end."""
    videos = parquet.read(page.results / "corpus.parquet", ["video_id"])["video_id"].tolist()
    for name in EXPORTS:
        (page.results / name).parent.mkdir(parents=True, exist_ok=True)
        (page.results / name).touch()
    write_files(page.results, videos)
    page.reload()
    yield page
    for name in EXPORTS:
        (page.results / name).unlink()
    write_files(page.results, videos)
    page.reload()


def linked_files(page) -> set[str]:
    """Paths of the files that the shown view links to, relative to the results; all exist."""
    assert page.until(lambda: page.js(LINKS))
    addresses = [address for address in page.js(LINKS) if "#" not in address]
    paths = [Path(unquote(urlparse(address).path)) for address in addresses]
    assert [path for path in paths if not path.exists()] == []
    return {path.relative_to(page.results.resolve()).as_posix() for path in paths}


def test_a_video_links_to_its_files_that_were_made_later(exported):
    exported.go(f"video/{PLAIN}")
    assert linked_files(exported) == {name for name in EXPORTS if PLAIN in name}
    names = exported.js("return [...document.querySelectorAll('a[download]')].map(a => a.download)")
    assert f"{PLAIN}_gestures.csv" in names and f"{PLAIN}.eaf" in names
    exported.go(f"video/{LATE}")
    assert linked_files(exported) == {f"elan/{LATE}.eaf"}


def test_exports_made_before_people_were_named_are_marked(exported):
    videos = parquet.read(exported.results / "corpus.parquet", ["video_id"])["video_id"].tolist()
    export = exported.results / f"exports/textgrid/{PLAIN}.TextGrid"
    record = record_path(export)
    record.write_text(record_text("0" * 64, {"": {"people": "0" * 16}}), encoding="utf-8")
    write_files(exported.results, videos, run_options=["--configfile", "my corpus.yaml"])
    exported.reload()
    exported.go(f"video/{PLAIN}")
    assert exported.texts(".outdated-file") == [" (made before the results changed)"]
    card = exported.one(".files-card").text
    assert "To make them again, run snakemake textgrid --configfile 'my corpus.yaml'." in card
    exported.go(f"video/{LATE}")
    assert not exported.texts(".outdated-file")
    record.unlink()


def test_about_and_overview_link_to_files_of_the_corpus(exported):
    for view in ("about", ""):
        exported.go(view)
        assert "report/workflow.html" in linked_files(exported)


def test_a_person_has_the_files_of_all_videos_folded(exported):
    exported.go("person/p0001")
    files = linked_files(exported)
    shown = {file.removeprefix("elan/").removesuffix(".eaf") for file in files}
    assert shown == set(exported.texts(".row-name a")) and len(shown) > 4
    summary = exported.one(".files-card details:not([open]) summary")
    assert summary.text == f"ELAN files and overlays of {len(shown)} videos"


def test_the_zipped_results_open_and_play_in_another_folder(exported, tmp_path):
    video, original = exported.results / "videos" / f"{PLAIN}.mp4", tmp_path / "original.mp4"
    shutil.move(video, original)
    # As the workflow links to local videos.
    video.symlink_to(original)
    try:
        archive = shutil.make_archive(str(tmp_path / "results"), "zip", exported.results)
    finally:
        video.unlink()
        shutil.move(original, video)
    results = tmp_path / "another folder"
    shutil.unpack_archive(archive, results)
    file = results / exported.file.relative_to(exported.results)
    elsewhere = replace(exported, results=results, file=file)
    try:
        elsewhere.reload()
        elsewhere.go(f"video/{PLAIN}")
        assert linked_files(elsewhere) == {name for name in EXPORTS if PLAIN in name}
        assert elsewhere.player_time() >= 0
        source = elsewhere.js("return document.querySelector('video').currentSrc")
        assert source.startswith(results.as_uri())
        elsewhere.go("gestures")
        assert elsewhere.until(lambda: elsewhere.all(".gesture-row"))
    finally:
        exported.reload()


def test_the_link_to_a_video_can_be_copied(exported):
    exported.go(f"video/{PLAIN}")
    # The browser of the tests may not write to the clipboard, so the address is shown.
    exported.js(
        "Object.defineProperty(navigator, 'clipboard', { value: null, configurable: true })"
    )
    exported.one(".copy-link button").click()
    assert exported.until(lambda: exported.js("return document.querySelector('.copy-link input')"))
    address = exported.js("return document.querySelector('.copy-link input').value")
    assert address == f"{exported.file.as_uri()}#/video/{PLAIN}"
    exported.go(f"video/{PLAIN}", gesture=1, play=1)
    exported.js("document.querySelector('video').muted = true")
    exported.js("document.querySelector('.copy-link button').click()")
    assert exported.until(lambda: exported.all(".copy-link input"))
    address = exported.one(".copy-link input").get_attribute("value")
    assert address == f"{exported.file.as_uri()}#/video/{PLAIN}?gesture=1"
