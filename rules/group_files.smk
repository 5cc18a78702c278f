"""Files of single videos, where groups make them: exports and your own rules can name them.

Included only if the config key `videos_per_job` is larger than 1.
"""

FILES_OF_GROUPS = "|".join(
    [
        f"(?:{'|'.join(table for tables in GROUP_TABLES.values() for table in tables)})"
        r"/[A-Za-z0-9_-]+\.parquet",
        rf"videos/[A-Za-z0-9_-]+\.(?:{'|'.join(manifest.VIDEO_SUFFIXES)})(?:\.json)?",
    ]
)


ruleorder: file_of_group > fetch_video
ruleorder: file_of_group > index_frames
ruleorder: file_of_group > detect_faces
ruleorder: file_of_group > embed_faces
ruleorder: file_of_group > extract_keypoints
ruleorder: file_of_group > measure_movement


def record_for_file(wildcards):
    """The record of the group that makes a file of a video."""
    table, _, name = wildcards.file.partition("/")
    kind = kind_of_table(table) or "fetch"
    return record_of_video(kind, name.partition(".")[0])


rule file_of_group:
    """Let rules name a file of a video that the job of its group makes.

    Input:  record of the group; `ancient`, because the file is older
    Steps:  check that the file exists; it is not changed
    Output: the file of the video
    """
    input:
        ancient(record_for_file),
    output:
        update("<results>/{file}"),
    log:
        "<logs>/file_of_group/{file}.log",
    benchmark:
        "<benchmarks>/file_of_group/{file}.tsv"
    wildcard_constraints:
        file=FILES_OF_GROUPS,
    localrule: True
    conda:
        "../envs/report.yaml"
    container:
        image("file_of_group")
    resources:
        **request("file_of_group"),
    params:
        **code("file_of_group", rerun=False),
    shell:
        "python {params.script:q} --file {output:q} 2> {log:q}"
