"""Regions in which heads are visible."""

import numpy as np

from corpus.privacy.head_regions import body_head_region
from fake_bodies import fake_body


def test_the_region_of_a_head_contains_it_in_front_and_side_view():
    """In a side view both ears are at the same point."""
    front = {"left_ear": (60.0, 50.0), "right_ear": (40.0, 50.0), "nose": (50.0, 54.0)}
    side = {"left_ear": (50.0, 50.0), "right_ear": (51.0, 50.0), "nose": (38.0, 53.0)}
    for keypoints in (front, side):
        body = np.zeros((33, 8), np.float32)
        body[:, :2] = fake_body(50, 54, 20, **keypoints).points[:, :2]
        head = body_head_region(body)
        for x, y in keypoints.values():
            assert abs(x - head.x) < head.half_width and abs(y - head.y) < head.half_height
        assert 14 < head.half_width < 40, keypoints


def test_a_body_with_missing_keypoints_has_no_head_region():
    assert body_head_region(np.full((33, 8), np.nan, np.float32)) is None
