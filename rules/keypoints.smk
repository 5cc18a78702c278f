"""Keypoints: bodies and hands of the people on screen."""


rule extract_keypoints:
    """Extract keypoints of each person's body and hands.

    Input:  a video, its tables of frames, shots and faces, and the pose and hand models
    Steps:  follow each face track with a pose model, then find the hands; optionally search for
            bodies without a face
    Output: table of keypoints
    """
    input:
        video=MEDIA,
        frames="<results>/frames/{video}.parquet",
        shots="<results>/shots/{video}.parquet",
        faces="<results>/faces/{video}.parquet",
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
    threads: 1
    resources:
        mem_mb=keypoints_mb,
        runtime=keypoints_minutes,
        gpu=n_gpus,
    params:
        script=code("extract_keypoints")[0],
        version=version("extract_keypoints"),
        samples_per_second=config["faces"]["samples_per_second"],
        frames_per_second=config["keypoints"]["frames_per_second"] or 0,
        min_confidence=config["keypoints"]["min_confidence"],
        full_frame=(
            "--full-frame" if config["keypoints"]["full_frame"] else "--no-full-frame"
        ),
        sha256=[model_sha256(name) for name in (POSE_MODEL, HAND_MODEL)],
        device=config["device"],
    shell:
        "python {params.script:q}"
        " --video {input.video:q}"
        " --frames {input.frames:q}"
        " --shots {input.shots:q}"
        " --faces {input.faces:q}"
        " --samples-per-second {params.samples_per_second:q}"
        " --frames-per-second {params.frames_per_second:q}"
        " --pose-model {input.pose:q}"
        " --hand-model {input.hand:q}"
        " --sha256 {params.sha256:q}"
        " --min-confidence {params.min_confidence:q}"
        " {params.full_frame}"
        " --device {params.device:q}"
        " --output {output:q}"
        " 2> {log:q}"
