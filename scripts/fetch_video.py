"""Fetch one video: link a local file, or download a web address with yt-dlp.

The video stream is never re-encoded. If the site serves another file format than the suffix of
--media names, the streams are copied into that format; otherwise the file is kept byte by byte.

A video that is permanently gone (removed, private, ...) gets an empty media file and a record with
the reason. An error that may be temporary (see corpus.video.download_errors) ends with exit
status 1; the next attempt continues the transfer where it was interrupted. With --last-attempt, it
ends with an empty media file and a record with the status `pending`.

Others can see the options of a process, and Snakemake stores them. An address with credentials is
therefore not among them: --source is without them, and the address is read from --manifest.
"""

import argparse
from pathlib import Path

from corpus.core.arguments import with_distinct_files
from corpus.core.errors import InputError, run
from corpus.inputs import manifest
from corpus.video.download import Request, fetch_video
from corpus.video.download_options import add_download_options
from corpus.video.redactor import Redactor, filter_stderr


def main(arguments: list[str] | None = None) -> None:
    """Read the options and fetch the video."""
    options = vars(parse_arguments(arguments))
    manifest_file = options.pop("manifest")
    if manifest_file:
        options["source"] = source_in_manifest(manifest_file, options["video_id"])
    if options["local"]:
        files = {"local": Path(options["local"]), "record": options["record"]}
        with_distinct_files(argparse.Namespace(**files), written=("record",))
    if arguments is None and not options["local"]:
        filter_stderr(Redactor(options["source"], options["cookies"]))
    fetch_video(Request(**options))


def source_in_manifest(file: str, video: str) -> str:
    """Return the complete address of a video. Raises InputError where it was removed."""
    rows = manifest.read(file, check_files=False)
    if video not in rows:
        raise InputError(f"{file}: the row of {video} was removed while the workflow was running")
    return rows[video]["source"]


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
    add("--manifest", help="manifest with the address, if --source lacks credentials")
    add("--local", default="", help="the local file that --source names; empty: a web address")
    add(
        "--media",
        required=True,
        type=Path,
        help="media file to write; its suffix determines the file format",
    )
    add("--record", required=True, type=Path, help="JSON record of the fetched video, to write")
    add_download_options(parser)
    return parser.parse_args(arguments)


if __name__ == "__main__":
    run(main)
