"""Compare the skeletons that the page draws over a video with the table keypoints."""

from pathlib import Path

import pytest

from corpus.tables import parquet
from page_browser import BrowserPage

TOLERANCE = 1 / 2 / 8192
"""Largest difference between points drawn and in the table, as share of the longer side: half of
`UNITS_PER_SIDE`."""


def drawn(page: BrowserPage) -> dict | None:
    """What is drawn: the number of the frame, and points in pixels by track and part."""
    return page.js("const c = document.querySelector('canvas.skeletons'); return c && c.drawn")


def check_points(page: BrowserPage, results: Path, video: str, frame: int) -> None:
    """Check that this frame is drawn, with exactly the visible points of the table."""
    found = page.until(lambda: (d := drawn(page)) and d["frame"] == frame and d)
    assert found, f"drawn: {(drawn(page) or {}).get('frame')}, expected: {frame}"
    table = parquet.read(results / f"keypoints/{video}.parquet")
    rows = table[(table["frame"] == frame) & ~(table["visibility"] < 0.5)]
    assert len(rows)
    size = max(parquet.read_row(results / f"status/{video}.parquet", ["width", "height"]).values())
    points = {
        (int(track), part): [point for point in of_part if point]
        for track, parts in found["people"].items()
        for part, of_part in parts.items()
        if part != "face"
    }
    expected = {key: rows for key, rows in rows.groupby(["track", "part"], observed=True)}
    assert points.keys() == expected.keys()
    for key, of_part in expected.items():
        # Tables have two decimals as float32.
        tolerance = size * TOLERANCE + 1e-4
        assert points[key] == pytest.approx(of_part[["x", "y"]].to_numpy(), abs=tolerance)
