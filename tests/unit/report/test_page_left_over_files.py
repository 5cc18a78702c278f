"""The page has no files about videos that are no longer in the manifest."""

import page_corpus
from corpus.report.page.left_over_files import remove_other_videos


def plant(results, *videos):
    """Side files of videos, with their records, and the tables that list them."""
    names = ("gestures.js", ".gestures.js.checksum", "skeleton/0.js", "skeleton/.0.js.checksum")
    for video in videos:
        files = [results / "report/page" / video / name for name in names]
        for file in (*files, results / f"skeletons/{video}.parquet"):
            file.parent.mkdir(parents=True, exist_ok=True)
            file.touch()


def test_side_files_of_other_videos_are_deleted(tmp_path):
    plant(tmp_path, "a", "talk", "talk2")
    (tmp_path / "report/page/gestures.js").touch()
    assert remove_other_videos(tmp_path, {"talk2", "new"}) == ["a", "talk"]
    assert {path.name for path in (tmp_path / "report/page").iterdir()} == {"talk2", "gestures.js"}
    assert [path.stem for path in (tmp_path / "skeletons").iterdir()] == ["talk2"]
    assert remove_other_videos(tmp_path, {"talk2", "new"}) == []


def test_results_without_side_files_have_none_to_delete(tmp_path):
    assert remove_other_videos(tmp_path, set()) == []


def test_the_page_deletes_them(tmp_path):
    results, videos = page_corpus.write_corpus(tmp_path, 1, 2)
    kept = page_corpus.video_name(0)
    plant(results, "talk", kept)
    page_corpus.write_html(results, videos)
    folders = [path.name for path in (results / "report/page").iterdir() if path.is_dir()]
    assert folders == [kept]
