"""From a list of videos to who is in them and how they move.

snakemake --profile profiles/laptop                                      the corpus of config/config.yaml
snakemake --profile profiles/laptop --configfile config/laptop.yaml      the demo
snakemake --profile profiles/slurm                                       on a cluster
snakemake --profile profiles/laptop faces                                a part: see the targets below
"""

from snakemake.utils import min_version

min_version("9.20")


report: "docs/report/workflow.rst"


configfile: f"{workflow.basedir}/config/config.yaml"


include: "rules/common.smk"


pathvars:
    results=config["results"],
    logs=f"{config['results']}/logs",
    benchmarks=f"{config['results']}/benchmarks",


include: "rules/inputs.smk"
include: "rules/resources.smk"
include: "rules/models.smk"
include: "rules/fetch.smk"
include: "rules/frames.smk"
include: "rules/faces.smk"
include: "rules/keypoints.smk"
include: "rules/identity.smk"
include: "rules/movement.smk"
include: "rules/elan.smk"
include: "rules/page.smk"
include: "rules/exports.smk"
include: "rules/report.smk"
include: "rules/slurm.smk"


rule models:
    """Only the models, for machines whose network comes and goes."""
    input:
        [model(name) for name in (POSE_MODEL, HAND_MODEL, *FACE_MODELS)],


rule videos:
    """Only download the videos and index their frames and shots."""
    input:
        # The videos are named, so that one that was deleted is fetched again.
        all_media,
        all_tables("status"),


rule faces:
    """Only find and embed faces."""
    input:
        all_tables("embeddings"),


rule keypoints:
    """Only the keypoints, which need the face tracks but no identities."""
    input:
        all_tables("keypoints"),


rule movement:
    """Only how hands move, which needs no identities."""
    input:
        all_tables("phases"),


rule people:
    """Only who is in the corpus, and when: the tables corpus, tracks and people."""
    input:
        rules.identify_people.output,


rule gestures:
    """Only the gestures of each person, one table for each video."""
    input:
        rules.segment_gestures.output,


rule efficiency:
    """The efficiency report: requested and used memory, time and cores."""
    input:
        rules.report_efficiency.output,


rule page:
    """Only the page about the corpus, and all that it shows."""
    input:
        rules.write_page.output,


rule annotations:
    """Only read what people edited in ELAN back into a table."""
    input:
        rules.import_elan.output,


rule csv:
    """All tables as CSV files, for R and spreadsheets."""
    input:
        rules.export_corpus_csv.output,
        all_files("<results>/exports/csv/keypoints/{video}.csv"),


rule openpose:
    """Keypoints as OpenPose JSON, an archive a video."""
    input:
        all_files("<results>/exports/openpose/{video}.zip"),


rule pose:
    """Keypoints as .pose files, for the tools of sign language processing."""
    input:
        all_files("<results>/exports/pose/{video}.pose"),


rule textgrid:
    """Praat TextGrids."""
    input:
        all_files("<results>/exports/textgrid/{video}.TextGrid"),


rule overlays:
    """Videos with skeletons, names and a time bar."""
    input:
        all_files("<results>/exports/overlay/{video}.mp4"),


rule skeletons:
    """Videos of the skeletons alone, for sharing."""
    input:
        all_files("<results>/exports/skeleton/{video}.mp4"),


rule blurred:
    """Videos with covered faces, for sharing."""
    input:
        all_files("<results>/exports/blurred/{video}.mp4"),


rule all:
    """Everything: who is in the corpus, when, and how they move."""
    default_target: True
    input:
        # What people open is named, so that a file that was deleted is made again. The tables that
        # these are made of are not: each name of each video takes time.
        all_media,
        all_tables("keypoints"),
        all_tables("kinematics"),
        rules.identify_people.output,
        rules.segment_gestures.output[0],
        rules.write_elan.output[0],
        rules.write_page.output,
        rules.report_efficiency.output,
