"""From a list of videos to who is in them and how they move.

snakemake --profile profiles/laptop                                      the corpus of config/config.yaml
snakemake --profile profiles/laptop --configfile config/laptop.yaml      the demo
snakemake --profile profiles/laptop faces                                a part: see the targets below
"""

from snakemake.utils import min_version

min_version("9.20")


configfile: f"{workflow.basedir}/config/config.yaml"


include: "rules/common.smk"


pathvars:
    results=config["results"],
    logs=f"{config['results']}/logs",
    benchmarks=f"{config['results']}/benchmarks",


include: "rules/lookups.smk"
include: "rules/resources.smk"
include: "rules/models.smk"
include: "rules/fetch.smk"
include: "rules/frames.smk"
include: "rules/faces.smk"
include: "rules/keypoints.smk"
include: "rules/people.smk"


rule videos:
    """Only download the videos and index their frames and shots."""
    input:
        # The videos are named, so that one that was deleted is fetched again.
        [media_file(video) for video in VIDEOS],
        collect("<results>/status/{video}.parquet", video=VIDEOS),


rule faces:
    """Only find and embed faces."""
    input:
        collect("<results>/embeddings/{video}.parquet", video=VIDEOS),


rule keypoints:
    """Only the keypoints, which need the face tracks but no identities."""
    input:
        collect("<results>/keypoints/{video}.parquet", video=VIDEOS),


rule all:
    """Everything: who is in the corpus, when, and how they move."""
    default_target: True
    input:
        rules.videos.input,
        rules.faces.input,
        rules.keypoints.input,
        rules.people.output,
