"""Files of single videos, where groups make them: exports and your own rules can name them.

Included only if the config key `videos_per_job` is larger than 1.
"""

FILES_OF_GROUPS = "|".join(
    [
        f"(?:{'|'.join(table for tables in GROUP_TABLES.values() for table in tables)})"
        r"/[A-Za-z0-9_-]+\.parquet",
        # The jobs that write these files for all videos name only the first one as output.
        r"gestures/[A-Za-z0-9_-]+\.parquet",
        r"elan/[A-Za-z0-9_-]+\.eaf",
        rf"videos/[A-Za-z0-9_-]+\.(?:{'|'.join(manifest.VIDEO_SUFFIXES)})(?:\.json)?",
    ]
)


ruleorder: file_of_group > fetch_video
ruleorder: file_of_group > index_frames
ruleorder: file_of_group > detect_faces
ruleorder: file_of_group > extract_keypoints
ruleorder: file_of_group > measure_movement
ruleorder: file_of_group > write_skeletons
ruleorder: segment_gestures > file_of_group
ruleorder: write_elan > file_of_group


FIRST_FILES = {
    "gestures": rules.segment_gestures.output[0],
    "elan": rules.write_elan.output[0],
}


def record_for_file(wildcards):
    """The record of the group that makes a file of a video, or the first file of a job for all."""
    table, _, name = wildcards.file.partition("/")
    if table in FIRST_FILES:
        return FIRST_FILES[table]
    kind = kind_of_table(table) or "fetch"
    return record_of_video(kind, name.partition(".")[0])


rule file_of_group:
    """Let rules name a file of a video that the job of its group makes.

    Input:  record of the group, `ancient` because the file is older; for a file of a job that
            makes one for each video of the corpus, the first of them
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
