"""Write a video that shows each image at the same time as the original video does.

The output is H.264 and AAC in MP4, which every player and browser plays. Times are those of the
original's frames on the clock of players (`corpus.video.stream_info.player_zero`), so that
annotations fit both files. Images are not resampled to a constant frame rate. Only images, and
sound where requested, come from the original: metadata such as title and location, subtitles
and further streams are not copied.

Encoding uses one thread, because x264's decisions depend on the number of threads.
"""

import json
from fractions import Fraction
from math import lcm
from pathlib import Path

import av
import av.container
import cv2
import numpy as np
from av.video.reformatter import ColorRange, Colorspace, VideoReformatter

from corpus.video.audio import AudioCopier
from corpus.video.pictures import BITEXACT
from corpus.video.stream_info import StreamInfo

X264_OPTIONS = {"preset": "veryfast", "crf": "20", "bf": "0", "g": "50"}
"""Good visual quality. No B-frames: some players mistake their delay for a late start. A keyframe
every 50 frames, so that ELAN seeks quickly."""
MIN_TICKS_PER_S = 90_000
"""Lowest resolution of the output's clock; the clock also represents the original's ticks."""


def create_mp4(path: Path, made_by: dict) -> "av.container.OutputContainer":
    """Create an MP4 file with its index at the start, and `made_by` as JSON in its comment."""
    container = av.open(
        str(path),
        "w",
        format="mp4",
        options={
            "movflags": "+faststart",
            "fflags": "+bitexact",
            "movie_timescale": str(MIN_TICKS_PER_S),
        },
    )
    container.metadata["comment"] = json.dumps(made_by, sort_keys=True)
    return container


class VideoWriter:
    """An MP4 file to which images are added one by one. Use it as a context manager."""

    def __init__(
        self, path: Path, source: Path, stream: StreamInfo, sound: bool, made_by: dict
    ) -> None:
        """Open the file.

        `stream` describes the video stream of `source`; `sound` copies its sound; `made_by` is
        stored as JSON in the file's comment.
        """
        self.source, self.stream, self.copy_sound = source, stream, sound
        ticks = lcm(stream.time_base.denominator, MIN_TICKS_PER_S)
        self.time_base = Fraction(1, ticks if ticks < 1 << 31 else MIN_TICKS_PER_S)
        self.container = create_mp4(path, made_by)
        self.video: av.VideoStream | None = None
        self.sound: AudioCopier | None = None
        self.last_tick = -1
        self._scaler = VideoReformatter()

    def __enter__(self) -> "VideoWriter":
        return self

    def write(self, image: np.ndarray, time_s: float) -> None:
        """Add a (height, width, 3) uint8 RGB image, shown from the original's time `time_s` on.

        All images are scaled to the size of the first one. An image that is not later than the one
        before it is placed one tick after it.
        """
        image = _pad_to_even_size(image)
        video = self.video or self._start(image, time_s)
        height, width = video.height, video.width
        if image.shape[:2] != (height, width):
            image = cv2.resize(image, (width, height), interpolation=cv2.INTER_AREA)
        tick = round((Fraction(time_s) - Fraction(self.stream.zero_s)) / self.time_base)
        self._encode(video, image, max(tick, self.last_tick + 1))

    def _start(self, image: np.ndarray, time_s: float) -> "av.VideoStream":
        """Add the streams, with the properties of the first image; return the video stream."""
        rate = self.stream.rate.limit_denominator(1001)
        video = self.container.add_stream("libx264", rate=rate, options=dict(X264_OPTIONS))
        video.height, video.width = image.shape[:2]
        video.pix_fmt, video.time_base = "yuv420p", self.time_base
        context = video.codec_context
        context.time_base, context.thread_count = self.time_base, 1
        context.sample_aspect_ratio = Fraction(1)
        context.colorspace, context.color_range = Colorspace.SMPTE170M, ColorRange.MPEG
        self.video = video
        if self.copy_sound:
            self.sound = AudioCopier(self.source, self.container, self.stream.zero_s)
        starts_late = time_s - self.stream.zero_s > float(self.time_base)
        if starts_late and not (self.sound and self.sound.output):
            # Players count from the first packet in a file. If the original's sound starts before
            # its frames and is left out, a black frame at 0 keeps the times right.
            self._encode(video, np.zeros_like(image), 0)
        return video

    def _encode(self, video: "av.VideoStream", image: np.ndarray, tick: int) -> None:
        """Write an image, after the sound up to its time."""
        frame = av.VideoFrame.from_ndarray(image, format="rgb24")
        frame = self._scaler.reformat(
            frame,
            format="yuv420p",
            dst_colorspace=Colorspace.SMPTE170M,
            dst_color_range=ColorRange.MPEG,
            interpolation=BITEXACT,
            threads=1,
        )
        frame.pts, frame.time_base, self.last_tick = tick, self.time_base, tick
        if self.sound:
            self.container.mux(list(self.sound.packets_until(float(tick * self.time_base))))
        self.container.mux(video.encode(frame))

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        try:
            if self.video is not None and kind is None:
                self.container.mux(self.video.encode())
                if self.sound:
                    self.container.mux(list(self.sound.packets_until(float("inf"))))
        finally:
            if self.sound:
                self.sound.close()
            self.container.close()


def _pad_to_even_size(image: np.ndarray) -> np.ndarray:
    """Repeat the last row or column where needed: H.264's colour format needs even sizes."""
    height, width = image.shape[:2]
    if not height % 2 and not width % 2:
        return image
    return cv2.copyMakeBorder(image, 0, height % 2, 0, width % 2, cv2.BORDER_REPLICATE)
