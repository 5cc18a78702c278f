"""Run stages for each video of a group: only those whose tables are missing or outdated."""

import argparse
import logging
import shlex
from collections.abc import Sequence
from pathlib import Path

from corpus.core.file_records import forget_inputs
from corpus.video_groups import states
from corpus.video_groups.commands import Stage, Video
from corpus.video_groups.outdated import is_current, table_identities
from corpus.video_groups.running import process_group, results_of_record


def analyse_group(options: argparse.Namespace) -> None:
    """Analyse the videos of a group and write its record.

    Raises VideoError if a video failed; the others are then complete.
    """
    stages = [Stage.parse(text) for text in options.stages]
    videos = {video.id: video for video in map(Video.parse, options.videos.split(","))}
    results, flags = results_of_record(options.output), flags_by_video(options.flags)

    def analyse(video: str) -> dict[str, str]:
        return analyse_video(videos[video], stages, results, flags)

    process_group(list(videos), results, analyse, options.output)


def analyse_video(
    video: Video, stages: Sequence[Stage], results: Path, flags: dict[tuple[str, str], list[str]]
) -> dict[str, str]:
    """Run the outdated stages of one video; return the identities of all their tables.

    `flags` are those of single videos, by stage and id.
    """
    tables: dict[str, str] = {}
    for stage in stages:
        if not is_current(results, video.id, stage):
            logging.info("%s: %s", video.id, stage.name)
            states.begin(results, video.id, stage.name)
            # What an earlier stage or video read is no input of this stage.
            forget_inputs()
            stage.run(video, flags.get((stage.name, video.id), ()))
            written = table_identities(results, video.id, stage)
            noted = {"made_with": stage.made_with, "tables": written}
            states.end(results, video.id, stage.name, noted)
        tables |= table_identities(results, video.id, stage) or {}
    return tables


def flags_by_video(texts: Sequence[str]) -> dict[tuple[str, str], list[str]]:
    """Read texts `stage video flags`; return the flags by stage and id."""
    words = [shlex.split(text) for text in texts]
    return {(stage, video): flags for stage, video, *flags in words}


def parse_arguments(description: str, argv: list[str] | None = None) -> argparse.Namespace:
    """Return the options of the scripts that analyse a group."""
    parser = argparse.ArgumentParser(description=description.partition("\n")[0])
    add = parser.add_argument
    stage = "a stage: name, checksum of code and settings, tables, command with placeholders"
    add("--stages", required=True, nargs="+", help=stage)
    add("--videos", required=True, help="id.suffix of each video, separated by commas")
    add("--flags", nargs="*", default=[], help="flags of single videos: 'stage id flags'")
    add("--output", required=True, type=Path, help="record to write: groups/KIND/GROUP.json")
    return parser.parse_args(argv)
