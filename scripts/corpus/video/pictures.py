"""Convert decoded frames to upright RGB images of one size, with square pixels.

A video may store pixels that are not square (DV, HDV, DVD, DVB), and its picture may change in size
(WebRTC, joined files). All images of a video have one size nevertheless, so that a pixel means the
same in all tables:

- The picture is widened, or heightened, until its pixels are square. No detail is lost.
- The reference size is that of the largest picture of the video, by area. Smaller ones are scaled
  up to fit, in the middle and with black borders if their shape differs, as players do.
"""

from collections import Counter
from dataclasses import dataclass, field
from fractions import Fraction

import av
import av.container
import numpy as np
from av.video.reformatter import Interpolation, VideoReformatter

from corpus.video.clock_jumps import TS_DISCONT
from corpus.video.orientation import display_matrix, swaps_axes, turn_upright

BITEXACT = Interpolation.BILINEAR | Interpolation.ACCURATE_RND | Interpolation.BITEXACT
"""Conversion of colours and scaling of images that gives the same result on every processor. It
costs about 1 ms per frame."""
SQUARE = Fraction(1)
MAX_ASPECT = 4
"""Pixels that are said to be more than so many times as wide as high, or as high as wide, are taken
as square: no standard has such pixels, and damaged headers do. The widest in use, half-width DVB in
16:9, are 2.9 times as wide as high."""
BORDER_PX = 2
"""A picture that leaves borders of at most so many pixels is scaled to the whole image: codecs
round sizes to even numbers."""

Size = tuple[int, int]
"""Width and height, pixels."""


@dataclass(frozen=True)
class PictureFormat:
    """How the images of a video are made from its frames, in all stages of the workflow."""

    size: Size
    """Reference size: (width, height) of all images, upright, with square pixels."""
    deinterlace: bool = True
    """Whether frames that are marked as interlaced are deinterlaced."""


def square_size(width: int, height: int, aspect: Fraction) -> Size:
    """Return the size of a picture with square pixels in which no detail is lost.

    `aspect` is the width of a stored pixel divided by its height. A change by at most one pixel is
    due to an encoder that rounded the size, and is not made.
    """
    if not Fraction(1, MAX_ASPECT) <= aspect <= MAX_ASPECT:
        return width, height
    widened, heightened = round(width * aspect), round(height / aspect)
    if aspect >= 1:
        return (widened, height) if widened > width + 1 else (width, height)
    return (width, heightened) if heightened > height + 1 else (width, height)


def upright(size: Size, matrix: np.ndarray | None) -> Size:
    """Exchange width and height of a stored picture if its display matrix does."""
    width, height = size
    return (height, width) if swaps_axes(matrix) else size


def fit(size: Size, canvas: Size) -> Size:
    """Return the largest size of the same shape that fits into `canvas`."""
    scale = min(Fraction(canvas[0], size[0]), Fraction(canvas[1], size[1]))
    width, height = max(1, round(size[0] * scale)), max(1, round(size[1] * scale))
    borders = canvas[0] - width, canvas[1] - height
    return canvas if max(borders) <= BORDER_PX else (width, height)


class PixelAspect:
    """Shape of the pixels of each frame: width divided by height, as stored.

    As in FFmpeg, the shape that the container declares comes
    before that of the encoded pictures. MPEG streams declare none, and the shape may change within
    them, as in broadcasts that change between 4:3 and 16:9.
    """

    def __init__(self, container: "av.container.InputContainer", stream: "av.VideoStream") -> None:
        self._codec = stream.codec_context
        self._may_change = bool(container.format.flags & TS_DISCONT)
        self._current = self._previous = _valid(stream.sample_aspect_ratio)
        self._changed_at: int | None = None

    def note_packet(self, packet: "av.Packet") -> None:
        """Take note of a packet after it was decoded."""
        aspect = _valid(self._codec.sample_aspect_ratio)
        if self._may_change and aspect != self._current:
            self._previous, self._current, self._changed_at = self._current, aspect, packet.pts

    def of(self, frame: "av.VideoFrame") -> Fraction:
        """Shape of the pixels of a frame that was just returned by the decoder."""
        if self._changed_at is None or frame.pts is None or frame.pts >= self._changed_at:
            return self._current
        return self._previous


def _valid(aspect: Fraction | None) -> Fraction:
    return Fraction(aspect) if aspect and aspect > 0 else SQUARE


@dataclass
class PictureLog:
    """The pictures of a video as stored."""

    largest: Size | None = None
    """Size of the largest picture, upright, with square pixels; the first of equally large ones."""
    aspect: Fraction = SQUARE
    """Pixel shape of that picture, as stored."""
    stored: Counter[Size] = field(default_factory=Counter)
    """Number of frames by their stored size, turned upright, in the order of appearance."""
    current: Size = (0, 0)
    """Size of the last picture, upright, with square pixels."""
    n_interlaced: int = 0
    """Number of frames that the decoder marks as interlaced."""

    def add(self, frame: "av.VideoFrame", aspect: Fraction) -> None:
        """Take note of a decoded frame."""
        matrix = display_matrix(frame)
        stored = frame.width, frame.height
        self.stored[upright(stored, matrix)] += 1
        self.n_interlaced += frame.interlaced_frame
        size = self.current = upright(square_size(*stored, aspect), matrix)
        if self.largest is None or size[0] * size[1] > self.largest[0] * self.largest[1]:
            self.largest, self.aspect = size, aspect


class PictureConverter:
    """Makes images (height, width, 3) uint8 RGB of one size from decoded frames."""

    def __init__(self, size: Size | None = None, max_side: int | None = None) -> None:
        """`size` is the reference size; None: that of the first frame. `max_side` is the largest
        allowed side of the images, which are scaled down to it; None: no limit."""
        self._size, self._max_side = size, max_side
        self._scaler = VideoReformatter()

    def image(self, frame: "av.VideoFrame", aspect: Fraction) -> np.ndarray:
        """Convert a frame with pixels of the shape `aspect`, see `PixelAspect`."""
        matrix = display_matrix(frame)
        square = square_size(frame.width, frame.height, aspect)
        canvas = self._canvas(upright(square, matrix))
        # The picture is turned after it was scaled.
        width, height = fit(square, upright(canvas, matrix))
        rgb = self._scaler.reformat(
            frame, width, height, "rgb24", interpolation=BITEXACT, threads=1
        )
        return _centred(turn_upright(rgb.to_ndarray(), matrix), canvas)

    def _canvas(self, first: Size) -> Size:
        """Size of all images, chosen when the first one is made."""
        if self._size is None:
            self._size = first
        if self._max_side and max(self._size) > self._max_side:
            scale = self._max_side / max(self._size)
            width, height = (max(1, round(side * scale)) for side in self._size)
            self._size = width, height
        return self._size


def _centred(image: np.ndarray, size: Size) -> np.ndarray:
    """Put an image into the middle of a black one, if it is smaller."""
    width, height = size
    if image.shape[:2] == (height, width):
        return image
    canvas = np.zeros((height, width, 3), np.uint8)
    top, left = (height - image.shape[0]) // 2, (width - image.shape[1]) // 2
    canvas[top : top + image.shape[0], left : left + image.shape[1]] = image
    return canvas
