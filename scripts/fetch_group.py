"""Fetch the videos of a group in one process: link local files, download web addresses.

See scripts/fetch_video.py for one video. Addresses are read from --manifest, because others can see
the options of a process, and addresses may contain credentials.
"""

import argparse
from pathlib import Path

from corpus.core.errors import run
from corpus.inputs import manifest
from corpus.video.download_options import add_download_options
from corpus.video.redactor import Redactor, filter_stderr
from corpus.video_groups.commands import Video
from corpus.video_groups.fetching import DownloadOptions, GroupFetcher
from corpus.video_groups.running import process_group, results_of_record


def main() -> None:
    """Read the options and fetch the videos."""
    options = vars(parse_arguments())
    file, output = options.pop("manifest"), options.pop("output")
    results = results_of_record(output)
    videos = {video.id: video for video in map(Video.parse, options.pop("videos").split(","))}
    fetcher = GroupFetcher(
        results, file, manifest.read(file, check_files=False), DownloadOptions(**options)
    )
    addresses = [row["source"] for video, row in fetcher.rows.items() if video in videos]
    filter_stderr(Redactor("", options["cookies"], addresses))
    process_group(list(videos), results, lambda video: fetcher.fetch(videos[video]), output)


def parse_arguments() -> argparse.Namespace:
    """Return the options; most names are fields of DownloadOptions."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    add = parser.add_argument
    add("--manifest", required=True, help="manifest with the source of each video")
    add("--videos", required=True, help="id.suffix of each video, separated by commas")
    add("--output", required=True, type=Path, help="record to write: groups/fetch/GROUP.json")
    add_download_options(parser)
    return parser.parse_args()


if __name__ == "__main__":
    run(main)
