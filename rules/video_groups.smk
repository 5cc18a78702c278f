"""Groups of videos that one job processes, if the config key `videos_per_job` is larger than 1.

The plan then has three jobs per group instead of five per video. Snakemake keeps track of the record
that each of them writes, `<results>/groups/{kind}/{group}.json`; the jobs themselves find out which
files of a video are missing or outdated.
"""

from functools import cache

from corpus.planning import lost_files, video_groups

GROUPED = config["videos_per_job"] > 1
"""Whether jobs process groups of videos."""
GROUP_TABLES = {
    "faces": ("frames", "shots", "status", "faces", "embeddings"),
    "movement": (
        "keypoints",
        *lost_files.MOVEMENT_TABLES,
        *(["skeletons"] if config["report"]["skeletons"] else []),
    ),
}
"""Tables of each video that the jobs of a kind write. Jobs of the kind `fetch` write the videos."""


@cache
def groups():
    """Ids of the videos of each group, by the name of the group."""
    return video_groups.cut_into_groups(VIDEOS, config["videos_per_job"])


@cache
def names_of_groups():
    """The name of each video's group."""
    return {video: group for group, videos in groups().items() for video in videos}


def group_record(kind, group):
    """The record of a group: it exists if the jobs of this kind are done for all of its videos."""
    return f"{config['results']}/groups/{kind}/{group}.json"


def record_of_video(kind, video):
    """The record of the group of a video."""
    return group_record(kind, names_of_groups()[video])


def group_records(kind):
    """The records of all groups."""
    return [group_record(kind, group) for group in groups()]


def kind_of_table(table):
    """The kind of the jobs that write a table, or None if they do not."""
    return next((kind for kind, names in GROUP_TABLES.items() if table in names), None)


@cache
def groups_with_missing_tables(kind):
    """Groups in which a table of a video was deleted, or never made."""
    existing = [
        lost_files.names_in(f"{config['results']}/{table}")
        for table in GROUP_TABLES[kind]
    ]
    complete = set.intersection(*existing)
    return {
        group
        for group, videos in groups().items()
        if not complete.issuperset(f"{video}.parquet" for video in videos)
        or any(lacks_side_files(kind, video) for video in videos)
    }


def lacks_side_files(kind, video):
    """Whether the side files of a table of a video were deleted."""
    tables, results = GROUP_TABLES[kind], config["results"]
    return not all(lost_files.has_side_files(results, t, video) for t in tables)


def force(file):
    """Let the job that makes a file run, as by --forcerun; dry runs also show it."""
    if workflow.is_main_process and exists(file):
        workflow.dag.forcefiles.add(file)
