"""Where a hand gestures: its height, and its region of gesture space.

McNeill (1992, Hand and Mind, pp. 86-89) divides the space in front of a person into nested regions:
center-center, center, periphery and extreme periphery. He drew them as squares on a body; their
borders as numbers are those of Trujillo, Vaitonyte, Simanova and Ozyurek (2019, Behavior Research
Methods 51, 769-777), with the width of the shoulders for that of the body, as EnvisionHGdetector
does for the same pose model.
"""

import numpy as np

from corpus.tables.values import GESTURE_REGIONS as REGIONS

HIP_HEIGHT = -1.4
EYE_HEIGHT = 0.65
NOSE_HEIGHT = 0.54
"""Heights of the hips' midpoint, the eyes and the nose above the midpoint of the shoulders, in
shoulder widths: close to the medians of the pose model's keypoints of adults who face the camera
(docs/measures.md). They are constants because hips are often hidden, and then guessed by the
model."""
EYE_DISTANCE = 0.2
"""Distance between the eyes in shoulder widths, from the same keypoints."""

BODY_CENTRE = HIP_HEIGHT / 2
"""Height of the centre of gesture space: halfway between the shoulders and the hips."""
PERIPHERY_TOP = 2 * EYE_HEIGHT - NOSE_HEIGHT
"""Height as far above the eyes as the nose is below them."""

HALF_SIZES = {
    "center-center": (0.5, 0.5),
    "center": (1.0, 1.0),
    "periphery": (1.0 + 2 * EYE_DISTANCE, PERIPHERY_TOP - BODY_CENTRE),
}
"""Half the width and half the height of each region around the centre, in shoulder widths.
Center-center is a square between the shoulders, center a square twice as large. The periphery
extends one face, twice the distance between the eyes, further to each side, up to the forehead, and
as far down as up."""
assert tuple(HALF_SIZES) == REGIONS[:-1]


def regions(positions: np.ndarray) -> np.ndarray:
    """Return the region (n,) of each position, as an index of `REGIONS`.

    `positions` (n, 2) are body coordinates in shoulder widths (`corpus.movement.body_coordinates`).
    A position on a border belongs to the outer region.
    """
    offsets = np.abs(positions - np.array([0.0, BODY_CENTRE]))
    outside = [np.any(offsets >= half_size, axis=1) for half_size in HALF_SIZES.values()]
    return np.sum(outside, axis=0)


def region_shares(positions: np.ndarray, seconds: np.ndarray) -> np.ndarray:
    """Return the share of time (4,), 0 to 1, that a hand spends in each of `REGIONS`.

    `positions` (n, 2) are body coordinates in shoulder widths, `seconds` (n,) the duration of each
    frame. The sum of `seconds` must be positive.
    """
    return np.bincount(regions(positions), weights=seconds, minlength=len(REGIONS)) / seconds.sum()


def space_measures(positions: np.ndarray, seconds: np.ndarray) -> dict[str, float | str]:
    """Return where a hand gestures, in columns of the table gesture_measures.

    `positions` (n, 2) are body coordinates in shoulder widths, `seconds` (n,) the duration of each
    frame. `extent` is the diagonal of the box around the positions, heights are above the midpoint
    of the shoulders; all three are in shoulder widths. `region` is the region with the largest
    share of time, the inner one of two with equal shares.
    """
    heights = positions[:, 1]
    shares = region_shares(positions, seconds)
    return {
        "extent": float(np.linalg.norm(np.ptp(positions, axis=0))),
        "height_max": float(heights.max()),
        "height_mean": float(np.average(heights, weights=seconds)),
        "region": REGIONS[int(shares.argmax())],
        "center_center_share": float(shares[0]),
        "center_share": float(shares[1]),
        "periphery_share": float(shares[2]),
        "extreme_share": float(shares[3]),
    }
