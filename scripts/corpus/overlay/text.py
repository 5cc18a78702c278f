"""Draw text into images.

OpenCV draws ASCII only. Pillow therefore draws the text, with the font DejaVu Sans that matplotlib
contains. It has the letters of European scripts, Greek, Cyrillic and more, but no Chinese, Japanese
or Korean.
"""

from functools import cache, lru_cache
from importlib.resources import files

import numpy as np
from matplotlib.ft2font import FT2Font
from PIL import Image, ImageDraw, ImageFont

from corpus.overlay.colour import Colour

FONT_FILE = str(files("matplotlib") / "mpl-data" / "fonts" / "ttf" / "DejaVuSans.ttf")


def has_letters(text: str) -> bool:
    """Whether the font has all letters of a text."""
    return all(_character_map().get_char_index(ord(letter)) for letter in text)


def drawable(text: str, fallback: str) -> str:
    """Return the text, or `fallback` if the font lacks one of the text's letters."""
    return text if has_letters(text) else fallback


@cache
def _character_map() -> FT2Font:
    return FT2Font(FONT_FILE)


@cache
def font(size: int) -> ImageFont.FreeTypeFont:
    """The font at a size in pixels.

    The basic layout engine gives the same text with every build of Pillow; the other engine is
    optional.
    """
    return ImageFont.truetype(FONT_FILE, size, layout_engine=ImageFont.Layout.BASIC)


@lru_cache(maxsize=512)
def shorten_to_width(text: str, size: int, width: int) -> str:
    """Cut a text to `width` pixels at a font size, and end it with "…" if it was cut."""
    if font(size).getlength(text) <= width:
        return text
    while text and font(size).getlength(text + "…") > width:
        text = text[:-1]
    return text + "…"


@lru_cache(maxsize=512)
def render_label(
    text: str, size: int, colour: Colour, background: Colour | None = None
) -> np.ndarray:
    """Render a text as an RGBA image.

    Parameters
    ----------
    text, size, colour
        The text, its font size in pixels and its colour.
    background
        Colour of a rounded rectangle behind the text; None leaves the background transparent.

    Returns
    -------
    (height, width, 4) uint8. The height depends only on the font size. The array is cached: do not
    modify it.
    """
    margin = max(1, size // 4) if background else 0
    ascent, descent = font(size).getmetrics()
    width = int(np.ceil(font(size).getlength(text))) + 2 * margin
    label = Image.new("RGBA", (max(1, width), ascent + descent), (*(background or colour), 0))
    draw = ImageDraw.Draw(label)
    if background:
        corners = (0, 0, width - 1, ascent + descent - 1)
        draw.rounded_rectangle(corners, margin, (*background, 255))
    draw.text((margin, 0), text, (*colour, 255), font(size))
    return np.asarray(label)


def paste(image: np.ndarray, label: np.ndarray, x: float, y: float) -> None:
    """Paste an RGBA label into an RGB image, in place.

    (x, y) is the label's top left corner in pixels. Parts outside the image are cut off.
    """
    x, y = round(x), round(y)
    height, width = image.shape[:2]
    left, top = max(x, 0), max(y, 0)
    right, bottom = min(x + label.shape[1], width), min(y + label.shape[0], height)
    if left >= right or top >= bottom:
        return
    visible = label[top - y : bottom - y, left - x : right - x]
    region = image[top:bottom, left:right]
    alpha = visible[:, :, 3:].astype(np.uint16)
    region[:] = (visible[:, :, :3] * alpha + region * (255 - alpha) + 127) // 255
