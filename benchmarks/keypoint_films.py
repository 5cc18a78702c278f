"""The films on which the accuracy of keypoints is measured.

Pictures are shown as still films, so that every version of the workflow reads the same input. The
same pictures and clips give the same films.
"""

from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path

import av
import cv2
import numpy as np
from PIL import Image, ImageOps

from film_files import write_film
from keypoint_measures import is_same_body
from labelled_clips import find_clips, video_ids

STILL_FPS, STILL_S = 10, 1.0
"""Rate and length of a film that shows one picture."""
BLOCKS = 6
"""Blocks across a pixelated head."""
HEAD_POINTS = 11
"""The first keypoints of a pose are those of the head."""
HEAD_SIDE = 2.2
"""Side of the pixelated square / distance between the outermost keypoints of the head."""
MIN_HEAD_SHARE = 0.6
"""Smallest side of that square, in shoulder widths: heads in profile have a small distance."""
SHOULDERS = slice(11, 13)

Pictures = list[np.ndarray]
"""Pictures of a film, each (height, width, 3), RGB, uint8; height and width are even."""


def even_size(picture: np.ndarray) -> np.ndarray:
    """The picture without its last row and column where their number is odd."""
    height, width = picture.shape[:2]
    return picture[: height // 2 * 2, : width // 2 * 2]


def read_still(path: Path) -> np.ndarray:
    """Read a picture as it appears in its film: (height, width, 3) RGB, upright."""
    with Image.open(path) as image:
        return even_size(np.asarray(ImageOps.exif_transpose(image).convert("RGB")))


def write_still(path: Path, picture: np.ndarray) -> None:
    """Write a film of `STILL_S` seconds that shows one picture."""
    write_film(path, [picture] * round(STILL_FPS * STILL_S), STILL_FPS)


def read_pictures(path: Path, max_seconds: float | None = None) -> Iterator[np.ndarray]:
    """Yield the pictures of a video from its start, RGB."""
    with av.open(path) as container:
        stream = container.streams.video[0]
        stream.codec_context.thread_count = 1
        rate = float(stream.average_rate or STILL_FPS)
        limit = None if max_seconds is None else round(max_seconds * rate)
        for frame in islice(container.decode(stream), limit):
            yield even_size(frame.to_ndarray(format="rgb24"))


def frame_rate(path: Path) -> float:
    """Mean number of pictures per second of a video."""
    with av.open(path) as container:
        return float(container.streams.video[0].average_rate or STILL_FPS)


def clips_by_name(folder: Path) -> dict[str, Path]:
    """The videos below a folder, by a name that is valid as a video id."""
    return {name: folder / clip for clip, name in video_ids(find_clips(folder)).items()}


def head_square(body: np.ndarray) -> tuple[np.ndarray, float]:
    """Centre (2,) and side of a square that covers the head of a body (33, 2), pixels."""
    head = body[:HEAD_POINTS]
    distance = float(np.linalg.norm(head[:, None] - head[None], axis=-1).max())
    left, right = body[SHOULDERS]
    side = max(HEAD_SIDE * distance, MIN_HEAD_SHARE * float(np.linalg.norm(left - right)))
    return head.mean(axis=0), side


def pixelate(picture: np.ndarray, centre: np.ndarray, side: float) -> np.ndarray:
    """A copy of the picture in which a square is replaced by `BLOCKS` x `BLOCKS` blocks."""
    height, width = picture.shape[:2]
    x1, y1 = np.maximum(np.rint(centre - side / 2).astype(int), 0)
    x2, y2 = np.minimum(np.rint(centre + side / 2).astype(int), (width, height))
    covered = picture.copy()
    if x2 > x1 and y2 > y1:
        blocks = cv2.resize(picture[y1:y2, x1:x2], (BLOCKS, BLOCKS), interpolation=cv2.INTER_AREA)
        size = (int(x2 - x1), int(y2 - y1))
        covered[y1:y2, x1:x2] = cv2.resize(blocks, size, interpolation=cv2.INTER_NEAREST)
    return covered


def pixelate_heads(
    pictures: Sequence[np.ndarray], bodies: dict[int, list[np.ndarray]]
) -> Iterator[np.ndarray]:
    """Yield the pictures of a film of one person with the head pixelated.

    `bodies` are those found in the unaltered film, by frame. Where none was found, the head is
    taken to be where it was last.
    """
    frames = sorted(bodies)
    for number, picture in enumerate(pictures):
        known = [frame for frame in frames if frame <= number] or frames
        if known:
            frame = known[-1] if known[-1] <= number else known[0]
            picture = pixelate(picture, *head_square(bodies[frame][0]))
        yield picture


def follow_one(bodies: dict[int, list[np.ndarray]]) -> dict[int, list[np.ndarray]]:
    """The bodies of one person: in each frame the one nearest to that of the frame before."""
    followed: dict[int, list[np.ndarray]] = {}
    last = None
    for frame in sorted(bodies):
        near = [body for body in bodies[frame] if last is None or is_same_body(body, last)]
        if near:
            last = near[0]
            followed[frame] = [last]
    return followed
