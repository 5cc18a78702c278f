"""ELAN: write files for editing, and import the edited files."""


rule write_elan:
    """Write one ELAN file per video.

    Input:  phases, tracks and people; the videos, for the time at which a player shows 0:00
    Steps:  write tiers for shots, people and movement phases
    Output: one .eaf per video

    Users may have edited the files of an earlier run. `update` keeps them until the script has
    copied the edited ones into the folder of annotations, and restores them if it fails. This only
    works for a local rule: if a job dies on a node, Snakemake deletes its outputs.
    """
    input:
        script=code("write_elan"),
        media=all_media,
        # The job also reads the tables of shots, from which the phases were made.
        phases=all_tables("phases"),
        tracks="<results>/tracks.parquet",
        people="<results>/people.parquet",
    output:
        update(all_outputs("write_elan", "<results>/elan/{video}.eaf")),
    log:
        "<logs>/write_elan.log",
    benchmark:
        "<benchmarks>/write_elan.tsv"
    localrule: True
    conda:
        "../envs/report.yaml"
    container:
        image("write_elan")
    threads: 1
    resources:
        mem_mb=1000,
        runtime=60,
    params:
        results=subpath(input.people, parent=True),
        videos=config["videos"],
        container=config["fetch"]["container"],
        annotations=config["annotations"],
    shell:
        "python {input.script[0]:q}"
        " --results {params.results:q}"
        " --videos {params.videos:q}"
        " --container {params.container:q}"
        " --annotations {params.annotations:q}"
        " 2> {log:q}"


rule import_elan:
    """Import edited ELAN files.

    Input:  the .eaf files in the folder of annotations, and the manifest
    Steps:  read all tiers, compare them with the tiers that the workflow wrote
    Output: one table of all annotations and their authors
    """
    input:
        script=code("import_elan"),
        videos=config["videos"],
        files=edited_files,
    output:
        "<results>/annotations.parquet",
    log:
        "<logs>/import_elan.log",
    benchmark:
        "<benchmarks>/import_elan.tsv"
    conda:
        "../envs/report.yaml"
    container:
        image("import_elan")
    threads: 1
    resources:
        mem_mb=1000,
        runtime=30,
    params:
        results=subpath(output[0], parent=True),
        container=config["fetch"]["container"],
    shell:
        "python {input.script[0]:q}"
        " --results {params.results:q}"
        " --videos {input.videos:q}"
        " --container {params.container:q}"
        " --files {input.files:q}"
        " --output {output:q}"
        " 2> {log:q}"
