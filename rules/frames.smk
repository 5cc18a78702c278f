"""Frames, shots and status of every video, in one pass over each file.

An unavailable or damaged video, or one without a picture, gets a status with the reason, and valid
tables.
"""


rule index_frames:
    """Index the frames of a video and find its shots.

    Input:  a video and its record
    Steps:  decode all frames, read their times, detect shot boundaries
    Output: tables of frames and shots, and the status of the video
    """
    input:
        media=MEDIA,
        record=RECORD,
    output:
        frames="<results>/frames/{video}.parquet",
        shots="<results>/shots/{video}.parquet",
        status="<results>/status/{video}.parquet",
    log:
        "<logs>/index_frames/{video}.log",
    benchmark:
        "<benchmarks>/index_frames/{video}.tsv"
    conda:
        "../envs/frames.yaml"
    container:
        image("index_frames")
    resources:
        **request("index_frames"),
    params:
        **code("index_frames"),
        settings=settings_flags("index_frames"),
    shell:
        "python {params.script:q} {params.settings:q} --media {input.media:q} --record {input.record:q}"
        " --frames {output.frames:q} --shots {output.shots:q} --status {output.status:q} 2> {log:q}"
