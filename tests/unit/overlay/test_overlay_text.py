"""Text in images: cut at the edges, shortened, and replaced if the font lacks a letter."""

import numpy as np

from corpus.overlay.text import drawable, has_letters, paste, render_label, shorten_to_width
from processed_video import NAMES


def test_labels_are_cut_at_the_edges_of_the_image():
    image = np.zeros((20, 30, 3), np.uint8)
    for x, y in ((-500, 0), (25, 15), (-3, -3), (0, 400)):
        paste(image, render_label("Ab", 12, (255, 255, 255), (10, 20, 30)), x, y)
    assert image[19, 29].any() and image[0, 0].any()


def test_a_long_name_is_shortened():
    text = shorten_to_width("Wolfeschlegelsteinhausenbergerdorff", 12, 80)
    assert text.endswith("…") and render_label(text, 12, (1, 2, 3)).shape[1] <= 82
    assert shorten_to_width("Bo", 12, 80) == "Bo"


def test_a_name_with_letters_that_the_font_lacks_is_replaced():
    assert has_letters(NAMES["p0001"]) and has_letters("Ωμέγα Жук") and not has_letters("明")
    assert drawable("明", fallback="p0001") == "p0001"
    assert drawable("Bo", fallback="p0002") == "Bo"
