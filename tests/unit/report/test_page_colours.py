"""Colours of the page: text and shapes stand out, in both schemes and for the colour-blind."""

import re

import numpy as np
import pytest

from corpus.overlay import palette
from corpus.report import page

PLAIN = {"page": ("ink", "soft", "accent", "bad"), "panel": ("ink", "soft", "accent", "bad")}
TEXT = PLAIN | {"sunk": ("ink", "soft"), "good-soft": ("good",), "warn-soft": ("warn",)}
TEXT |= {"bad-soft": ("bad",), "accent": ("on-accent",)}
SHAPES = [f"p{number}" for number in range(8)]


def colours() -> dict[str, dict[str, str]]:
    """The colours of both schemes, by name."""
    style = (page.FOLDER / "base.css").read_text("utf-8")
    blocks = re.findall(r":root \{(.*?)\}", style, re.DOTALL)
    light, dark, _ = (dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6})", text)) for text in blocks)
    return {"light": light, "dark": light | dark}


def contrast(one: str, other: str) -> float:
    """Ratio of the luminances of two colours, as WCAG 2.2 defines it: 1 to 21."""

    def luminance(colour: str) -> float:
        parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
        linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
        return float(np.dot(linear, [0.2126, 0.7152, 0.0722]))

    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_and_shapes_stand_out(scheme):
    """WCAG AA: 4.5 for text, 3 for shapes and the edges of controls."""
    named = colours()[scheme]
    weak = [(a, b) for a, many in TEXT.items() for b in many if contrast(named[a], named[b]) < 4.5]
    weak += [(ground, shape) for ground in ("page", "panel", "sunk") for shape in [*SHAPES, "edge"]
             if contrast(named[ground], named[shape]) < 3]  # fmt: skip
    assert weak == []
    assert contrast("#000000", "#ffffff") == pytest.approx(21)


def seen(colour: str, lack: np.ndarray) -> np.ndarray:
    """A colour in linear light as somebody sees it who lacks one kind of cones."""
    parts = np.array([int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)])
    return lack @ np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_first_people_are_told_apart_by_the_colour_blind(scheme):
    """Matrices of Machado et al. 2009 (doi:10.1109/TVCG.2009.113) for severity 1. Shape and name
    stand beside every colour, so this is a help and no condition."""
    protan = [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216],
              [-0.003882, -0.048116, 1.051998]]  # fmt: skip
    deutan = [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413],
              [-0.011820, 0.042940, 0.968881]]  # fmt: skip
    named = colours()[scheme]
    for lack in (protan, deutan):
        looks = [seen(named[shape], np.array(lack)) for shape in SHAPES[:4]]
        apart = [np.abs(a - b).max() for n, a in enumerate(looks) for b in looks[:n]]
        assert min(apart) > 0.04


def test_somebody_has_one_colour_on_the_page_and_in_overlays():
    dark = [colours()["dark"][name] for name in SHAPES]
    assert ["#" + bytes(colour).hex() for colour in palette.PALETTE] == dark[: len(palette.PALETTE)]
