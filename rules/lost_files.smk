"""Files of the results that were deleted, although other files were made from them.

Snakemake makes a missing file again only if a job that has to run names it as an input. To keep
plans of large corpora small, rules name only the last tables of each video, and one file of a job
that writes thousands. The targets therefore name the other files where they are missing.
"""

import os
from functools import cache

from snakemake.io import IOFile, is_flagged

from corpus.planning import lost_files

KEPT_SINCE = (1, 1)
"""Times of access and change, in seconds, of outputs that a failed job kept: older than any input."""
INDEX_TABLES = ("frames", "shots", "status")


def date_back_kept_outputs():
    """Let jobs that failed run again, although their outputs exist.

    `update` keeps the outputs of a failed job, but Snakemake gives them the time of the failure and
    records the new inputs and params for them, so that they would count as up to date.
    """
    for job in workflow.dag.needrun_jobs(exclude_finished=True):
        for file in job.output:
            if is_flagged(file, "update") and exists(file):
                os.utime(file, KEPT_SINCE)
                workflow.persistence.cleanup_metadata(file)


@cache
def warn_about_unknown_results():
    """Warn if Snakemake knows nothing about existing tables: changes of settings are not noticed."""
    tables = (f"{config['results']}/status/{video}.parquet" for video in VIDEOS)
    table = next(filter(exists, tables), None)
    if table and not workflow.persistence.metadata(IOFile(table)):
        logger.warning(
            f"{config['results']}: Snakemake does not know how these results were made, because they "
            "were copied or moved. A change of settings or files since then is not noticed. To make "
            "everything again with the present settings, add --forcerun index_frames"
        )


def lost(*tables):
    """The tables of this kind that were deleted, as an input function of a target.

    Batches are slices of a target's inputs, so nothing is added to them. The jobs of groups of
    videos find missing tables themselves.
    """

    def files(wildcards):
        if GROUPED:
            return []
        forget_groups()
        warn_about_unknown_results()
        if workflow.dag_settings.batch:
            return []
        return list(lost_files.lost_tables(config["results"], VIDEOS, tables))

    return files


def lost_of_one_job(folder, name):
    """A deleted file of a folder whose files a single job writes, as an input function.

    `name` contains {video}, or {video}/ for a file in a folder of each video.
    """

    def files(wildcards):
        path = f"{config['results']}/{folder}"
        if name.startswith("{video}/"):
            file = name.removeprefix("{video}/")
            lost = lost_files.first_lost_below(path, VIDEOS, file)
        else:
            names = [name.format(video=video) for video in VIDEOS]
            lost = lost_files.first_lost(path, names)
        if lost and GROUPED:
            force(f"{path}/{name.format(video=VIDEOS[0])}")
        return [] if GROUPED else lost

    return files


def lost_csv_files(wildcards):
    """Deleted CSV files of videos, of which the target names only one kind."""
    folder = f"{config['results']}/exports/csv"
    names = [f"{video}.csv" for video in VIDEOS]
    lost = [lost_files.first_lost(f"{folder}/{table}", names) for table in CSV_TABLES]
    return [file for files in lost for file in files]


def lost_records(wildcards):
    """Deleted records of videos.

    That of a download is only reported: to make it, the video would be downloaded again.
    """
    if GROUPED:
        return []
    folder = f"{config['results']}/videos"
    existing = lost_files.names_in(folder)
    records = {f"{media_file(video)}.json": video for video in VIDEOS}
    lost = [
        record
        for record in records
        if Path(record).name not in existing
        and Path(record).stem in existing
        and records[record] not in videos_without_file()
    ]
    downloads = [
        record
        for record in lost
        if manifest.is_url(MANIFEST[records[record]]["source"])
    ]
    if downloads:
        logger.warning(
            f"{', '.join(downloads[:5])}: {len(downloads)} deleted. A job that needs the record of "
            "a download downloads the video again"
        )
    return [record for record in lost if record not in downloads]


default_outputs += [
    lost(*lost_files.MADE_FROM),
    lost_of_one_job("gestures", "{video}.parquet"),
    lost_of_one_job("elan", "{video}.eaf"),
    lost_of_one_job("report/page", "{video}/gestures.js"),
    lost_records,
]
