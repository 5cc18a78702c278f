"""Where inputs come from: the videos' and models' files, and what the scripts are told of them."""

from corpus.faces.embedders import EMBEDDERS
from corpus.inputs import people_file
from corpus.inputs.model_catalogue import CATALOGUE
from corpus.planning import code_version

MODEL_NAMES = {entry.file: name for name, entry in CATALOGUE.items()}
FACE_MODELS = EMBEDDERS[config["faces"]["embedder"]].models
POSE_MODEL = f"pose_landmarker_{config['keypoints']['pose_model']}"
HAND_MODEL = f"hand_landmarker_{config['keypoints']['hand_model']}"


def source(wildcards):
    """Where the manifest says the video is: a web address or a path."""
    return MANIFEST[wildcards.video]["source"]


def local_source(wildcards):
    """The video's file where it lies on this machine, else nothing."""
    address = manifest.is_url(source(wildcards))
    return [] if address else manifest.local_path(source(wildcards), config["videos"])


def media_file(video):
    """A video's file in the results, whose suffix follows from its source."""
    suffix = manifest.media_suffix(
        MANIFEST[video]["source"], config["fetch"]["container"]
    )
    return f"<results>/videos/{video}.{suffix}"


def media(wildcards):
    """The video's file in the results."""
    return media_file(wildcards.video)


def all_media(wildcards):
    """The files of all videos."""
    return [media_file(video) for video in VIDEOS]


def all_files(pattern):
    """A file of every video, as a function: each job parses the rules, but only a job that
    takes all files need list them."""

    def files(wildcards):
        return each_video(pattern)

    return files


def all_tables(name):
    """A table of every video, likewise."""
    return all_files(f"<results>/{name}/{{video}}.parquet")


def each_video(pattern):
    """The files of a rule that writes one for every video in a single job, as a list.

    Outputs cannot be functions, so each job lists them when it reads the rules: 17 microseconds
    a file. What depends on identities is written this way, since any new video may change it all.
    Rules that read them name the first, which brings the job: Snakemake looks for the maker of
    each file that is named among all of them, which takes minutes for ten thousand. All others are
    made again, too, where one is missing.
    """
    return [pattern.replace("{video}", video) for video in VIDEOS]


def written_by(rule, pattern):
    """`each_video` as the outputs of `rule`; in another rule's job, which needs none, the first.

    A job is told its rules on Snakemake's command line, with a prefix where this is a module.
    """
    own = workflow.is_main_process or any(word.endswith(rule) for word in sys.argv)
    return each_video(pattern) if own else each_video(pattern)[:1]


def record(wildcards):
    """What fetching the video told about it, beside the video's file."""
    return f"{media(wildcards)}.json"


def same_suffix(lookup, end=""):
    """A function's answers as a pattern, where all videos have one suffix: a plan of ten thousand
    videos then takes a quarter less time."""
    suffixes = {media_file(video).rpartition(".")[2] for video in VIDEOS}
    if len(suffixes) != 1:
        return lookup
    return f"<results>/videos/{{video}}.{suffixes.pop()}{end}"


MEDIA = same_suffix(media)
RECORD = same_suffix(record, ".json")


def code(name):
    """A script and the modules that it imports, since an edit in any of them counts."""
    return [near(path) for path in closure(ROOT / "scripts" / f"{name}.py")]


def version(name):
    """What `code` says, as one short param: a rule that runs for each video takes this, since
    twenty more inputs for every job would double the time and the memory of a plan."""
    return code_version.checksum(ROOT / "scripts" / f"{name}.py")


def image(rule):
    """The image that a rule's commands run in with `--software-deployment-method apptainer`."""
    named = config["containers"].get(rule) or config["containers"].get("all")
    return shipped(named) if named else None


def wanted_format(wildcards):
    """yt-dlp's format selector; a local file is taken as it is."""
    return "" if local_source(wildcards) else config["fetch"]["format"]


def wanted_subtitles(wildcards):
    """Languages, separated by commas; a local file has none fetched for it."""
    return "" if local_source(wildcards) else ",".join(config["fetch"]["subtitles"])


def model(name):
    """Where a model lies, by its name in the catalogue."""
    return f"<resources>/models/{CATALOGUE[name].file}"


def model_sha256(name):
    """Checksum that a model must have: that of your own copy, else the catalogue's."""
    return config["models"].get(name, {}).get("sha256", CATALOGUE[name].sha256)


def own_copy(wildcards):
    """What the configuration says about the model that a file is."""
    return config["models"].get(MODEL_NAMES[wildcards.model_file], {})


def own_file(wildcards):
    """Your own copy on this machine, else nothing."""
    file = own_copy(wildcards).get("file")
    return shipped(file) if file else []


def own_url(wildcards):
    """The address of your own copy, else nothing."""
    return own_copy(wildcards).get("url", "")


def wanted_model(wildcards):
    """A model's name in the catalogue."""
    return MODEL_NAMES[wildcards.model_file]


def wanted_sha256(wildcards):
    """Checksum that a model must have."""
    return model_sha256(wanted_model(wildcards))


def same_person():
    """The flag for a distance of the user's own; without it the embedder's is taken."""
    distance = config["clustering"]["same_person"]
    return [] if distance is None else [f"--same-person={distance}"]


def known_file():
    """The people of an earlier run, where the configuration names them."""
    known = config["clustering"]["known"]
    return [] if known is None else [known]


def known_flags(wildcards, input):
    """The flags for these."""
    if not input.known:
        return []
    return ["--known", *input.known, "--add", config["clustering"]["add"]]


def names_place(wildcards):
    """Where the people.tsv of the configuration is or will be, for who is told where to save it."""
    return config["people"]


def names_file():
    """The people.tsv of the configuration, if there is one."""
    return [config["people"]] if exists(config["people"]) else []


def edited_files(wildcards):
    """The ELAN files that people saved for the import, which somebody asked for."""
    folder = Path(config["annotations"])
    files = [near(file) for file in sorted(folder.glob("*.eaf")) if file.name[0] != "."]
    if not files:
        logger.error(
            f"{folder}: no .eaf file to import (config key annotations); in ELAN, save what you "
            f"edited there as {{video_id}}.eaf, with File > Save As"
        )
        sys.exit(1)
    return files


def anchored_faces(wildcards):
    """Faces of the videos that people.tsv points into; ids that are no video's are told later."""
    videos = set().union(*map(people_file.anchored_videos, NAMES)) & set(VIDEOS)
    return collect("<results>/faces/{video}.parquet", video=sorted(videos))


def page_parts():
    """What the page is made of besides Python code, of which `code` does not know."""
    folder = ROOT / "scripts" / "corpus" / "report" / "page" / "assets"
    kinds = (".html", ".css", ".js")
    return [near(file) for file in sorted(folder.iterdir()) if file.suffix in kinds]


def pictures_file():
    """The pictures of faces, where the configuration asks for them."""
    return ["<results>/pictures.parquet"] if config["report"]["pictures"] else []


NAMES = names_file()


def shown_identities(wildcards):
    """Tables that say who is who, for videos that show it: a new name makes no new blurred video."""
    names = ["tracks", "people"] if wildcards.kind != "blurred" else []
    return [f"<results>/{name}.parquet" for name in names]


def shown_phases(wildcards):
    """What hands do, for videos that show it."""
    wanted = wildcards.kind != "blurred"
    return f"<results>/phases/{wildcards.video}.parquet" if wanted else []


def forgotten_heads(wildcards):
    """The heads of people who were forgotten, where there are any, for a video that covers them."""
    table = f"{config['results']}/covers/{wildcards.video}.parquet"
    return table if wildcards.kind == "blurred" and exists(table) else []


def shown_flags(wildcards, input):
    """The flags for these, as far as the kind of video has them."""
    if wildcards.kind == "blurred":
        return ["--covers", input.covers] if input.covers else []
    flags = ["--tracks", *input.identities[:1], "--people", *input.identities[1:]]
    return [*flags, "--phases", input.phases]


def sound_flag(wildcards):
    """Whether a video keeps its sound."""
    return "--sound" if wildcards.kind in config["exports"]["audio"] else "--no-sound"
