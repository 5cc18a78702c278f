"""Local files of the user: their content, which decides what runs again, and links to them.

Snakemake compares modification times, so it misses a file that was replaced by an older one. Rules
that read a file of the user therefore have a param that depends on its content.
"""

import os

from corpus.core.checksums import sha256
from corpus.core.links import hide_link, repair_link
from corpus.planning.content_signatures import Signatures

SIGNATURES = Signatures(Path(".snakemake", "content_signatures.json"))


def local_videos():
    """Each video with a local source, and the path of that file."""
    for video, row in MANIFEST.items():
        if not manifest.is_url(row["source"]):
            yield video, manifest.local_path(row["source"], config["videos"])


def repair_links():
    """Let links in the results lead to the videos again, after one of the two was moved."""
    for video, file in local_videos():
        try:
            repair_link(media_file(video), file)
        except OSError as error:
            raise InputError(
                f"{media_file(video)}: leads nowhere, and cannot be replaced by a link to {file} "
                f"({error.strerror})"
            ) from error


def set_gone_videos_aside():
    """Name the videos whose results exist, but whose local file does not, and hide their links."""
    files = [file for video, file in local_videos() if video in videos_without_file()]
    for video in videos_without_file():
        hide_link(media_file(video))
    if files:
        more = f" and {len(files) - 5} more" if len(files) > 5 else ""
        logger.warning(
            f"{config['videos']}: no file {', '.join(files[:5])}{more}. The results of these videos "
            "exist, so only what needs the videos themselves cannot be made. Correct their sources, "
            "or remove their rows"
        )


if workflow.is_main_process:
    stop_on_error(repair_links)
    set_gone_videos_aside()


@cache
def prepare_signatures():
    """Read the signatures of all local videos at once, the first time that one is needed."""
    SIGNATURES.prepare(file for _, file in local_videos())


def report_full_disks():
    """Name full disks, since a job whose log is on the same disk could not say so."""
    for folder in (config["results"], ".snakemake"):
        if exists(folder) and os.statvfs(folder).f_bavail == 0:
            logger.error(
                f"The disk of {folder} is full. Free some space and run snakemake again."
            )


def video_content(wildcards):
    """A param that changes with the content of a local video.

    For a web address it is the source, which is among the params anyway: Snakemake compares the set
    of all params, and another value would download a finished corpus again.
    """
    file = local_source(wildcards)
    if not file:
        return public_source(wildcards)
    if workflow.is_main_process:
        prepare_signatures()
    return SIGNATURES.of(file)


def model_content(wildcards):
    """A param that changes with the content of the user's copy of a model.

    Without such a copy it is the web address, which is among the params anyway.
    """
    file = local_model_file(wildcards)
    return SIGNATURES.of(file) if file else model_url(wildcards)


def contents(**files):
    """A param that changes with the content of small files of the user.

    Keys and names tell the files apart, since Snakemake compares the set of all params. Each value
    is a list of paths, or an input function.
    """

    def checksums(wildcards):
        return [
            f"{key} {Path(path).name} {sha256(path)[:16] if exists(path) else 'missing'}"
            for key, paths in files.items()
            for path in (paths(wildcards) if callable(paths) else paths)
        ]

    return checksums
