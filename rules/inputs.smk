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


def all_outputs(rule, pattern):
    """The outputs of a rule that writes one file per video in a single job.

    Such a rule depends on identities, and any new video may change them all. Outputs cannot be
    functions, so every job on a node would list them when it reads the rules, which takes
    17 microseconds per file. A job of another rule therefore gets only the first file.

    The command line is the only source for this: when the rules are read, Snakemake 9 has not yet
    stored the job's target in the workflow object (`workflow.dag_settings` is None). Every executor
    starts a job with `--allowed-rules` and the name of its rule, which has a prefix if this workflow
    is used as a module.

    A rule that reads these files names the first one, which brings in the job. Naming all of them
    takes minutes for ten thousand videos, because Snakemake searches all outputs for each name. If
    any of the files is missing, the job that makes the first one still runs again.

    If jobs process groups of videos, only the first file is an output: Snakemake compares each
    output with all others, which would take an hour for 100,000 videos. `file_of_group` stands for
    the others.
    """
    files = each_video(pattern)
    if GROUPED:
        return files[:1]
    own_job = any(argument.endswith(rule) for argument in sys.argv)
    return files if workflow.is_main_process or own_job else files[:1]


# The default target


default_outputs = []
"""Inputs of the target `all`. The file of each stage appends what the stage makes in the end.

They are listed so that a deleted file is made again. Intermediate tables are not listed, because
each file of each video adds to the planning time.
"""
