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
        **corpus_tables("tracks", "people"),
        media=all_media,
        # The job also reads the tables of shots, from which the phases were made.
        phases=all_tables("phases"),
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
    resources:
        **request("write_elan"),
    params:
        **code("write_elan"),
        settings=settings_flags("write_elan"),
        results=subpath(input.people, parent=True),
    shell:
        "python {params.script:q} {params.settings:q} --results {params.results:q} 2> {log:q}"


default_outputs.append(rules.write_elan.output[0])


rule import_elan:
    """Import edited ELAN files.

    Input:  the .eaf files in the folder of annotations, and the manifest
    Steps:  read all tiers, compare them with the tiers that the workflow wrote
    Output: one table of all annotations and their authors
    """
    input:
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
    resources:
        **request("import_elan"),
    params:
        **code("import_elan"),
        settings=settings_flags("import_elan"),
        results=subpath(output[0], parent=True),
        contents=contents(videos=[config["videos"]], files=edited_files),
    shell:
        "python {params.script:q} {params.settings:q} --results {params.results:q}"
        " --videos {input.videos:q} --files {input.files:q} --output {output:q} 2> {log:q}"
