"""Keypoints: bodies and hands of the people on screen."""

default_outputs.append(all_tables("keypoints"))


rule extract_keypoints:
    """Extract keypoints of each person's body and hands.

    Input:  a video, its tables of status, frames, shots and faces, and the pose and hand models
    Steps:  follow the body of each face track, optionally also bodies without a face, then the
            hands; parts of a long video in several processes
    Output: table of keypoints
    """
    input:
        **video_tables("status", "frames", "shots", "faces"),
        video=MEDIA,
        pose=model(POSE_MODEL),
        hand=model(HAND_MODEL),
    output:
        "<results>/keypoints/{video}.parquet",
    log:
        "<logs>/extract_keypoints/{video}.log",
    benchmark:
        "<benchmarks>/extract_keypoints/{video}.tsv"
    conda:
        "../envs/keypoints.yaml"
    container:
        image("extract_keypoints")
    threads: threads_of("extract_keypoints")
    resources:
        **request("extract_keypoints"),
        erased=masks_flags,
    params:
        **code("extract_keypoints"),
        settings=settings_flags("extract_keypoints"),
        sha256=[model_sha256(name) for name in (POSE_MODEL, HAND_MODEL)],
    shell:
        "python {params.script:q} {params.settings:q} --video {input.video:q}"
        " --status {input.status:q} --frames {input.frames:q} --shots {input.shots:q} --faces {input.faces:q}"
        " --pose-model {input.pose:q} --hand-model {input.hand:q} --sha256 {params.sha256:q}"
        " --threads {threads} --output {output:q} {resources.erased} 2> {log:q}"
