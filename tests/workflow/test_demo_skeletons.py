"""The page of the demo draws the keypoints of the tables, at the frame to which it seeks."""

import os
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

import page_browser
from corpus.tables import parquet
from drawn_skeletons import check_points
from page_browser import BrowserPage


@pytest.fixture(scope="module")
def demo_page(
    demo: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[page_browser.BrowserPage]:
    """The page of the demo in a browser."""
    if hint := page_browser.chromium.install_hint():
        (pytest.fail if os.environ.get("CI") else pytest.skip)(hint)
    file = demo / "report" / "index.html"
    browser = page_browser.chromium.start(tmp_path_factory.mktemp("browser"))
    try:
        browser.get(file.as_uri())
        yield BrowserPage(browser, demo, Path("config/laptop.tsv"), file, demo)
    finally:
        browser.quit()


@pytest.mark.parametrize("video", ["both", "hands"])
def test_the_points_drawn_are_those_of_the_table(
    demo: Path, demo_page: BrowserPage, video: str
) -> None:
    times = parquet.read(demo / f"frames/{video}.parquet")["time_s"]
    frames = parquet.read(demo / f"keypoints/{video}.parquet", ["frame"])["frame"].unique()
    demo_page.go(f"video/{video}")
    demo_page.player_time()
    for frame in frames[[3, len(frames) // 2, -2]]:
        demo_page.go(f"video/{video}", t=round(times[frame] + 0.002, 3))
        check_points(demo_page, demo, video, int(frame))


def test_a_minute_of_the_demo_is_smaller_than_a_megabyte(demo: Path) -> None:
    """In the clip `hands`, one person is seen with body and hands in all frames."""
    table = parquet.read(demo / "skeletons/hands.parquet")
    frames = parquet.read(demo / "frames/hands.parquet")["time_s"]
    assert table["n_frames"].sum() == len(frames)
    minutes = (np.diff(frames).mean() * len(frames)) / 60
    assert table["file_size"].sum() / minutes < 1e6
