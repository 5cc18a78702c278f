"""What a download gets, and videos that could not be downloaded yet.

After its last attempt, a download that fails for a reason that may pass leaves an empty file and a
record with the status `pending`. Everything else is made in the same run.
"""

import os
from shlex import join
from types import SimpleNamespace

from snakemake.io import IOFile

from corpus.core.addresses import redact
from corpus.planning.pending_videos import describe_pending, pending_reason

RETRIES_VARIABLE = "CORPUS_DOWNLOAD_RETRIES"
"""Environment variable with the number of retries. Jobs on a cluster start Snakemake without it."""


def fetch_input(wildcards):
    """The video's local file, or [] for a web address.

    A pending video is fetched again. Its files exist and no input of theirs changes, so Snakemake is
    told as by its option --forcerun; then dry runs also show it.
    """
    files = local_source(wildcards)
    if workflow.is_main_process and not files and pending_reason(media(wildcards)):
        workflow.dag.forcefiles.update([media(wildcards), record(wildcards)])
    return files


def public_source(wildcards):
    """The source without credentials: Snakemake stores params, and others can see commands.

    For a corpus of an earlier version, the stored address has credentials. It then remains, because
    another address would download the video again.
    """
    address = source(wildcards)
    if local_source(wildcards) or redact(address) == address:
        return address
    if workflow.is_main_process:
        stored_params = workflow.persistence.params(IOFile(media(wildcards)))
        if repr(address) in (stored_params or []):
            return address
    return redact(address)


def download_format(wildcards):
    """yt-dlp's format selector; a local file is not converted."""
    return "" if local_source(wildcards) else config["fetch"]["format"]


def subtitle_languages(wildcards):
    """Languages of subtitles to download, separated by commas; none for a local file."""
    return "" if local_source(wildcards) else ",".join(config["fetch"]["subtitles"])


def download_flags(wildcards, attempt):
    """Flags for how to download, which do not affect the downloaded file.

    They are a resource, because a change of a param would download a finished corpus again.
    """
    flags = settings.flags(config, "fetch_video", rerun=False)
    if not local_source(wildcards):
        if attempt > n_retries():
            flags.append("--last-attempt")
        if redact(source(wildcards)) != source(wildcards):
            flags.append(f"--manifest={config['videos']}")
    return join(flags)


def n_retries():
    """How often Snakemake repeats a failed job, also in a job on a cluster.

    If a cluster does not pass on the variable, the first attempt counts as the last.
    """
    if workflow.is_main_process and workflow.execution_settings:
        os.environ[RETRIES_VARIABLE] = str(workflow.execution_settings.retries)
    return int(os.environ.get(RETRIES_VARIABLE, 0))


def videos_of_job(job):
    """The videos that a job fetches; none for a job of another rule."""
    if job.rule.name not in ("fetch_video", "fetch_group"):
        return []
    group = job.wildcards_dict.get("group")
    return groups().get(group, []) if group else [job.wildcards_dict["video"]]


def pending_downloads():
    """Reasons by video of failed downloads of this run, and the number of its downloads."""
    jobs = workflow.dag.needrun_jobs(exclude_finished=False)
    tried = [videos_of_job(job) for job in jobs]
    tried = [SimpleNamespace(video=video) for videos in tried for video in videos]
    downloads = [wildcards for wildcards in tried if not local_source(wildcards)]
    reasons = {job.video: pending_reason(media(job)) for job in downloads}
    pending = {video: reasons[video] for video in sorted(reasons) if reasons[video]}
    return pending, len(downloads)


def report_pending_videos(all_done=True):
    """List the videos that this run could not download; the exit status is then 1."""
    pending, n_downloads = pending_downloads()
    if pending:
        logger.error(describe_pending(pending, n_downloads, all_done))
        sys.exit(1)
