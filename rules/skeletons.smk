"""Skeletons of each video, which the page draws over the playing video."""

SKELETON_FILES = (
    all_tables("skeletons")
    if GROUPED
    else all_files("<results>/report/page/{video}/skeleton/index.js")
)
"""What the jobs that write skeletons make in the end."""

default_outputs.append(SKELETON_FILES if SKELETONS else [])


rule write_skeletons:
    """Write what the page draws over the playing video, if `report.skeletons` is set.

    Input:  keypoints, faces, frames, shots and status of a video
    Steps:  choose visible keypoints, interpolate face boxes, compress one minute after another
    Output: table of the side files; the side files in a folder of the page, of which only the
            index is named, because their number depends on the length of the video
    """
    input:
        **video_tables("keypoints", "faces", "frames", "shots", "status"),
    output:
        table="<results>/skeletons/{video}.parquet",
        index="<results>/report/page/{video}/skeleton/index.js",
    log:
        "<logs>/write_skeletons/{video}.log",
    benchmark:
        "<benchmarks>/write_skeletons/{video}.tsv"
    conda:
        "../envs/report.yaml"
    container:
        image("write_skeletons")
    resources:
        **request("write_skeletons"),
    params:
        **code("write_skeletons"),
        settings=settings_flags("write_skeletons"),
    shell:
        "python {params.script:q} {params.settings:q} --keypoints {input.keypoints:q}"
        " --faces {input.faces:q} --frames {input.frames:q} --shots {input.shots:q}"
        " --status {input.status:q} --index {output.index:q} --output {output.table:q} 2> {log:q}"
