"""Find frames that show the same picture as the frame before, such as doubled frames.

Converting 15 to 30 frames per second shows each picture twice, and 24 to 30 every fourth one.
Cameras and screen recorders repeat pictures when they are late. Compression changes repeated
pictures a little, so they are not found by equality: between repeats, all movement in the picture
stops, everywhere at once, and then continues. People do not move like that.
"""

import cv2
import numpy as np

BLOCK = 8
"""Side of the blocks whose changes are compared, pixels of the small picture. Averages over a block
contain little noise, and a block is smaller than a hand."""
ROUNDING = 0.5
"""Pictures in which no block changes by more than this many grey levels are the same: half a level
is what rounding to whole levels can change."""
INTERRUPTION = 0.33
"""A picture is repeated if it changes by less than this part of the change before and after it.
Chosen on copies with doubled frames of ten clips of signers and three talking heads: half of it
loses repeats in strongly compressed files, and 0.5 takes frames of talking heads for repeats."""
REACH = 2
"""Number of frames before and after in which the movement is looked for: a picture that is shown
three times in a row has two repeats."""


def change_of_picture(previous: np.ndarray, current: np.ndarray) -> tuple[float, float]:
    """Return how much two pictures (height, width) uint8 differ, grey levels.

    The picture is divided into blocks, and the absolute differences are averaged in each. Returns
    the root mean square over all blocks, which is mostly that of the parts that move, and the
    largest value.
    """
    height, width = current.shape
    grid = max(1, round(width / BLOCK)), max(1, round(height / BLOCK))
    difference = cv2.absdiff(previous, current).astype(np.float32)
    blocks = cv2.resize(difference, grid, interpolation=cv2.INTER_AREA)
    return float(np.sqrt(np.mean(blocks**2))), float(blocks.max())


def find_repeated(changes: np.ndarray, largest_changes: np.ndarray) -> np.ndarray:
    """Return which frames (n,) bool show the same picture as the frame before.

    `changes` and `largest_changes` (n,) are what `change_of_picture` returns for each frame and the
    one before it. NaN stands for frames that cannot be repeats: those in which a shot starts, or in
    which the size of the picture changes. Such changes are no movement either.

    A frame is a repeat if no block changes, or if the movement of the picture is interrupted: the
    change is small compared with the largest one in the `REACH` frames before, and in the `REACH`
    frames after. While nothing moves, repeats are found only if compression left no trace.
    """
    changes = np.asarray(changes, float)
    starts = np.flatnonzero(np.isnan(changes))
    parts = [_is_interrupted(part) for part in np.split(changes, starts)]
    return np.concatenate(parts) | (np.asarray(largest_changes) <= ROUNDING)


def _is_interrupted(changes: np.ndarray) -> np.ndarray:
    """Return where the movement of a shot (n,) is interrupted. The first value may be NaN."""
    n = len(changes)
    padded = np.pad(np.nan_to_num(changes), REACH)
    before, after = (
        np.max([padded[REACH + shift : REACH + shift + n] for shift in shifts], axis=0)
        for shifts in (range(-REACH, 0), range(1, REACH + 1))
    )
    return changes < INTERRUPTION * np.minimum(before, after)
