"""Text in pictures, of any letters that the font has.

OpenCV draws ASCII only, so Pillow does, with DejaVu Sans, which is inside matplotlib: European
scripts, Greek, Cyrillic and more, but no Chinese, Japanese or Korean.
"""

from functools import cache, lru_cache
from importlib.resources import files

import numpy as np
from matplotlib.ft2font import FT2Font
from PIL import Image, ImageDraw, ImageFont

from corpus.overlay.palette import Colour

FONT = str(files("matplotlib") / "mpl-data" / "fonts" / "ttf" / "DejaVuSans.ttf")


def can_write(text: str) -> bool:
    """Whether the font has all letters of a text."""
    return all(_font_file().get_char_index(ord(letter)) for letter in text)


@cache
def _font_file() -> FT2Font:
    return FT2Font(FONT)


@cache
def font(size: int) -> ImageFont.FreeTypeFont:
    """The font at a size in pixels. Letters stand as they come, whatever Pillow was built with."""
    return ImageFont.truetype(FONT, size, layout_engine=ImageFont.Layout.BASIC)


@lru_cache(maxsize=512)
def shorten_to_width(text: str, size: int, width: int) -> str:
    """The text, or as much of its start as fits into `width` pixels, with three dots."""
    if font(size).getlength(text) <= width:
        return text
    while text and font(size).getlength(text + "…") > width:
        text = text[:-1]
    return text + "…"


@lru_cache(maxsize=512)
def render_label(text: str, size: int, colour: Colour, ground: Colour | None = None) -> np.ndarray:
    """(height, width, 4) uint8 RGBA: the text, on a plate of the colour `ground` if there is one.

    The height depends on the size alone. The array is shared: do not write to it.
    """
    margin = max(1, size // 4) if ground else 0
    ascent, descent = font(size).getmetrics()
    width = int(np.ceil(font(size).getlength(text))) + 2 * margin
    plate = Image.new("RGBA", (max(1, width), ascent + descent), (*(ground or colour), 0))
    draw = ImageDraw.Draw(plate)
    if ground:
        draw.rounded_rectangle((0, 0, width - 1, ascent + descent - 1), margin, (*ground, 255))
    draw.text((margin, 0), text, (*colour, 255), font(size))
    return np.asarray(plate)


def paste(image: np.ndarray, patch: np.ndarray, x: float, y: float) -> None:
    """Put an RGBA patch onto an RGB picture, its top left corner at (x, y); in place."""
    x, y = round(x), round(y)
    height, width = image.shape[:2]
    left, top = max(x, 0), max(y, 0)
    right, bottom = min(x + patch.shape[1], width), min(y + patch.shape[0], height)
    if left >= right or top >= bottom:
        return
    part = patch[top - y : bottom - y, left - x : right - x]
    below = image[top:bottom, left:right]
    alpha = part[:, :, 3:].astype(np.uint16)
    below[:] = (part[:, :, :3] * alpha + below * (255 - alpha) + 127) // 255
