"""Files of single videos that a job for many videos makes: exports and your own rules can name them.

Of such a job, Snakemake knows only one output. If jobs process groups of videos, it is the record of
the group; otherwise it is the file of the first video.
"""

ONE_JOB_FILES = {"gestures": "gestures/{video}.parquet", "elan": "elan/{video}.eaf"}
"""Files of each video that one job writes for all videos, by folder."""
ONE_JOB_FILES = {name: f"<results>/{path}" for name, path in ONE_JOB_FILES.items()}
FILES_OF_JOBS = [
    r"gestures/[A-Za-z0-9_-]+\.parquet",
    r"elan/[A-Za-z0-9_-]+\.eaf",
]

if GROUPED:
    FILES_OF_JOBS += [
        f"(?:{'|'.join(table for tables in GROUP_TABLES.values() for table in tables)})"
        r"/[A-Za-z0-9_-]+\.parquet",
        rf"videos/[A-Za-z0-9_-]+\.(?:{'|'.join(manifest.VIDEO_SUFFIXES)})(?:\.json)?",
    ]


ruleorder: file_of_video > fetch_video
ruleorder: file_of_video > index_frames
ruleorder: file_of_video > detect_faces
ruleorder: file_of_video > extract_keypoints
ruleorder: file_of_video > measure_movement
ruleorder: segment_gestures > file_of_video
ruleorder: write_elan > file_of_video


def folder_and_video(wildcards):
    """The folder of a file, and the id of its video."""
    folder, _, name = wildcards.file.partition("/")
    return folder, name.partition(".")[0]


def record_for_file(wildcards):
    """The record of the group that makes a file of a video, or the first ELAN file."""
    folder, video = folder_and_video(wildcards)
    if folder == "gestures":
        return []
    if folder == "elan":
        return first_file_with(ONE_JOB_FILES[folder], video)
    return record_of_video(kind_of_table(folder) or "fetch", video)


def gestures_for_file(wildcards):
    """The first table of gestures, for that of another video."""
    folder, video = folder_and_video(wildcards)
    is_gestures = folder == "gestures"
    return first_file_with(ONE_JOB_FILES[folder], video) if is_gestures else []


rule file_of_video:
    """Let rules name a file of a video that a job for many videos makes.

    Input:  record of the group, or first file of the job; `ancient` if it can be newer than the
            file: records are written last, and users edit ELAN files
    Steps:  check that the file exists; it is not changed
    Output: the file of the video
    """
    input:
        ancient(record_for_file),
        gestures_for_file,
    output:
        update("<results>/{file}"),
    log:
        "<logs>/file_of_video/{file}.log",
    benchmark:
        "<benchmarks>/file_of_video/{file}.tsv"
    wildcard_constraints:
        file="|".join(FILES_OF_JOBS),
    localrule: True
    conda:
        "../envs/report.yaml"
    container:
        image("file_of_video")
    resources:
        **request("file_of_video"),
    params:
        **code("file_of_video", rerun=False),
    shell:
        "python {params.script:q} --file {output:q} 2> {log:q}"
