"""Analyse a corpus of videos: who is in them, when, and how they move.

snakemake --profile profiles/laptop                                      the corpus of config/config.yaml
snakemake --profile profiles/laptop --configfile config/laptop.yaml      the demo
snakemake --profile profiles/slurm                                       on a SLURM cluster
snakemake --profile profiles/laptop faces                                a part: see the targets
"""

from snakemake.utils import min_version

min_version("9.20")


report: "docs/report/workflow.rst"


configfile: f"{workflow.basedir}/config/config.yaml"


include: "rules/common.smk"
include: "rules/access.smk"


pathvars:
    results=config["results"],
    logs="<results>/logs",
    benchmarks="<results>/benchmarks",


# A workflow that uses this one as a module may set the pathvar instead of the config key.
config["results"] = workflow.pathvars.apply("<results>")


# Functions and tables that the rules use.
include: "rules/video_groups.smk"
include: "rules/inputs.smk"
include: "rules/scripts.smk"
include: "rules/model_files.smk"
include: "rules/stage_inputs.smk"
include: "rules/downloads.smk"
include: "rules/local_files.smk"
include: "rules/lost_files.smk"
include: "rules/group_jobs.smk"
include: "rules/group_changes.smk"
include: "rules/estimates.smk"
include: "rules/resources.smk"
# The rules, by stage. Each file adds what its stage makes to `default_outputs`.
include: "rules/models.smk"
include: "rules/fetch.smk"
include: "rules/frames.smk"
include: "rules/faces.smk"
include: "rules/keypoints.smk"
include: "rules/identity.smk"
include: "rules/movement.smk"


if SCORES_GESTURES:

    include: "rules/gesture_score.smk"


include: "rules/similarity.smk"
include: "rules/groups.smk"
include: "rules/user_texts.smk"
include: "rules/elan.smk"


if GROUPED:

    include: "rules/group_files.smk"


include: "rules/skeletons.smk"
include: "rules/page.smk"
include: "rules/exports.smk"
include: "rules/report.smk"
include: "rules/agreement.smk"
include: "rules/slurm.smk"
include: "rules/after_run.smk"
# After these rules, since it reads what they write.
include: "rules/own_files.smk"


# Rules of your own: they may use all functions and rules above.
for file in config["custom_rules"]:

    include: abspath(resolve_path(file))


stop_on_error(check_images)


rule models:
    """Only download the models, for example before working without a network."""
    input:
        [model(name) for name in (POSE_MODEL, HAND_MODEL, *FACE_MODELS)],
        model(GESTURE_MODEL) if SCORES_GESTURES else [],


rule videos:
    """Only download the videos and index their frames and shots."""
    input:
        # The videos are listed so that a deleted video is fetched again.
        all_media,
        # The jobs of groups index the frames together with the faces.
        [] if GROUPED else all_tables("status"),
        lost("frames", "shots"),
        lost_records,


rule faces:
    """Only detect and embed faces."""
    input:
        all_tables("embeddings"),
        lost(*INDEX_TABLES, "faces"),


rule keypoints:
    """Only extract keypoints, which need the face tracks but no identities."""
    input:
        all_tables("keypoints"),
        lost(*INDEX_TABLES, "faces"),


rule movement:
    """Only measure how hands move, which needs no identities."""
    input:
        all_tables("phases"),
        lost(*INDEX_TABLES, "faces", "keypoints", *lost_files.MOVEMENT_TABLES),


rule people:
    """Only identify people: the tables corpus, tracks and people."""
    input:
        rules.identify_people.output,
        rules.publish_people_file.output,
        rules.cluster_faces.output,
        lost(*INDEX_TABLES, "faces", "embeddings"),


rule gestures:
    """Only find the gestures of each person: one table per video."""
    input:
        rules.segment_gestures.output,


rule efficiency:
    """Only the efficiency report: requested and used memory, time and cores."""
    input:
        rules.report_efficiency.output,


rule page:
    """Only the page about the corpus, and what it shows."""
    input:
        rules.write_page.output,
        SKELETON_FILES if SKELETONS else [],
        rules.plot_coverage.output,
        lost(*lost_files.MADE_FROM),
        lost_of_one_job("gestures", "{video}.parquet"),
        lost_of_one_job("report/page", "{video}/gestures.js"),


rule annotations:
    """Only import edited ELAN files into a table."""
    input:
        rules.import_elan.output,


rule agreement:
    """Compare the workflow with coders' ELAN tiers, and coders with each other."""
    input:
        rules.plot_agreement.output,


rule tune:
    """Find the settings of movement that agree best with coders, cross-validated over videos."""
    input:
        rules.tune_movement.output,
        lost(*INDEX_TABLES, "faces", "keypoints"),


rule csv:
    """All tables as CSV files, for R and spreadsheets."""
    input:
        rules.export_corpus_csv.output,
        all_files("<results>/exports/csv/keypoints/{video}.csv"),
        lost_csv_files,


rule openpose:
    """Keypoints as OpenPose JSON, one archive per video."""
    input:
        all_files("<results>/exports/openpose/{video}.zip"),


rule pose:
    """Keypoints as .pose files, for sign language processing tools."""
    input:
        all_files("<results>/exports/pose/{video}.pose"),


rule textgrid:
    """Shots, people and movement phases as Praat TextGrids."""
    input:
        all_files("<results>/exports/textgrid/{video}.TextGrid"),


rule overlays:
    """Videos with skeletons, names and a timeline."""
    input:
        all_files("<results>/exports/overlay/{video}.mp4"),


rule skeletons:
    """Videos that show only the skeletons, for sharing."""
    input:
        all_files("<results>/exports/skeleton/{video}.mp4"),


rule playable:
    """Copies of the videos that every browser plays: H.264 and AAC, with the same times."""
    input:
        all_files("<results>/exports/playable/{video}.mp4"),


rule blurred:
    """Videos with covered faces, for sharing."""
    input:
        all_files("<results>/exports/blurred/{video}.mp4"),


rule all:
    """Everything except exports: people, keypoints, movement, gestures, ELAN files and reports."""
    default_target: True
    input:
        *default_outputs,
