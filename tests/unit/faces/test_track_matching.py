"""A face of an earlier search is found again by its place, in either kind of pixels."""

import pandas as pd
import pytest

from corpus.faces.track_matching import match_best_faces, matched_tracks

SCALE = (64 / 45, 1.0)
"""From the stored pixels of PAL in 16:9 to square ones."""


def faces_at(*lefts: float) -> pd.DataFrame:
    """Tracks of still faces, 80 x 100 pixels, with these left edges."""
    rows = [
        (frame, frame / 5, track, left, 100.0, left + 80, 200.0)
        for track, left in enumerate(lefts)
        for frame in range(10)
    ]
    return pd.DataFrame(rows, columns=["frame", "time_s", "track", "x1", "y1", "x2", "y2"])


def best_faces_at(*lefts: float, scale: float = 1.0) -> pd.DataFrame:
    """Best faces of these tracks, with x divided by `scale`."""
    boxes = [[left / scale, 100, (left + 80) / scale, 200] for left in lefts]
    return pd.DataFrame({"best_time_s": [1.0] * len(lefts), "best_box": boxes})


@pytest.mark.fault(
    "privacy", "kept faces are in the stored pixels of an earlier version", "they are found again"
)
def test_boxes_in_stored_pixels_are_converted():
    faces = faces_at(100, 500, 900)
    stored = best_faces_at(500, 900, scale=SCALE[0])
    assert match_best_faces(faces, stored) == [None, None]
    assert match_best_faces(faces, stored, [SCALE]) == [1, 2]
    assert matched_tracks(faces, stored, [SCALE]) == {1, 2}


def test_boxes_in_square_pixels_are_not_converted():
    faces = faces_at(100, 500, 500 * SCALE[0])
    assert match_best_faces(faces, best_faces_at(100, 500), [SCALE]) == [0, 1]
    assert match_best_faces(faces, best_faces_at(), [SCALE]) == []
