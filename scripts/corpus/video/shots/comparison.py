"""Compare small copies of frames: how much changed, and what movement and light do not explain."""

import cv2
import numpy as np

from corpus.video.shots.camera import follow_camera

SIDE = 64
"""Longer side of the small pictures, pixels. Noise and compression are averaged out, and a cut is
still a cut."""
BLOCK = 8
"""Side of the blocks in which two pictures are matched, pixels of the small picture."""
REACH = 4
"""How far a block may have moved in x and y, pixels of the small picture: 6 % of its width."""
NOISE_VARIANCE = 9.0
"""Variance within a block that noise and compression explain, squared grey levels."""
MIN_CONTENT = 0.1
"""A picture is plain if it has less than this part of the variance of the other one."""
LEVELS = 32
"""Levels of brightness in the curve of an exposure."""
LUMA = np.array([0.299, 0.587, 0.114], np.float32)
"""Weights of red, green and blue in brightness, ITU-R BT.601."""


def small_shape(image: np.ndarray) -> tuple[int, int]:
    """Return (height, width) of the small copies of a video whose first frame is `image`.

    The longer side is SIDE. The shorter side is rounded to whole blocks, which changes the shape of
    the picture by a few percent.
    """
    height, width = image.shape[:2]
    scale = SIDE / max(height, width)
    rows, columns = (max(1, round(side * scale / BLOCK)) * BLOCK for side in (height, width))
    return rows, columns


def shrink(image: np.ndarray, shape: tuple[int, int]) -> np.ndarray:
    """Return the means of an RGB image over the areas of a smaller grid: shape + (3,) float32."""
    resized = cv2.resize(image, shape[::-1], interpolation=cv2.INTER_AREA)
    return resized.astype(np.float32)


def mean_change(first: np.ndarray, second: np.ndarray) -> float:
    """Return the mean absolute difference of two pictures of equal shape, grey levels."""
    return float(np.abs(first - second).mean())


def changed_extent(first: np.ndarray, second: np.ndarray) -> float:
    """Return the share of the picture that the change covers, 0 to 1.

    This is the participation ratio of the changes of the blocks, (sum c)^2 / (n sum c^2), where n
    counts the blocks with any content: black bars at the edge do not count. It is 1 if all blocks
    change alike, and m / n if m blocks change alike and the others do not.
    """
    changes = _block_means(np.abs(first - second).mean(2))
    contents = np.maximum(_block_variances(first @ LUMA), _block_variances(second @ LUMA))
    n_blocks = np.count_nonzero((contents > 1) | (changes > 1))
    squares = float((changes**2).sum())
    return float(changes.sum()) ** 2 / (n_blocks * squares) if squares else 0.0


def unexplained_share(first: np.ndarray, second: np.ndarray) -> float:
    """Return how much of a change neither movement nor light explains, 0 to 1.

    Each block of one picture is matched with the other picture: as it is, with another exposure, or
    as a moving or zooming camera would show it. The block may have moved by REACH pixels in each
    direction, and its brightness and contrast may have changed. The match is the normalised
    correlation coefficient r of brightness; 1 - r^2 of the variance of the block is unexplained.
    Blocks are weighted by how much they changed, so a background that stays does not count. The
    smaller of the shares for the two directions is returned: after a zoom, only one picture can be
    made from the other. A direction towards a plain picture says nothing, since anything explains
    black.

    Pictures before and after a lamp is switched on, or a camera jerks, are near 0. Two people in
    front of one background are not, although their pictures are alike in most blocks.
    """
    changes = _block_means(np.abs(first - second).mean(2))
    contents = [
        float((changes * _block_variances(picture @ LUMA)).sum()) for picture in (first, second)
    ]
    pairs = (first, second, *contents), (second, first, *contents[::-1])
    shares = [
        _unexplained_part(source, target, changes)
        for source, target, source_content, target_content in pairs
        if target_content >= MIN_CONTENT * source_content
    ]
    return min(shares)


def _unexplained_part(source: np.ndarray, target: np.ndarray, changes: np.ndarray) -> float:
    """Return the share of a picture, weighted by its changes, that another one does not explain."""
    luma = target @ LUMA
    variances = _block_variances(luma)
    explanations = source, _expose_alike(source, target), follow_camera(source, target)
    correlations = np.max(
        [_best_correlations(picture @ LUMA, luma, variances) for picture in explanations], 0
    )
    total = float((changes * (variances + NOISE_VARIANCE)).sum())
    return float((changes * variances * (1 - correlations**2)).sum()) / total if total else 0.0


def _expose_alike(source: np.ndarray, target: np.ndarray) -> np.ndarray:
    """Return a picture after the rising curves of its colours that bring it closest to another one.

    This is what a change of exposure does, including bright parts in which a colour is saturated.
    """
    exposed = np.empty_like(source)
    centres = (np.arange(LEVELS) + 0.5) * 256 / LEVELS
    for colour in range(3):
        values = source[..., colour]
        levels = np.clip(values / 256 * LEVELS, 0, LEVELS - 1).astype(int).ravel()
        counts = np.bincount(levels, minlength=LEVELS)
        used = np.flatnonzero(counts)
        sums = np.bincount(levels, target[..., colour].ravel(), LEVELS)
        curve = np.maximum.accumulate(sums[used] / counts[used])
        exposed[..., colour] = np.interp(values, centres[used], curve)
    return exposed


def _best_correlations(source: np.ndarray, target: np.ndarray, variances: np.ndarray) -> np.ndarray:
    """Return the best correlation of each block of `target` with nearby parts of `source`.

    Negative correlations count as 0, and so do blocks without content, whose variance is below 1.
    """
    padded = cv2.copyMakeBorder(source, REACH, REACH, REACH, REACH, cv2.BORDER_REPLICATE)
    best = np.zeros(variances.shape, np.float32)
    for row, column in np.argwhere(variances >= 1):
        y, x = row * BLOCK, column * BLOCK
        block = target[y : y + BLOCK, x : x + BLOCK]
        area = padded[y : y + BLOCK + 2 * REACH, x : x + BLOCK + 2 * REACH]
        match = cv2.matchTemplate(area, block, cv2.TM_CCOEFF_NORMED)
        best[row, column] = min(1.0, max(0.0, float(match.max())))
    return best


def _block_means(values: np.ndarray) -> np.ndarray:
    """Return the mean of each block of a (height, width) array: one value per block."""
    height, width = values.shape
    blocks = values.reshape(height // BLOCK, BLOCK, width // BLOCK, BLOCK)
    return blocks.mean((1, 3))


def _block_variances(luma: np.ndarray) -> np.ndarray:
    """Return the variance of each block of a (height, width) array of brightness."""
    return np.maximum(_block_means(luma**2) - _block_means(luma) ** 2, 0)
