"""The command of a rule, with placeholders, becomes the arguments of its script for one video."""

import sys
from types import SimpleNamespace

import pytest

from corpus.video_groups.commands import Stage, Video

TEXT = (
    "detect_faces 0123 faces python scripts/detect_faces.py '--title=a b' --video"
    " 'my results/videos/@video@.@suffix@' --output 'my results/faces/@video@.parquet' @flags@"
    " 2> 'my results/logs/@video@.log'"
)


def test_a_command_is_filled_in_for_a_video() -> None:
    stage = Stage.parse(TEXT)
    assert (stage.name, stage.made_with, stage.tables) == ("detect_faces", "0123", ("faces",))
    assert stage.arguments_for(Video.parse("-a_1.mp4"), ["--covers", "c d.parquet"]) == [
        "--title=a b", "--video", "my results/videos/-a_1.mp4",
        "--output", "my results/faces/-a_1.parquet", "--covers", "c d.parquet",
    ]  # fmt: skip
    assert "@flags@" not in stage.arguments_for(Video("b", "mkv"))


def test_a_stage_calls_the_main_function_of_its_script(monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[list[str]] = []
    monkeypatch.setitem(sys.modules, "a_stage", SimpleNamespace(main=calls.append))
    Stage.parse("a_stage 0 frames,shots python a_stage.py --media=@video@ 2> log").run(
        Video("v", "mp4")
    )
    assert calls == [["--media=v"]]
