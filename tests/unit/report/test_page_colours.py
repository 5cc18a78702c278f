"""Colours of the page: contrast in both schemes, and for users with colour blindness."""

import re

import numpy as np
import pytest

from corpus.overlay import palette
from corpus.report.page import render

PLAIN = {"page": ("ink", "soft", "accent", "bad"), "panel": ("ink", "soft", "accent", "bad")}
TEXT = PLAIN | {"sunk": ("ink", "soft"), "good-soft": ("good",), "warn-soft": ("warn",)}
TEXT |= {"bad-soft": ("bad",), "accent": ("on-accent",)}
SHAPES = [f"p{number}" for number in range(8)]


def colours() -> dict[str, dict[str, str]]:
    """The colours of both schemes, by name."""
    style = (render.ASSETS / "base.css").read_text("utf-8")
    blocks = re.findall(r":root \{(.*?)\}", style, re.DOTALL)
    light, dark, _ = (dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6})", text)) for text in blocks)
    return {"light": light, "dark": light | dark}


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


def simulate_colour_blindness(colour: str, matrix: np.ndarray) -> np.ndarray:
    """A colour in linear RGB as a person without one kind of cones sees it."""
    parts = np.array([int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)])
    return matrix @ np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_colours_of_the_first_people_differ_with_colour_blindness(scheme):
    """Matrices of Machado et al. 2009 (doi:10.1109/TVCG.2009.113) for severity 1.

    A shape and a name stand beside every colour, so four distinct colours are enough.
    """
    protan = [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216],
              [-0.003882, -0.048116, 1.051998]]  # fmt: skip
    deutan = [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413],
              [-0.011820, 0.042940, 0.968881]]  # fmt: skip
    hex_of = colours()[scheme]
    for matrix in (protan, deutan):
        seen = [simulate_colour_blindness(hex_of[name], np.array(matrix)) for name in SHAPES[:4]]
        distances = [np.abs(a - b).max() for n, a in enumerate(seen) for b in seen[:n]]
        assert min(distances) > 0.04


def test_a_person_has_the_same_colour_on_the_page_and_in_overlays():
    dark = [colours()["dark"][name] for name in SHAPES]
    assert ["#" + bytes(colour).hex() for colour in palette.PALETTE] == dark[: len(palette.PALETTE)]
