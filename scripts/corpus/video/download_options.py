"""Options of a command line that downloads videos."""

import argparse


def add_download_options(parser: argparse.ArgumentParser) -> None:
    """Add the options that say how a video is downloaded."""
    add = parser.add_argument
    add("--format", required=True, help="yt-dlp's format selector; empty for a local file")
    add("--subtitles", required=True, help="languages of subtitles to keep, separated by commas")
    add("--cookies", help="a Netscape cookies.txt; it is read, but never written")
    add("--rate-limit", help="bytes per second, such as 2M; default: no limit")
    add("--timeout-s", required=True, type=float, help="seconds without data before giving up")
    add("--retries", type=int, default=3, help="per request; Snakemake repeats the whole job")
    add(
        "--last-attempt",
        action="store_true",
        dest="is_last_attempt",
        help="record errors that may be temporary as status pending, and succeed",
    )
