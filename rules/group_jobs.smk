"""What the jobs of groups get: their videos, the commands of the stages, flags of single videos."""

import hashlib
import json
import re
from functools import cache
from shlex import join
from types import SimpleNamespace

from snakemake.io import IOFile
from snakemake.jobs import Job
from snakemake.utils import format as format_command

from corpus.planning.pending_videos import pending_reason
from corpus.video_groups.commands import ANY_FLAGS, ANY_SUFFIX, ANY_VIDEO, Stage
from corpus.video_groups.states import end as end_stage
from corpus.video_groups.states import read_state

GROUP_STAGES = {
    "faces": ("index_frames", "detect_faces"),
    "movement": (
        "extract_keypoints",
        "measure_movement",
        *(["write_skeletons"] if config["report"]["skeletons"] else []),
    ),
}
"""Stages that the jobs of a kind run for each video, in this order."""
FLAGS_OF_VIDEOS = {
    "detect_faces": masks_and_ids_flags,
    "extract_keypoints": masks_flags,
}
"""Flags that only some videos have: of those from which people were erased."""


# Input functions. A group with missing files exists already and has no newer input, so its job is
# forced.


def local_files_of_group(wildcards):
    """No files: a param stands for the content of the local videos, which would be too many inputs.

    Missing and pending videos of the group are fetched again.
    """
    if workflow.is_main_process and wildcards.group in groups_to_fetch():
        force(group_record("fetch", wildcards.group))
    return []


@cache
def groups_to_fetch():
    """Groups with a video, or a record of one, that is missing or pending."""
    existing = lost_files.names_in(f"{config['results']}/videos")
    gone = videos_without_file()
    return {
        group
        for group, videos in groups().items()
        if any(is_to_fetch(video, existing) for video in videos if video not in gone)
    }


def is_to_fetch(video, existing):
    """Whether a video or its record is missing, or pending; `existing` are names of files."""
    name = Path(media_file(video)).name
    return (
        name not in existing
        or f"{name}.json" not in existing
        or pending_reason(media_file(video)) is not None
    )


def fetched_group(wildcards):
    """The record of the fetched videos of a group."""
    prepare_group("faces", wildcards.group)
    return group_record("fetch", wildcards.group)


def faces_of_group(wildcards):
    """The record of the faces of a group."""
    prepare_group("movement", wildcards.group)
    return group_record("faces", wildcards.group)


def prepare_group(kind, group):
    """Let the job of a group run if a table of one of its videos was deleted, and use what exists."""
    take_over_tables(kind, group)
    if workflow.is_main_process and group in groups_with_missing_tables(kind):
        force(group_record(kind, group))


# Params


def videos_of_group(wildcards):
    """Id and suffix of each video of a group."""
    files = (Path(media_file(video)) for video in groups()[wildcards.group])
    return ",".join(file.name for file in files)


def sources_of_group(wildcards):
    """Each video of a group with a checksum of its source, and of the content of a local file.

    A video that is analysed and whose local file is gone keeps its checksum: nothing runs again.
    """
    sources = []
    for video in groups()[wildcards.group]:
        row = SimpleNamespace(video=video)
        text = f"{public_source(row)} {video_content(row)}"
        checksum = hashlib.sha256(text.encode()).hexdigest()[:16]
        if workflow.is_main_process and video in videos_without_file():
            checksum = stored_checksum(wildcards.group, video) or checksum
        sources.append(f"{video} {checksum}")
    return sources


def stored_checksum(group, video):
    """The checksum of a video at the last run, among the params that Snakemake stored."""
    file = IOFile(group_record("fetch", group))
    for param in workflow.persistence.params(file) or []:
        if match := re.search(rf"'{video} ([0-9a-f]{{16}})'", param):
            return match[1]
    return None


def stages_of_group(kind):
    """A description of each stage of a kind, as a param: corpus.video_groups.commands reads it."""

    @cache
    def descriptions():
        return [stage_description(name) for name in GROUP_STAGES[kind]]

    def stages(wildcards):
        return descriptions()

    return stages


def stage_description(name):
    """Rule, checksum of code and settings, tables, and the rule's command with placeholders."""
    stage = getattr(rules, name).rule
    job = Job(stage, workflow.dag, {"video": ANY_VIDEO})
    params = {key: value for key, value in job.params.items() if key != "script"}
    text = json.dumps(params, sort_keys=True, default=list)
    made_with = hashlib.sha256(text.encode()).hexdigest()[:16]
    files = [Path(file) for file in job.output if file.endswith(".parquet")]
    tables = ",".join(file.parent.name for file in files)
    command = format_command(
        stage.shellcmd,
        input=job.input,
        output=job.output,
        params=job.params,
        log=job.log,
        threads=1,
        resources=SimpleNamespace(erased=ANY_FLAGS),
    )
    return f"{name} {made_with} {tables} {command}"


# Flags


def flags_of_videos(kind):
    """The flags that only single videos of a group have, as a resource.

    They are not params, because erasing somebody must not run stages again.
    """

    def flags(wildcards):
        masked = [
            video
            for video in groups()[wildcards.group]
            if masked_videos() and masks_of(video)
        ]
        texts = [
            f"{stage} {video} {FLAGS_OF_VIDEOS[stage](SimpleNamespace(video=video))}"
            for stage in GROUP_STAGES[kind]
            if stage in FLAGS_OF_VIDEOS
            for video in masked
        ]
        return join(["--flags", *texts] if texts else [])

    return flags


def group_download_flags(wildcards, attempt):
    """Flags for how to download, which do not affect the downloaded files."""
    flags = settings.flags(config, "fetch_video", rerun=False)
    return join([*flags, *(["--last-attempt"] if attempt > n_retries() else [])])
