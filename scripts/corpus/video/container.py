"""Open media files, and choose the picture and the sound stream that players choose."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import av
import av.container
import av.error
import av.logging
import av.stream

from corpus.core.errors import InputError, MissingFileError, VideoError

GENPTS = 1
"""AVFMT_FLAG_GENPTS in libavformat/avformat.h: generate missing presentation times."""


@contextmanager
def open_video_stream(
    path: Path | str,
) -> Iterator[tuple["av.container.InputContainer", "av.VideoStream"]]:
    """Open a file; yield the container and its picture stream, set to decode in one thread.

    The picture stream is that of `picture_stream`. Raises VideoError where there is none or the
    file is not a media file, OSError where it cannot be read.
    """
    container = open_container(Path(path))
    with container:
        stream = picture_stream(container)
        if stream is None:
            raise VideoError(f"{Path(path).name}: no picture stream")
        stream.thread_type = "NONE"
        stream.codec_context.thread_count = 1
        yield container, stream


def picture_stream(container: "av.container.InputContainer") -> "av.VideoStream | None":
    """Return the picture stream that players show, or None where there is none.

    This is FFmpeg's choice of the best stream: one that is marked as the default comes first, then
    one with several frames, then the highest bit rate. Cover art is left out: it is stored as a
    video stream of one picture.
    """
    streams = [
        stream
        for stream in container.streams.video
        if not stream.disposition & av.stream.Disposition.attached_pic
    ]
    best = container.streams.best("video")
    first = next(iter(streams), None)
    return next((stream for stream in streams if stream is best), first)


def sound_stream(container: "av.container.InputContainer") -> "av.AudioStream | None":
    """Return the sound stream that players play with `picture_stream`, or None.

    This is FFmpeg's choice of the best stream in the same programme.
    """
    best = container.streams.best("audio", related=picture_stream(container))
    return next((stream for stream in container.streams.audio if stream is best), None)


def open_container(path: Path) -> "av.container.InputContainer":
    """Open a media file with FFmpeg.

    Raises VideoError where it is not a media file, OSError where it cannot be read.
    """
    if not _size_of(path):
        raise VideoError(f"{path.name}: the file is empty")
    level = av.logging.get_level()
    av.logging.set_level(av.logging.ERROR)
    av.logging.set_skip_repeated(False)
    log_entries: list[tuple[int, str, str]] = []
    try:
        with av.logging.Capture() as log_entries:
            # With `file:`, FFmpeg does not take a colon in the name for a protocol. The whitelist
            # stops a playlist that is named like a video from reaching the network.
            container = av.open(
                f"file:{path}", metadata_errors="ignore", options={"protocol_whitelist": "file"}
            )
            # PyAV lets FFmpeg invent presentation times where a file has none. Those of AVI files
            # with packed B-frames are wrong; the ffmpeg program does not use them either.
            container.flags &= ~GENPTS
            return container
    except (av.error.FFmpegError, OSError) as error:
        check_readable(path)
        # The demuxer's log says more than its error code, for instance "moov atom not found".
        messages = [text.strip() for _, _, text in log_entries] + [error.strerror or str(error)]
        raise VideoError(f"{path.name}: not a video file ({messages[0]})") from error
    finally:
        av.logging.set_level(level)


def _size_of(path: Path) -> int:
    """Size of a file. Raises MissingFileError if it does not exist."""
    try:
        return path.stat().st_size
    except FileNotFoundError as error:
        target = f", the target of the link {path}" if path.is_symlink() else ""
        raise MissingFileError(
            f"{os.path.realpath(path)}: no such file{target}. The video was moved or deleted; "
            "correct its source in the manifest and run snakemake again"
        ) from error


def check_readable(path: Path) -> None:
    """Read the whole file.

    Raises InputError without the right to read it, OSError where the disk failed, so that the job
    is retried.
    """
    try:
        with path.open("rb") as file:
            while file.read(1 << 20):
                pass
    except PermissionError as error:
        raise InputError(
            f"{path}: cannot be read ({error.strerror}); give yourself the right to read it"
        ) from error
