"""Inputs, outputs and flags of single stages that depend on the configuration or on the user's files."""

from functools import cache
from shlex import join

from corpus.agreement import coding_table
from corpus.elan.edited_files import edited_files as annotation_files
from corpus.faces.embedders import unusual_distance
from corpus.inputs import erased_folder, former_embedder, people_file

# People

KNOWN_PEOPLE = [config["clustering"]["known"]] if config["clustering"]["known"] else []
"""People of an earlier run, if the configuration names them."""
PEOPLE_FILES = [config["people"]] if exists(config["people"]) else []
"""The people.tsv, if it exists."""
PICTURES = ["<results>/pictures.parquet"] if config["report"]["pictures"] else []
"""The table of face pictures, if the configuration requests it."""
SKELETONS = config["report"]["skeletons"]
"""Whether the page draws skeletons over the playing video."""

if workflow.is_main_process:
    for warning in (
        former_embedder.warning(config["results"], config["faces"]["embedder"]),
        unusual_distance(
            config["faces"]["embedder"], config["clustering"]["same_person"]
        ),
    ):
        if warning:
            logger.warning(warning)


def anchored_faces(wildcards):
    """Tables of faces of the videos that people.tsv refers to.

    Ids that are not in the manifest are skipped here; identify_people reports them.
    """
    anchored = set().union(*map(people_file.anchored_videos, PEOPLE_FILES))
    videos = sorted(anchored & set(VIDEOS))
    if GROUPED:
        return sorted({record_of_video("faces", video) for video in videos})
    return [f"{config['results']}/faces/{video}.parquet" for video in videos]


def people_path(wildcards):
    """Where people.tsv is or will be: the page tells users to save it there."""
    return config["people"]


# Erased people

if workflow.is_main_process:
    for other in erased_folder.folders_of_other_manifests(
        config["erased"], config["videos"], MANIFEST
    ):
        logger.warning(
            f"{other} keeps people erased from videos of this name, but this corpus uses "
            f"{config['erased']}, which does not exist. If they are the same videos, name {other} in "
            "the config key erased; otherwise the people can be found again"
        )


@cache
def masked_videos():
    """Videos from which people were erased. They are few, and the folders are listed only once."""
    folders = Path(config["erased"]), Path(config["results"])
    return {
        file.stem
        for folder in folders
        for file in folder.glob(f"{erased_folder.MASKS}/*.parquet")
    }


def masks_of(video):
    """The table of the heads of people who were erased from a video, or None."""
    if video not in masked_videos():
        return None
    return erased_folder.find_masks(config["erased"], config["results"], video)


def kept_ids_flags():
    """The flag for the ids of the people who remained when somebody was erased."""
    file = erased_folder.kept_ids_path(config["erased"])
    return ["--kept-ids", str(file)] if file.exists() else []


# The flags are resources, because Snakemake would search videos again if erasing somebody, which
# edits the tables, added an input or a param.


def masks_flags(wildcards):
    """The flag for the heads of people who were erased from a video."""
    masks = masks_of(wildcards.video)
    return join(["--covers", str(masks)] if masks else [])


def masks_and_ids_flags(wildcards):
    """The flags for the heads of erased people, and for the ids of the others."""
    masks = masks_flags(wildcards)
    return f"{masks} {join(kept_ids_flags())}" if masks else ""


def ids_flags(wildcards):
    """The flag for the ids of the people who remained when somebody was erased."""
    return join(kept_ids_flags())


def erased_folder_flags(wildcards):
    """The flag for the folder that keeps erased people erased, if it exists."""
    return join(["--erased", config["erased"]] if exists(config["erased"]) else [])


# ELAN


def edited_files(wildcards):
    """The ELAN files that people saved in the folder of annotations."""
    folder = Path(config["annotations"])
    if not (files := annotation_files(folder)):
        logger.error(
            f"{folder}: no .eaf file to import (config key annotations). In ELAN, use File > Save "
            "As to save each edited file there as {video_id}.eaf."
        )
        sys.exit(1)
    return [display_path(file) for file in files]


# Agreement


@cache
def check_coders(folder):
    """Check the table of coders, and that their files have the tiers, before any job."""
    path, files = folder / coding_table.NAME, annotation_files(folder)
    if not path.exists():
        raise InputError(coding_table.describe_missing(path, files))
    coding_table.check_tiers(path, coding_table.read(path, VIDEOS, files))


def coders_files(wildcards):
    """The table that says which tiers are compared, in a list."""
    edited_files(wildcards)
    folder = Path(config["annotations"])
    if workflow.is_main_process:
        stop_on_error(check_coders, folder)
    return [display_path(folder / coding_table.NAME)]


def coding_inputs():
    """Named inputs of rules that read what coders annotated: `**coding_inputs()`.

    Jobs with the phases of all videos also read the tables from which these were made.
    """
    return {
        **corpus_tables("tracks", "people"),
        "annotations": rules.import_elan.output,
        "coders": coders_files,
        "videos": config["videos"],
        "files": edited_files,
        "phases": all_tables("phases"),
    }


def coding_params(results):
    """Params of these rules: the folder of results, and the content of the coders' table."""
    checksums = contents(videos=[config["videos"]], coders=coders_files)
    return {"results": results, "contents": checksums}


# Exported videos


KINDS_WITH_PEOPLE = ("overlay", "skeleton")
"""Kinds of exported videos that show names, ids and phases."""


def identity_tables(wildcards):
    """Tables of people, for videos that show names. Other videos do not depend on names."""
    names = ["tracks", "people"] if wildcards.kind in KINDS_WITH_PEOPLE else []
    return [f"{config['results']}/{name}.parquet" for name in names]


def phases_table(wildcards):
    """The table of movement phases, for videos that show them."""
    table = f"{config['results']}/phases/{wildcards.video}.parquet"
    return table if wildcards.kind in KINDS_WITH_PEOPLE else []


def erased_heads(wildcards):
    """The table of heads of erased people, if there is one, for a video with covered faces."""
    masks = masks_of(wildcards.video) if wildcards.kind == "blurred" else None
    return display_path(masks) if masks else []


def overlay_flags(wildcards, input):
    """The flags for the tables above, as far as this kind of video uses them."""
    if wildcards.kind not in KINDS_WITH_PEOPLE:
        return ["--covers", input.covers] if input.covers else []
    flags = ["--tracks", *input.identities[:1], "--people", *input.identities[1:]]
    return [*flags, "--phases", input.phases]


def sound_flag(wildcards):
    """Whether an exported video keeps its sound. A playable copy stands in for the original."""
    kinds = (*config["exports"]["audio"], "playable")
    return "--sound" if wildcards.kind in kinds else "--no-sound"


# Snakemake's report

IN_REPORT = {
    "funnel.svg": ("funnel", "Corpus", "videos at each step (plot)"),
    "corpus.tsv": ("funnel", "Corpus", "all videos (TSV)"),
    "people.svg": ("people", "People", "time on screen (plot)"),
    "people.tsv": ("people", "People", "all people (TSV)"),
    "coverage.svg": (
        "coverage",
        "Coverage",
        "frames in which something was found (plot)",
    ),
    "coverage.tsv": ("coverage", "Coverage", "all videos (TSV)"),
    "agreement.svg": ("agreement", "Agreement", "events over overlap (plot)"),
    "agreement.tsv": ("agreement", "Agreement", "all measures (TSV)"),
    "agreement.html": ("agreement", "Agreement", "all measures (page)"),
    "methods.md": ("methods", "Methods", "how the corpus was analysed (Markdown)"),
    "references.bib": ("methods", "Methods", "its references (BibTeX)"),
    "methods.html": ("methods", "Methods", "how the corpus was analysed (page)"),
    "efficiency.html": (
        "efficiency",
        "Efficiency",
        "requested and used, by rule (page)",
    ),
    "efficiency.tsv": ("efficiency", "Efficiency", "requested and used, by rule (TSV)"),
    "efficiency.svg": ("jobs", "Efficiency", "time and memory of all jobs (plot)"),
}
"""Caption (a file in docs/report/), category and label of each file of the report.

Each file has one label. From two labels the report would make a switch, and it fails if one position
of the switch has nothing to show.
"""


def in_report(file):
    """An output that Snakemake's report shows."""
    caption, category, label = IN_REPORT[Path(file).name]
    caption = f"../docs/report/{caption}.rst"
    return report(file, caption=caption, category=category, labels={"shows": label})


def custom_outputs(wildcards):
    """What rules of `custom_rules` add to the default target."""
    added = default_outputs[N_OWN_OUTPUTS:]
    files = [item(wildcards) if callable(item) else item for item in added]
    lists = [[item] if isinstance(item, str) else item for item in files]
    return [
        file.replace("<results>", config["results"]) for item in lists for file in item
    ]
