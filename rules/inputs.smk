"""Input files and parameters of the rules: videos, models, scripts, and values for the scripts."""

from corpus.faces.embedders import EMBEDDERS
from corpus.inputs import people_file
from corpus.inputs.model_catalogue import CATALOGUE
from corpus.planning.code_version import source_checksum, source_files

# Videos


def source(wildcards):
    """The video's source in the manifest: a web address or a path."""
    return MANIFEST[wildcards.video]["source"]


def local_source(wildcards):
    """The video's file on this machine, or [] if the source is a web address."""
    is_url = manifest.is_url(source(wildcards))
    return [] if is_url else manifest.local_path(source(wildcards), config["videos"])


def media_file(video):
    """A video's file in the results; its suffix follows from the source."""
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


def download_format(wildcards):
    """yt-dlp's format selector; a local file is used as it is."""
    return "" if local_source(wildcards) else config["fetch"]["format"]


def subtitle_languages(wildcards):
    """Languages of subtitles to download, separated by commas; none for a local file."""
    return "" if local_source(wildcards) else ",".join(config["fetch"]["subtitles"])


# Files of all videos


def all_media(wildcards):
    """The files of all videos."""
    return [media_file(video) for video in VIDEOS]


def all_files(pattern):
    """One file per video, as an input function.

    Every job reads the rules, but only a job that needs the list calls the function.
    """

    def files(wildcards):
        return each_video(pattern)

    return files


def all_tables(name):
    """One table per video, as an input function."""
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
    """
    files = each_video(pattern)
    own_job = any(argument.endswith(rule) for argument in sys.argv)
    return files if workflow.is_main_process or own_job else files[:1]


# Code and images


def code(name):
    """A script and the modules that it imports, so that an edit in any of them counts."""
    return [display_path(path) for path in source_files(ROOT / f"scripts/{name}.py")]


def version(name):
    """A checksum of the files in `code`, as a param.

    Rules that run once per video use it, because twenty more inputs for every job would double the
    time and the memory of a plan.
    """
    return source_checksum(ROOT / f"scripts/{name}.py")


def image(rule):
    """The container image for a rule, used with `--software-deployment-method apptainer`."""
    path = config["containers"].get(rule) or config["containers"].get("all")
    return resolve_path(path) if path else None


def page_assets():
    """Files that the page is made of besides Python code, which `code` does not list."""
    folder = ROOT / "scripts" / "corpus" / "report" / "page" / "assets"
    suffixes = (".html", ".css", ".js")
    files = [file for file in sorted(folder.iterdir()) if file.suffix in suffixes]
    return [display_path(file) for file in files]


# Models

MODEL_NAMES = {entry.file: name for name, entry in CATALOGUE.items()}
FACE_MODELS = EMBEDDERS[config["faces"]["embedder"]].models
POSE_MODEL = f"pose_landmarker_{config['keypoints']['pose_model']}"
HAND_MODEL = f"hand_landmarker_{config['keypoints']['hand_model']}"


def model(name):
    """The path of a model, by its name in the catalogue."""
    return f"<resources>/models/{CATALOGUE[name].file}"


def model_sha256(name):
    """The expected checksum of a model: from the configuration, or else from the catalogue."""
    return config["models"].get(name, {}).get("sha256", CATALOGUE[name].sha256)


def model_name(wildcards):
    """The name of a model in the catalogue."""
    return MODEL_NAMES[wildcards.model_file]


def model_settings(wildcards):
    """What the configuration says about a model."""
    return config["models"].get(model_name(wildcards), {})


def local_model_file(wildcards):
    """The user's copy of a model on this machine, or []."""
    file = model_settings(wildcards).get("file")
    return resolve_path(file) if file else []


def model_url(wildcards):
    """The web address of the user's copy of a model, or an empty text."""
    return model_settings(wildcards).get("url", "")


def expected_sha256(wildcards):
    """The expected checksum of a model."""
    return model_sha256(model_name(wildcards))


# Clustering and people


def same_person_flag():
    """The flag for `clustering.same_person`; without it the embedder's distance is used."""
    distance = config["clustering"]["same_person"]
    return [] if distance is None else [f"--same-person={distance}"]


def known_people_file():
    """The people of an earlier run, if the configuration names them."""
    path = config["clustering"]["known"]
    return [] if path is None else [path]


def known_people_flags(wildcards, input):
    """The flags for the people of an earlier run."""
    if not input.known:
        return []
    return ["--known", *input.known, "--add", config["clustering"]["add"]]


def people_path(wildcards):
    """Where people.tsv is or will be: the page tells users to save it there."""
    return config["people"]


def people_files():
    """The people.tsv of the configuration in a list, or [] if it does not exist."""
    return [config["people"]] if exists(config["people"]) else []


PEOPLE_FILES = people_files()


def anchored_faces(wildcards):
    """Tables of faces of the videos that people.tsv refers to.

    Ids that are not in the manifest are skipped here; identify_people reports them.
    """
    anchored = set().union(*map(people_file.anchored_videos, PEOPLE_FILES))
    videos = sorted(anchored & set(VIDEOS))
    return collect("<results>/faces/{video}.parquet", video=videos)


def pictures_table():
    """The table of face pictures, if the configuration requests it."""
    return ["<results>/pictures.parquet"] if config["report"]["pictures"] else []


# ELAN and exported videos


def edited_files(wildcards):
    """The ELAN files that people saved in the folder of annotations."""
    folder = Path(config["annotations"])
    files = [file for file in sorted(folder.glob("*.eaf")) if file.name[0] != "."]
    if not files:
        logger.error(
            f"{folder}: no .eaf file to import (config key annotations). In ELAN, use File > Save "
            "As to save each edited file there as {video_id}.eaf."
        )
        sys.exit(1)
    return [display_path(file) for file in files]


def identity_tables(wildcards):
    """Tables of people, for videos that show names. Blurred videos do not depend on names."""
    names = ["tracks", "people"] if wildcards.kind != "blurred" else []
    return [f"<results>/{name}.parquet" for name in names]


def phases_table(wildcards):
    """The table of movement phases, for videos that show them."""
    show_phases = wildcards.kind != "blurred"
    return f"<results>/phases/{wildcards.video}.parquet" if show_phases else []


def erased_heads(wildcards):
    """The table of heads of erased people, if there is one, for a video with covered faces."""
    table = f"{config['results']}/covers/{wildcards.video}.parquet"
    return table if wildcards.kind == "blurred" and exists(table) else []


def overlay_flags(wildcards, input):
    """The flags for the tables above, as far as this kind of video uses them."""
    if wildcards.kind == "blurred":
        return ["--covers", input.covers] if input.covers else []
    flags = ["--tracks", *input.identities[:1], "--people", *input.identities[1:]]
    return [*flags, "--phases", input.phases]


def sound_flag(wildcards):
    """Whether an exported video keeps its sound."""
    return "--sound" if wildcards.kind in config["exports"]["audio"] else "--no-sound"
