"""Which files of the results the page links to, also in a copy of the results."""

import re
import shutil
from pathlib import Path

from corpus.report.page.render import ASSETS
from corpus.report.page.result_links import CORPUS_FILES, VIDEO_FILES, describe_files, write_files

FILES = (
    *("elan/a.eaf", "elan/b.eaf", "elan/removed.eaf", "exports/overlay/b.mp4"),
    *("exports/csv/gestures/a.csv", "exports/csv/corpus.csv", "report/methods.html"),
    *("report/workflow.zip", "report/index.html"),
)


def write_results(folder: Path) -> Path:
    """A results folder with empty files, and a video that is a link to a file elsewhere."""
    for name in FILES:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).touch()
    (folder / "videos").mkdir()
    (folder.parent / "a.mp4").write_text("video")
    (folder / "videos" / "a.mp4").symlink_to("../../a.mp4")
    return folder


def test_existing_files_are_listed_by_video_and_of_the_corpus(tmp_path):
    results = write_results(tmp_path / "results")
    assert describe_files(results, ["b", "a"]) == {
        "video": {
            "elan/{video}.eaf": True,
            "exports/overlay/{video}.mp4": ["b"],
            "exports/csv/gestures/{video}.csv": ["a"],
        },
        "corpus": ["exports/csv/corpus.csv", "report/methods.html", "report/workflow.zip"],
    }


def test_results_without_these_files_have_no_links(tmp_path):
    assert describe_files(tmp_path / "missing", ["a"]) == {"video": {}, "corpus": []}


def test_a_copy_of_the_results_elsewhere_has_all_links_and_the_videos(tmp_path):
    results = write_results(tmp_path / "here" / "results")
    write_files(results, ["a", "b"])
    # As zip does, which stores the files that links point to.
    copy = Path(shutil.copytree(results, tmp_path / "elsewhere" / "shared results"))
    shutil.rmtree(tmp_path / "here")
    assert (copy / "videos" / "a.mp4").read_text() == "video"
    files = describe_files(copy, ["a", "b"])
    for pattern, videos in files["video"].items():
        for video in ["a", "b"] if videos is True else videos:
            assert (copy / pattern.format(video=video)).exists()
    assert files["corpus"] and all((copy / name).exists() for name in files["corpus"])
    written = (copy / "report/page/files.js").read_bytes()
    write_files(copy, ["a", "b"])
    assert (copy / "report/page/files.js").read_bytes() == written


def test_the_page_names_every_file():
    script = (ASSETS / "result_links.js").read_text("utf-8")
    named = set(re.findall(r"^  '([^']+)': \[", script, re.MULTILINE))
    assert named == {*VIDEO_FILES, *CORPUS_FILES}
