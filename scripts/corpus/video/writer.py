"""Writes a video that shows each picture when the original does.

H.264 and AAC in MP4, which every player and browser takes. The time of a picture is that of the
original's on the clock of players (corpus.video.stream_info.player_zero), so that annotations fit both, and
nothing is resampled to an even rate. Only pictures, and sound where it is wanted, come from the
original: no title, no place, no subtitles, no second stream.

One thread: x264 decides differently with every number of threads.
"""

import json
from fractions import Fraction
from math import lcm
from pathlib import Path

import av
import cv2
import numpy as np
from av.video.reformatter import ColorRange, Colorspace, VideoReformatter

from corpus.video.audio import AudioCopier
from corpus.video.reader import EXACT
from corpus.video.stream_info import StreamInfo

QUALITY = {"preset": "veryfast", "crf": "20", "bf": "0", "g": "50"}
"""x264: good to look at; without B-frames, whose delay some players take for a late start, and with
a key frame every 50 pictures, so that ELAN jumps quickly."""
FINE = 90_000
"""Ticks a second that the clock can show at least, beside the original's own ticks."""


class VideoWriter:
    """An MP4 file that grows picture by picture. Use as a context manager."""

    def __init__(
        self, path: Path, source: Path, stream: StreamInfo, sound: bool, made_by: dict
    ) -> None:
        """`stream` tells of the original's pictures; `made_by` is kept as the file's comment."""
        self.source, self.stream, self.sound_wanted = source, stream, sound
        ticks = lcm(stream.time_base.denominator, FINE)
        self.base = Fraction(1, ticks if ticks < 1 << 31 else FINE)
        self.container = av.open(
            str(path),
            "w",
            format="mp4",
            options={
                "movflags": "+faststart",
                "fflags": "+bitexact",
                "movie_timescale": str(FINE),
            },
        )
        self.container.metadata["comment"] = json.dumps(made_by, sort_keys=True)
        self.video: av.VideoStream | None = None
        self.sound: AudioCopier | None = None
        self.last = -1
        self._scaler = VideoReformatter()

    def __enter__(self) -> "VideoWriter":
        return self

    def write(self, image: np.ndarray, time_s: float) -> None:
        """Add a picture (height, width, 3) uint8 RGB, shown from `time_s` of the original on.

        All pictures take the first one's size. One that is not later than the one before comes a
        tick after it.
        """
        image = _even(image)
        if self.video is None:
            self._start(image, time_s)
        height, width = self.video.height, self.video.width
        if image.shape[:2] != (height, width):
            image = cv2.resize(image, (width, height), interpolation=cv2.INTER_AREA)
        at = round((Fraction(time_s) - Fraction(self.stream.zero_s)) / self.base)
        self._encode(image, max(at, self.last + 1))

    def _start(self, image: np.ndarray, time_s: float) -> None:
        rate = self.stream.rate.limit_denominator(1001)
        self.video = self.container.add_stream("libx264", rate=rate, options=dict(QUALITY))
        self.video.height, self.video.width = image.shape[:2]
        self.video.pix_fmt, self.video.time_base = "yuv420p", self.base
        context = self.video.codec_context
        context.time_base, context.thread_count = self.base, 1
        context.sample_aspect_ratio = self.stream.pixel_aspect
        context.colorspace, context.color_range = Colorspace.SMPTE170M, ColorRange.MPEG
        if self.sound_wanted:
            self.sound = AudioCopier(self.source, self.container, self.stream.zero_s)
        if time_s - self.stream.zero_s > float(self.base) and not (
            self.sound and self.sound.output
        ):
            # Players count from the first thing in a file. Where the original had sound before
            # the picture, something must be there.
            self._encode(np.zeros_like(image), 0)

    def _encode(self, image: np.ndarray, at: int) -> None:
        frame = av.VideoFrame.from_ndarray(image, format="rgb24")
        frame = self._scaler.reformat(
            frame,
            format="yuv420p",
            dst_colorspace=Colorspace.SMPTE170M,
            dst_color_range=ColorRange.MPEG,
            interpolation=EXACT,
            threads=1,
        )
        frame.pts, frame.time_base, self.last = at, self.base, at
        if self.sound:
            self.container.mux(list(self.sound.until(float(at * self.base))))
        self.container.mux(self.video.encode(frame))

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        try:
            if self.video is not None and kind is None:
                self.container.mux(self.video.encode())
                if self.sound:
                    self.container.mux(list(self.sound.until(float("inf"))))
        finally:
            if self.sound:
                self.sound.close()
            self.container.close()


def _even(image: np.ndarray) -> np.ndarray:
    """With an even number of rows and columns, as H.264's colours need: the last one twice."""
    height, width = image.shape[:2]
    if not height % 2 and not width % 2:
        return image
    return cv2.copyMakeBorder(image, 0, height % 2, 0, width % 2, cv2.BORDER_REPLICATE)
