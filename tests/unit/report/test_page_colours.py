"""Colours of the page: contrast in both schemes, and for users with colour blindness."""

import re

import numpy as np
import pytest
from matplotlib.colors import to_hex

from corpus.core import person_colours
from corpus.overlay import palette
from corpus.report import people_plot
from corpus.report.page import render
from people_table import make_people

PLAIN = {"page": ("ink", "soft", "accent", "bad"), "panel": ("ink", "soft", "accent", "bad")}
TEXT = PLAIN | {"sunk": ("ink", "soft"), "good-soft": ("good",), "warn-soft": ("warn",)}
TEXT |= {"bad-soft": ("bad",), "accent": ("on-accent",)}
SHAPES = [f"p{number}" for number in range(8)]


def colours() -> dict[str, dict[str, str]]:
    """The colours of both schemes, by name."""
    blocks = [
        dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6})", text))
        for text in re.findall(r":root \{(.*?)\}", render.style_sheet(), re.DOTALL)
    ]
    # Those of people, light and dark, then those of base.css, light, dark and in print.
    light_people, dark_people, light, dark, _ = blocks[:5]
    light |= light_people
    return {"light": light, "dark": light | dark | dark_people}


def contrast(one: str, other: str) -> float:
    """Ratio of the luminances of two colours, as WCAG 2.2 defines it: 1 to 21."""

    def luminance(colour: str) -> float:
        parts = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
        linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
        return float(np.dot(linear, [0.2126, 0.7152, 0.0722]))

    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_and_shapes_have_enough_contrast(scheme):
    """WCAG AA: 4.5 for text, 3 for shapes and the edges of controls."""
    hex_of = colours()[scheme]
    weak = [
        (a, b) for a, names in TEXT.items() for b in names if contrast(hex_of[a], hex_of[b]) < 4.5
    ]
    weak += [(ground, shape) for ground in ("page", "panel", "sunk") for shape in [*SHAPES, "edge"]
             if contrast(hex_of[ground], hex_of[shape]) < 3]  # fmt: skip
    assert weak == []
    assert contrast("#000000", "#ffffff") == pytest.approx(21)


PROTAN = [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216],
          [-0.003882, -0.048116, 1.051998]]  # fmt: skip
DEUTAN = [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413],
          [-0.011820, 0.042940, 0.968881]]  # fmt: skip
"""Colour blindness in linear RGB: Machado et al. 2009 (doi:10.1109/TVCG.2009.113), severity 1."""


def simulate_colour_blindness(colour: str, matrix: np.ndarray) -> np.ndarray:
    """A colour in linear RGB as a person without one kind of cones sees it."""
    parts = np.array([int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)])
    return matrix @ np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_colours_of_the_first_people_differ_with_colour_blindness(scheme):
    """A shape and a name stand beside every colour, so four distinct colours are enough."""
    hex_of = colours()[scheme]
    for matrix in (PROTAN, DEUTAN):
        seen = [simulate_colour_blindness(hex_of[name], np.array(matrix)) for name in SHAPES[:4]]
        distances = [np.abs(a - b).max() for n, a in enumerate(seen) for b in seen[:n]]
        assert min(distances) > 0.04


def oklab(linear: np.ndarray) -> np.ndarray:
    """Linear RGB as lightness and two opponent colours of OKLab (Ottosson 2020).

    Distances are proportional to perceived differences: black and white differ by 1.
    https://bottosson.github.io/posts/oklab/
    """
    cones = [[0.4122214708, 0.5363325363, 0.0514459929], [0.2119034982, 0.6806995451, 0.1073969566],
             [0.0883024619, 0.2817188376, 0.6299787005]]  # fmt: skip
    opponents = [[0.2104542553, 0.7936177850, -0.0040720468],
                 [1.9779984951, -2.4285922050, 0.4505937099],
                 [0.0259040371, 0.7827717662, -0.8086757660]]  # fmt: skip
    return np.array(opponents) @ np.cbrt(np.array(cones) @ np.clip(linear, 0, 1))


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("vision", [np.eye(3), PROTAN, DEUTAN], ids=["full", "protan", "deutan"])
def test_all_colours_of_people_differ(scheme, vision):
    """A difference of 0.02 in OKLab is just noticeable side by side; these are not side by side."""
    hex_of = colours()[scheme]
    seen = [oklab(simulate_colour_blindness(hex_of[name], np.array(vision))) for name in SHAPES]
    assert min(np.linalg.norm(a - b) for n, a in enumerate(seen) for b in seen[:n]) > 0.075
    black, white = oklab(np.zeros(3)), oklab(np.ones(3))
    assert np.linalg.norm(black - white) == pytest.approx(1, abs=1e-3)


def test_a_person_has_one_hue_in_both_schemes():
    """So the skeleton over a video is recognised on a light page, too."""

    def hue(colour: str) -> float:
        _, a, b = oklab(simulate_colour_blindness(colour, np.eye(3)))
        return float(np.degrees(np.arctan2(b, a)))

    pairs = zip(person_colours.LIGHT, person_colours.DARK, strict=True)
    turns = [abs((hue(light) - hue(dark) + 180) % 360 - 180) for light, dark in pairs]
    assert max(turns) < 5


def test_labels_in_overlays_have_enough_contrast():
    """Black text on a person's colour, and a person's colour beside its black rim."""
    assert min(contrast("#000000", colour) for colour in person_colours.DARK) >= 4.5


PEOPLE = ("p0001", "p0008", "p0009", "p0017", "p10002")
NUMBERS = (0, 7, 0, 0, 1)


def test_a_person_has_the_same_colour_on_the_page_and_in_overlays_and_plots():
    hex_of = colours()
    dark = [hex_of["dark"][f"p{number}"] for number in NUMBERS]
    overlay = palette.person_colours(PEOPLE)
    assert ["#" + bytes(overlay[person]).hex() for person in PEOPLE] == dark
    assert [person_colours.colour_number(person) for person in PEOPLE] == list(NUMBERS)
    bars = people_plot.draw(make_people(5, person=list(PEOPLE))).axes[0].patches
    light = [hex_of["light"][f"p{number}"] for number in NUMBERS]
    assert [to_hex(bar.get_facecolor()) for bar in bars] == light


def test_people_with_the_same_colour_have_different_shapes():
    symbols = [
        (person_colours.colour_number(person), person_colours.shape_number(person))
        for person in (f"p{number:04d}" for number in range(1, 49))
    ]
    assert len(set(symbols)) == 48 and max(shape for _, shape in symbols) == 5


def test_drawings_over_videos_have_enough_contrast_on_any_picture():
    """A line is always beside its black rim, and a name is black on the colour of a person."""
    style = render.style_sheet()
    over_video = re.search(r"\.over-video \{(.*?)\}", style, re.DOTALL)
    assert over_video
    hex_of = dict(re.findall(r"--(p\d): (#[0-9a-f]{6})", over_video[1]))
    canvas = (render.ASSETS / "skeleton_canvas.js").read_text("utf-8")
    [faceless] = re.findall(r"FACELESS_COLOUR = '(#[0-9a-f]{6})'", canvas)
    assert faceless == to_hex(np.array(palette.FACELESS_COLOUR) / 255)
    assert [*hex_of] == SHAPES
    for colour in (*hex_of.values(), faceless):
        assert contrast(colour, "#000000") >= 4.5
