"""Deleted files are found by what was made from them."""

from pathlib import Path

from corpus.planning.lost_files import (
    MADE_FROM,
    SIDE_FILES,
    first_lost,
    first_lost_below,
    lost_tables,
)
from empty_files import touch_files

VIDEOS = ["a", "b"]


def tables(*videos: str) -> list[str]:
    return [f"{table}/{video}.parquet" for table in MADE_FROM for video in videos]


def lost(folder: Path, *names: str) -> list[str]:
    found = lost_tables(str(folder), VIDEOS, names or MADE_FROM)
    return [Path(path).relative_to(folder).as_posix() for path in found]


def test_nothing_is_lost_before_anything_was_made(tmp_path: Path) -> None:
    assert lost(tmp_path) == []
    touch_files(tmp_path, "videos/a.mp4", *tables("a"))
    assert lost(tmp_path) == [], "the stages of b have not run"


def test_each_table_of_a_complete_corpus_is_missed(tmp_path: Path) -> None:
    side_files = [file.format(video=v) for file in SIDE_FILES.values() for v in VIDEOS]
    touch_files(tmp_path, "clusters.parquet", *tables(*VIDEOS), *side_files)
    for name in tables("b"):
        (tmp_path / name).unlink()
        assert lost(tmp_path) == [name]
        assert lost(tmp_path, name.split("/")[0]) == [name]
        touch_files(tmp_path, name)


def test_stages_that_are_still_to_run_are_not_lost(tmp_path: Path) -> None:
    touch_files(tmp_path, *(f"{table}/a.parquet" for table in ("frames", "shots", "status")))
    assert lost(tmp_path) == []
    touch_files(tmp_path, "faces/a.parquet", "keypoints/a.parquet")
    assert lost(tmp_path) == []


def test_one_lost_file_of_a_folder_is_enough(tmp_path: Path) -> None:
    names = [f"{n}.eaf" for n in range(5)]
    folder = str(tmp_path / "elan")
    assert first_lost(folder, names) == [], "no file was made yet"
    touch_files(tmp_path / "elan", *names)
    assert first_lost(folder, names) == []
    for name in names[2:4]:
        (tmp_path / "elan" / name).unlink()
    assert first_lost(folder, names) == [f"{folder}/2.eaf"]


def test_a_lost_file_in_the_folder_of_a_video_is_found(tmp_path: Path) -> None:
    folder = str(tmp_path / "page")
    touch_files(tmp_path, "page/a/skeleton.js", "page/b/skeleton.js")
    assert first_lost_below(folder, "abc", "gestures.js") == [], "no file was made yet"
    touch_files(tmp_path, *(f"page/{video}/gestures.js" for video in "abc"))
    assert first_lost_below(folder, "abc", "gestures.js") == []
    for video in "bc":
        (tmp_path / f"page/{video}/gestures.js").unlink()
    assert first_lost_below(folder, "abc", "gestures.js") == [f"{folder}/b/gestures.js"]
