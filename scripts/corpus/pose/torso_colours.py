"""Describe the colours of a torso, and compare them whatever the light.

The colours of some pixels are described by quantiles, in stops (binary logarithms): of their
brightness, of red against green, and of blue against green. Light multiplies the values of pixels,
so it shifts all quantiles of a quantity by the same number of stops; other clothes also change the
distances between the quantiles, or shift them further than light does.
"""

import numpy as np

from corpus.pose.bodies import HIPS, SHOULDERS
from corpus.pose.keypoints import Keypoints

N_SAMPLES = 12
"""Pixels that are sampled across and along a torso or a picture."""
MIN_SAMPLES = 24
"""Fewer pixels do not show how a torso looks: most of it is outside the picture."""
ACROSS, ALONG = (0.1, 0.9), (0.02, 0.8)
"""Part of a torso that is sampled, from shoulder to shoulder and from the shoulders to the hips:
without its edges, and without the belt."""
DARKEST = 8.0
"""Added to the values of pixels, 0 to 255: the colour of dark pixels is noise."""
QUANTILES = np.linspace(0.05, 0.95, 10)
COLOUR_WEIGHT = 2.0
"""Weight of red and blue against green. They vary less than the brightness, by folds and prints."""
LIGHT_STOPS = np.array([1.0, 0.25, 0.25])
"""Shifts of brightness, red and blue that are put down to light. Stored values are about the 0.45th
power of the light, so a stop is about a fifth of the light, as in deep shade."""
NO_LIGHT = np.zeros(3)


def torso_colours(image: np.ndarray, body: Keypoints) -> np.ndarray | None:
    """(3, 10) colours of the torso of a body; None if too little of it is in the picture.

    `image` is (height, width, 3) RGB, uint8.
    """
    across, along = (np.linspace(low, high, N_SAMPLES)[:, None] for low, high in (ACROSS, ALONG))
    upper, lower = (
        body.points[left, :2] + across * (body.points[right, :2] - body.points[left, :2])
        for left, right in (SHOULDERS, HIPS)
    )
    points = (upper + along[:, :, None] * (lower - upper)).reshape(-1, 2)
    columns, rows = np.floor(points).astype(int).T
    height, width = image.shape[:2]
    is_inside = (columns >= 0) & (columns < width) & (rows >= 0) & (rows < height)
    if is_inside.sum() < MIN_SAMPLES:
        return None
    return colours(image[rows[is_inside], columns[is_inside]])


def picture_colours(image: np.ndarray) -> np.ndarray:
    """(3, 10) colours of a picture (height, width, 3) RGB, uint8."""
    rows, columns = (
        ((np.arange(N_SAMPLES) + 0.5) * side / N_SAMPLES).astype(int) for side in image.shape[:2]
    )
    return colours(image[rows[:, None], columns].reshape(-1, 3))


def colours(pixels: np.ndarray) -> np.ndarray:
    """(3, 10) quantiles of brightness, red against green, and blue against green, in stops.

    `pixels` are (n, 3) RGB, uint8.
    """
    values = pixels.astype(np.float32) + np.float32(DARKEST)
    red, green, blue = np.log2(values).T
    stops = np.stack([np.log2(values.sum(axis=1)), red - green, blue - green])
    stops.sort(axis=1)
    return stops[:, np.round(QUANTILES * (len(pixels) - 1)).astype(int)]


def colour_difference(
    before: np.ndarray, after: np.ndarray, light_stops: np.ndarray = LIGHT_STOPS
) -> np.ndarray:
    """(...) difference in stops of colours (..., 3, 10), which are broadcast.

    It is the mean difference of the quantiles after the best shift of at most `light_stops` (3,),
    summed over the three quantities with `COLOUR_WEIGHT`. Zero for the same torso in another light.
    """
    change = after - before
    shift = np.median(change, axis=-1).clip(-light_stops, light_stops)
    rest = np.abs(change - shift[..., None]).mean(axis=-1)
    return rest[..., 0] + COLOUR_WEIGHT * (rest[..., 1] + rest[..., 2])
