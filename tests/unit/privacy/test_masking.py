"""Masked regions are unrecognisable, and the rest of the picture is unchanged."""

import numpy as np
import pytest

from corpus.privacy.head_regions import Ellipse, face_region
from corpus.privacy.masking import mask_heads

NOISE = np.random.default_rng(1).integers(0, 256, (120, 160, 3), np.uint8)


def test_a_masked_region_keeps_only_a_few_colours():
    masked = mask_heads(NOISE, [[Ellipse(80, 60, 30, 30)]])
    inside = masked[45:75, 65:95].astype(float)
    assert inside.std(axis=(0, 1)).max() < 15 < NOISE[45:75, 65:95].std(axis=(0, 1)).min()
    assert (masked[:25] == NOISE[:25]).all() and (masked[:, 115:] == NOISE[:, 115:]).all()


@pytest.mark.parametrize("centre", [(-50, 60), (0, 0), (159, 119), (80, 500), (80, 119.5)])
def test_a_region_may_extend_beyond_the_picture(centre):
    assert mask_heads(NOISE, [[Ellipse(*centre, 20, 20)]]).shape == NOISE.shape


def test_the_corners_of_a_face_box_are_masked():
    box = np.array([60.0, 40, 90, 80])
    black_and_white = np.where(NOISE > 127, 255, 0).astype(np.uint8)
    masked = mask_heads(black_and_white, [[face_region(box)]])
    for x, y in ((60, 40), (89, 40), (60, 79), (89, 79)):
        assert masked[y, x].min() > 0 and masked[y, x].max() < 255
