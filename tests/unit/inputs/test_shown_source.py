"""Sources as they are shown in results that people pass on."""

import pytest

from corpus.inputs import manifest


@pytest.mark.parametrize(
    ("source", "shown"),
    [
        ("/home/ada/study 7/Ada.mp4", "Ada.mp4"),
        ("clips/Ada.mp4", "clips/Ada.mp4"),
        ("../Ada.mp4", "../Ada.mp4"),
        ("https://example.org/v/Ada.mp4?t=1", "https://example.org/v/Ada.mp4?t=1"),
    ],
)
def test_absolute_paths_are_shown_without_their_folders(source: str, shown: str) -> None:
    assert manifest.shown_source(source) == shown
