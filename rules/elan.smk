"""ELAN: files to open and edit there, and what people added read back."""


rule write_elan:
    """Shots, who is there, and what hands do -> an .eaf for each video.

    Somebody may have edited the files of an earlier run: they stay until the script has copied
    what was edited into the folder of annotations, and come back if it fails. Only a job that runs
    where Snakemake was started is sure of that: of one that dies on a node, Snakemake deletes all.
    """
    input:
        script=code("write_elan"),
        # Where a player shows 0:00 is looked up in each.
        media=all_media,
        # The tables shots, read as well, are what the phases were made of.
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
    """The ELAN files that people edited -> one table of all annotations, and who made each."""
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
