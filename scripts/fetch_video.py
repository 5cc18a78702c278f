"""Fetch one video: link a local file, or download a web address with yt-dlp.

The video stream is never re-encoded. If the site serves another file format than the suffix of
--media names, the streams are copied into that format; otherwise the file is kept byte by byte.

A video that is permanently gone (removed, private, ...) gets an empty media file and a record with
the reason. An error that may be temporary (see corpus.video.download_errors) ends with exit
status 1; the next attempt continues the transfer where it was interrupted.
"""

import argparse
from pathlib import Path

from corpus.core.errors import run
from corpus.video.download import Request, fetch_video


def main(arguments: list[str] | None = None) -> None:
    """Read the options and fetch the video."""
    fetch_video(Request(**vars(parse_arguments(arguments))))


def parse_arguments(arguments: list[str] | None) -> argparse.Namespace:
    """Return the options; their names are the fields of Request."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    add = parser.add_argument
    add(
        "--video-id",
        required=True,
        help="id in the manifest; write --video-id=ID if it begins with '-'",
    )
    add("--source", required=True, help="web address, or path as in the manifest")
    add("--local", default="", help="the local file that --source names; empty: a web address")
    add(
        "--media",
        required=True,
        type=Path,
        help="media file to write; its suffix determines the file format",
    )
    add("--record", required=True, type=Path, help="JSON record of the fetched video, to write")
    add("--format", required=True, help="yt-dlp's format selector; empty for a local file")
    add("--subtitles", required=True, help="languages of subtitles to keep, separated by commas")
    add("--cookies", help="a Netscape cookies.txt; it is read, but never written")
    add("--rate-limit", help="bytes per second, such as 2M; default: no limit")
    add("--timeout-s", required=True, type=float, help="seconds without data before giving up")
    add("--retries", type=int, default=3, help="per request; Snakemake repeats the whole job")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    run(main)
