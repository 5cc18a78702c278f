"""Measure whether a face stays rigid together with its surroundings, and whether anything moves.

A face on a slide or a poster moves at most as a plane does, together with what is printed around
it. The region around the face in an earlier frame is aligned to the later frame by an affine
transform (Evangelidis & Psarakis 2008, https://doi.org/10.1109/TPAMI.2008.113). What remains of a
picture is noise. What remains of a living face is its expression, blinks, speech, and its movement
against the background. The remainder is expressed as a displacement, so that it does not depend on
contrast.
"""

import cv2
import numpy as np

FACE_SIDE = 40
"""Width of a face in the aligned regions, pixels. Smaller faces are not enlarged."""
MARGIN = 0.5
"""Margin of the region on each side of the box, in widths of the box."""
MIN_COMMON = 0.5
"""Share of an image that an aligned one must cover."""
MIN_INSIDE = 0.75
"""Share of the region that must lie inside both images."""
SMOOTHING = 1.0
"""Standard deviation of the Gaussian filter against noise, pixels of the region."""
FACE_CONTRAST = 1.0
"""Contrast below which a difference of faces is no displacement, grey levels per pixel."""
STEPS = (cv2.TERM_CRITERIA_EPS | cv2.TERM_CRITERIA_COUNT, 50, 1e-4)
"""When an alignment stops: after 50 steps, or if the correlation grows by less than 1e-4."""
THUMBNAIL = 96
"""Longer side of the image in which other movement is looked for, pixels."""
BLOCK = 6
"""Side of the blocks in which movement is averaged, pixels of the thumbnail."""
MOVEMENT = 0.7
"""Displacement of a block from which something moves in it, pixels of the thumbnail."""
MOVEMENT_PER_SHIFT = 0.5
"""What is added to `MOVEMENT` for each pixel by which the camera shifts the picture: aligning a
picture that moves leaves more than aligning one that does not."""
STILL_CONTRAST = 2.0
"""Contrast below which a difference is no movement, grey levels per pixel."""


def face_displacement(
    earlier: np.ndarray, earlier_box: np.ndarray, later: np.ndarray, later_box: np.ndarray
) -> float:
    """Displacement of a face that aligning it with its surroundings does not explain.

    It is the root mean square difference of the aligned faces over the root mean square gradient,
    as a share of the face's width.

    Parameters
    ----------
    earlier, later
        Grey images (height, width).
    earlier_box, later_box
        (4,) x1, y1, x2, y2 of the face in their pixels.

    Returns NaN if the region is not inside the images or cannot be aligned.
    """
    step, size = _region_size(later_box)
    regions = []
    for image, box in ((earlier, earlier_box), (later, later_box)):
        corner = (box[:2] + box[2:]) / 2 - step * np.array(size) / 2
        if _share_inside(image, corner, step * np.array(size)) < MIN_INSIDE:
            return np.nan
        regions.append(cut_region(image, corner, step, size))
    alignment = align(*regions)
    if alignment is None:
        return np.nan
    difference, gradient = _squares(alignment[0], regions[1])
    margin = round(size[0] * MARGIN / (1 + 2 * MARGIN))
    face = np.s_[margin:-margin, margin:-margin]
    if np.isnan(difference[face]).all():
        return np.nan
    squared = np.nanmean(difference[face]) / (gradient[face].mean() + FACE_CONTRAST**2)
    return float(np.sqrt(squared)) / (size[0] - 2 * margin)


def _region_size(box: np.ndarray) -> tuple[float, tuple[int, int]]:
    """Pixels of the image per pixel of the region, and the region's width and height."""
    width, height = (box[2:] - box[:2]).tolist()
    step = max(width / FACE_SIDE, 1.0)
    margin = 2 * MARGIN * width
    return step, (max(int((width + margin) / step), 8), max(int((height + margin) / step), 8))


def _share_inside(image: np.ndarray, corner: np.ndarray, size: np.ndarray) -> float:
    """Share of a region (its top left corner, and its width and height) inside the image."""
    limits = np.array(image.shape[::-1])
    inside = np.minimum(corner + size, limits) - np.maximum(corner, 0)
    return float(np.prod(np.clip(inside, 0, None) / size))


def cut_region(
    image: np.ndarray, corner: np.ndarray, step: float, size: tuple[int, int]
) -> np.ndarray:
    """Region of a grey image as (height, width) float32, smoothed; edges of the image repeat.

    `corner` (2,) is its top left corner, `step` the pixels of the image per pixel of the region.
    """
    if step > 1.5:
        # Average the pixels that are left out. Otherwise fine detail would flicker.
        low = np.clip(corner - 2 * step, 0, np.array(image.shape[::-1]) - 1).astype(int)
        high = np.ceil(corner + step * (np.array(size) + 2)).astype(int)
        high = np.maximum(high, low + 1)
        image = cv2.blur(image[low[1] : high[1], low[0] : high[0]], (round(step), round(step)))
        corner = corner - low
    matrix = np.array([[step, 0, corner[0]], [0, step, corner[1]]])
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    region = cv2.warpAffine(image, matrix, size, flags=flags, borderMode=cv2.BORDER_REPLICATE)
    return cv2.GaussianBlur(region.astype(np.float32), (0, 0), SMOOTHING)


def align(earlier: np.ndarray, later: np.ndarray) -> tuple[np.ndarray, np.ndarray] | None:
    """Align an earlier image to a later one in place and brightness; None if this fails.

    Both are (height, width) float32. Returns the aligned image, with NaN at points that the earlier
    image does not contain, and the matrix (2, 3) from pixels of the later to those of the earlier
    image.
    """
    matrix = np.eye(2, 3, dtype=np.float32)
    try:
        _, matrix = cv2.findTransformECC(later, earlier, matrix, cv2.MOTION_AFFINE, STEPS)
    except cv2.error:  # the images do not resemble each other, or have no contrast
        return None
    flags = cv2.INTER_CUBIC | cv2.WARP_INVERSE_MAP
    size = later.shape[1], later.shape[0]
    inside = cv2.warpAffine(np.ones_like(earlier), matrix, size, flags=flags) > 0.99
    if inside.mean() < MIN_COMMON:
        return None
    aligned = _match_brightness(cv2.warpAffine(earlier, matrix, size, flags=flags), later, inside)
    return np.where(inside, aligned, np.float32(np.nan)), matrix


def _match_brightness(image: np.ndarray, target: np.ndarray, known: np.ndarray) -> np.ndarray:
    """The image with the mean and the contrast of the target, by least squares."""
    x, y = image[known], target[known]
    variance = float(x.var())
    gain = float(np.mean((x - x.mean()) * (y - y.mean()))) / variance if variance > 1e-6 else 1.0
    return (image - x.mean()) * np.float32(gain) + y.mean()


def _squares(aligned: np.ndarray, later: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Squared difference of two aligned images, and squared gradient of the later one."""
    gradient_y, gradient_x = np.gradient(later)
    return (later - aligned) ** 2, gradient_x**2 + gradient_y**2


def thumbnail(image: np.ndarray) -> np.ndarray:
    """A small, smooth copy (height, width) float32 of a grey image."""
    scale = THUMBNAIL / max(image.shape)
    small = cv2.resize(image, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    return cv2.GaussianBlur(small.astype(np.float32), (0, 0), SMOOTHING)


def moving_blocks(earlier: np.ndarray, later: np.ndarray) -> np.ndarray:
    """Whether something moves against the rest in each block of two thumbnails (rows, columns).

    The movement of the whole picture, as by a camera that pans or zooms, does not count.
    """
    aligned, matrix = align(earlier, later) or (earlier, np.eye(2, 3))
    difference, gradient = (_block_means(np.nan_to_num(x)) for x in _squares(aligned, later))
    least = MOVEMENT + MOVEMENT_PER_SHIFT * _largest_shift(matrix, later.shape)
    return np.sqrt(difference / (gradient + STILL_CONTRAST**2)) > least


def _largest_shift(matrix: np.ndarray, shape: tuple[int, ...]) -> float:
    """Largest shift of a corner of an image of this shape by a matrix (2, 3), pixels."""
    corners = np.array([[x, y] for x in (0, shape[1]) for y in (0, shape[0])], float)
    return float(np.abs(corners @ matrix[:, :2].T + matrix[:, 2] - corners).max())


def _block_means(image: np.ndarray) -> np.ndarray:
    rows, columns = (side // BLOCK for side in image.shape)
    blocks = image[: rows * BLOCK, : columns * BLOCK].reshape(rows, BLOCK, columns, BLOCK)
    return blocks.mean(axis=(1, 3))


def moves_outside(blocks: np.ndarray, box: np.ndarray) -> bool:
    """Whether something moves outside the surroundings of a face.

    `blocks` are those of `moving_blocks`, `box` (4,) x1, y1, x2, y2 in pixels of the thumbnail.
    """
    rows, columns = np.indices(blocks.shape)
    margin = MARGIN * (box[2] - box[0])
    low, high = (box[:2] - margin) / BLOCK, (box[2:] + margin) / BLOCK
    near = (columns >= low[0] - 1) & (columns < high[0]) & (rows >= low[1] - 1) & (rows < high[1])
    return bool((blocks & ~near).any())
