"""The colours of a torso do not depend on the light, but on the clothes."""

import numpy as np
import pytest

from corpus.pose.torso_colours import NO_LIGHT, colour_difference, picture_colours, torso_colours
from dressed_bodies import GREY, ORANGE, dressed_picture
from fake_bodies import fake_body

BODY = fake_body(100, 30, 10)


def colours_of(colour, light=(1.0, 1.0, 1.0)):
    """Colours of a torso in clothes of a colour; the light is multiplied by `light`."""
    picture = dressed_picture((BODY, colour)) * np.array(light)
    colours = torso_colours(picture.clip(0, 255).astype(np.uint8), BODY)
    assert colours is not None
    return colours


def test_colours_are_quantiles_in_stops():
    colours = colours_of(ORANGE)
    assert colours.shape == (3, 10) and (np.diff(colours, axis=1) >= 0).all()
    red, green, blue = (np.log2(value + 8) for value in ORANGE)
    assert np.median(colours[1:], axis=1) == pytest.approx([red - green, blue - green], abs=0.1)


@pytest.mark.parametrize("light", [(0.6, 0.6, 0.6), (1.15, 1.0, 0.9), (0.5, 0.53, 0.57)])
def test_the_same_clothes_in_another_light_are_the_same(light):
    for colour in (ORANGE, GREY):
        assert colour_difference(colours_of(colour), colours_of(colour, light)) < 0.5
        assert colour_difference(colours_of(colour), colours_of(colour, light), NO_LIGHT) > 0.5


def test_other_clothes_are_different_in_any_light():
    for light in ((1.0, 1.0, 1.0), (0.5, 0.5, 0.5), (1.15, 1.0, 0.9)):
        assert colour_difference(colours_of(ORANGE), colours_of(GREY, light)) > 3.5


def test_differences_are_broadcast():
    colours = np.stack([colours_of(ORANGE), colours_of(GREY)])
    differences = colour_difference(colours[:, None], colours[None])
    assert differences.shape == (2, 2)
    assert differences[0, 0] == differences[1, 1] == 0
    assert differences[0, 1] == pytest.approx(differences[1, 0])


def test_a_torso_outside_the_picture_has_no_colours():
    picture = dressed_picture()
    assert torso_colours(picture, fake_body(-30, 30, 10)) is None
    assert torso_colours(picture, fake_body(100, 145, 10)) is None
    assert torso_colours(picture, fake_body(100, 115, 10)) is not None, "the hips are outside"


def test_a_small_picture_has_colours():
    assert picture_colours(np.full((3, 5, 3), 100, np.uint8)).shape == (3, 10)
