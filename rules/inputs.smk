"""Files that rules read and write: videos in the results, and lists of files of all videos."""

from functools import cache

from corpus.video_groups.commands import ANY_SUFFIX, ANY_VIDEO

# Videos


def source(wildcards):
    """The video's source in the manifest: a web address or a path."""
    return MANIFEST[wildcards.video]["source"]


def local_source(wildcards):
    """The video's file on this machine, or [] if the source is a web address."""
    is_url = manifest.is_url(source(wildcards))
    return [] if is_url else manifest.local_path(source(wildcards), config["videos"])


@cache
def media_file(video):
    """A video's file in the results; its suffix follows from the source.

    The placeholder for any video gives a path with placeholders.
    """
    if video == ANY_VIDEO:
        return f"{config['results']}/videos/{video}.{ANY_SUFFIX}"
    suffix = manifest.media_suffix(
        MANIFEST[video]["source"], config["fetch"]["container"]
    )
    return f"{config['results']}/videos/{video}.{suffix}"


def media(wildcards):
    """The video's file in the results."""
    return media_file(wildcards.video)


def record(wildcards):
    """The record of the video's download, beside the video's file."""
    return f"{media(wildcards)}.json"


def common_suffix(lookup, end=""):
    """A pattern that replaces the function `lookup` if all videos have the same suffix.

    Planning ten thousand videos takes a quarter less time with a pattern than with a function.
    """
    suffixes = {media_file(video).rpartition(".")[2] for video in VIDEOS}
    if len(suffixes) != 1:
        return lookup
    return f"{config['results']}/videos/{{video}}.{suffixes.pop()}{end}"


MEDIA = common_suffix(media)
RECORD = common_suffix(record, ".json")


@cache
def videos_without_file():
    """Videos whose local file is gone, although their results exist.

    What needs only the results is still made. What needs the video fails.
    """
    local = [
        (v, row["source"])
        for v, row in MANIFEST.items()
        if not manifest.is_url(row["source"])
    ]
    return {
        video
        for video, source in local
        if not exists(manifest.local_path(source, config["videos"]))
        and is_analysed(config["results"], video)
    }


# Tables


def video_tables(*names):
    """Tables of one video, as named inputs of a rule: `**video_tables("frames", "shots")`.

    If jobs process groups of videos, the records of the group are inputs, too: a rule runs after
    them, and again after they have made the tables again.
    """
    tables = {name: f"<results>/{name}/{{video}}.parquet" for name in names}
    return {**tables, "groups": records_of_video} if GROUPED else tables


def records_of_video(wildcards):
    """The records of the group of a video; none for the placeholder of the jobs of groups."""
    if wildcards.video not in MANIFEST:
        return []
    return [record_of_video(kind, wildcards.video) for kind in GROUP_TABLES]


def corpus_tables(*names):
    """Tables of the corpus, as named inputs of a rule: `**corpus_tables("tracks", "people")`."""
    return {name: f"<results>/{name}.parquet" for name in names}


# Files of all videos


def all_media(wildcards):
    """The files of all videos, except of those that are analysed and gone."""
    if GROUPED:
        return group_records("fetch")
    gone = videos_without_file()
    return [media_file(video) for video in VIDEOS if video not in gone]


def all_files(pattern):
    """One file per video, as an input function.

    Every job reads the rules, but only a job that needs the list calls the function.
    """

    def files(wildcards):
        return each_video(pattern)

    return files


def all_tables(name):
    """One table per video, as an input function; or one record per group of videos."""
    if GROUPED and (kind := kind_of_table(name)):

        def records(wildcards):
            return group_records(kind)

        return records
    return all_files(f"<results>/{name}/{{video}}.parquet")


def each_video(pattern):
    """One file per video, as a list.

    `<results>` is replaced here: a rule of another workflow that takes the inputs of a target from
    this workflow, used as a module, would put its own folder there.
    """
    pattern = pattern.replace("<results>", config["results"])
    return [pattern.replace("{video}", video) for video in VIDEOS]


def of_results(pattern, video):
    """The path of a file of one video."""
    return pattern.replace("<results>", config["results"]).replace("{video}", video)


def first_output(pattern):
    """The output of a rule that writes one file per video in a single job: the first file.

    Such a rule depends on identities, and any new video may change them all. Snakemake knows only
    the first file. It would compare each output with all others, and search all of them for each
    input of other rules: for 10,000 videos this takes a fifth of the time of a plan, for 100,000
    videos an hour.

    A rule that reads all files names the first one, which brings in the job. A rule that reads the
    file of one video uses `made_with_first`; for rules of the user that name this file,
    `file_of_video` stands for it.
    """
    return of_results(pattern, VIDEOS[0])


def made_with_first(pattern):
    """The first file of a job that writes one file per video, as an input function.

    For rules that read the file of one video. If that file was deleted, the job runs again.
    """

    def first_file(wildcards):
        return first_file_with(pattern, wildcards.video)

    return first_file


def first_file_with(pattern, video):
    """The first file of a job that also writes that of `video`, and forces the job if it is missing."""
    first = first_output(pattern)
    if not exists(of_results(pattern, video)):
        force(first)
    return first


# The default target


default_outputs = []
"""Inputs of the target `all`. The file of each stage appends what the stage makes in the end.

They are listed so that a deleted file is made again. Files of single videos are not listed, because
each of them adds to the planning time: other jobs need them, and rules/lost_files.smk names those
that were deleted.
"""
