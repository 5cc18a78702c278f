"""What happens when the config key `videos_per_job` changes from 1 to more, or back.

Snakemake knows how the tables of single videos were made, and the jobs of groups have notes of
their own. Each side takes over, or forgets, what the other did.
"""

import shutil
from functools import cache

from snakemake.io import IOFile

# From single videos to groups


def take_over_tables(kind, group):
    """Note for the job of a group which tables the rules for single videos made as it would.

    Otherwise a corpus would be analysed again. Only tables count whose params are still the same;
    the job itself compares the files from which they were made.
    """
    if (
        not workflow.is_main_process
        or workflow.dryrun
        or exists(group_record(kind, group))
    ):
        return
    for name in GROUP_STAGES[kind]:
        stage_of_group = cache_of_stages(name)
        existing = tables_in_results(stage_of_group.tables[-1])
        for video in groups()[group]:
            if f"{video}.parquet" in existing:
                take_over_stage(stage_of_group, video)


@cache
def cache_of_stages(name):
    """A stage as the jobs of groups know it."""
    return Stage.parse(stage_description(name))


@cache
def tables_in_results(table):
    """Names of the files of a table."""
    return lost_files.names_in(f"{config['results']}/{table}")


def take_over_stage(stage, video):
    """Note a stage of a video, if Snakemake knows that its tables are up to date."""
    # Not at the top: pyarrow takes a second to load.
    from corpus.video_groups.outdated import table_identities

    results = Path(config["results"])
    if stage.name in read_state(results, video):
        return
    job = Job(getattr(rules, stage.name).rule, workflow.dag, {"video": video})
    known = workflow.persistence
    if known.has_metadata(job) and not known.params_changed(job):
        if tables := table_identities(results, video, stage):
            end_stage(
                results,
                video,
                stage.name,
                {"made_with": stage.made_with, "tables": tables},
            )


# From groups to single videos


@cache
def forget_groups():
    """Let Snakemake forget how tables were made, if groups have made them again since.

    It would compare the settings of today with those from before the groups.
    """
    folder = Path(config["results"], "groups")
    kinds = [kind for kind in ("fetch", *GROUP_TABLES) if (folder / kind).exists()]
    if not kinds or GROUPED or workflow.dryrun or not workflow.is_main_process:
        return
    for video in VIDEOS:
        for file in files_of_video(video):
            workflow.persistence.cleanup_metadata(IOFile(file))
    for kind in kinds:
        shutil.rmtree(folder / kind)
    logger.warning(
        f"{config['results']}: until now, jobs processed groups of videos (config key "
        "videos_per_job). Their results are kept, but a change of settings since the last run is "
        "not noticed. To make everything again, add --forcerun index_frames"
    )


def files_of_video(video):
    """The video, its record, and its tables."""
    yield from (media_file(video), f"{media_file(video)}.json")
    for table in (table for tables in GROUP_TABLES.values() for table in tables):
        yield f"{config['results']}/{table}/{video}.parquet"
