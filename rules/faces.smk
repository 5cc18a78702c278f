"""Faces: detect them, join them into tracks, and keep the embeddings of the best of each track."""


rule detect_faces:
    """Detect faces in sampled frames and join them into tracks of one person each.

    Input:  a video, its tables of status, frames and shots, and the models of the embedder
    Steps:  sample frames, detect and embed faces, in several threads for a long video; join
            detections within a shot into tracks by place and appearance; drop the tracks of erased
            people; choose the best faces of each track by quality
    Output: table of faces with their tracks, table of embeddings of the best faces
    """
    input:
        **video_tables("status", "frames", "shots"),
        video=MEDIA,
        models=[model(name) for name in FACE_MODELS],
    output:
        faces="<results>/faces/{video}.parquet",
        embeddings="<results>/embeddings/{video}.parquet",
    log:
        "<logs>/detect_faces/{video}.log",
    benchmark:
        "<benchmarks>/detect_faces/{video}.tsv"
    conda:
        "../envs/faces.yaml"
    container:
        image("detect_faces")
    threads: threads_of("detect_faces")
    resources:
        **request("detect_faces"),
        erased=masks_and_ids_flags,
    params:
        **code("detect_faces"),
        settings=settings_flags("detect_faces"),
        sha256=[model_sha256(name) for name in FACE_MODELS],
    shell:
        "python {params.script:q} {params.settings:q} --video {input.video:q}"
        " --status {input.status:q} --frames {input.frames:q} --shots {input.shots:q}"
        " --model {input.models:q} --sha256 {params.sha256:q} --output {output.faces:q}"
        " --embeddings {output.embeddings:q} --threads {threads} {resources.erased} 2> {log:q}"
