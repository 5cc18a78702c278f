"""Score of gestures against other movement, if the config key movement.gesture_score is true."""

default_outputs.append(all_tables("gesture_scores"))


rule score_gestures:
    """Score how much each gesture unit looks like a gesture, and not like other movement.

    Input:  keypoints, frames and phases of a video, and the gesture classifier
    Steps:  sample landmarks at 25 frames per second, classify windows while a hand is seen
    Output: table of scores, one row per gesture unit
    """
    input:
        **video_tables("keypoints", "frames", "phases"),
        model=model(GESTURE_MODEL),
    output:
        "<results>/gesture_scores/{video}.parquet",
    log:
        "<logs>/score_gestures/{video}.log",
    benchmark:
        "<benchmarks>/score_gestures/{video}.tsv"
    conda:
        "../envs/report.yaml"
    container:
        image("score_gestures")
    resources:
        **request("score_gestures"),
    params:
        **code("score_gestures"),
        settings=settings_flags("score_gestures"),
        sha256=model_sha256(GESTURE_MODEL),
    shell:
        "python {params.script:q} {params.settings:q} --keypoints {input.keypoints:q}"
        " --frames {input.frames:q} --phases {input.phases:q} --model {input.model:q}"
        " --sha256 {params.sha256:q} --output {output:q} 2> {log:q}"
