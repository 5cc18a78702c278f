"""Faces: detect them, join them into tracks, and embed the best faces of each track."""

# dlib runs on the CPU, so another `device` need not run it again.
EMBEDDING_DEVICE = config["device"] if EMBED_ON_GPU else "cpu"


rule detect_faces:
    """Detect faces in sampled frames and join them into tracks of one person each.

    Input:  a video, its tables of status, frames and shots, and the models of the embedder
    Steps:  sample frames, detect and embed faces, join detections within a shot into tracks by
            place and appearance; drop the tracks of erased people
    Output: table of faces with their tracks
    """
    input:
        **video_tables("status", "frames", "shots"),
        video=MEDIA,
        models=[model(name) for name in FACE_MODELS],
    output:
        "<results>/faces/{video}.parquet",
    log:
        "<logs>/detect_faces/{video}.log",
    benchmark:
        "<benchmarks>/detect_faces/{video}.tsv"
    conda:
        "../envs/faces.yaml"
    container:
        image("detect_faces")
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
        " --model {input.models:q} --sha256 {params.sha256:q} --output {output:q}"
        " {resources.erased} 2> {log:q}"


rule embed_faces:
    """Compute embeddings of the best faces of every track.

    Input:  a video, its tables of status and faces, and the models of the embedder
    Steps:  choose the best faces by quality, align them, compute their embeddings
    Output: table of embeddings
    """
    input:
        **video_tables("status", "faces"),
        video=MEDIA,
        models=[model(name) for name in FACE_MODELS],
    output:
        "<results>/embeddings/{video}.parquet",
    log:
        "<logs>/embed_faces/{video}.log",
    benchmark:
        "<benchmarks>/embed_faces/{video}.tsv"
    conda:
        "../envs/faces.yaml"
    container:
        image("embed_faces")
    resources:
        **request("embed_faces"),
    params:
        **code("embed_faces"),
        settings=settings_flags("embed_faces", device=EMBEDDING_DEVICE),
        sha256=[model_sha256(name) for name in FACE_MODELS],
    shell:
        "python {params.script:q} {params.settings:q} --video {input.video:q}"
        " --status {input.status:q} --faces {input.faces:q} --model {input.models:q}"
        " --sha256 {params.sha256:q} --output {output:q} 2> {log:q}"
